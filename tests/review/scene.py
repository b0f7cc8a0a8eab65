"""People, submissions and rounds of the invented region, for tests with a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, time

from serantau.web.accounts.actor import actor_for
from serantau.web.accounts.roles import Role
from serantau.web.accounts.services import approvals
from serantau.web.review.kinds import kind_named
from serantau.web.review.models import Submission
from serantau.web.review.services import decisions, drafts, rounds
from tests.support.people import make_person

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
TODAY = date(2026, 11, 21)
REPORT = {"action": "tl2030-a2-2", "year": "2025", "status": "in progress", "expected": "2027"}
FIGURE = {"indicator": "coverage", "year": "2024", "value": "99", "grade": "primary"}


def actor(person, *, second_factor=True, fresh=True):
    """Somebody as the policy sees them."""
    return actor_for(person, second_factor=second_factor, fresh=fresh, today=TODAY)


class People:
    """One of each, made when asked for."""

    def __init__(self):
        self.held = {}

    def __getattr__(self, name):
        roles = {
            "focal": (Role.FOCAL_POINT, "QAA"),
            "colleague": (Role.FOCAL_POINT, "QAA"),
            "head": (Role.HEAD_OF_DELEGATION, "QAA"),
            "neighbour": (Role.FOCAL_POINT, "QBB"),
            "secretary": (Role.SECRETARIAT, ""),
            "second": (Role.SECRETARIAT, ""),
            "auditor": (Role.AUDITOR, ""),
            "observer": (Role.OBSERVER, "farland"),
        }
        if name not in roles:
            raise AttributeError(name)
        if name not in self.held:
            self.held[name] = make_person(*roles[name], name=name.capitalize())
        return self.held[name]

    def actor(self, name, **more):
        return actor(getattr(self, name), **more)


def draft(people, *, room="plan", raws=(REPORT,), title="Report for 2025", kind="", who="focal", asked=None):
    """A draft with records."""
    kind = kind or {"plan": "plan.action_reports", "measure": "measure.observations"}[room]
    held = drafts.begin(people.actor(who), drafts.Begun(room, title, "CC BY 4.0", asked), NOW)
    if raws:
        drafts.add_records(people.actor(who), held.pk, kind_named(kind), list(raws), NOW)
    return fresh(held)


def submitted(people, **words):
    """A submission that was sent in."""
    held = draft(people, **words)
    drafts.submit(people.actor(words.get("who", "focal")), held.pk, held.version, NOW)
    return fresh(held)


def questioned(people, **words):
    """A submission with a question."""
    held = submitted(people, **words)
    decisions.question(people.actor("secretary"), held.pk, "Which valleys?", held.version, NOW)
    return fresh(held)


def accepted(people, **words):
    """A submission whose facts count."""
    held = submitted(people, **words)
    decisions.accept(people.actor("secretary"), held.pk, held.version, NOW)
    return fresh(held)


def retracted(people, held, why="The survey was wrong."):
    """An accepted submission, taken back by two people."""
    decisions.ask_retract(people.actor("secretary"), held.pk, why, NOW)
    (wish,) = approvals.waiting(now=NOW)
    approvals.approve(people.actor("second"), wish, now=NOW)
    return fresh(held)


def a_round(people, year=2025, due=date(2027, 1, 31)):
    """A round that is open."""
    asked = rounds.Asked(f"Report on {year}", "tl2030", year, date(2026, 11, 1), due, time(17), "Etc/GMT-1")
    return rounds.open_round(people.actor("secretary"), asked, NOW)


def fresh(held):
    """The row as it is now."""
    return Submission.objects.get(pk=held.pk)
