"""Questions on policies, and submissions of a partner: who gets what in each state."""

from __future__ import annotations

from datetime import UTC, datetime

from tests.support.roles import EVERYBODY, Case, Scene

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
KIND = "forum.cooperation"
PROGRAMME = {"code": "school", "title": "School", "valid_from": "2026-01-01", "valid_to": "open"}
KEY = "qaa.dig-once"
"""A policy of the member that the cases are about."""

INSIDE = {"focal", "head", "head, stale", "focal, other member", "head, other member", "auditor"}
INSIDE |= {"secretariat", "secretariat, stale"}
OWN = {"focal", "head", "head, stale"}
OTHERS = {"focal, other member", "head, other member"}


class Registers(Scene):
    """A question, or a partner's submission, made once."""

    made = None

    def actor(self, who):
        from serantau.web.accounts.actor import actor_for

        return actor_for(self.person(who), second_factor=True, fresh=True, today=NOW.date())

    def question(self, answered):
        from serantau.web.bundles import keeper
        from serantau.web.registers.services import questions

        if self.made is None:
            (policy,) = keeper().answers().bundle.registers.policies
            self.made = questions.ask_owner(self.actor("focal, other member"), policy, KEY, "Who pays?", NOW)
            if answered:
                questions.answer(self.actor("head"), self.made.pk, "The road.", NOW)
        return {"number": self.made.pk}

    def submission(self, state):
        from serantau.web.review.kinds import kind_named
        from serantau.web.review.models import Submission
        from serantau.web.review.services import decisions, drafts

        if self.made is None:
            observer = self.actor("observer")
            held = drafts.begin(observer, drafts.Begun("forum", "Programme", "CC BY 4.0"), NOW)
            drafts.add_records(observer, held.pk, kind_named(KIND), [PROGRAMME], NOW)
            if state != "draft":
                drafts.submit(observer, held.pk, Submission.objects.get(pk=held.pk).version, NOW)
            if state == "questioned":
                version = Submission.objects.get(pk=held.pk).version
                decisions.question(self.actor("secretariat"), held.pk, "Who?", version, NOW)
            self.made = held
        return Submission.objects.get(pk=self.made.pk)


def number(state, **more):
    return lambda s: {"number": s.submission(state).pk, **more}


def version(state, **more):
    return lambda s: {"version": s.submission(state).version, **more}


WEAK = {"focal, no second factor": 302, "secretariat, no second factor": 302}
MEMBERS = OWN | OTHERS | {"focal, other room"}
"""Whom the routes of submissions let in, and who may not know of a partner's."""


def partner_cases():
    for state in ("draft", "submitted", "questioned"):
        seen = state != "draft"
        deciding = {"secretariat", "secretariat, stale"}
        blind = dict.fromkeys(MEMBERS, 404) | WEAK
        unseen = dict.fromkeys(deciding | {"auditor"}, 404)
        readers = {"observer"} | (deciding | {"auditor"} if seen else set())
        yield Case(
            "GET", "review:submission", number(state), state=f"a partner's, {state}", allowed=readers,
            others=blind | ({} if seen else unseen), scene=Registers,
        )  # fmt: skip
        closed = blind | {"secretariat, no second factor": 403}
        yield Case(
            "GET", "review:add", number(state, kind=KIND), state=f"a partner's, {state}", allowed={"observer"},
            ok=409 if state == "submitted" else 200, others=closed, scene=Registers,
        )  # fmt: skip
        yield Case(
            "POST", "review:add", number(state, kind=KIND), state=f"a partner's, {state}", allowed={"observer"},
            ok=409 if state == "submitted" else 303, others=closed, data={**PROGRAMME, "code": "other"}, scene=Registers,
        )  # fmt: skip
        yield Case(
            "POST", "review:do", number(state, act="submit"), state=f"submit, a partner's, {state}",
            allowed={"observer"}, ok=303 if state == "draft" else 409, data=version(state, text="Words."),
            others=blind | dict.fromkeys(deciding, 403 if seen else 404), scene=Registers,
        )  # fmt: skip
        yield Case(
            "POST", "review:do", number(state, act="accept"), state=f"accept, a partner's, {state}", allowed=set(),
            data=version(state, text="Words."), scene=Registers,
            others=blind | dict.fromkeys(deciding, (303 if state == "submitted" else 409) if seen else 404)
            | {"observer": 403},
        )  # fmt: skip


QUESTIONS = [
    Case("GET", "registers:policy", {"key": KEY}, allowed=EVERYBODY),
    Case(
        "POST",
        "registers:ask",
        {"key": KEY},
        allowed=OTHERS,
        ok=303,
        others={"focal, no second factor": 302},
        data={"text": "Who pays?"},
    ),
    Case(
        "POST",
        "registers:answer",
        lambda s: s.question(answered=False),
        state="waiting",
        allowed=OWN,
        ok=303,
        others=WEAK | {"focal, other room": 404},
        data={"text": "The road."},
        scene=Registers,
    ),
    Case(
        "POST",
        "registers:answer",
        lambda s: s.question(answered=True),
        state="answered",
        allowed=OWN,
        ok=400,
        others=WEAK,
        data={"text": "The road."},
        scene=Registers,
    ),
]
CASES = [*partner_cases(), *QUESTIONS]
