"""Scam reports: everybody reports and asks; the officers of the member where it happened deal with it, nobody else."""

from __future__ import annotations

from typing import Any

from serantau.defend.scams import Step
from serantau.web.accounts.policy import Actor, Kind
from serantau.web.accounts.roles import Role
from serantau.web.scams.services import appeals
from tests.scams.scene import NOW, appeal, form, report
from tests.support.roles import EVERYBODY, Case, Scene

OFFICER = Actor(
    Kind.PERSON, 1, member="QAA", roles=frozenset({Role.PUBLIC, Role.FOCAL_POINT}), second_factor=True, fresh=True
)


class Scams(Scene):
    """A report and an appeal of the member that the cases are about."""

    made: dict[str, Any]

    def report(self, **more: object) -> dict[str, object]:
        """A report that was just received."""
        return {"number": self._once("report", lambda: report()[0]).pk, **more}

    def appeal(self) -> dict[str, object]:
        """An appeal that waits."""
        return {"number": self._once("appeal", lambda: appeal()[0]).pk}

    def proposed(self) -> dict[str, object]:
        """An appeal on which somebody who is none of the cast has proposed."""
        return {"number": self._once("proposed", self._proposed).pk}

    def code(self) -> dict[str, str]:
        """The code of a report."""
        return {"code": self._once("code", lambda: report()[1])}

    def _proposed(self) -> Any:
        held = appeal()[0]
        return appeals.step(OFFICER, held.pk, Step.PROPOSE_UPHOLDING, "Forged.", 0, NOW)

    def _once(self, name: str, make: Any) -> Any:
        held = self.__dict__.setdefault("made", {})
        if name not in held:
            held[name] = make()
        return held[name]


OFFICERS = {"focal", "head", "head, stale"}
OTHERS = {"focal, other member": 404, "head, other member": 404, "focal, other room": 403}
"""Officers of another member get to know of nothing; whoever has not this room deals with no reports."""


def public(method: str, route: str, state: str = "", **more: Any) -> Case:
    """A page that everybody may use, which is kept by no cache."""
    return Case(method, route, {}, state, allowed=EVERYBODY, scene=Scams, **more)


def desk(method: str, route: str, names: Any, state: str = "", **more: Any) -> Case:
    """A page of the member's own officers."""
    others = {"focal, no second factor": 302, **OTHERS, **more.pop("others", {})}
    return Case(method, route, names, state, allowed=OFFICERS, others=others, scene=Scams, **more)


CASES = [
    public("GET", "scams:home"),
    public("GET", "scams:privacy"),
    public("GET", "scams:figures"),
    public("GET", "scams:report"),
    public("POST", "scams:report", "sent", data=lambda _s: form()),
    public("POST", "scams:report", "a form with gaps", ok=400, data=lambda _s: form(harm="")),
    public("GET", "scams:check"),
    public("POST", "scams:check", "asked", data={"kind": "phones", "value": "+442079460958"}),
    public("GET", "scams:mine"),
    public("POST", "scams:mine", "the code of a report", data=lambda s: s.code()),
    public("POST", "scams:mine", "no such code", ok=404, data={"code": "AAAA"}),
    public("GET", "scams:appeal"),
    public(
        "POST",
        "scams:appeal",
        "sent",
        data=lambda _s: form(kind="phones", value="+442079460958", reason="It is ours."),
    ),
    desk("GET", "scams:desk", {}, others={"focal, other member": 200, "head, other member": 200}),
    desk("GET", "scams:desk-report", lambda s: s.report()),
    desk("POST", "scams:uncover", lambda s: s.report()),
    desk("POST", "scams:act", lambda s: s.report(wish="accept"), "accepted", ok=303),
    desk("POST", "scams:act", lambda s: s.report(wish="reopen"), "reopened before it was decided", ok=409),
    desk("GET", "scams:desk-appeal", lambda s: s.appeal()),
    desk(
        "POST",
        "scams:step",
        lambda s: s.appeal(),
        "proposed",
        ok=303,
        data={"wish": "propose upholding", "words": "Forged."},
    ),
    desk("POST", "scams:step", lambda s: s.proposed(), "confirmed", ok=303, data={"wish": "confirm"}),
    public("GET", "scams-api:figures"),
    public("POST", "scams-api:check", "no JSON", ok=400),
    Case("POST", "scams-api:report", {}, allowed=frozenset(), refused=401, nobody=401, scene=Scams),
]
"""The API knows no sessions: whoever is signed in on the site is nobody there (machine accounts: tests/scams)."""
