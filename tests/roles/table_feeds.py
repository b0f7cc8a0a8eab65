"""Feeds: a member's own, for its CERT people; to all other members there is no such feed."""

from __future__ import annotations

from typing import Any

from serantau.web.feeds.models import Feed
from tests.defend.scene import make_account
from tests.feeds.scene import make_feed
from tests.support.roles import Case, Scene

OWN = {"focal", "head", "head, stale"}
OTHER = {"focal, other member", "head, other member"}
PROVE = {"focal, no second factor": 302}
ROOM = {"focal, other room": 403}
RIGHTS = {"qaa-out": "rw", "region-green": "rw"}


class Feeds(Scene):
    """A list of QAA's."""

    made: Feed | None = None

    def account(self) -> Any:
        """An account of QAA's, and one of QBB's beside it."""
        make_account("QBB")
        return make_account("QAA", rights=RIGHTS)

    def feed(self, **more: Any) -> dict[str, Any]:
        """The feed, and what else the address names."""
        if self.made is None:
            self.made = make_feed("csv", "", self.account(), alias="qaa-out")
        return {"number": self.made.pk, **more}


def one(method: str, route: str, state: str = "", **more: Any) -> Case:
    """Something with the feed."""
    names = more.pop("names", lambda s: s.feed())
    others = PROVE | ROOM | dict.fromkeys(OTHER, 404)
    return Case(method, route, names, state, allowed=OWN, others=others, scene=Feeds, **more)


WISH = {"kind": "csv", "title": "A list", "alias": "qaa-out", "minutes": "60", "value": "1", "days": "30"}
CASES = [
    Case("GET", "feeds:home", {}, "", allowed=OWN | OTHER, others=PROVE | ROOM, scene=Feeds),
    Case("GET", "feeds:new", {}, "", allowed=OWN | OTHER, others=PROVE | ROOM, scene=Feeds),
    Case(
        "POST",
        "feeds:new",
        {},
        "with an account of the member",
        allowed=OWN,
        ok=303,
        others=PROVE | ROOM | dict.fromkeys(OTHER, 400),
        data=lambda s: {**WISH, "account": s.account().id},
        scene=Feeds,
    ),
    one("GET", "feeds:feed"),
    one("POST", "feeds:upload", "without a file", ok=400),
    *(
        one("POST", "feeds:act", act, ok=303, names=lambda s, a=act: s.feed(act=a))
        for act in ("pause", "resume", "now", "end")
    ),
    # Machines show their account's key, and a session is no key: nobody who is signed in gets anything.
    *(
        Case("GET", f"feeds:{name}", {"alias": "region-green", **more}, ok=401)
        for name, more in {
            "block-list": {},
            "misp-manifest": {},
            "misp-hashes": {},
            "misp-event": {"name": "6a6a6a6a-0000-4000-8000-000000000001"},
        }.items()
    ),
]
