"""What is read of alerts. Every reading begins with a reader, so none can tell more than that reader may know."""

from __future__ import annotations

from datetime import datetime

from django.db.models import F, QuerySet

from serantau.defend.alerts import State
from serantau.defend.figures import Figures, public
from serantau.defend.model import Reader
from serantau.web.alerts.models import Alert, Tally


def alerts_for(reader: Reader) -> QuerySet[Alert]:
    """The alerts that a reader may know of: those computed for exactly its clearance."""
    return Alert.objects.select_related("key").filter(level=reader.clearance)


def open_alerts(reader: Reader) -> QuerySet[Alert]:
    """Those of them that stand."""
    return alerts_for(reader).filter(state=State.OPEN.value)


def alert(reader: Reader, number: int) -> Alert | None:
    """One alert; None if there is none, or the reader may not know of it."""
    return alerts_for(reader).filter(pk=number).first()


def to_tell(limit: int) -> list[Alert]:
    """Alerts that are new or grew and have not been told, for the job that tells; of every level, oldest first."""
    held = Alert.objects.select_related("key").filter(told__lt=F("revision"), state=State.OPEN.value)
    return list(held.order_by("pk")[:limit])


def figures_for(reader: Reader) -> tuple[Figures, datetime | None]:
    """The figures of a reader's level, and from when they are; of TLP:CLEAR and without few, for who is nobody in particular."""
    row = Tally.objects.filter(level=reader.clearance).first()
    if row is None:
        return Figures(), None
    held = figures_of(row)
    return (held if reader.member else public(held)), row.at


def figures_of(row: Tally) -> Figures:
    """A row as figures."""
    held = row.figures
    return Figures(
        tuple((members, count) for members, count in held["seen_by"]),
        tuple((kind, keys, many) for kind, keys, many in held["types"]),
        tuple((week, count) for week, count in held["weeks"]),
        tuple((why, count) for why, count in held["excluded"]),
        held["hours_seen"],
        held["minutes_raised"],
        held["alerts"],
    )
