"""Letters about papers: to those who must act now, each once, in the region's working language.

They name the paper and where to look, and nothing of what anybody said about it.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from serantau.forum import Act, Matter, Say, Stage
from serantau.web.accounts.links import absolute
from serantau.web.accounts.roles import OF_A_MEMBER, Role, Room
from serantau.web.bundles import keeper
from serantau.web.forum.models import Paper
from serantau.web.jobs import mail
from serantau.web.review.letters import people_of

BEFORE_DAYS = (3, 1)
"""Days before a deadline on which members that have not answered are reminded."""
SILENT = frozenset({Say.NOTHING, Say.ASKS_TIME})


def after(paper: Paper, matter: Matter, act: Act, now: datetime) -> int:
    """Write to those who must act after something was done to a paper; how many letters that are."""
    with override(keeper().answers().bundle.region.profile.working_language):
        if act is Act.CIRCULATE:
            said = _("A paper is circulated to you: %(title)s")
            return _to_members(paper, matter.eligible, said, _("Read it, and comment on it."), now)
        if act in {Act.REVISE, Act.RETURN}:
            said = _("The text changed, and positions are open again: %(title)s")
            return _to_members(paper, matter.eligible, said, _("What your member said before counts no more."), now)
        if act is Act.OPEN:
            return _to_members(
                paper, matter.eligible, _("Your member's position is asked for: %(title)s"), _due(paper), now
            )
        if act is Act.DECIDE:
            said = _("Decided, and your member has something to do: %(title)s")
            return _to_members(paper, _owners(paper, matter), said, _("The page names what, and by when."), now)
        if act is Act.CLOSE:
            return _to_secretariat(paper, matter, now)
    return 0


def remind(paper: Paper, member: str, now: datetime) -> int:
    """Remind the people of a member of a deadline; how many letters that are."""
    with override(keeper().answers().bundle.region.profile.working_language):
        return _to_members(paper, (member,), _("Your member has not answered: %(title)s"), _due(paper), now)


def reminders_due(due: datetime, opened: datetime, now: datetime) -> str:
    """The newest reminder whose time has come; empty before the first, and after the deadline.

    Of several that were missed only the newest is sent. One whose time lay before the consultation was opened is
    none: the letter that it was opened has just been written.
    """
    if now > due:
        return ""
    passed = [days for days in BEFORE_DAYS if opened < due - timedelta(days=days) <= now]
    return f"{passed[-1]} days before" if passed else ""


def silent(matter: Matter) -> Iterator[str]:
    """Members whose answer is still awaited."""
    for member in matter.eligible:
        held = matter.of(member)
        if held is not None and held.say in SILENT:
            yield member


def _owners(paper: Paper, matter: Matter) -> list[str]:
    """Members that the decision has do something; where all do it together, all that have a say."""
    version = paper.current()
    owners = {one["owner"] for one in version.commitments} if version is not None else set()
    return sorted((owners - {""}) | (set(matter.eligible) if "" in owners else set()))


def _due(paper: Paper) -> str:
    if paper.due_at is None:
        return _("It is taken in the meeting.")
    there = paper.due_at.astimezone(ZoneInfo(paper.body.zone))
    return _("It is due by %(day)s, %(zone)s.") % {"day": f"{there:%Y-%m-%d %H:%M}", "zone": paper.body.zone}


def _to_members(paper: Paper, members: Iterable[str], subject: str, text: str, now: datetime) -> int:
    return sum(
        _write(paper, people_of(OF_A_MEMBER, one, Room.FORUM, now.date()), subject, text, now) for one in members
    )


def _to_secretariat(paper: Paper, matter: Matter, now: datetime) -> int:
    reached = matter.stage is Stage.CONSENSUS
    subject = _("There is consensus: %(title)s") if reached else _("There is no consensus: %(title)s")
    text = _("Record the decision.") if reached else _("Circulate a changed text, refer the paper, or withdraw it.")
    return _write(paper, people_of({Role.SECRETARIAT}, "", Room.FORUM, now.date()), subject, text, now)


def _write(paper: Paper, to: list[str], subject: str, text: str, now: datetime) -> int:
    where = absolute(reverse("forum:paper", args=[paper.pk]))
    for one in to:
        mail.post([one], subject % {"title": paper.title}, f"{text}\n\n{where}\n", now=now)
    return len(to)
