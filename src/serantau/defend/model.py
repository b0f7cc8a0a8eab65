"""The room's common types: traffic lights, what a reader is cleared for, what a stored object demands."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import datetime
from enum import Enum, IntEnum


class Tlp(IntEnum):
    """Traffic Light Protocol 2.0 (FIRST, August 2022), ordered by how few may read.

    ``UNKNOWN`` is no label of FIRST's: a marking that could not be read stands above all labels, so that it fails
    closed. Labels are never translated (first.org/tlp).

    >>> Tlp.AMBER < Tlp.AMBER_STRICT < Tlp.RED, Tlp.AMBER_STRICT.label
    (True, 'TLP:AMBER+STRICT')
    """

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    AMBER_STRICT = 3
    RED = 4
    UNKNOWN = 5

    @property
    def label(self) -> str:
        """The label as FIRST spells it."""
        return "TLP:" + self.name.replace("_", "+")


HIGHEST_CLEARANCE = Tlp.AMBER_STRICT
"""What rank alone can reach. TLP:RED is for the named recipients, so no clearance opens it."""

ALERT_LEVELS = (Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT)
"""Levels at which regional alerts are computed, each from contributions released to it."""


@dataclass(frozen=True, slots=True)
class Reader:
    """Who asks, as far as reading is concerned.

    Attributes:
        member: Code of the member read for; empty for the public and for anybody else.
        clearance: The strictest label that may be read by rank, at most TLP:AMBER+STRICT.
    """

    member: str
    clearance: Tlp

    def __post_init__(self) -> None:
        """Hold the clearance under its ceiling.

        Raises:
            ValueError: if the clearance is one that nobody can have.
        """
        if self.clearance > HIGHEST_CLEARANCE:
            raise ValueError(f"nobody is cleared for {self.clearance.label} by rank; name the recipient instead")


PUBLIC_READER = Reader("", Tlp.CLEAR)
"""Everybody."""


@dataclass(frozen=True, slots=True)
class Release:
    """What one stored row demands of its reader.

    Attributes:
        need: The least clearance that reads it: the stricter of the object's label and of the label from which on
            its contributor may be named.
        upto: The clearance from which on it is not given any more, because a reader cleared so far gets the
            original instead; None where there is no upper end.
        producer: The member that contributed it, which always reads its own; empty for the hub's own objects.
        audience: Members named as recipients.
    """

    need: Tlp
    upto: Tlp | None = None
    producer: str = ""
    audience: frozenset[str] = frozenset()


def may_read(reader: Reader, release: Release) -> bool:
    """Whether a reader may have a row, its identifier, or any count that it is part of.

    >>> may_read(Reader("a", Tlp.GREEN), Release(Tlp.AMBER, producer="b"))
    False
    >>> may_read(Reader("b", Tlp.CLEAR), Release(Tlp.RED, producer="b"))
    True
    """
    if reader.member and (reader.member == release.producer or reader.member in release.audience):
        return True
    if release.need > HIGHEST_CLEARANCE:
        return False
    return release.need <= reader.clearance and (release.upto is None or reader.clearance < release.upto)


@dataclass(frozen=True, slots=True)
class ObservableKey:
    """What two members saw in common: a kind of observable and its normal form.

    Attributes:
        type: The STIX type of the observable, or our own for what STIX has none for: ``ipv4-addr``, ``file-sha256``.
        value: Its normal form, by the published normaliser of the type.
    """

    type: str
    value: str

    @property
    def digest(self) -> bytes:
        """SHA-256 over type and normal form: what is indexed and compared.

        >>> ObservableKey("domain-name", "a.example").digest.hex()[:8]
        '556e5fd5'
        """
        return hashlib.sha256(f"{self.type}|{self.value}".encode()).digest()


class Word(Enum):
    """What a contribution says of a key."""

    SEEN = "seen"
    FALSE_POSITIVE = "false positive"
    EXPIRED = "expired"


@dataclass(frozen=True, slots=True)
class Contribution:
    """One member's word on one key, out of one stored object.

    Attributes:
        number: Its place in the store, in the order of commits.
        key: What it is about.
        member: Who contributed it.
        word: What it says.
        first, last: When it was seen, in UTC.
        confidence: 0 to 100, or None where nothing is said.
        tlp: The label of the object: from which level on it counts.
        attribution: The label from which on its member may be named; None for never.
        source: What it rests on, as far as can be told: two contributions with one source are not independent.
    """

    number: int
    key: ObservableKey
    member: str
    word: Word
    first: datetime
    last: datetime
    confidence: int | None
    tlp: Tlp
    attribution: Tlp | None
    source: str = ""
