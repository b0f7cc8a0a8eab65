"""Requests for coordination: a draft is its member's, what was sent is the two sides', and nobody else's."""

from __future__ import annotations

from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from serantau.spectrum.procedure import Act
from serantau.web.accounts.policy import Actor, Kind
from serantau.web.accounts.roles import Role
from tests.spectrum.scene import BORDER, answered, computed, do, draft, registered, sent, table
from tests.support.roles import Case, Scene

MEMBERS = {"focal": "QAA", "neighbour": "QBB"}


class Sides:
    """Makes requests as people of the two members that are none of the cast."""

    def actor(self, name: str) -> Actor:
        """Somebody of a side."""
        roles = frozenset({Role.PUBLIC, Role.FOCAL_POINT})
        return Actor(Kind.PERSON, 1, member=MEMBERS[name], roles=roles, second_factor=True, fresh=True)


class Coordinating(Scene):
    """A request of QAA to QBB at a stage."""

    made: dict[str, Any]

    def at(self, stage: str, **more: object) -> dict[str, object]:
        """A request at a stage, and what else the address names."""
        makers = {
            "draft": lambda: draft(Sides(), 2),
            "computed": lambda: computed(Sides(), 2),
            "sent": lambda: sent(Sides(), 2),
            "answered": lambda: answered(Sides(), count=2),
            "registered": lambda: registered(Sides(), count=2),
            "withdrawn": lambda: do(Sides(), sent(Sides(), 2), "focal", Act.WITHDRAW),
        }
        held = self.__dict__.setdefault("made", {})
        if stage not in held:
            held[stage] = makers[stage]()
        return {"number": held[stage].pk, **more}


OWN = {"focal", "head", "head, stale"}
OTHER = {"focal, other member", "head, other member"}
PROVE = {"focal, no second factor": 302}
ROOM = {"focal, other room": 403}


def listing(route: str) -> Case:
    """A list of the own member's, whatever is in it."""
    return Case("GET", route, {}, "", allowed=OWN | OTHER, others=PROVE | ROOM, scene=Coordinating)


def one(method: str, route: str, stage: str, allowed: set[str], state: str = "", **more: Any) -> Case:
    """Something with one request: who is on neither side is told that there is none."""
    names = more.pop("names", {})
    refused = dict.fromkeys({*OWN, *OTHER, "focal, other room"} - allowed, 404)
    others = PROVE | refused | more.pop("others", {})
    return Case(
        method,
        route,
        lambda s: s.at(stage, **names),
        state or stage,
        allowed=allowed,
        others=others,
        scene=Coordinating,
        **more,
    )


def acting(act: str, stage: str, allowed: set[str], *, refused: dict[str, int] | None = None, **more: Any) -> Case:
    """An act on all records of a request."""
    return one(
        "POST",
        "spectrum:coordination-act",
        stage,
        allowed,
        f"{act}, {stage}",
        names={"act": act},
        ok=303,
        data={"which": "all", "reason": "Because."},
        others=refused or {},
        **more,
    )


def _file(name: str, content: bytes) -> dict[str, object]:
    return {name: SimpleUploadedFile(f"{name}.csv", content)}


SECRETARIAT = {"secretariat", "secretariat, stale"}


def carrying(method: str, state: str, ok: int = 200, **more: Any) -> Case:
    """The page on which the secretariat carries a recommendation into a paper."""
    others = {"secretariat, no second factor": 302}
    return Case(
        method,
        "spectrum:carry",
        {"member": "QBB"},
        state,
        allowed=SECRETARIAT,
        ok=ok,
        others=others,
        scene=Scene,
        **more,
    )


NOT_OWN, NOT_OTHER = dict.fromkeys(OWN, 403), dict.fromkeys(OTHER, 403)
NEW = {"neighbour": "QBB", "title": "T", "side": "left", "spacing": "1", "ground": "land"}

CASES = [
    carrying("GET", "read"),
    carrying("POST", "a form with gaps", 400),
    listing("spectrum:coordinations"),
    listing("spectrum:registered"),
    listing("spectrum:registered-file"),
    listing("spectrum:new-coordination"),
    Case(
        "POST",
        "spectrum:new-coordination",
        {},
        "a form with gaps",
        allowed=OWN | OTHER,
        ok=400,
        others=PROVE | ROOM,
        data={"title": "T"},
        scene=Coordinating,
    ),
    Case(
        "POST",
        "spectrum:new-coordination",
        {},
        "begun",
        allowed=OWN,
        ok=303,
        # Its own member is no neighbour of QBB, and no refractivity is held of it.
        others=PROVE | ROOM | dict.fromkeys(OTHER, 400),
        data=lambda _s: NEW | _file("records", table(2)) | _file("border", BORDER),
        scene=Coordinating,
    ),
    one("GET", "spectrum:coordination", "draft", OWN),
    one("GET", "spectrum:coordination", "computed", OWN),
    one("GET", "spectrum:coordination", "sent", OWN | OTHER),
    one("GET", "spectrum:coordination", "answered", OWN | OTHER),
    one("GET", "spectrum:coordination", "registered", OWN | OTHER),
    one("GET", "spectrum:coordination", "withdrawn", OWN | OTHER),
    one("GET", "spectrum:coordination-file", "draft", OWN, "records of a draft", names={"name": "records.csv"}),
    one("GET", "spectrum:coordination-file", "sent", OWN | OTHER, "records", names={"name": "records.csv"}),
    one("GET", "spectrum:coordination-copy", "sent", OWN),
    one("POST", "spectrum:coordination-copy", "sent", OWN, "a form with gaps", ok=400),
    one(
        "POST",
        "spectrum:coordination-batch",
        "draft",
        OWN,
        "other records",
        ok=303,
        data=lambda _s: _file("records", table(3)),
    ),
    one(
        "POST",
        "spectrum:coordination-batch",
        "sent",
        OWN,
        "other records after it was sent",
        ok=400,
        others=NOT_OTHER,
        data=lambda _s: _file("records", table(3)),
    ),
    one("POST", "spectrum:coordination-run", "draft", OWN, ok=303),
    one("POST", "spectrum:coordination-run", "sent", OWN, ok=400, others=NOT_OTHER),
    acting("submit", "computed", OWN),
    acting("acknowledge", "sent", OTHER, refused=NOT_OWN),
    acting("approve", "sent", OTHER, refused=NOT_OWN),
    acting("reject", "sent", OTHER, refused=NOT_OWN),
    acting("register", "answered", OWN, refused=NOT_OTHER),
    acting("withdraw", "draft", OWN),
    acting("withdraw", "sent", OWN, refused=NOT_OTHER),
    one(
        "POST",
        "spectrum:coordination-answers",
        "sent",
        OTHER,
        "answers by a table",
        ok=303,
        others=NOT_OWN,
        data=lambda _s: _file("answers", b"id,answer,reason\nt0,reject,no\nt1,approve,\n"),
    ),
]
