"""Bodies, meetings, papers and milestones: who gets what at each stage of a paper."""

from __future__ import annotations

from typing import Any

from serantau.forum import Act, Mode
from serantau.web.accounts.policy import PUBLIC, Actor, Kind
from serantau.web.accounts.roles import Role
from serantau.web.forum.models import Answer, Consultation, Paper
from serantau.web.forum.services import consultations, papers
from serantau.web.plan.models import Milestone
from tests.forum.examples import rules
from tests.forum.scene import (
    DAY,
    NOW,
    a_body,
    a_call,
    a_meeting,
    agreed,
    circulated,
    decided,
    do,
    draft,
    fresh,
    opened,
)
from tests.support.roles import EVERYBODY, PARTNER, Case, Scene
from tests.support.writes import unrecorded

SECRETARY = Actor(Kind.PERSON, 1, roles=frozenset({Role.PUBLIC, Role.SECRETARIAT}), second_factor=True, fresh=True)


class Everybody:
    """Makes objects as a secretariat that is none of the cast."""

    def actor(self, _name: str) -> Actor:
        """The same for all."""
        return SECRETARY


class Forum(Scene):
    """A paper at a stage, and what belongs to it."""

    made: dict[str, Any]

    def body(self) -> dict[str, int]:
        """A body."""
        return {"number": self._body().pk}

    def of_body(self) -> dict[str, int]:
        """A body, as the routes that begin something in it call it."""
        return {"body": self._body().pk}

    def meeting(self, what: str = "") -> dict[str, Any]:
        """A meeting."""
        held = self._once("meeting", lambda: a_meeting(Everybody(), self._body()))
        return {"number": held.pk} | ({"what": what} if what else {})

    def paper(self, stage: str, **more: object) -> dict[str, object]:
        """A paper at a stage."""
        makers = {
            "draft": lambda: draft(Everybody(), self._body()),
            "circulated": lambda: circulated(Everybody(), body=self._body()),
            "shared": self._shared,
            "opened": lambda: opened(Everybody(), body=self._body()),
            "plenary": lambda: opened(Everybody(), mode=Mode.PLENARY, body=self._body()),
            "agreed": lambda: agreed(Everybody(), body=self._body()),
            "decided": lambda: decided(Everybody(), body=self._body()),
            "published": self._published,
            "revised": self._revised,
            "refused": self._refused,
            "withdrawn": lambda: do(Everybody(), circulated(Everybody(), body=self._body()), Act.WITHDRAW),
            "withdrawn unseen": lambda: do(Everybody(), draft(Everybody(), self._body()), Act.WITHDRAW),
        }
        return {"number": self._once(stage, makers[stage]).pk, **more}

    def call(self, state: str = "open", **more: object) -> dict[str, object]:
        """A consultation: open to everybody, to partners alone, over and summarised, or published."""
        return {"number": self._once(f"call {state}", lambda: self._call(state)).pk, **more}

    def an_answer(self) -> dict[str, object]:
        """An answer of somebody to an open call."""
        return {**self.call(), "answer": self._once("answer", self._answer).pk}

    def milestone(self) -> dict[str, int]:
        """A milestone of the member that the cases are about."""
        held = self._once("milestone", self._milestone)
        return {"number": held.pk}

    def _body(self) -> Any:
        return self._once("body", lambda: a_body(Everybody()))

    def _answer(self) -> Answer:
        said = consultations.Said("All.", "no", "person", "A Reader", "a@example.org")
        consultations.answer(PUBLIC, self.call()["number"], said, NOW)
        return Answer.objects.get()

    def _call(self, state: str) -> Consultation:
        held = a_call(Everybody(), self._body(), everybody=state != "partners")
        if state in {"over", "published"}:
            with unrecorded():
                held.opens_at, held.closes_at, held.summary = NOW - 3 * DAY, NOW - 2 * DAY, "Most would."
                held.published_at = NOW if state == "published" else None
                held.save()
        return held

    def _shared(self) -> Paper:
        paper = circulated(Everybody(), body=self._body())
        with unrecorded():
            paper.shares.create(partner=PARTNER, by="person 1", at=NOW)
        return paper

    def _published(self) -> Paper:
        paper = decided(Everybody(), body=self._body())
        with unrecorded():
            papers.publish(paper, "person 1", NOW)
        return paper

    def _revised(self) -> Paper:
        paper = opened(Everybody(), body=self._body())
        papers.revise(SECRETARY, paper.pk, "Another text.", "Because.", [], 0, NOW)
        return paper

    def _refused(self) -> Paper:
        """A paper on which a member's silence was no assent: everybody was silent, and the deadline passed."""
        body = self._once("strict body", lambda: a_body(Everybody(), "STRICT", rules(silence_is_assent=False)))
        paper = opened(Everybody(), NOW - 3 * DAY, body=body)
        papers.close_due(paper.pk, NOW)
        return fresh(paper)

    def _milestone(self) -> Milestone:
        with unrecorded():
            return Milestone.objects.create(
                subject="paper 1", number=1, basis="b", title="t", owner="QAA", made_at=NOW, changed_at=NOW
            )

    def _once(self, name: str, make: Any) -> Any:
        held = self.__dict__.setdefault("made", {})
        if name not in held:
            held[name] = make()
        return held[name]


