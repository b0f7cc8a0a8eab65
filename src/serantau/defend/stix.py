"""One STIX object, looked at fast: enough to store it, to find it again and to refuse what nobody could use.

The checks are those of STIX 2.1 (OASIS standard, 10 June 2021) that need nothing but the object itself: identifiers
(2.9), timestamps (3.2 of RFC 3339 as STIX narrows it), common properties (3.2), required properties of each type
(chapters 4 to 7). What an object says is not judged here, and nothing of it is changed. The whole standard is checked
by :mod:`serantau.defend.validation`, in the background.

Objects of STIX 2.0 are taken, and called so: what ATT&CK and older platforms send is of that form.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Any, NamedTuple

from serantau.base import Problem

_NAME = r"[a-z0-9](?:[a-z0-9-]{1,248})[a-z0-9]"
_UUID = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
_ID = re.compile(rf"({_NAME})--{_UUID}")
_TYPE = re.compile(_NAME)
_MARKING = re.compile(rf"marking-definition--{_UUID}")
_TIME = re.compile(r"(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)(?:\.(\d{1,30}))?Z", re.ASCII)
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_REFERENCE = ("_ref", "_refs")
_CUSTOM = ("x_", "x-")

MOST_REFERENCES = 10_000
"""References that one object may hold."""

REQUIRED = {
    "attack-pattern": ("name",),
    "campaign": ("name",),
    "course-of-action": ("name",),
    "grouping": ("context", "object_refs"),
    "identity": ("name",),
    "incident": ("name",),
    "indicator": ("pattern", "pattern_type", "valid_from"),
    "infrastructure": ("name",),
    "intrusion-set": ("name",),
    "location": (),
    "malware": ("is_family",),
    "malware-analysis": ("product",),
    "note": ("content", "object_refs"),
    "observed-data": ("first_observed", "last_observed", "number_observed"),
    "opinion": ("opinion", "object_refs"),
    "report": ("name", "published", "object_refs"),
    "threat-actor": ("name",),
    "tool": ("name",),
    "vulnerability": ("name",),
    "relationship": ("relationship_type", "source_ref", "target_ref"),
    "sighting": ("sighting_of_ref",),
    "language-content": ("object_ref", "contents"),
    "extension-definition": ("created_by_ref", "name", "schema", "version", "extension_types"),
    "marking-definition": (),
}
"""What each versioned type must say beside the common properties (STIX 2.1, chapters 4, 5 and 7)."""

REQUIRED_2_0 = REQUIRED | {
    "indicator": ("labels", "pattern", "valid_from"),
    "malware": ("labels", "name"),
    "observed-data": ("first_observed", "last_observed", "number_observed", "objects"),
}
"""The same in STIX 2.0, where it differs."""

OBSERVABLES = {
    "artifact": (),
    "autonomous-system": ("number",),
    "directory": ("path",),
    "domain-name": ("value",),
    "email-addr": ("value",),
    "email-message": ("is_multipart",),
    "file": (),
    "ipv4-addr": ("value",),
    "ipv6-addr": ("value",),
    "mac-addr": ("value",),
    "mutex": ("name",),
    "network-traffic": ("protocols",),
    "process": (),
    "software": ("name",),
    "url": ("value",),
    "user-account": (),
    "windows-registry-key": (),
    "x509-certificate": (),
}
"""Cyber-observable objects (chapter 6): they have no versions."""

_TEXT = frozenset(
    (
        "name",
        "pattern",
        "pattern_type",
        "relationship_type",
        "content",
        "value",
        "path",
        "product",
        "context",
        "opinion",
    )
)
_WHEN = frozenset(
    ("valid_from", "valid_until", "first_observed", "last_observed", "published", "first_seen", "last_seen")
)


class Checked(NamedTuple):
    """What the store needs to know of an object that may be kept.

    Attributes:
        id: Its identifier.
        type: Its type, which its identifier begins with.
        spec_version: ``2.1`` or ``2.0``.
        version: ``modified``, else ``created``, as written; empty where it has neither and the store's own date serves
            (TAXII 2.1, 5.3).
        version_us: The same in microseconds since 1970, further digits cut off; None where ``version`` is empty.
        created_by: Identifier of the identity that made it, or empty.
        revoked: Whether this version withdraws the object.
        marks: Marking definitions that it names, for the whole of it or for a part.
        refs: Other objects that it names.
    """

    id: str
    type: str
    spec_version: str
    version: str
    version_us: int | None
    created_by: str
    revoked: bool
    marks: tuple[str, ...]
    refs: tuple[str, ...]


class _Wrong(Exception):  # noqa: N818 - never leaves this module
    def __init__(self, where: str, what: str, fix: str = "") -> None:
        self.problem = Problem(where, what, fix)


def check(data: object) -> Checked | Problem:
    """What the store needs of an object, or the first reason why it cannot be kept.

    >>> check({"type": "domain-name", "id": "domain-name--3c10e93f-798e-5a26-a0c1-08156efab7f5", "value": "a.example"}).type
    'domain-name'
    >>> print(check({"type": "indicator", "id": "indicator--bad"}))
    id: 'indicator--bad' is no identifier. It is the type, two hyphens and a UUID in lower case.
    """
    if type(data) is not dict:
        return Problem("object", "This is no JSON object.", "Each of the objects is {...} with a type and an id.")
    try:
        return _check(data)
    except _Wrong as wrong:
        return wrong.problem


def microseconds(text: str) -> int | None:
    """A STIX timestamp in microseconds since 1970, or None where it is none; digits beyond the sixth are cut off.

    >>> microseconds("2024-01-01T00:00:00.1Z") == microseconds("2024-01-01T00:00:00.1000000Z")
    True
    >>> microseconds("2024-01-01T00:00:00+00:00"), microseconds("2024-02-30T00:00:00Z")
    (None, None)
    """
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    second, fraction = match.groups()
    try:
        since = datetime.fromisoformat(second + "+00:00") - _EPOCH
    except ValueError:
        return None
    whole = (since.days * 86_400 + since.seconds) * 1_000_000
    return whole if fraction is None else whole + int(fraction[:6].ljust(6, "0"))


def instant(text: str) -> datetime | None:
    """A STIX timestamp as a moment in UTC, or None where it is none."""
    match = _TIME.fullmatch(text)
    if match is None:
        return None
    try:
        moment = datetime.fromisoformat(match[1] + "+00:00")
    except ValueError:
        return None
    return moment if match[2] is None else moment.replace(microsecond=int(match[2][:6].ljust(6, "0")))


def is_id(text: object, kind: str = "") -> bool:
    """Whether it is an identifier of STIX, of this type where one is given."""
    if type(text) is not str:
        return False
    match = _ID.fullmatch(text)
    return match is not None and (not kind or match[1] == kind)


def _check(data: dict[str, Any]) -> Checked:
    kind = data.get("type")
    if type(kind) is not str or _TYPE.fullmatch(kind) is None:
        raise _Wrong("type", "The type is missing, or is no type's name.", "It is 3 to 250 of a-z, 0-9 and hyphen.")
    name = data.get("id")
    match = _ID.fullmatch(name) if type(name) is str else None
    if match is None or type(name) is not str:
        raise _Wrong("id", f"{_shown(name)} is no identifier.", "It is the type, two hyphens and a UUID in lower case.")
    if match[1] != kind:
        raise _Wrong("id", f"The identifier is one of {match[1]}, the type is {kind}.", "Let both say the same.")
    spec_version = _spec_version(data, kind)
    version, version_us = _version(data, kind)
    _has_what_it_must(data, kind, spec_version)
    refs = _references(data)
    revoked = data.get("revoked", False)
    if type(revoked) is not bool:
        raise _Wrong("revoked", f"{_shown(revoked)} is neither true nor false.")
    return Checked(
        name, kind, spec_version, version, version_us, data.get("created_by_ref", ""), revoked, _marks(data), refs
    )


def _spec_version(data: dict[str, Any], kind: str) -> str:
    stated = data.get("spec_version")
    if stated == "2.1" or stated == "2.0":  # noqa: PLR1714 - an unhashable value must not raise
        return str(stated)
    if stated is not None:
        raise _Wrong("spec_version", f"{_shown(stated)} is not taken.", 'Write "2.1".')
    # STIX 2.0 objects say no version, and neither need observables of 2.1, which 2.0 had none of at this place.
    if kind in OBSERVABLES or "created" not in data or "extensions" in data:
        return "2.1"
    return "2.0"


def _version(data: dict[str, Any], kind: str) -> tuple[str, int | None]:
    """``modified``, else ``created``, else nothing; the types that need them have them, and in their order."""
    created = data.get("created")
    modified = data.get("modified")
    if created is None and modified is None:
        if kind in REQUIRED:
            raise _Wrong("created", f"A {kind} says when it was created.", "Add created and modified.")
        return "", None
    created_us = _time("created", created)
    if modified is None:
        if kind in REQUIRED and kind != "marking-definition":
            raise _Wrong("modified", f"A {kind} says when it was last modified.", "Add modified.")
        return str(created), created_us
    modified_us = created_us if modified == created else _time("modified", modified)
    if modified_us < created_us:
        raise _Wrong("modified", "It was modified before it was created.", "Put the two in their order.")
    return str(modified), modified_us


def _time(where: str, text: object) -> int:
    at = microseconds(text) if type(text) is str else None
    if at is None:
        raise _Wrong(where, f"{_shown(text)} is no moment in UTC.", "Write it as 2024-01-31T12:00:00.000Z.")
    return at


def _has_what_it_must(data: dict[str, Any], kind: str, spec_version: str) -> None:
    known = REQUIRED if spec_version == "2.1" else REQUIRED_2_0
    needed = known.get(kind)
    if needed is None:
        needed = OBSERVABLES.get(kind)
        if needed is None:
            return
    for name in needed:
        value = data.get(name)
        if value is None or value in ("", []):
            raise _Wrong(name, f"A {kind} must have this property.", f"Add {name}.")
        if name in _TEXT:
            if type(value) is not str:
                raise _Wrong(name, f"{_shown(value)} is no text.")
        elif name in _WHEN:
            _time(name, value)
    if kind == "marking-definition":
        _marking(data)
    elif kind == "file" and not (data.get("hashes") or data.get("name")):
        raise _Wrong("hashes", "A file has hashes or a name.", "Add one of them.")


def _marking(data: dict[str, Any]) -> None:
    if not isinstance(data.get("definition", {}), dict) or not isinstance(data.get("extensions", {}), dict):
        raise _Wrong("definition", "What a marking defines is an object.", "See STIX 2.1, 7.2.1.")
    if not (data.get("definition") or data.get("extensions")):
        raise _Wrong("definition", "The marking says nothing.", "Give it a definition or an extension.")


def _references(data: dict[str, Any]) -> tuple[str, ...]:
    """Identifiers in the properties that hold references by their names; those of a custom property are its own."""
    refs: list[str] = []
    for name, value in data.items():
        if not name.endswith(_REFERENCE) or name.startswith(_CUSTOM) or name == "object_marking_refs":
            continue
        values = value if name.endswith("s") else (value,)
        if type(values) is not list and type(values) is not tuple:
            raise _Wrong(name, f"{_shown(value)} is no list of identifiers.")
        for ref in values:
            if type(ref) is not str or _ID.fullmatch(ref) is None:
                raise _Wrong(
                    name, f"{_shown(ref)} is no identifier.", "It is a type, two hyphens and a UUID in lower case."
                )
            refs.append(ref)
    if len(refs) > MOST_REFERENCES:
        raise _Wrong("object_refs", f"It names {len(refs)} objects; at most {MOST_REFERENCES} are taken.", "Divide it.")
    if "created_by_ref" in data and not data["created_by_ref"].startswith("identity--"):
        raise _Wrong("created_by_ref", "Objects are made by an identity.", "Name one: identity--...")
    return tuple(refs)


def _marks(data: dict[str, Any]) -> tuple[str, ...]:
    """Markings of the whole and of parts alike. A part that is marked by its language alone has none."""
    whole = data.get("object_marking_refs")
    parts = data.get("granular_markings")
    if whole is None and parts is None:
        return ()
    marks = []
    if whole is not None:
        if type(whole) is not list:
            raise _Wrong("object_marking_refs", f"{_shown(whole)} is no list of markings.")
        marks += whole
    if parts is not None:
        if type(parts) is not list or not all(type(part) is dict for part in parts):
            raise _Wrong("granular_markings", "This is no list of markings of parts.", "See STIX 2.1, 7.2.3.")
        for part in parts:
            if "marking_ref" in part:
                marks.append(part["marking_ref"])
            elif "lang" not in part:
                raise _Wrong("granular_markings", "A part is marked by nothing.", "Give it a marking_ref or a lang.")
    for mark in marks:
        if type(mark) is not str or _MARKING.fullmatch(mark) is None:
            raise _Wrong("object_marking_refs", f"{_shown(mark)} is no marking.", "Name one: marking-definition--...")
    if len(marks) > MOST_REFERENCES:
        raise _Wrong("object_marking_refs", f"It has {len(marks)} markings.", f"At most {MOST_REFERENCES} are taken.")
    return tuple(marks)


def _shown(value: object) -> str:
    """A value in a message, never long."""
    if isinstance(value, str):
        value = value[:80]
    text = repr(value) if isinstance(value, str | int | float) or value is None else type(value).__name__
    return text if len(text) <= 80 else text[:79] + "…"
