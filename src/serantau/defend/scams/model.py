"""What people report of fraud and harm: the kind of harm, the things by which it is recognised, how reports count.

The kinds of harm are our own short list, made to be understood by whoever was harmed; no taxonomy is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, unique


@unique
class Harm(Enum):
    """What happened, as somebody who was harmed would say it."""

    IMPERSONATION = "impersonation"
    """Somebody pretended to be an authority, a bank, a company or a relative."""
    CREDENTIALS = "credentials"
    """Somebody wanted passwords, codes or card numbers."""
    INVESTMENT = "investment"
    SHOPPING = "shopping"
    """Paid for and not delivered, or not what was offered."""
    JOB = "job"
    LOAN = "loan"
    ROMANCE = "romance"
    PRIZE = "prize"
    MALWARE = "malware"
    """Somebody wanted a program to be installed, or took over a device."""
    OTHER = "other"


@unique
class Thing(Enum):
    """What can be reported and asked about: STIX 2.1 types of observables, or our own where it has none."""

    PHONE = "x-phone-number"
    ACCOUNT = "x-bank-account"
    DOMAIN = "domain-name"
    URL = "url"
    EMAIL = "email-addr"


@dataclass(frozen=True, slots=True)
class Tip:
    """One accepted report of one thing, as far as counting is concerned.

    Attributes:
        number: Number of the report.
        at: When it happened, as the reporter says, and at the latest when the report came.
        received: When the report came.
        marks: Opaque digests of what reports of one person have in common: network, browser, contact, machine account.
            Two tips that share a mark are not independent.
    """

    number: int
    at: datetime
    received: datetime
    marks: frozenset[str]
