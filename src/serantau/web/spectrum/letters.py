"""Letters about requests for coordination. They name the request and where to look, and nothing of what it holds."""

from __future__ import annotations

from datetime import date, datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from serantau.spectrum.procedure import OVERDUE, Act, Party
from serantau.web.accounts.links import absolute
from serantau.web.accounts.models import Membership
from serantau.web.accounts.roles import EVERY, OF_A_MEMBER, Room
from serantau.web.jobs import mail
from serantau.web.spectrum.models import Coordination


def tell(held: Coordination, party: Party, act: Act, now: datetime) -> int:
    """Write to the people of the other side what was done; how many that were."""
    to = held.neighbour if party is Party.SENDER else held.member
    words = {
        Act.SUBMIT: _("A request for coordination was sent to you: %(title)s (%(member)s)"),
        Act.ACKNOWLEDGE: _("Your request was acknowledged: %(title)s"),
        Act.APPROVE: _("Your request was answered: %(title)s"),
        Act.REJECT: _("Your request was answered: %(title)s"),
        Act.REGISTER: _("Records were registered: %(title)s (%(member)s)"),
        Act.WITHDRAW: _("Records were withdrawn: %(title)s (%(member)s)"),
    }[act]
    return _post(held, to, words % {"title": held.title, "member": held.member}, now)


def tell_both(held: Coordination, now: datetime) -> int:
    """Write to both sides that the deadline has passed and what was left counts as approved."""
    words = _("No answer came in time, so what was left is approved by the agreement: %(title)s")
    return sum(_post(held, to, words % {"title": held.title}, now) for to in (held.member, held.neighbour))


def remind(held: Coordination, name: str, now: datetime) -> int:
    """Remind the people of the neighbour; how many that were."""
    if name == OVERDUE:
        words = _("Your answer is overdue: %(title)s (%(member)s)")
    else:
        words = _("Your answer is due on %(day)s: %(title)s (%(member)s)")
    day = f"{held.due_at:%Y-%m-%d %H:%M} UTC" if held.due_at else ""
    return _post(held, held.neighbour, words % {"title": held.title, "member": held.member, "day": day}, now)


def _post(held: Coordination, to: str, subject: str, now: datetime) -> int:
    text = absolute(reverse("spectrum:coordination", args=[held.pk])) + "\n"
    people = _people(to, now.date())
    for one in people:
        mail.post([one], subject, text, now=now)
    return len(people)


def _people(member: str, today: date) -> list[str]:
    """Addresses of those who work on spectrum for a member today, each once."""
    valid = Q(valid_to=None) | Q(valid_to__gte=today)
    held = Membership.objects.filter(
        valid,
        role__in=[role.value for role in OF_A_MEMBER],
        body=member,
        ended_at=None,
        valid_from__lte=today,
        person__is_active=True,
    ).values_list("person__email", "rooms")
    return sorted({email for email, rooms in held if rooms == EVERY or Room.SPECTRUM.value in rooms.split()})
