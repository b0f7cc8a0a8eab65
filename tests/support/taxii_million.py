"""A store of many objects, and questions to it: filters x how much they leave x what the reader is cleared for.

Most objects are sightings under TLP:AMBER+STRICT; what is rare comes last. So a page of what is rare, or of what a low
clearance leaves, has everything else before it.
"""

from __future__ import annotations

import os
import time
import uuid
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from serantau.defend.model import Reader, Release, Tlp

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from serantau.web.defend.store import Wanted

ALIAS = "region-amber"
WHEN = "2026-01-01T00:00:00.000Z"
RARE = 20
PART = 5_000
BODY = b'{"type":"sighting","spec_version":"2.1","padding":"' + b"x" * 400 + b'"}'


@dataclass(frozen=True)
class Question:
    """A page that is asked for.

    Attributes:
        name: In words.
        clearance: Of whom.
        reader: Who asks.
        wanted: What for.
        hits: How many rows the page has, if that is known.
    """

    name: str
    clearance: str
    reader: Reader
    wanted: Wanted
    hits: int | None = None


def questions() -> Iterator[Question]:
    """Every filter for every reader."""
    from serantau.web.defend.store import ALL, FIRST, LAST, Wanted

    readers = {
        "sees all": Reader("QBB", Tlp.AMBER_STRICT),
        "sees few": Reader("QBB", Tlp.GREEN),
        "sees nothing": Reader("QBB", Tlp.CLEAR),
    }
    filters = {
        "no filter": {},
        "all versions": {"versions": (ALL,)},
        "first versions": {"versions": (FIRST,)},
        "first and last": {"versions": (FIRST, LAST)},
        "one version": {"versions": (1_767_225_600_000_000,)},
        "a version that nothing has": {"versions": (1,)},
        "common type": {"types": ("sighting",)},
        "rare type": {"types": ("indicator",)},
        "a type that nothing has": {"types": ("campaign",)},
        "rare type, all versions": {"types": ("indicator",), "versions": (ALL,)},
        "rare STIX version": {"specs": (20,)},
        "an identifier": {"ids": (f"indicator--{uuid.UUID(int=1, version=4)}",)},
        "late": {"after": 10**18},
    }
    for clearance, reader in readers.items():
        for name, chosen in filters.items():
            hits = 0 if clearance == "sees nothing" or name.startswith("a ") or name == "late" else None
            yield Question(name, clearance, reader, Wanted(**chosen), hits)


def fill(count: int) -> None:
    """Put many objects into the store, inside a change or where writes are permitted."""
    from serantau.defend.taxii.v21.taking import Taken
    from serantau.web.defend.lanes import collection_of
    from serantau.web.defend.services.writing import Writing

    plan = collection_of(ALIAS)
    assert plan is not None
    for start in range(0, count, PART):
        writing = Writing(datetime(2026, 1, 1, tzinfo=UTC))
        objects = []
        for number in range(start, min(start + PART, count)):
            rare = number >= count - RARE
            kind, label = ("indicator", Tlp.GREEN) if rare else ("sighting", Tlp.AMBER_STRICT)
            identifier = f"{kind}--{uuid.UUID(int=number, version=4)}"
            spec = 20 if rare and number % 2 else 21
            release = Release(label, producer="QAA" if number % 3 else "QCC")
            objects.append(Taken(BODY, identifier, kind, WHEN, 1_767_225_600_000_000, spec, label, release))
        writing.add(writing.collection(plan), "QAA", objects)
        writing.end()


def built(path: Path, count: int = 1_000_000) -> None:
    """Open the store in a file, and build it if it is not there yet."""
    os.environ |= {
        "DATABASE_URL": f"sqlite:///{path}",
        "SERANTAU_DEBUG": "1",
        "SERANTAU_DATA": str(path.parent),
        "SERANTAU_JOBS": "0",
    }
    from serantau.web.config.start import prepare

    prepare()
    from django.db import transaction

    from serantau.web.defend.models import StoredObject
    from tests.support.writes import unrecorded

    if StoredObject.objects.count() < count:
        with unrecorded(), transaction.atomic():
            fill(count)


def first_page(question: Question) -> float:
    """Wall seconds of a page, with its bodies."""
    from serantau.web.defend import store

    begun = time.perf_counter()
    found = store.page(ALIAS, question.reader, question.wanted)
    spent = time.perf_counter() - begun
    assert question.hits is None or len(found.rows) == question.hits, question
    return spent
