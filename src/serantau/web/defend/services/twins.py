"""The hub's own objects in place of those whose contributor may not be named to all who may know the thing.

They follow the newest version of the original: made when it is, tightened when it is tightened, deleted when it is
deleted. What they say is worked out by :mod:`serantau.defend.clearance`; nothing of the original is copied here.
"""

from __future__ import annotations

import hmac
import uuid
from collections.abc import Sequence
from datetime import datetime

import orjson
from django.conf import settings
from django.db import connection

from serantau.defend.alerts import NAMESPACE
from serantau.defend.chains import Link
from serantau.defend.clearance import Hub, anonymised
from serantau.defend.model import PUBLIC_READER, Release
from serantau.defend.patterns import LONGEST_PARSED, fast
from serantau.defend.taxii.v21.taking import Taken
from serantau.defend.taxii.v21.times import microseconds, moment_of
from serantau.web.bundles import keeper
from serantau.web.defend.services.writing import Writing, _marks, _parts

TWINS = "serantau_defend_twin"
HUB = ""
IDENTITY = f"identity--{uuid.uuid5(NAMESPACE, 'hub')}"
"""The hub's own identity, also as the maker of alerts."""

MOST_PARSED = 20_000
"""Characters of patterns that are parsed for one envelope, inside everybody's lock: half a second at most. What is beyond
has no object of the hub's; it counts in alerts all the same. Patterns of plain equalities need no parser."""

_PURPOSE = "serantau hub objects of "


def follow(writing: Writing, place: int, member: str, newest: Sequence[Taken], now: datetime) -> None:
    """Let the hub's objects follow originals that were just stored, inside the same turn.

    Args:
        writing: The turn.
        place: Number of the collection.
        member: Who contributed them.
        newest: Those that are the newest of their object now.
        now: The time.
    """
    held = _twins(member, [one.id for one in newest])
    if not held and all(one.instead is None for one in newest):
        return
    bounds = {twin: Release(one.tlp) for one in newest for twin in held.get(one.id, ())}
    writing.tighten(HUB, list(bounds), bounds)
    hub, withheld = Hub(IDENTITY, _secret(member)), _withheld(member)
    made: list[tuple[str, Taken]] = []
    left = MOST_PARSED
    for one in newest:
        if one.data is None or one.instead is None:
            continue
        cost = _parsed(one.data.get("pattern"))
        if cost > left:
            continue
        left -= cost
        versions = [link.version for twin in held.get(one.id, ()) for link in writing.versions(place, HUB, twin)]
        body = anonymised(
            one.data,
            one.tlp,
            hub,
            now,
            withheld=withheld,
            created=moment_of(min(versions)) if versions else None,
            after=moment_of(max(versions)) if versions else None,
        )
        if body is not None:
            made.append((one.id, _taken(body, one.instead)))
    if made:
        told = {one.id: one for _, one in made}
        unchanged = {name for name, one in told.items() if _says_the_same(writing, place, one)}
        fresh = [one for one in told.values() if one.id not in unchanged]
        writing.add(place, HUB, [_identity(), *fresh], repost=True)
        _remember(member, [(original, one.id) for original, one in made])


def remove(writing: Writing, place: int, member: str, stix_id: str, gone: Sequence[Link]) -> dict[str, list[Link]]:
    """Remove the hub's objects in place of one whose last version there was removed.

    Returns:
        What was removed, by the identifiers of the hub's objects.
    """
    if not any(link.is_last for link in gone):
        return {}
    found = {twin: writing.remove(place, HUB, twin, None) for twin in _twins(member, [stix_id]).get(stix_id, ())}
    return {twin: links for twin, links in found.items() if links}


def _secret(member: str) -> bytes:
    """What identifiers are made with: another for each member, so that two of one original never meet."""
    return hmac.digest(settings.SECRET_KEY.encode(), (_PURPOSE + member).encode(), "sha256")


def _withheld(member: str) -> set[str]:
    """What would tell who the member is: its name, and where its authorities are on the net."""
    bundle = keeper().held() or keeper().answers().bundle
    found = next((one for one in bundle.region.members if one.id == member), None)
    if found is None:
        return {member}
    country = found.alpha2.lower()
    return {found.name, f"gov.{country}", f"go.{country}", f"cert.{country}", f"cert-{country}", f"{country}-cert"}


def _parsed(pattern: object) -> int:
    """How much of a pattern the library has to parse."""
    if not isinstance(pattern, str) or len(pattern) > LONGEST_PARSED or fast(pattern) is not None:
        return 0
    return len(pattern)


def _says_the_same(writing: Writing, place: int, one: Taken) -> bool:
    """Whether the last version says the same: a new one would tell when the original changed, and nothing else."""
    last = next((link for link in writing.versions(place, HUB, one.id) if link.is_last), None)
    if last is None:
        return False
    with connection.cursor() as cursor:
        cursor.execute("SELECT body FROM serantau_defend_storedobject WHERE seq = %s", [last.seq])
        row = cursor.fetchone()
    held, new = orjson.loads(bytes(row[0])), orjson.loads(one.raw)
    return {**held, "modified": ""} == {**new, "modified": ""}


def _taken(body: bytes, release: Release) -> Taken:
    data = orjson.loads(body)
    version = data.get("modified", "")
    return Taken(
        body,
        data["id"],
        data["type"],
        version,
        microseconds(version) if version else 0,
        21,
        release.need,
        release,
        data.get("revoked") is True,
    )


def _identity() -> Taken:
    made = "2026-11-28T00:00:00.000Z"
    body = {
        "type": "identity",
        "spec_version": "2.1",
        "id": IDENTITY,
        "created": made,
        "modified": made,
        "name": "Hub",
        "identity_class": "organization",
    }
    return _taken(orjson.dumps(body), Release(PUBLIC_READER.clearance))


def _twins(member: str, ids: Sequence[str]) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for part in _parts(ids):
        with connection.cursor() as cursor:
            cursor.execute(
                f"SELECT stix_id, twin_id FROM {TWINS} WHERE stix_id IN ({_marks(part)}) AND member = %s",  # noqa: S608
                [*part, member],
            )
            for original, twin in cursor.fetchall():
                found.setdefault(original, []).append(twin)
    return found


def _remember(member: str, pairs: Sequence[tuple[str, str]]) -> None:
    with connection.cursor() as cursor:
        cursor.executemany(
            f"INSERT INTO {TWINS} (member, stix_id, twin_id) VALUES (%s, %s, %s) ON CONFLICT DO NOTHING",  # noqa: S608
            [(member, original, twin) for original, twin in pairs],
        )


__all__ = ["IDENTITY", "follow", "remove"]
