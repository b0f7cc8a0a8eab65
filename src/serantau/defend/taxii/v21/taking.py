"""An envelope as it came, object by object: what will be kept, and what cannot be, each with its reason."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, NamedTuple, TypeAlias

import msgspec

from serantau.base import Problem
from serantau.defend import clearance, policy, reading, stix, tlp
from serantau.defend.errors import DefendError, ReadingError, TooBigError
from serantau.defend.model import Release, Tlp

LONGEST_ID = 300
REPOST = "x_serantau_repost"
"""Property of an envelope that says: these may come back although they were deleted (TAXII 2.1, 7: custom properties)."""


@dataclass(frozen=True, slots=True)
class Taken:
    """An object that can be kept.

    Attributes:
        raw: Its bytes as they came.
        id, type: As written.
        version: ``modified``, else ``created``, as written; empty where it has neither.
        version_us: The same in microseconds; 0 where there is none.
        spec: 21 or 20.
        tlp: Its label.
        release: What it demands of readers.
        revoked: Whether this version withdraws it.
        data: What it says, where the hub is to make an object in its place; else None.
        instead: What that object demands of readers.
    """

    raw: bytes
    id: str
    type: str
    version: str
    version_us: int
    spec: int
    tlp: Tlp
    release: Release
    revoked: bool = False
    data: Mapping[str, Any] | None = None
    instead: Release | None = None


@dataclass(frozen=True, slots=True)
class Failure:
    """An object that cannot be kept.

    Attributes:
        id: Its identifier, or what stood in its place.
        version: Its version, or nothing.
        message: Why not, and what to do.
    """

    id: str
    version: str
    message: str


@dataclass(frozen=True, slots=True)
class Terms:
    """On which terms a contributor gives.

    Attributes:
        member: Its code.
        floor: The label of an object without a marking.
        attribution: From which clearance on it may be named; None for never.
        alone: Whether nobody else gives into the collection: then whatever lies there names it.
    """

    member: str
    floor: Tlp
    attribution: Tlp | None = Tlp.CLEAR
    alone: bool = False


@dataclass(frozen=True, slots=True)
class Envelope:
    """An envelope, read.

    Attributes:
        objects: In the order in which they came.
        repost: Whether deleted objects may come back with it.
    """

    objects: tuple[Taken | Failure, ...]
    repost: bool = False


class Markings(NamedTuple):
    """What markings mean that no standard fixes."""

    lights: Mapping[str, Tlp | None]
    policies: Mapping[str, policy.Policy]


Known: TypeAlias = Callable[[AbstractSet[str]], Iterable[Mapping[str, Any]]]
"""Finds marking definitions by their identifiers."""


def _nothing_known(_: AbstractSet[str]) -> Iterable[Mapping[str, Any]]:
    return ()


class EnvelopeError(DefendError):
    """A body that is no envelope."""

    status = 400


class TooLongError(EnvelopeError):
    """A body that is longer, or has more in it, than is taken at once."""

    status = 413


def read_envelope(body: bytes, terms: Terms, known: Known = _nothing_known) -> Envelope:
    """Read an envelope.

    Args:
        body: As it came.
        terms: On which its contributor gives.
        known: Finds definitions of markings that the same contributor gave before.

    Raises:
        EnvelopeError: if it is none, or cannot be trusted to read the same everywhere.
        TooLongError: if it is longer, or has more objects, than is taken at once.
    """
    try:
        pieces = [(piece.raw, piece.data, stix.check(piece.data)) for piece in reading.read_envelope(body)]
    except TooBigError as error:
        raise TooLongError(error.message) from None
    except ReadingError as error:
        raise EnvelopeError(error.message) from None
    markings = _markings(pieces, known)
    found = tuple(
        Failure(_shown(data, "id"), _shown(data, "modified"), str(checked))
        if isinstance(checked, Problem)
        else _taken(raw, data, checked, terms, markings)
        for raw, data, checked in pieces
    )
    return Envelope(found, _says(body, REPOST))


def _markings(pieces: Sequence[tuple[bytes, Any, stix.Checked | Problem]], known: Known) -> Markings:
    """What the markings mean that no standard fixes: by definitions in the envelope, or given before."""
    named = {mark for _, _, one in pieces if isinstance(one, stix.Checked) for mark in one.marks} - tlp.FIXED.keys()
    if not named:
        return Markings({}, {})
    here = [data for _, data, one in pieces if isinstance(one, stix.Checked) and one.type == "marking-definition"]
    definitions = [*here, *known(named)]
    return Markings(tlp.meanings(definitions), policy.policies(definitions))


def _says(body: bytes, name: str) -> bool:
    """Whether an envelope that was read strictly has a property that is true."""
    if name.encode() not in body:
        return False
    return bytes(msgspec.json.decode(body, type=dict[str, msgspec.Raw]).get(name, b"")).strip() == b"true"


def _taken(raw: bytes, data: dict[str, Any], checked: stix.Checked, terms: Terms, markings: Markings) -> Taken:
    light = clearance.label_of(tlp.light_of(data, checked.marks, markings.lights), terms.floor)
    attribution = terms.attribution
    if policy.policy_of(data, checked.marks, markings.policies).attribution_never:
        attribution = None
    both = clearance.releases(light, attribution, terms.member)
    # An object of the hub's own, put where one member alone gives, would say whose it is by its place.
    instead = None if terms.alone else both.anonymised
    return Taken(
        raw,
        checked.id,
        checked.type,
        checked.version,
        checked.version_us or 0,
        20 if checked.spec_version == "2.0" else 21,
        light,
        both.original,
        checked.revoked,
        None if instead is None else data,
        instead,
    )


def _shown(data: object, name: str) -> str:
    """What stands in the place of an identifier or version, so that the sender finds the object again."""
    value = data.get(name, "") if isinstance(data, dict) else ""
    return value[:LONGEST_ID] if isinstance(value, str) else ""
