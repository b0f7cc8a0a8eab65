"""Bodies, meetings and papers of the invented region, for tests with a database."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from serantau.forum import Act, Command, Mode, Party, Say, Verb
from serantau.web.accounts.actor import actor_for
from serantau.web.accounts.models import Approval
from serantau.web.accounts.roles import Role
from serantau.web.accounts.services import approvals
from serantau.web.forum.models import Paper
from serantau.web.forum.services import consultations, meetings, papers, publishing
from serantau.web.jobs.models import Job
from serantau.web.workflows.jobs import tell
from tests.forum.examples import RULES
from tests.support.people import make_person

TODAY = date(2026, 11, 21)
NOW = datetime.now(UTC)
"""Pages ask the real clock, so papers are dealt with at the present moment; the region's facts are asked of a fixed day."""
DAY = timedelta(days=1)
ASKED = "Which reports of outages would you send?"
TEXT = "The members share reports of outages.\n\nThey do so within three days."
OUTAGES = "tl-outages"
"""The region's agreement whose own text lets members stay outside."""
COMMITMENT = papers.Commitment("Name a contact for outages", "QAA", "tl2030-a2-1", date(2027, 3, 31))

ROLES = {
    "focal": (Role.FOCAL_POINT, "QAA"),
    "head": (Role.HEAD_OF_DELEGATION, "QAA"),
    "borealia": (Role.HEAD_OF_DELEGATION, "QBB"),
    "corvania": (Role.HEAD_OF_DELEGATION, "QCC"),
    "secretary": (Role.SECRETARIAT, ""),
    "second": (Role.SECRETARIAT, ""),
    "auditor": (Role.AUDITOR, ""),
    "observer": (Role.OBSERVER, "farland"),
}


class Cast:
    """One of each, made when asked for. Every member has a head of delegation; Asterra has a focal point, too."""

    def __init__(self):
        self.held = {}

    def __getattr__(self, name):
        if name not in ROLES:
            raise AttributeError(name)
        if name not in self.held:
            self.held[name] = make_person(*ROLES[name], name=name.capitalize())
        return self.held[name]

    def actor(self, name, *, second_factor=True, fresh=True):
        """Somebody as the policy sees them."""
        return actor_for(getattr(self, name), second_factor=second_factor, fresh=fresh, today=TODAY)


def a_body(people, name="MIN", given=RULES, above=None):
    """A body that has stated its rules."""
    body = meetings.found_body(people.actor("secretary"), name, f"Ministers {name}", "Etc/GMT-1", above, NOW)
    if given is not None:
        meetings.state_rules(people.actor("secretary"), body.pk, given, NOW)
    body.refresh_from_db()
    return body


def a_meeting(people, body):
    """A meeting to come."""
    asked = meetings.Convened(body, "Digital ministers", NOW + 30 * DAY, NOW + 31 * DAY, "Port Aster", "QAA", "QBB")
    return meetings.convene(people.actor("secretary"), asked, NOW)


def draft(people, body=None, title="Sharing of outage reports", **more):
    """A paper that only the secretariat sees."""
    body = body or a_body(people)
    wanted = papers.Draft(title, Verb.ADOPTED, TEXT, **{"commitments": (COMMITMENT,), **more})
    return papers.begin(people.actor("secretary"), body, wanted, NOW)


def do(people, paper, act, now=NOW, who="secretary", **words):
    """One act of somebody."""
    party = Party.SECRETARIAT if who in {"secretary", "second"} else Party.MEMBER
    papers.act(people.actor(who), paper.pk, Command(act, party, **words), 0, now)
    return fresh(paper)


def circulated(people, now=NOW, **more):
    """A paper that the members see."""
    return do(people, draft(people, **more), Act.CIRCULATE, now)


def opened(people, now=NOW, mode=Mode.AD_REFERENDUM, **more):
    """A paper under consultation; in writing it is due two days after."""
    return do(people, circulated(people, now, **more), Act.OPEN, now, mode=mode)


def say(people, paper, who, said, text="Because.", now=NOW):
    """A head of delegation takes a position."""
    return do(people, paper, Act.SAY, now, who, say=said, text=text)


def agreed(people, **more):
    """A paper on which there is consensus: circulated three days ago, and nobody objected."""
    paper = opened(people, NOW - 3 * DAY, **more)
    papers.close_due(paper.pk, NOW)
    return fresh(paper)


def decided(people, **more):
    """A paper that was adopted."""
    return do(people, agreed(people, **more), Act.DECIDE)


def published(people, **more):
    """A paper that a second person had published."""
    paper = decided(people, **more)
    publishing.ask_to_publish(people.actor("secretary"), paper.pk, NOW)
    approvals.approve(people.actor("second"), Approval.objects.get(subject=paper.reference, outcome=""), now=NOW)
    return fresh(paper)


def a_call(people, body=None, **changed):
    """A consultation that is open for a week, to everybody."""
    wanted = {
        "title": "Reports of outages",
        "text": ASKED,
        "opens_at": NOW - DAY,
        "closes_at": NOW + 7 * DAY,
        "everybody": True,
        "keep_days": 30,
        "action": "tl2030-a2-1",
    } | changed
    call = consultations.Call(body=body or a_body(people), **wanted)
    return consultations.begin(people.actor("secretary"), call, NOW)


def follow_up():
    """Do what was deferred to other rooms."""
    for one in Job.objects.filter(name="workflows.follow"):
        tell(one.args, NOW)


def fresh(paper):
    """The row as it is now."""
    return Paper.objects.select_related("body", "formula", "meeting").get(pk=paper.pk)


__all__ = ["Say"]
