"""What happens by itself: what is answered is revised, what is old is deleted, what is over is published."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from decimal import Decimal

from django.db.models import F, Q

from serantau.defend.scams import LIMITS, RULES, Month, Part, State, Thing, figures, standing
from serantau.defend.scams.suppression import TOTAL
from serantau.ledger import Event
from serantau.web.ledger.changes import change
from serantau.web.scams.models import Answered, Appeal, Key, PublishedMonth, Report, counted, tip_of
from serantau.web.scams.services.reporting import drop

ACTOR = "system"
LAST = LIMITS[Part.DIGESTS].received
"""Days after which an appeal is deleted altogether: as long as a digest is kept."""

MOST = 200
"""Rows of one change; what is left is dealt with in the next."""


def revise_answers(now: datetime) -> int:
    """Work out anew what is answered, for everything that something happened to.

    Returns:
        How many were looked at.
    """
    due = Q(changed_at__isnull=False) | Q(answered__until__lte=now) | Q(silent_until__lte=now)
    numbers = list(Key.objects.filter(due).order_by("pk").values_list("pk", flat=True)[:MOST])
    if not numbers:
        return 0
    with change(Event.SCAM_ANSWERS_REVISED, actor=ACTOR, subject=f"scam-answers {now:%Y-%m-%d}", now=now) as record:
        for key in Key.objects.select_for_update().filter(pk__in=numbers).order_by("pk"):
            _revise(key, now)
        record.say(looked_at=len(numbers))
    return len(numbers)


def _revise(key: Key, now: datetime) -> None:
    if key.silent_until is not None and key.silent_until <= now:
        key.silent_until = None
    reports = Report.objects.filter(state=State.ACCEPTED.value, things__key=key)
    found = standing([tip_of(one) for one in reports], RULES[Thing(key.thing)], now, key.cleared_at)
    if found is None or key.silent_until is not None:
        Answered.objects.filter(key=key).delete()
    else:
        Answered.objects.update_or_create(
            key=key, defaults={"thing": key.thing, "digest": key.digest, "until": found.until}
        )
    key.changed_at = None
    key.save()


def delete_due(now: datetime) -> int:
    """Delete every part whose time is over.

    Returns:
        How many reports and appeals lost a part.
    """
    reports = list(Report.objects.filter(delete_at__lte=now).order_by("pk").values_list("pk", flat=True)[:MOST])
    appeals = list(Appeal.objects.filter(delete_at__lte=now).order_by("pk").values_list("pk", flat=True)[:MOST])
    if not reports and not appeals:
        return 0
    with change(Event.SCAM_DATA_DELETED, actor=ACTOR, subject=f"scam-data {now:%Y-%m-%d}", now=now) as record:
        for report in Report.objects.select_for_update().filter(pk__in=reports).order_by("pk"):
            drop(report, report.due(now), now)
        Appeal.objects.filter(pk__in=appeals).update(
            value="", reason="", contact="", words="", delete_at=F("received_at") + timedelta(days=LAST)
        )
        Appeal.objects.filter(received_at__lte=now - timedelta(days=LAST)).delete()
        unused = Key.objects.filter(named=None, appeals=None)
        dropped = unused.count()
        unused.delete()
        record.say(reports=len(reports), appeals=len(appeals), keys=dropped)
    return len(reports) + len(appeals)


def publish_months(now: datetime, members: Sequence[str]) -> list[str]:
    """Publish the figures of every month that is over and in which something was accepted.

    Returns:
        The months that were published.
    """
    held = set(PublishedMonth.objects.values_list("month", flat=True))
    over = Report.objects.exclude(month="").filter(month__lt=f"{now:%Y-%m}").values_list("month", flat=True)
    made = sorted(set(over.distinct().order_by()) - held)
    for month in made:
        with change(Event.SCAM_FIGURES_PUBLISHED, actor=ACTOR, now=now, subject=f"month {month}") as record:
            reports = Report.objects.filter(month=month, state=State.ACCEPTED.value).prefetch_related("things")
            rows = [counted(one, frozenset(Thing(held.thing) for held in one.things.all())) for one in reports]
            PublishedMonth.objects.create(month=month, body=plain(figures(month, rows, members)), made_at=now)
            record.say(month=month)
    return made


def plain(month: Month) -> dict[str, object]:
    """The figures of a month as they are kept."""
    rows = [*month.table.rows, TOTAL]
    columns = [*month.table.columns, TOTAL]
    return {
        "members": list(month.table.rows),
        "harms": list(month.table.columns),
        "counts": [[month.table.cells[row, column] for column in columns] for row in rows],
        "things": {thing.value: count for thing, count in month.things.items()},
        "losses": {currency: f"{Decimal(amount):f}" for currency, amount in month.losses.items()},
    }
