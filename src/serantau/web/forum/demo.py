"""Fills the forum of a training site with an invented body, its meeting, papers at each stage and a consultation."""

from __future__ import annotations

from datetime import datetime, timedelta

from serantau.bundle import Bundle
from serantau.forum import Act, Command, Mode, Party, Rules, Say, Verb
from serantau.web.accounts.models import Approval
from serantau.web.accounts.policy import PUBLIC, Actor
from serantau.web.accounts.services import approvals
from serantau.web.bundles import keeper
from serantau.web.forum.models import Body, Paper
from serantau.web.forum.services import consultations, meetings, papers, publishing
from serantau.web.review.demo import actor

DAY = timedelta(days=1)
RULES = Rules(
    verbs=(Verb.NOTED, Verb.ENDORSED, Verb.ADOPTED),
    plenary=True,
    ad_referendum=True,
    silence_is_assent=True,
    silence_days=14,
    objection_ends_silence=False,
    most_extensions=1,
    extension_days=7,
    most_time_requests=1,
    time_request_days=7,
    absence_blocks=False,
    most_opted_out=1,
    refers=True,
)
"""Rules of an invented body; no real one has been asked for its own."""


def fill(now: datetime) -> None:
    """Make a body, a meeting, a paper at each stage, and a call that everybody may answer."""
    bundle = keeper().answers().bundle
    secretary = actor("secretariat-1", now)
    leaders = meetings.found_body(secretary, "LEAD", "Leaders (invented)", bundle.region.profile.time_zone, None, now)
    body = meetings.found_body(
        secretary, "DIGI", "Digital ministers (invented)", bundle.region.profile.time_zone, leaders, now
    )
    meetings.state_rules(secretary, body.pk, RULES, now)
    body.refresh_from_db()
    _meeting(secretary, bundle, body, _papers(secretary, bundle, body, now), now)
    _call(secretary, bundle, body, now)


def _papers(secretary: Actor, bundle: Bundle, body: Body, now: datetime) -> dict[str, Paper]:
    members = [one.id.lower() for one in bundle.region.members]
    first, second = (actor(f"head-{one}", now) for one in members[:2])
    plan = bundle.region.profile.default_plan
    action = next(one for one in bundle.plans.all_actions if one.plan == plan)
    outcome = next(one for one in bundle.plans.all_outcomes if one.plan == plan)
    due = now.date() + 200 * DAY

    def begin(title: str, text: str, *promised: papers.Commitment) -> Paper:
        wanted = papers.Draft(title, Verb.ADOPTED, text, commitments=promised)
        return papers.begin(secretary, body, wanted, now - 20 * DAY)

    def do(paper: Paper, act: Act, at: datetime, mode: Mode | None = None) -> None:
        papers.act(secretary, paper.pk, Command(act, Party.SECRETARIAT, mode=mode), 0, at)

    def opened(paper: Paper, at: datetime) -> Paper:
        do(paper, Act.CIRCULATE, at)
        do(paper, Act.OPEN, at, Mode.AD_REFERENDUM)
        return paper

    draft = begin("Exercise on cable faults", "The members hold an exercise every year.")
    open_ = opened(
        begin("Share reports of outages", "The members share reports of outages.\n\nThey do so within three days."),
        now - 2 * DAY,
    )
    papers.comment(first, open_.pk, 2, "Is a day of three nights meant?", now)
    papers.act(second, open_.pk, Command(Act.SAY, Party.MEMBER, say=Say.RESERVES, text="From next year on."), 0, now)
    refused = opened(begin("One price for roaming", "Roaming has one price."), now - 18 * DAY)
    objection = Command(Act.SAY, Party.MEMBER, say=Say.OBJECTS, text="The price is not named.")
    papers.act(second, refused.pk, objection, 0, now - 10 * DAY)
    papers.close_due(refused.pk, now)
    adopted = opened(
        begin(
            "Declaration on shared cables (invented)",
            "The members look after their cables together.\n\nThey keep one register of them.",
            papers.Commitment("Name a contact for cables", bundle.region.members[0].id, action.id, due),
            papers.Commitment("Keep one register of cables", "", "", due, outcome.id),
        ),
        now - 16 * DAY,
    )
    papers.close_due(adopted.pk, now)
    do(adopted, Act.DECIDE, now)
    publishing.ask_to_publish(secretary, adopted.pk, now)
    approvals.approve(actor("secretariat-2", now), Approval.objects.get(subject=adopted.reference, outcome=""), now=now)
    return {"draft": draft, "open": open_, "refused": refused, "adopted": adopted}


def _meeting(secretary: Actor, bundle: Bundle, body: Body, held: dict[str, Paper], now: datetime) -> None:
    host, chair = (one.id for one in bundle.region.members[:2])
    begins = (now + 30 * DAY).replace(hour=9, minute=0, second=0, microsecond=0)
    asked = meetings.Convened(body, "A meeting for training", begins, begins + DAY, "Port Nowhere", host, chair)
    meeting = meetings.convene(secretary, asked, now)
    for paper in (held["open"], held["refused"]):
        meetings.add_item(secretary, meeting, "", paper, now)
    meetings.add_item(secretary, meeting, "Any other business", None, now)


def _call(secretary: Actor, bundle: Bundle, body: Body, now: datetime) -> None:
    action = next(one for one in bundle.plans.all_actions if one.plan == bundle.region.profile.default_plan)
    call = consultations.Call(
        body=body,
        title="How should outages be reported? (invented)",
        text="Which outages would you report, to whom, and how soon?",
        opens_at=now - DAY,
        closes_at=now + 30 * DAY,
        everybody=True,
        keep_days=90,
        action=action.id,
    )
    held = consultations.begin(secretary, call, now)
    said = consultations.Said("All that last an hour.", "named", "company", "Cable Company (invented)", "a@example.org")
    consultations.answer(PUBLIC, held.pk, said, now)
