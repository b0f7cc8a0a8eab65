"""Directory, notices, cases, questions and clearances: who gets what, by role, by clearance and by where a member stands."""

from __future__ import annotations

from typing import Any

from serantau.defend.incidents import Act
from serantau.defend.model import Tlp
from serantau.web.cooperation.models import Hook, Shift
from tests.cooperation.scene import (
    HOUR,
    NOW,
    Cast,
    a_case,
    a_contact,
    a_notice,
    a_question,
    a_team,
    answered,
    cleared,
    do,
    joined,
    say,
)
from tests.support.roles import PARTNER, Case, Scene
from tests.support.writes import unrecorded

BODIES = {
    "focal": "QAA",
    "head": "QAA",
    "focal, other room": "QAA",
    "focal, other member": "QBB",
    "head, other member": "QBB",
}
LOW = {"focal, other room", "head, other member"}
"""Of Borealia the head is cleared up to TLP:GREEN alone; everybody else of the members up to TLP:AMBER+STRICT."""


class Cooperation(Scene):
    """Notices, cases and questions of Asterra, made by people that are none of the cast."""

    def __init__(self) -> None:
        super().__init__()
        self.makers = Cast()
        self.made: dict[str, Any] = {}
        for who, member in BODIES.items():
            cleared(self.person(who), member, Tlp.GREEN if who in LOW else Tlp.AMBER_STRICT)

    def notice(self, level: Tlp = Tlp.AMBER, *, done: bool = False, upto: Tlp | None = None) -> dict[str, str]:
        """An alert before Asterra."""
        make = answered if done else a_notice
        if upto is not None:
            cleared(self.makers.deputy, "QAA", level)
        return {"ref": self._once("notice", lambda: make(self.makers, level=level, upto=upto)).ref}

    def case(self, stage: str = "own", **more: str) -> dict[str, str]:
        """A case that Asterra leads, Borealia standing in it as the stage says."""
        return {"ref": self._once("case", lambda: self._case(stage)).ref, **more}

    def _case(self, stage: str) -> Any:
        people = self.makers
        label = Tlp.RED if stage.startswith("red") else Tlp.GREEN if stage.startswith("green") else Tlp.AMBER
        case = a_case(people, label=label)
        if "invited" in stage:
            do(people, case, "focal", Act.INVITE, target="QBB")
        if any(word in stage for word in ("joined", "task", "left", "closed")):
            joined(people, case, "borealia")
        if "task" in stage:
            do(people, case, "focal", Act.ADD_TASK, text="Look at the logs", target="QBB")
        if "wrote" in stage:
            do(people, case, "borealia", Act.WRITE, text="Seen here, too.")
        if "left" in stage:
            do(people, case, "borealia", Act.LEAVE)
        if "closed" in stage:
            do(people, case, "focal", Act.CLOSE)
        if "looked on" in stage:
            do(people, case, "focal", Act.ADMIT, target=PARTNER)
        return case

    def question(self, stage: str = "asked", label: Tlp = Tlp.AMBER) -> dict[str, str]:
        """A question of Asterra to Borealia and Corvania, or to Corvania alone."""

        def make() -> Any:
            others = ("QCC",) if stage == "others" else ("QBB", "QCC")
            held = a_question(self.makers, members=others, label=label)
            return say(self.makers, held, "borealia") if stage == "answered" else held

        return {"ref": self._once("question", make).ref}

    def contact(self, what: str = "") -> dict[str, str]:
        """A contact of Asterra."""

        def make() -> Any:
            a_team(self.makers)
            return a_contact(self.makers)

        return {"ref": self._once("contact", make).ref} | ({"what": what} if what else {})

    def shift(self) -> dict[str, object]:
        """A turn of the contact."""
        contact = self.made["contact"]
        with unrecorded():
            held = Shift.objects.create(contact=contact, starts_at=NOW, ends_at=NOW + HOUR)
        return {"shift": held.pk}

    def hook(self) -> dict[str, str]:
        """A hook of Asterra."""

        def make() -> Any:
            a_team(self.makers)
            with unrecorded():
                return Hook.objects.create(
                    member="QAA", url="https://a.example/", nonce="n", level=1, made_by="person 1", made_at=NOW
                )

        return {"ref": self._once("hook", make).ref}

    def _once(self, name: str, make: Any) -> Any:
        if name not in self.made:
            self.made[name] = make()
        return self.made[name]


