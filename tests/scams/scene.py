"""Reports, appeals and officers of the invented region, for tests with a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from serantau.defend.scams import Act, Harm, Thing, normal
from serantau.web.accounts.actor import actor_for
from serantau.web.accounts.roles import Role
from serantau.web.bundles import keeper
from serantau.web.scams.digests import code_digest
from serantau.web.scams.forms import new_token
from serantau.web.scams.models import Appeal, Report
from serantau.web.scams.services import appeals, reporting, triage, upkeep
from serantau.web.scams.wishes import Given, member_of
from tests.support.people import make_person

TODAY = date(2026, 11, 21)
NOW = datetime.now(UTC).replace(microsecond=0)
"""Pages ask the real clock; the region's facts are asked of a fixed day."""
DAY, HOUR = timedelta(days=1), timedelta(hours=1)
PHONE = "+442079460958"
"""Of a range that is kept free for plays."""

ROLES = {
    "officer": (Role.FOCAL_POINT, "QAA"),
    "second": (Role.HEAD_OF_DELEGATION, "QAA"),
    "borealia": (Role.HEAD_OF_DELEGATION, "QBB"),
    "corvania": (Role.HEAD_OF_DELEGATION, "QCC"),
    "secretary": (Role.SECRETARIAT, ""),
    "auditor": (Role.AUDITOR, ""),
}


class Cast:
    """One of each, made when asked for."""

    def __init__(self):
        self.held = {}

    def __getattr__(self, name):
        if name not in ROLES:
            raise AttributeError(name)
        if name not in self.held:
            self.held[name] = make_person(*ROLES[name], name=name.capitalize())
        return self.held[name]

    def actor(self, name):
        """Somebody as the policy sees them."""
        return actor_for(getattr(self, name), second_factor=True, fresh=True, today=TODAY)


def key(value=PHONE, thing=Thing.PHONE):
    """The key of a thing."""
    return normal(thing, value, "XA")


def given(things=(PHONE,), text="Pay at once.", member="QAA", harm=Harm.IMPERSONATION, **more):
    """A report that can be kept."""
    found = {"happened": None, "amount": None, "currency": "", "contact": "", **more}
    held = member_of(member, keeper().answers().bundle)
    return Given(harm=harm, member=held, things=tuple(key(one) for one in things), text=text, **found)


def report(sender="a", now=NOW, **more):
    """Somebody's report, and its code."""
    code = reporting.receive(given(**more), [("network", sender)], now)
    return Report.objects.get(code=code_digest(code)), code


def accepted(people, sender="a", now=NOW, who="officer", **more):
    """A report that an officer accepted."""
    made, _code = report(sender, now, **more)
    return triage.act(people.actor(who), made.pk, Act.ACCEPT, "", 0, 0, now)


def reported(people, count=3, now=NOW, **more):
    """As many accepted reports of one number by people who have nothing in common, and answers worked out."""
    found = [accepted(people, f"sender {number}", now - (number + 1) * HOUR, **more) for number in range(count)]
    upkeep.revise_answers(now)
    return found


def appeal(now=NOW, value=PHONE, member="QAA"):
    """An appeal, and its code."""
    code = appeals.receive(key(value), member, "It is our own number.", "owner@example.org", now)
    return Appeal.objects.get(code=code_digest(code)), code


def form(**fields):
    """What the form of a report sends, some seconds after it was shown."""
    return {
        "token": new_token(datetime.now(UTC) - timedelta(seconds=30)),
        "website": "",
        "harm": "shopping",
        "member": "QAA",
        "phones": PHONE,
        "text": "They wanted money.",
        **fields,
    }
