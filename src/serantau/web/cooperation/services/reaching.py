"""Whom to write to of a member, when something waits for it."""

from __future__ import annotations

from datetime import datetime

from serantau.defend.model import HIGHEST_CLEARANCE, Tlp
from serantau.web.cooperation.models import Contact
from serantau.web.cooperation.readers import officers


def to_write(member: str, label: Tlp, now: datetime) -> list[str]:
    """Mail addresses of the member's contacts on duty that are cleared for a label; if none is on duty, of the first."""
    people = officers(now.date(), [member]).get(member, [])
    held = [one.person.pk for one in people if one.clearance >= min(label, HIGHEST_CLEARANCE)]
    rows = Contact.objects.filter(team__member=member, person__in=held)
    contacts = list(rows.select_related("team", "person").prefetch_related("shifts"))
    chosen = [one for one in contacts if one.known().on_duty(now)] or contacts[:1]
    found = [one.email or (one.person.email if one.person else "") for one in chosen]
    return [one for one in dict.fromkeys(found) if one]