OWN = {"focal", "head", "head, stale"}
OTHER_HIGH, OTHER_LOW = {"focal, other member"}, {"head, other member"}
OTHER = OTHER_HIGH | OTHER_LOW
OFFICERS = OWN | OTHER
PROVE_FOCAL = {"focal, no second factor": 302}
PROVE_SECRETARY = {"secretariat, no second factor": 302}
NO_ROOM = {"focal, other room": 403}


def case_of(method: str, route: str, names: object, state: str, allowed: object, **more: Any) -> Case:
    """A route of the members' CERTs: what is not theirs is not there (404), and to others the route is closed."""
    unseen = OFFICERS - set(allowed)
    others = PROVE_FOCAL | NO_ROOM | dict.fromkeys(unseen, 404) | more.pop("others", {})
    return Case(method, route, names, state, allowed=frozenset(allowed), others=others, scene=Cooperation, **more)


def with_observers(
    route: str, names: object, state: str, allowed: object, others: dict[str, int] | None = None
) -> Case:
    """A page that partners' observers may ask for, too."""
    hidden = {"observer": 404, "focal, other room": 404} | (others or {})
    return case_of(
        "GET", route, names, state, allowed, others={k: v for k, v in hidden.items() if k not in set(allowed)}
    )


def acting(act: str, stage: str, allowed: object, ok: int = 303, refused: object = (), **data: object) -> Case:
    """An act on a case; ``refused`` sees the case, and the rules stand against it."""
    others = {"focal, other room": 403} | dict.fromkeys(refused, 409)
    names = lambda s: s.case(stage, act=act)  # noqa: E731 - as short as the others
    return case_of("POST", "cooperation:do", names, f"{act}, {stage}", allowed, ok=ok, others=others, data=data)


