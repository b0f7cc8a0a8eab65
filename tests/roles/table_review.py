"""The review: who reads, fills, sends in and decides on a submission, in each of its states; rounds and calendars."""

from __future__ import annotations

from datetime import UTC, datetime

from django.core.files.uploadedfile import SimpleUploadedFile

from tests.support.roles import EVERYBODY, Case, Scene

NOW = datetime(2026, 11, 21, 12, tzinfo=UTC)
REPORT = {"action": "tl2030-a2-2", "year": "2025", "status": "in progress"}
KIND = "plan.action_reports"

OWN = {"focal", "head", "head, stale"}
DECIDE = {"secretariat", "secretariat, stale"}
BLIND = {"focal, other room", "focal, other member", "head, other member", "observer"}
"""Those whose role opens the route, and who may not know that the submission exists."""

WEAK = {"focal, no second factor", "secretariat, no second factor"}
"""Those whom the route itself sends to prove themselves, where their role opens it."""

STATES = ("draft", "submitted", "questioned", "accepted", "refused", "withdrawn unseen", "withdrawn", "taken back")
SEEN = tuple(state for state in STATES if state not in {"draft", "withdrawn unseen"})
EDITABLE = ("draft", "questioned")


class Review(Scene):
    """A submission of the own member in a state, made once."""

    held = None

    def actor(self, who):
        from serantau.web.accounts.actor import actor_for

        return actor_for(self.person(who), second_factor=True, fresh=True, today=NOW.date())

    def submission(self, state):
        if self.held is None:
            self.held = self._made(state)
        self.held.refresh_from_db()
        return self.held

    def _made(self, state):
        from serantau.web.accounts.services import approvals
        from serantau.web.review.kinds import kind_named
        from serantau.web.review.models import Submission
        from serantau.web.review.services import decisions, drafts
        from tests.support.people import make_person

        focal, secretary = self.actor("focal"), self.actor("secretariat")
        held = drafts.begin(focal, drafts.Begun("plan", "Report", "CC BY 4.0"), NOW)
        drafts.add_records(focal, held.pk, kind_named(KIND), [REPORT], NOW)
        drafts.attach(focal, held.pk, "a.pdf", b"%PDF-1.7", NOW)
        held = Submission.objects.get(pk=held.pk)
        if state == "withdrawn unseen":
            drafts.withdraw(focal, held.pk, NOW)
        if state in SEEN:
            drafts.submit(focal, held.pk, held.version, NOW)
        if state == "questioned":
            decisions.question(secretary, held.pk, "Why?", held.version + 1, NOW)
        if state in {"accepted", "taken back"}:
            decisions.accept(secretary, held.pk, held.version + 1, NOW)
        if state == "refused":
            decisions.refuse(secretary, held.pk, "No.", held.version + 1, NOW)
        if state == "withdrawn":
            drafts.withdraw(focal, held.pk, NOW)
        if state == "taken back":
            from serantau.web.accounts.actor import actor_for
            from serantau.web.accounts.roles import Role

            decisions.ask_retract(secretary, held.pk, "Wrong.", NOW)
            second = make_person(Role.SECRETARIAT)
            other = actor_for(second, second_factor=True, fresh=True, today=NOW.date())
            (wish,) = approvals.waiting(now=NOW)
            approvals.approve(other, wish, now=NOW)
        return held

    def round(self):
        from datetime import date, time

        from serantau.web.review.models import ReportingRound
        from serantau.web.review.services import rounds

        asked = rounds.Asked("R", "tl2030", 2025, date(2026, 11, 1), date(2027, 1, 31), time(17), "Etc/UTC")
        return ReportingRound.objects.first() or rounds.open_round(self.actor("secretariat"), asked, NOW)


def number(state, **more):
    return lambda s: {"number": s.submission(state).pk, **more}


def version(state, **more):
    return lambda s: {"version": s.submission(state).version, **more}


