"""CERT people of the invented region, with their teams, notices, cases and questions, for tests with a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta

from serantau.defend.escalation import State
from serantau.defend.incidents import Act
from serantau.defend.model import Tlp
from serantau.defend.questions import Says
from serantau.web.accounts.actor import actor_for
from serantau.web.accounts.roles import Role
from serantau.web.cooperation.models import Case, Clearance, Contact, Notice, Question
from serantau.web.cooperation.services import cases, directory, notices, questions
from serantau.web.defend.models import Ceiling
from tests.support.people import make_person
from tests.support.writes import unrecorded

TODAY = date(2026, 11, 21)
NOW = datetime.now(UTC)
"""Pages ask the real clock, so everything happens at the present moment; the region's facts are asked of a fixed day."""
MINUTE = timedelta(minutes=1)
HOUR = timedelta(hours=1)

ROLES = {
    "focal": (Role.FOCAL_POINT, "QAA"),
    "head": (Role.HEAD_OF_DELEGATION, "QAA"),
    "deputy": (Role.FOCAL_POINT, "QAA"),
    "borealia": (Role.FOCAL_POINT, "QBB"),
    "corvania": (Role.FOCAL_POINT, "QCC"),
    "secretary": (Role.SECRETARIAT, ""),
    "auditor": (Role.AUDITOR, ""),
    "observer": (Role.OBSERVER, "farland"),
}
CODES = {"focal": "QAA", "head": "QAA", "deputy": "QAA", "borealia": "QBB", "corvania": "QCC"}


class Cast:
    """One of each, made when asked for, by default cleared as far as anybody can be."""

    def __init__(self, level=Tlp.AMBER_STRICT):
        self.held, self.level = {}, level

    def __getattr__(self, name):
        if name not in ROLES:
            raise AttributeError(name)
        if name not in self.held:
            self.held[name] = make_person(*ROLES[name], name=name.capitalize())
            if ROLES[name][1] in {"QAA", "QBB", "QCC"}:
                cleared(self.held[name], ROLES[name][1], self.level)
        return self.held[name]

    def actor(self, name, *, second_factor=True, fresh=True):
        """Somebody as the policy sees them."""
        return actor_for(getattr(self, name), second_factor=second_factor, fresh=fresh, today=TODAY)


def cleared(person, member, level, ceiling=Tlp.AMBER_STRICT):
    """Clear somebody, and their member."""
    with unrecorded():
        Ceiling.objects.update_or_create(member=member, defaults={"clearance": ceiling, "set_at": NOW})
        Clearance.objects.update_or_create(person=person, defaults={"level": level, "by": "person 1", "at": NOW})


def a_team(people, who="focal", minutes=30):
    """The team of somebody's member."""
    form = directory.TeamForm("CERT", "Everybody", "cert@example.org", "+00 1", "Etc/UTC", minutes, "")
    return directory.describe_team(people.actor(who), form, NOW)


def a_contact(people, who="focal", *, days="0123456", by=None, position=0, email=""):
    """Somebody as a contact of their own team, on duty all the time unless other days are given."""
    person = getattr(people, who)
    form = directory.ContactForm(
        name=f"Desk {who}",
        duty="Duty officer",
        email=email,
        phone="+00 2",
        pgp="",
        person=person.pk,
        position=position,
        days=days,
        starts=time(0),
        ends=time(0),
    )
    return directory.enter_contact(people.actor(by or who), "", form, NOW)


def raised(level=Tlp.GREEN, upto=None, revision=1, members=3, number=1):
    """An alert as correlation hands it over."""
    return notices.Raised(
        alert=f"indicator--00000000-0000-5000-8000-{number:012d}",
        revision=revision,
        level=level,
        upto=upto,
        kind="domain-name",
        value="bad.example",
        members=members,
        first=NOW - 2 * HOUR,
        last=NOW - HOUR,
    )


def a_notice(people, level=Tlp.GREEN, who="focal", now=NOW, **more):
    """An alert brought before the members; the notice of somebody's own."""
    getattr(people, who)
    notices.raise_alert(raised(level, **more), now)
    return Notice.objects.filter(member=CODES[who]).latest("pk")


def answered(people, state=State.ACKNOWLEDGED, text="A test of ours.", **more):
    """A notice that was answered."""
    notice = a_notice(people, **more)
    notices.answer(people.actor("focal"), notice.ref, state, text, NOW)
    return Notice.objects.get(pk=notice.pk)


def a_case(people, who="focal", label=Tlp.AMBER, title="Spring phishing"):
    """A case that somebody's member leads."""
    return cases.open_case(people.actor(who), title, label, "Mails since Monday.", "", NOW)


def do(people, case, who, act, **fields):
    """One act of somebody."""
    cases.act(people.actor(who), case.ref, cases.Wish(act, **fields), 0, NOW)
    return Case.objects.get(pk=case.pk)


def joined(people, case, *others):
    """A case that others have joined."""
    for who in others:
        do(people, case, "focal", Act.INVITE, target=CODES[who])
        do(people, case, who, Act.JOIN)
    return Case.objects.get(pk=case.pk)


def a_question(people, who="focal", members=("QBB", "QCC"), label=Tlp.AMBER, value="bad.example"):
    """A question of somebody's member."""
    wanted = questions.Wanted("domain-name", value, "Since Monday.", label, members, 24)
    return questions.ask(people.actor(who), wanted, NOW)


def say(people, question, who, says=Says.SEEN, text="", *, named=False):
    """Somebody answers for their member."""
    questions.answer(people.actor(who), question.ref, says, text, NOW, named=named)
    return Question.objects.get(pk=question.pk)


__all__ = ["Contact"]
