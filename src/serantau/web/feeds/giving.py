"""What is given out otherwise than over TAXII: the same pages of the same store, for the same reader, in other words.

Everything begins with :func:`serantau.web.defend.store.page`, which gives nobody what is not theirs to read. What stands
above the reader's clearance and is theirs for another reason (its own TLP:RED) is left out besides: these files feed
machines that know no recipients. Dates are those of the reader's own rows, so they tell of no others.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta

import orjson

from serantau.base import Problem
from serantau.defend.csvlists import Listed
from serantau.defend.keys import keys_of
from serantau.defend.misp import Given, Issuer, event_uuid
from serantau.defend.model import Reader, Tlp
from serantau.defend.patterns import keys_of_pattern
from serantau.defend.stix import OBSERVABLES, check, instant
from serantau.defend.taxii.collections import Planned
from serantau.web.bundles import keeper
from serantau.web.defend import store
from serantau.web.defend.lanes import moment
from serantau.web.defend.models import StoredObject

DAYS = 30
MOST_DAYS = 90
MOST_ROWS = 50_000
"""Stored objects looked at for one answer."""

PAGE = 2000
DAY_US = 86_400_000_000
TYPES = (
    "indicator",
    *OBSERVABLES,
    "phone-number",
    "bank-account",
    "cryptocurrency-wallet",
    "hostname",
)
"""Types of objects that can have a key."""


@dataclass(frozen=True)
class Asked:
    """Who asks for what.

    Attributes:
        plan: The collection.
        reader: For whom.
        days: How far back.
        now: The time.
    """

    plan: Planned
    reader: Reader
    days: int
    now: datetime

    def first_day(self) -> date:
        """The first day that is given."""
        return self.now.astimezone(UTC).date() - timedelta(days=self.days - 1)

    def issuer(self) -> Issuer:
        """The hub, as the organisation of a feed; events for one reader have UUIDs of their own."""
        profile = keeper().answers().bundle.region.profile
        scope = f"{self.plan.alias}|{self.reader.member}|{self.reader.clearance.name}"
        return Issuer(self.plan.id, f"Serantau {profile.short_name}", scope)


def start_of(day: date) -> int:
    """The first moment of a day in microseconds since 1970."""
    return int(datetime(day.year, day.month, day.day, tzinfo=UTC).timestamp()) * 1_000_000


@dataclass
class Position:
    """How far was looked: where the next part begins, if there is one."""

    after: int = 0
    more: bool = False


def given(
    asked: Asked, after: int, until: int | None = None, position: Position | None = None
) -> Iterator[tuple[int, Given]]:
    """What the reader may have of a collection, in the order of addition, with the place of each.

    Args:
        asked: Who asks for what.
        after: After this moment.
        until: Before this moment.
        position: Told how far was looked; :data:`MOST_ROWS` are looked at.
    """
    at, looked = moment(), 0
    reached = position or Position()
    while looked < MOST_ROWS:
        wanted = store.Wanted(after=after, limit=min(PAGE, MOST_ROWS - looked), types=TYPES)
        page = store.page(asked.plan.alias, asked.reader, wanted, at=at)
        lights = lights_of(page.rows)
        for row in page.rows:
            if until is not None and row.seq >= until:
                reached.more = False
                return
            one = _given(asked, row.seq, row.body, lights.get(row.seq, Tlp.UNKNOWN))
            if one is not None:
                yield row.seq, one
        reached.more = page.more
        if not page.more:
            return
        looked += len(page.rows)
        after = reached.after = page.rows[-1].seq


def lights_of(rows: Sequence[store.Row]) -> dict[int, Tlp]:
    """The labels of stored objects, as the store worked them out when they came, by their places."""
    found = StoredObject.objects.filter(pk__in=[row.seq for row in rows]).values_list("pk", "tlp")
    return {seq: Tlp(light) for seq, light in found}


def _given(asked: Asked, seq: int, body: bytes, light: Tlp) -> Given | None:
    if light > asked.reader.clearance:
        return None
    data = orjson.loads(body)
    checked = check(data)
    if isinstance(checked, Problem) or checked.revoked:
        return None
    until = data.get("valid_until")
    if isinstance(until, str) and (over := instant(until)) is not None and over <= asked.now:
        return None
    detect = checked.type == "indicator"
    if detect:
        pattern, language = data.get("pattern"), data.get("pattern_type", "stix")
        if not isinstance(pattern, str) or not isinstance(language, str) or _harmless(data.get("indicator_types")):
            return None
        keys = keys_of_pattern(pattern, language)
    else:
        keys = keys_of(data)
    if not keys:
        return None
    return Given(checked.id, keys, light, datetime.fromtimestamp(seq // 1_000_000, UTC), detect)


def _harmless(types: object) -> bool:
    return isinstance(types, list) and "benign" in types


# --- block lists --------------------------------------------------------------------------------------------------------


def listed(asked: Asked, kinds: frozenset[str], after: int, position: Position) -> Iterator[Listed]:
    """Values of indicators, each once, the longest known first. An observable alone is nothing to block."""
    seen: set[tuple[str, str]] = set()
    start = max(after, start_of(asked.first_day()) - 1)
    for _, one in given(asked, start, None, position):
        for key in one.keys if one.detect else ():
            name = key.type, key.value
            if name in seen or (kinds and key.type not in kinds):
                continue
            seen.add(name)
            yield Listed(key, one.light, one.at, one.id)


# --- MISP ---------------------------------------------------------------------------------------------------------------


def days_of(asked: Asked) -> dict[date, tuple[int, Tlp]]:
    """The days that have something for the reader, each with when something was last added, in seconds.

    Of days that are over that is their last second: nothing is added to them any more.
    """
    found: dict[date, tuple[int, Tlp]] = {}
    today = asked.now.astimezone(UTC).date()
    after = start_of(asked.first_day()) - 1
    at = moment()
    while True:
        page = store.page(
            asked.plan.alias, asked.reader, store.Wanted(after=after, limit=1, types=TYPES), bodies=False, at=at
        )
        if not page.rows:
            return found
        day = datetime.fromtimestamp(page.rows[0].seq // 1_000_000, UTC).date()
        if day >= today:
            found[today] = (_last_of_today(asked, page.rows[0].seq), asked.reader.clearance)
            return found
        end = start_of(day) + DAY_US
        found[day] = (end // 1_000_000 - 1, asked.reader.clearance)
        after = end - 1


def _last_of_today(asked: Asked, first: int) -> int:
    last, looked, at = first, 0, moment()
    while looked < MOST_ROWS:
        wanted = store.Wanted(after=last, limit=PAGE, types=TYPES)
        page = store.page(asked.plan.alias, asked.reader, wanted, bodies=False, at=at)
        if page.rows:
            last = page.rows[-1].seq
        if not page.more:
            break
        looked += len(page.rows)
    return last // 1_000_000


def day_of_event(asked: Asked, name: str) -> date | None:
    """The day of an event's UUID, if it is one of the reader's feed."""
    issuer = asked.issuer()
    first = asked.first_day()
    days = (first + timedelta(days=number) for number in range(asked.days))
    return next((day for day in days if event_uuid(issuer, day) == name), None)


def of_day(asked: Asked, day: date) -> list[Given]:
    """What the reader may have of a day."""
    begin = start_of(day)
    return [one for _, one in given(asked, begin - 1, begin + DAY_US)]


__all__ = ["Asked", "Position", "day_of_event", "days_of", "given", "lights_of", "listed", "of_day", "start_of"]