def others(*, secretariat=403, auditor=403, own=None):
    """What those get who are not allowed: the blind see nothing, the weak are sent to prove themselves."""
    found = {**dict.fromkeys(BLIND, 404), **dict.fromkeys(WEAK, 302)}
    found |= dict.fromkeys(DECIDE, secretariat) | {"auditor": auditor}
    return found | (dict.fromkeys(OWN, own) if own else {})


def cases():
    for state in STATES:
        yield from reading(state)
        yield from filling(state)
        yield from deciding(state)


def reading(state):
    unseen = state not in SEEN
    allowed = OWN if unseen else {*OWN, *DECIDE, "auditor"}
    refused = dict.fromkeys((*DECIDE, "auditor"), 404) if unseen else {}
    rest = {**dict.fromkeys(BLIND, 404), **dict.fromkeys(WEAK, 302), **refused}
    for route, more in (
        ("submission", {}),
        ("records", {"kind": KIND, "form": "csv"}),
        ("attachment", {"file": 1}),
    ):
        names = number(state, **more)
        if route == "attachment":
            names = lambda s, state=state: {  # noqa: E731 - one of a list
                "number": s.submission(state).pk,
                "file": s.submission(state).attachments.get().pk,
            }
        yield Case("GET", f"review:{route}", names, state=state, allowed=allowed, others=rest, scene=Review)


def filling(state):
    ok = state in EDITABLE
    record = {**REPORT, "action": "tl2030-a2-1"}
    rest = others()
    gets = (("add", {"kind": KIND}), ("upload", {"kind": KIND}), ("edit", {"position": 1}))
    for route, more in gets:
        yield Case(
            "GET", f"review:{route}", number(state, **more), state=state, allowed=OWN, ok=200 if ok else 409,
            others=rest, scene=Review,
        )  # fmt: skip
    posts = (
        ("add", number(state, kind=KIND), lambda _: dict(record), 303),
        ("edit", number(state, position=1), version(state, **record), 303),
        ("remove", number(state, position=1), lambda _: {"x": ""}, 303),
        ("upload", number(state, kind=KIND), lambda _: {"file": SimpleUploadedFile("x.csv", b"a\n")}, 400),
        ("take", number(state), lambda _: {"pending": 1}, 409),
        ("attach", number(state), lambda _: {"file": SimpleUploadedFile("x.txt", b"words")}, 303),
    )
    for route, names, data, status in posts:
        yield Case(
            "POST", f"review:{route}", names, state=state, allowed=OWN, ok=status if ok else 409, others=rest,
            data=data, scene=Review,
        )  # fmt: skip
    yield Case(
        "POST", "review:detach",
        lambda s: {"number": s.submission(state).pk, "file": s.submission(state).attachments.get().pk},
        state=state, allowed=OWN, ok=303 if ok else 409, others=rest, data=lambda _: {"x": ""}, scene=Review,
    )  # fmt: skip


BY_MEMBER = {"submit": {"draft"}, "answer": {"questioned"}, "withdraw": {"draft", "submitted", "questioned"}}
BY_SECRETARIAT = {
    "question": {"submitted"},
    "refuse": {"submitted", "questioned"},
    "accept": {"submitted"},
}


