"""Deadlines as an iCalendar file (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import UTC, timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from icalendar import Alarm, Calendar, Event

from serantau.web.review.models import ReportingRound

LENGTH = timedelta(minutes=30)
"""How long an entry before the deadline is drawn; the deadline is its end."""


def calendar_of(rounds: Iterable[ReportingRound], region: str, root: str) -> bytes:
    """The deadlines of rounds.

    It holds nothing that is not known to every member: whoever runs a calendar service reads what it fetches.

    Args:
        rounds: The rounds.
        region: Short name of the region.
        root: Address of the site, without a slash at its end.
    """
    calendar = Calendar()
    calendar.add("prodid", "-//Serantau//Deadlines//EN")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _("%(region)s: deadlines") % {"region": region})
    for one in rounds:
        calendar.add_component(_event(one, root))
    return calendar.to_ical()


def _event(one: ReportingRound, root: str) -> Event:
    event = Event()
    event.add("uid", f"round-{one.pk}@{root.partition('//')[2].partition(':')[0]}")
    event.add("dtstamp", one.made_at.astimezone(UTC))
    event.add("dtstart", one.due_at.astimezone(UTC) - LENGTH)
    event.add("dtend", one.due_at.astimezone(UTC))
    event.add("summary", _("Due: %(title)s") % {"title": one.title})
    event.add("url", root + reverse("review:round", args=[one.pk]))
    alarm = Alarm()
    alarm.add("action", "DISPLAY")
    alarm.add("description", _("Due tomorrow: %(title)s") % {"title": one.title})
    alarm.add("trigger", timedelta(days=-1))
    event.add_component(alarm)
    return event