CASES = [
    # --- the inbox, and the lists: each shows what its reader may read, and is closed to the rest -------------------------
    Case(
        "GET",
        "cooperation:home",
        allowed=OFFICERS,
        others=PROVE_FOCAL
        | NO_ROOM
        | PROVE_SECRETARY
        | {"secretariat": 302, "secretariat, stale": 302, "observer": 302},
        scene=Cooperation,
    ),
    Case(
        "GET",
        "cooperation:cases",
        allowed=OFFICERS | {"observer"},
        others=PROVE_FOCAL | NO_ROOM,
        scene=Cooperation,
    ),
    Case("GET", "cooperation:questions", allowed=OFFICERS, others=PROVE_FOCAL | NO_ROOM, scene=Cooperation),
    Case(
        "GET",
        "cooperation:directory",
        allowed=OFFICERS | {"secretariat", "secretariat, stale"},
        others=PROVE_FOCAL | NO_ROOM | PROVE_SECRETARY,
        scene=Cooperation,
    ),
    # --- notices: of the own member, by clearance ----------------------------------------------------------------------
    case_of("GET", "cooperation:notice", lambda s: s.notice(), "TLP:AMBER, Asterra's", OWN),
    case_of("GET", "cooperation:notice", lambda s: s.notice(done=True), "answered", OWN),
    case_of(
        "GET",
        "cooperation:notice",
        lambda s: s.notice(Tlp.GREEN, upto=Tlp.AMBER),
        "TLP:GREEN, for whoever is cleared no further",
        set(),
    ),
    case_of("POST", "cooperation:answer-notice", lambda s: s.notice(), "acknowledged", OWN, ok=303),
    case_of(
        "POST",
        "cooperation:answer-notice",
        lambda s: s.notice(),
        "a false positive without words",
        OWN,
        ok=409,
        data={"wish": "false positive"},
    ),
    case_of("POST", "cooperation:answer-notice", lambda s: s.notice(done=True), "answered already", OWN, ok=409),
    # --- cases: by standing and clearance -----------------------------------------------------------------------------
    Case("GET", "cooperation:new-case", allowed=OFFICERS, others=PROVE_FOCAL | NO_ROOM, scene=Cooperation),
    Case(
        "POST",
        "cooperation:new-case",
        state="opened",
        allowed=OWN | OTHER_HIGH,
        ok=303,
        others=PROVE_FOCAL | NO_ROOM | {"head, other member": 400},
        data={"title": "T", "label": "2"},
        scene=Cooperation,
    ),
    Case(
        "POST",
        "cooperation:new-case",
        state="on a notice that is not theirs",
        allowed=OWN,
        ok=303,
        others=PROVE_FOCAL | NO_ROOM | dict.fromkeys(OTHER, 404),
        data=lambda s: {"title": "T", "label": "2", "notice": s.notice()["ref"]},
        scene=Cooperation,
    ),
    with_observers("cooperation:case", lambda s: s.case(), "Asterra's alone", OWN),
    with_observers("cooperation:case", lambda s: s.case("invited"), "Borealia invited", OWN | OTHER_HIGH),
    with_observers("cooperation:case", lambda s: s.case("green, invited"), "TLP:GREEN, Borealia invited", OFFICERS),
    with_observers("cooperation:case", lambda s: s.case("joined"), "Borealia in it", OWN | OTHER_HIGH),
    with_observers("cooperation:case", lambda s: s.case("left"), "Borealia left without a word", OWN),
    with_observers("cooperation:case", lambda s: s.case("left, wrote"), "Borealia left its words", OWN | OTHER_HIGH),
    with_observers("cooperation:case", lambda s: s.case("looked on"), "a partner looks on", OWN | {"observer"}),
    with_observers(
        "cooperation:case",
        lambda s: s.case("red, joined"),
        "TLP:RED, for the people who opened and joined",
        set(),
    ),
    with_observers("cooperation:case", lambda s: s.case("red, invited"), "TLP:RED, Borealia invited", OTHER_HIGH),
    case_of(
        "POST", "cooperation:note", lambda s: s.case("joined"), "noted", OWN | OTHER_HIGH, ok=303, data={"text": "N."}
    ),
    acting("write", "joined", OWN | OTHER_HIGH, text="So it was."),
    acting("write", "closed", set(), refused=OWN | OTHER_HIGH, text="Late."),
    acting("write", "invited", OWN, refused=OTHER_HIGH, text="Too early."),
    acting("invite", "joined", OWN, refused=OTHER_HIGH, target="QCC"),
    acting("join", "invited", OTHER_HIGH, refused=OWN),
    acting("leave", "joined", OTHER_HIGH, refused=OWN),
    acting("take-task", "task", OTHER_HIGH, refused=OWN, task="1"),
    acting("tighten", "joined", OWN | OTHER_HIGH, label="3"),
    acting("admit", "joined", OWN, refused=OTHER_HIGH, target=PARTNER),
    acting("close", "joined", OWN, refused=OTHER_HIGH),
    # --- questions: of the asker and those asked, by clearance --------------------------------------------------------
    Case("GET", "cooperation:new-question", allowed=OFFICERS, others=PROVE_FOCAL | NO_ROOM, scene=Cooperation),
    Case(
        "POST",
        "cooperation:new-question",
        state="asked",
        allowed=OFFICERS,
        ok=303,
        others=PROVE_FOCAL | NO_ROOM,
        data={"kind": "url", "value": "v", "label": "1", "hours": "5", "whom": "all"},
        scene=Cooperation,
    ),
    case_of("GET", "cooperation:question", lambda s: s.question(), "Borealia asked", OWN | OTHER_HIGH),
    case_of("GET", "cooperation:question", lambda s: s.question(label=Tlp.GREEN), "TLP:GREEN", OFFICERS),
    case_of("GET", "cooperation:question", lambda s: s.question("others"), "others asked", OWN),
    case_of(
        "POST",
        "cooperation:answer-question",
        lambda s: s.question(),
        "refused without a reason",
        OTHER_HIGH,
        ok=303,
        others=dict.fromkeys(OWN, 409) | NO_ROOM,
        data={"says": "refuses", "named": "no"},
    ),
    case_of(
        "POST",
        "cooperation:answer-question",
        lambda s: s.question("others"),
        "others asked",
        set(),
        others=dict.fromkeys(OWN, 409) | NO_ROOM,
        data={"says": "seen", "named": "no"},
    ),
    case_of(
        "POST",
        "cooperation:close-question",
        lambda s: s.question(),
        "ended",
        OWN,
        ok=303,
        others=dict.fromkeys(OTHER_HIGH, 409) | NO_ROOM,
    ),
    # --- the own team: nobody else's people reach it -------------------------------------------------------------------
    Case("GET", "cooperation:team", allowed=OFFICERS, others=PROVE_FOCAL | NO_ROOM, scene=Cooperation),
    Case(
        "POST",
        "cooperation:team",
        state="described",
        allowed=OFFICERS,
        ok=303,
        others=PROVE_FOCAL | NO_ROOM,
        data={"name": "CERT", "zone": "Etc/UTC", "minutes": "20"},
        scene=Cooperation,
    ),
    case_of("GET", "cooperation:contact", lambda s: s.contact(), "Asterra's", OWN),
    case_of(
        "POST",
        "cooperation:contact",
        lambda s: s.contact(),
        "changed",
        OWN,
        ok=303,
        data={"name": "Desk", "starts": "00:00", "ends": "00:00"},
    ),
    case_of("POST", "cooperation:change-contact", lambda s: s.contact("erase"), "erased", OWN, ok=303),
    case_of(
        "POST",
        "cooperation:change-contact",
        lambda s: s.contact("shift"),
        "a turn",
        OWN,
        ok=303,
        data={"from": "2036-01-01T08:00", "until": "2036-01-01T18:00"},
    ),
    case_of(
        "POST",
        "cooperation:change-contact",
        lambda s: s.contact("remove-shift"),
        "a turn removed",
        OWN,
        ok=303,
        data=lambda s: s.shift(),
    ),
    case_of("POST", "cooperation:hook", lambda s: s.hook(), "ended", OWN, ok=303),
    Case(
        "POST",
        "cooperation:hook",
        {"ref": "new"},
        "made, for a label above one's own",
        allowed=OWN | OTHER_HIGH,
        others=PROVE_FOCAL | NO_ROOM | {"head, other member": 400},
        data={"url": "https://hook.example/notices", "label": "2"},
        scene=Cooperation,
    ),
    # --- clearances: given afresh by the head, under the secretariat's ceiling -------------------------------------------
    Case(
        "GET",
        "cooperation:clearances",
        allowed={"head", "head, other member"},
        others={"head, stale": 302},
        scene=Cooperation,
    ),
    Case(
        "POST",
        "cooperation:clearances",
        state="of somebody of Asterra",
        allowed={"head"},
        ok=303,
        others={"head, stale": 302, "head, other member": 400},
        data=lambda s: {"person": s.person("focal").pk, "label": "2"},
        scene=Cooperation,
    ),
    Case(
        "GET",
        "cooperation:ceilings",
        allowed={"secretariat"},
        others={"secretariat, stale": 302},
        scene=Cooperation,
    ),
    Case(
        "POST",
        "cooperation:ceilings",
        state="set",
        allowed={"secretariat"},
        ok=303,
        others={"secretariat, stale": 302},
        data={"member": "QBB", "label": "3"},
        scene=Cooperation,
    ),
]
