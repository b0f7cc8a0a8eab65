"""What people report of fraud and harm: the kind of harm, the things by which it is recognised, how reports count.

The kinds of harm are our own short list, made to be understood by whoever was harmed; no taxonomy is claimed.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import Enum, unique

from serantau.defend.model import ObservableKey


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
    """What can be reported and asked about, by the types of keys (`ObservableKey`)."""

    PHONE = "phone-number"
    ACCOUNT = "bank-account"
    DOMAIN = "domain-name"
    URL = "url"
    EMAIL = "email-addr"

    @classmethod
    def of(cls, key: ObservableKey) -> Thing:
        """The type of a key; an account with check digits of its own is an account.

        >>> Thing.of(ObservableKey("iban", "GB82WEST12345698765432"))
        <Thing.ACCOUNT: 'bank-account'>
        """
        return cls.ACCOUNT if key.type == IBAN else cls(key.type)


IBAN = "iban"
"""Type of the key of an account whose number is an IBAN (ISO 13616)."""


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
