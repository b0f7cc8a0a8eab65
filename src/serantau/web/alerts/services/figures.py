"""What the dashboard shows, added up beforehand for each level: a page then costs the same however much there is."""

from __future__ import annotations

from collections import Counter
from datetime import datetime

from django.db import connection
from django.db.models import Count

from serantau.defend.alerts import State
from serantau.defend.buckets import cell_of, start_of
from serantau.defend.figures import Figures, filled, median_of
from serantau.defend.model import ALERT_LEVELS, Tlp
from serantau.ledger import Event
from serantau.web.alerts.models import Alert, Bucket, Key, Tally
from serantau.web.alerts.services.correlating import rule
from serantau.web.alerts.store import figures_of
from serantau.web.ledger.changes import change

WEEKS = 13
"""Windows whose alerts the medians are taken of."""

MOST_TIMED = 5_000


def refresh(now: datetime) -> bool:
    """Add up anew.

    Returns:
        Whether anything is different from the last time.
    """
    fresh = {level: added_up(level, now) for level in ALERT_LEVELS}
    held = {Tlp(row.level): figures_of(row) for row in Tally.objects.all()}
    if fresh == held:
        return False
    with change(Event.ALERTS_COUNTED, actor="system", subject="figures", now=now):
        for level, figures in fresh.items():
            if figures != held.get(level):
                Tally.objects.update_or_create(level=level, defaults={"at": now, "figures": _plain(figures)})
    return True


def added_up(level: Tlp, now: datetime) -> Figures:
    """The figures of one level, from what was released to it."""
    window = rule().window
    here = cell_of(now, window)
    recent = (here - 1, here)
    types = _types(level, recent)
    held = Alert.objects.filter(level=level, cell__gt=here - WEEKS, cell__lte=here)
    standing = held.filter(state=State.OPEN.value)
    weeks = Counter(dict(standing.values_list("cell").annotate(Count("pk")).order_by("cell")))
    timed = standing.order_by("-pk")
    times = list(timed.values_list("first", "reached", "made_at")[:MOST_TIMED])
    why = held.exclude(state=State.OPEN.value).values_list("why").annotate(Count("pk")).order_by("why")
    return Figures(
        seen_by=_seen_by(level, recent),
        types=types,
        weeks=filled(
            weeks, [(cell, f"{start_of(cell, window):%Y-%m-%d}") for cell in range(here - WEEKS + 1, here + 1)]
        ),
        excluded=tuple(why),
        hours_seen=median_of(max(0.0, (made - first).total_seconds() / 3600) for first, _, made in times),
        minutes_raised=median_of(max(0.0, (made - reached).total_seconds() / 60) for _, reached, made in times),
        alerts=sum(weeks.values()),
    )


def _seen_by(level: Tlp, cells: tuple[int, int]) -> tuple[tuple[int, int], ...]:
    table = Bucket._meta.db_table  # noqa: SLF001 - Django's public way to a table's name
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT members, COUNT(*) FROM (SELECT COUNT(DISTINCT member) AS members "  # noqa: S608 - our own table
            f"FROM {table} WHERE cell IN (%s, %s) AND tlp <= %s AND last IS NOT NULL GROUP BY key_id) AS held "
            "GROUP BY members ORDER BY members",
            [*cells, int(level)],
        )
        return tuple((int(members), int(count)) for members, count in cursor.fetchall())


def _types(level: Tlp, cells: tuple[int, int]) -> tuple[tuple[str, int, int], ...]:
    buckets, keys = Bucket._meta.db_table, Key._meta.db_table  # noqa: SLF001
    with connection.cursor() as cursor:
        cursor.execute(
            f"SELECT k.type, COUNT(DISTINCT k.id) FROM {buckets} b JOIN {keys} k ON k.id = b.key_id "  # noqa: S608
            "WHERE b.cell IN (%s, %s) AND b.tlp <= %s AND b.last IS NOT NULL GROUP BY k.type ORDER BY k.type",
            [*cells, int(level)],
        )
        found = {kind: int(count) for kind, count in cursor.fetchall()}
    standing = Alert.objects.filter(level=level, cell__in=cells, state=State.OPEN.value)
    many = dict(standing.values_list("key__type").annotate(Count("key", distinct=True)).order_by("key__type"))
    return tuple((kind, count, many.get(kind, 0)) for kind, count in found.items())


def _plain(figures: Figures) -> dict[str, object]:
    return {
        "seen_by": list(figures.seen_by),
        "types": list(figures.types),
        "weeks": list(figures.weeks),
        "excluded": list(figures.excluded),
        "hours_seen": figures.hours_seen,
        "minutes_raised": figures.minutes_raised,
        "alerts": figures.alerts,
    }
