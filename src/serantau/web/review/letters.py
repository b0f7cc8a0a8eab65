"""Letters about submissions and rounds. They name what it is about and where to look, and nothing of what it says."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from serantau.web.accounts.links import absolute
from serantau.web.accounts.models import Membership
from serantau.web.accounts.policy import Actor
from serantau.web.accounts.roles import EVERY, OF_A_MEMBER, OF_A_PARTNER, Role
from serantau.web.jobs import mail
from serantau.web.review.models import ReportingRound, Submission
from serantau.web.review.rules import is_own

WHAT = {
    "submit": "A submission was sent in: {title} ({member})",
    "answer": "A question was answered: {title} ({member})",
    "question": "A question about your submission: {title}",
    "comment": "Something was said about: {title}",
    "accept": "Accepted: {title}",
    "refuse": "Refused: {title}",
    "retracted": "Taken back, its facts no longer count: {title}",
}


def tell_member(submission: Submission, what: str, now: datetime) -> int:
    """Write to the people of the member, or partner, who work in the room; how many that were."""
    roles = OF_A_PARTNER if submission.partner else OF_A_MEMBER
    return _tell(submission, what, people_of(roles, submission.party, submission.room, now.date()), now)


def tell_other_side(submission: Submission, actor: Actor, what: str, now: datetime) -> int:
    """Write to those on the other side than whoever acts; how many that were."""
    if is_own(actor, submission):
        return _tell(submission, what, people_of({Role.SECRETARIAT}, "", submission.room, now.date()), now)
    return tell_member(submission, what, now)


def remind(asked: ReportingRound, member: str, missing: int, now: datetime) -> int:
    """Remind the people of a member of a round; how many that were."""
    due = asked.due_at.astimezone(ZoneInfo(asked.zone))
    subject = _("%(title)s: %(missing)d actions wait for your answer") % {"title": asked.title, "missing": missing}
    text = _("The answers are due on %(day)s, %(zone)s.\n\n%(address)s\n") % {
        "day": f"{due:%Y-%m-%d %H:%M}",
        "zone": asked.zone,
        "address": absolute(reverse("review:round", args=[asked.pk])),
    }
    to = people_of(OF_A_MEMBER, member, "plan", now.date())
    for one in to:
        mail.post([one], subject, text, now=now)
    return len(to)


def _tell(submission: Submission, what: str, to: list[str], now: datetime) -> int:
    subject = WHAT[what].format(title=submission.title, member=submission.party)
    text = absolute(reverse("review:submission", args=[submission.pk])) + "\n"
    for one in to:
        mail.post([one], subject, text, now=now)
    return len(to)


def people_of(roles: set[Role] | frozenset[Role], body: str, room: str, today: date) -> list[str]:
    """Addresses of those whose role runs today and reaches a room, each once."""
    valid = Q(valid_to=None) | Q(valid_to__gte=today)
    held = Membership.objects.filter(
        valid,
        role__in=[role.value for role in roles],
        body=body,
        ended_at=None,
        valid_from__lte=today,
        person__is_active=True,
    ).values_list("person__email", "rooms")
    return sorted({email for email, rooms in held if rooms == EVERY or room in rooms.split()})