SECRETARIAT = {"secretariat", "secretariat, stale"}
OWN_DELEGATION = {"focal", "head", "head, stale"}
OTHER_DELEGATIONS = {"focal, other member", "head, other member"}
DELEGATIONS = OWN_DELEGATION | OTHER_DELEGATIONS
HEADS = {"head", "head, stale", "head, other member"}
INSIDE = SECRETARIAT | DELEGATIONS | {"auditor"}
PROVE = dict.fromkeys(("focal, no second factor", "secretariat, no second factor"), 302)
"""Those whom the route sends to prove a second factor."""
CHANGED = {"text": "One.", "why": "Because."}
PROVE_SECRETARY = {"secretariat, no second factor": 302}
PROVE_FOCAL = {"focal, no second factor": 302}


def reading(route: str, names: object, state: str = "", allowed: object = EVERYBODY) -> Case:
    """A page that is open, and says of what one may not read that there is none."""
    weak = {} if allowed == EVERYBODY else dict.fromkeys(PROVE, 404)
    return Case("GET", route, names, state, allowed=allowed, refused=404, nobody=404, others=weak, scene=Forum)


def working(route: str, names: object, state: str = "", method: str = "POST", **more: object) -> Case:
    """A page of the secretariat alone."""
    return Case(
        method,
        route,
        names,
        state,
        allowed=SECRETARIAT,
        others=PROVE_SECRETARY | more.pop("others", {}),
        scene=Forum,
        **more,
    )


ANSWER = {"text": "All.", "consent": "no", "kind": "person", "name": "A Reader", "email": "a@example.org"}
UNKNOWN = {"nobody", "no role"}
"""Those who act for neither a member nor a partner: the public, with or without an account."""

CONSULTATIONS = [
    reading("forum:consultations", {}),
    reading("forum:consultation", lambda s: s.call(), "open"),
    reading("forum:consultation", lambda s: s.call("over"), "over"),
    reading("forum:consultation", lambda s: s.call("published"), "published"),
    working("forum:consult", lambda s: s.of_body(), "", "GET"),
    working("forum:consult", lambda s: s.of_body(), "a form with gaps", ok=400),
    Case(
        "POST",
        "forum:answer",
        lambda s: s.call(),
        "open to everybody",
        allowed=UNKNOWN | {"observer"},
        ok=303,
        nobody=303,
        data=ANSWER,
        scene=Forum,
        others=dict.fromkeys(PROVE, 403),
    ),
    Case(
        "POST",
        "forum:answer",
        lambda s: s.call("partners"),
        "for partners",
        allowed={"observer"},
        ok=303,
        nobody=403,
        data=ANSWER,
        scene=Forum,
        others=dict.fromkeys(PROVE, 403),
    ),
    Case(
        "POST",
        "forum:answer",
        lambda s: s.call("over"),
        "over",
        allowed=UNKNOWN | {"observer"},
        ok=400,
        nobody=400,
        data=ANSWER,
        scene=Forum,
        others=dict.fromkeys(PROVE, 403),
    ),
    working("forum:summarise", lambda s: s.call(), "open", ok=303, data={"summary": "Most would."}),
    working("forum:summarise", lambda s: s.call("published"), "published", ok=400, data={"summary": "Few would."}),
    working("forum:publish-summary", lambda s: s.call("over"), "over", ok=303, others={"secretariat, stale": 302}),
    working("forum:publish-summary", lambda s: s.call(), "open", ok=400),
    working("forum:erase-answer", lambda s: s.an_answer(), "an answer", ok=303),
]

