"""What is read of alerts. Every reading begins with a reader, so none can tell more than that reader may know."""

from __future__ import annotations

from django.db.models import F, QuerySet

from serantau.defend.alerts import State
from serantau.defend.model import PUBLIC_READER, Reader, Tlp
from serantau.web.accounts.policy import Actor
from serantau.web.accounts.roles import OF_A_MEMBER, Role, Room
from serantau.web.alerts.models import Alert

CLEARED = frozenset({*OF_A_MEMBER, Role.SECRETARIAT})
"""Roles whose people read what is shared under a marking, if their rooms include ours."""


def reader_of(actor: Actor, clearance: Tlp | None = None) -> Reader:
    """As whom somebody on the site reads alerts.

    Args:
        actor: Who asks.
        clearance: The label up to which they read; None for the site's default, TLP:GREEN, which FIRST describes as
            for the community.
    """
    if not actor.roles & CLEARED or Room.DEFEND not in actor.rooms or not actor.second_factor:
        return PUBLIC_READER
    return Reader(actor.member, Tlp.GREEN if clearance is None else clearance)


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