def deciding(state):
    unseen = state not in SEEN
    for act, states in BY_MEMBER.items():
        yield Case(
            "POST", "review:do", number(state, act=act), state=f"{act}, {state}", allowed=OWN,
            ok=303 if state in states else 409, data=version(state, text="Words."), scene=Review,
            others=others(secretariat=404 if unseen else 403),
        )  # fmt: skip
    for act, states in BY_SECRETARIAT.items():
        rest = {**others(own=403), **dict.fromkeys(DECIDE, 404 if unseen else (303 if state in states else 409))}
        yield Case(
            "POST", "review:do", number(state, act=act), state=f"{act}, {state}", allowed=set(),
            data=version(state, text="Words."), scene=Review, others=rest,
        )  # fmt: skip
    comment = {"submitted": (303, 303), "questioned": (409, 303)}.get(state, (409, 404 if unseen else 409))
    yield Case(
        "POST", "review:do", number(state, act="comment"), state=f"comment, {state}", allowed=set(),
        data=version(state, text="Words."), scene=Review,
        others={**others(own=comment[0]), **dict.fromkeys(DECIDE, comment[1])},
    )  # fmt: skip
    # Taking back asks for the second factor again first, whoever it is that asks.
    retract = 404 if unseen else (303 if state == "accepted" else 409)
    rest = {**others(own=403), "head, stale": 303, "secretariat": retract, "secretariat, stale": 404 if unseen else 303}
    yield Case(
        "POST", "review:do", number(state, act="retract"), state=f"retract, {state}", allowed=set(),
        data=version(state, text="Words."), scene=Review, others=rest,
    )  # fmt: skip


WORKERS = {*OWN, *DECIDE, *BLIND, "auditor"}
GENERAL = [
    Case("GET", "review:todo", allowed=WORKERS, others=dict.fromkeys(WEAK, 302)),
    Case("GET", "review:submissions", allowed=WORKERS, others=dict.fromkeys(WEAK, 302)),
    Case("GET", "review:begin", allowed=OWN | BLIND, others=dict.fromkeys(WEAK, 302) | dict.fromkeys(DECIDE, 403)),
    Case(
        "POST",
        "review:begin",
        allowed=OWN | BLIND,
        ok=303,
        others=dict.fromkeys(WEAK, 302) | dict.fromkeys(DECIDE, 403) | {"focal, other room": 400, "observer": 400},
        data={"room": "plan", "title": "New", "licence": "CC BY 4.0"},
    ),
    Case("GET", "review:template", {"kind": KIND}, allowed=WORKERS, others=dict.fromkeys(WEAK, 302)),
    Case("GET", "review:rounds", allowed=WORKERS - {"observer"}, others=dict.fromkeys(WEAK, 302)),
    Case(
        "GET",
        "review:round",
        lambda s: {"number": s.round().pk},
        allowed=WORKERS - {"observer"},
        others=dict.fromkeys(WEAK, 302),
        scene=Review,
    ),
    Case(
        "GET", "review:open-round", allowed=DECIDE, others=dict.fromkeys(WEAK, 302) | {"focal, no second factor": 403}
    ),
    Case(
        "POST",
        "review:open-round",
        allowed=DECIDE,
        ok=400,
        others=dict.fromkeys(WEAK, 302) | {"focal, no second factor": 403},
        data={"title": ""},
    ),
    Case(
        "POST",
        "review:move-round",
        lambda s: {"number": s.round().pk},
        allowed=DECIDE,
        ok=303,
        others=dict.fromkeys(WEAK, 302) | {"focal, no second factor": 403},
        data={"due": "2027-02-28", "clock": "12:00"},
        scene=Review,
    ),
    Case("GET", "review:calendar", allowed=WORKERS - {"auditor", "observer"}, others=dict.fromkeys(WEAK, 302)),
    Case(
        "POST",
        "review:calendar",
        allowed=WORKERS - {"auditor", "observer"},
        others=dict.fromkeys(WEAK, 302),
        data={"act": "make"},
    ),
    Case("GET", "review:calendar-file", {"secret": "nobody-has-it"}, allowed=EVERYBODY, ok=404),
]

# A route for members alone closes to the secretariat before anything is proved.
CASES = []
for case in [*cases(), *GENERAL]:
    words = dict(case.others)
    member_only = case.route in {
        f"review:{name}" for name in ("begin", "add", "edit", "remove", "upload", "take", "attach", "detach")
    }
    if member_only:
        words["secretariat, no second factor"] = 403
    CASES.append(
        Case(
            case.method, case.route, case.names, case.state, case.allowed, case.ok, case.leads, case.refused, case.nobody,
            words, case.data, case.query, case.scene,
        )
    )  # fmt: skip