CASES = [
    reading("forum:home", {}),
    reading("forum:calendar", {}),
    reading("forum:body", lambda s: s.body()),
    reading("forum:meeting", lambda s: s.meeting()),
    reading("forum:document", lambda s: {**s.meeting(), "kind": "agenda", "form": "docx"}, "agenda"),
    reading("forum:document", lambda s: {**s.meeting(), "kind": "report", "form": "docx"}, "report", INSIDE),
    Case(
        "GET",
        "forum:brief",
        lambda s: {**s.meeting(), "form": "docx"},
        "of a member",
        allowed=DELEGATIONS | SECRETARIAT,
        query="member=QAA",
        scene=Forum,
    ),
    reading("forum:paper", lambda s: s.paper("draft"), "draft", SECRETARIAT),
    reading("forum:paper", lambda s: s.paper("circulated"), "circulated", INSIDE),
    reading("forum:paper", lambda s: s.paper("shared"), "shown to the partner", INSIDE | {"observer"}),
    reading("forum:paper", lambda s: s.paper("opened"), "under consultation", INSIDE),
    reading("forum:paper", lambda s: s.paper("agreed"), "consensus", INSIDE),
    reading("forum:paper", lambda s: s.paper("decided"), "decided", INSIDE),
    reading("forum:paper", lambda s: s.paper("published"), "published"),
    reading("forum:paper", lambda s: s.paper("plenary"), "in a meeting", INSIDE),
    reading("forum:paper", lambda s: s.paper("refused"), "no consensus", INSIDE),
    reading("forum:paper", lambda s: s.paper("withdrawn"), "withdrawn", INSIDE),
    reading("forum:paper", lambda s: s.paper("withdrawn unseen"), "withdrawn as a draft", SECRETARIAT),
    reading("forum:version", lambda s: s.paper("revised", version=1), "revised", INSIDE),
    reading("forum:version", lambda s: s.paper("shared", version=1), "shown to the partner", INSIDE),
    reading("forum:compare", lambda s: s.paper("revised", before=1, after=2), "revised", INSIDE),
    working("forum:new-body", {}, "", "GET"),
    working("forum:new-body", {}, "entered", ok=303, data={"short_name": "X", "name": "Y", "zone": "Etc/UTC"}),
    working("forum:rules", lambda s: s.body(), "a form with gaps", ok=400),
    working("forum:convene", lambda s: s.of_body(), "", "GET"),
    working("forum:convene", lambda s: s.of_body(), "a form with gaps", ok=400),
    working("forum:begin", lambda s: s.of_body(), "", "GET"),
    working(
        "forum:begin", lambda s: s.of_body(), "begun", ok=303, data={"title": "T", "verb": "adopted", "text": "One."}
    ),
    working("forum:change-meeting", lambda s: s.meeting("agenda"), "an item", ok=303, data={"title": "Opening"}),
    working("forum:edit", lambda s: s.paper("draft"), "draft", "GET"),
    working("forum:edit", lambda s: s.paper("opened"), "revised", ok=303, data=CHANGED),
    working("forum:do", lambda s: s.paper("draft", act="circulate"), "circulated", ok=303),
    working("forum:do", lambda s: s.paper("circulated", act="open"), "opened", ok=303, data={"mode": "ad referendum"}),
    working("forum:do", lambda s: s.paper("opened", act="extend"), "extended", ok=303),
    working("forum:do", lambda s: s.paper("plenary", act="absence"), "absence", ok=303, data={"member": "QCC"}),
    working("forum:do", lambda s: s.paper("opened", act="decide"), "decided without consensus", ok=409),
    working("forum:do", lambda s: s.paper("agreed", act="decide"), "decided", ok=303),
    working("forum:do", lambda s: s.paper("circulated", act="withdraw"), "withdrawn", ok=303),
    working("forum:do", lambda s: s.paper("refused", act="decide"), "no consensus", ok=409),
    working("forum:do", lambda s: s.paper("refused", act="refer"), "no body above", ok=400),
    working("forum:edit", lambda s: s.paper("decided"), "revised after the decision", ok=409, data=CHANGED),
    working("forum:edit", lambda s: s.paper("refused"), "revised without consensus", ok=303, data=CHANGED),
    working("forum:do", lambda s: s.paper("decided", act="withdraw"), "withdrawn after the decision", ok=409),
    working("forum:share", lambda s: s.paper("circulated"), "circulated", ok=303, data={"partner": PARTNER}),
    working("forum:share", lambda s: s.paper("draft"), "draft", ok=400, data={"partner": PARTNER}),
    working("forum:publish", lambda s: s.paper("decided"), "decided", ok=303, others={"secretariat, stale": 302}),
    working("forum:publish", lambda s: s.paper("opened"), "not decided", ok=400),
    Case(
        "POST",
        "forum:position",
        lambda s: s.paper("opened"),
        "under consultation",
        allowed=HEADS,
        ok=303,
        others=PROVE_FOCAL | {"focal, other room": 404},
        data={"say": "agrees", "wish": "say"},
        scene=Forum,
    ),
    Case(
        "POST",
        "forum:position",
        lambda s: s.paper("opened"),
        "kept as a draft",
        allowed=DELEGATIONS,
        ok=303,
        others=PROVE_FOCAL | {"focal, other room": 404},
        data={"say": "objects", "wish": "draft", "text": "Perhaps."},
        scene=Forum,
    ),
    Case(
        "POST",
        "forum:position",
        lambda s: s.paper("agreed"),
        "after the deadline",
        allowed=HEADS,
        ok=409,
        others=PROVE_FOCAL | {"focal, other room": 404},
        data={"say": "objects", "wish": "say", "text": "Late."},
        scene=Forum,
    ),
    Case(
        "POST",
        "forum:position",
        lambda s: s.paper("draft"),
        "draft",
        allowed=frozenset(),
        others=PROVE_FOCAL | dict.fromkeys(DELEGATIONS | {"focal, other room"}, 404),
        data={"say": "agrees", "wish": "say"},
        scene=Forum,
    ),
    Case(
        "POST",
        "forum:comment",
        lambda s: s.paper("opened"),
        "under consultation",
        allowed=DELEGATIONS | SECRETARIAT,
        ok=303,
        others=PROVE | {"focal, other room": 404},
        data={"paragraph": "1", "text": "Which?"},
        scene=Forum,
    ),
    Case(
        "POST",
        "forum:comment",
        lambda s: s.paper("agreed"),
        "consensus",
        allowed=DELEGATIONS | SECRETARIAT,
        ok=409,
        others=PROVE | {"focal, other room": 404},
        data={"paragraph": "1", "text": "Which?"},
        scene=Forum,
    ),
    *CONSULTATIONS,
    reading("plan:milestones", {}),
    reading("plan:decided", {}),
    Case(
        "POST",
        "plan:change-milestone",
        lambda s: s.milestone(),
        "ended",
        allowed=OWN_DELEGATION | SECRETARIAT,
        ok=303,
        others=PROVE,
        data={"wish": "done", "reason": "It is."},
        scene=Forum,
    ),
]
