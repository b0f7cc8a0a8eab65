"""The whole table of role x route x state of the object, declared and then asked of the real site.

A room writes its part as ``tests/roles/table_ROOM.py`` with a list ``CASES``:

    Case("GET", "review:submission", lambda s: {"pk": s.submission("draft")}, state="draft",
         allowed={"focal", "head"}, refused=404)

Each case is asked once by every one of :data:`CAST`. ``tests/roles/test_table.py`` reads all parts, asks every case,
and fails if a route of the site stands in none.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.db import transaction
from django.http import HttpResponse
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from serantau.web.accounts.roles import Role
from serantau.web.config.access import rule_of
from tests.support.people import make_person, signed_in, visitor

OWN, OTHER = "QAA", "QBB"
"""The member whose objects the cases are about, and another one (both of the invented region)."""

PARTNER = "farland"
ROOM, OTHER_ROOM = "plan", "govern"
"""The room whose objects the cases are about, and another one."""


@dataclass(frozen=True)
class Part:
    """One of the cast.

    Attributes:
        role: The role; None for an account without one.
        body: The member or partner acted for.
        rooms: Where the role holds.
        second_factor: Whether the session has one.
        fresh: Whether it was proved just now.
        account: Whose account it is, where one person stands in the cast with several sessions.
    """

    role: Role | None
    body: str = ""
    rooms: str = "every"
    second_factor: bool = True
    fresh: bool = True
    account: str = ""


CAST: Mapping[str, Part | None] = {
    "nobody": None,
    "no role": Part(None),
    "focal": Part(Role.FOCAL_POINT, OWN),
    "focal, no second factor": Part(Role.FOCAL_POINT, OWN, second_factor=False, fresh=False, account="focal"),
    "focal, other room": Part(Role.FOCAL_POINT, OWN, OTHER_ROOM),
    "focal, other member": Part(Role.FOCAL_POINT, OTHER),
    "head": Part(Role.HEAD_OF_DELEGATION, OWN),
    "head, stale": Part(Role.HEAD_OF_DELEGATION, OWN, fresh=False, account="head"),
    "head, other member": Part(Role.HEAD_OF_DELEGATION, OTHER),
    "secretariat": Part(Role.SECRETARIAT),
    "secretariat, no second factor": Part(Role.SECRETARIAT, second_factor=False, fresh=False, account="secretariat"),
    "secretariat, stale": Part(Role.SECRETARIAT, fresh=False, account="secretariat"),
    "observer": Part(Role.OBSERVER, PARTNER),
    "auditor": Part(Role.AUDITOR),
}
"""Everybody who asks. ``nobody`` has no account."""

EVERYBODY = frozenset(CAST)
SIGNED_IN = EVERYBODY - {"nobody"}


class Scene:
    """The objects of one case, made when they are asked for; a room's table derives its own."""

    def __init__(self) -> None:
        self.people: dict[str, Any] = {}

    def person(self, who: str) -> Any:
        """The account of one of the cast."""
        part = CAST[who]
        assert part is not None, "nobody has no account"
        if part.account:
            return self.person(part.account)
        if who not in self.people:
            self.people[who] = make_person(part.role, part.body, part.rooms, name=who)
        return self.people[who]

    def client(self, who: str) -> Client:
        """A browser in which one of the cast is signed in, or nobody."""
        part = CAST[who]
        if part is None:
            return visitor()
        return signed_in(self.person(who), second_factor=part.second_factor, fresh=part.fresh)


Words = Mapping[str, object] | Callable[[Any], Mapping[str, object]]
"""A mapping, or what makes one from the scene."""


@dataclass(frozen=True)
class Case:
    """One route, method and state, and what everybody gets.

    Attributes:
        method: ``GET`` or ``POST``.
        route: Name of the route, with its namespace.
        names: The varying parts of the address, or how to make them from the scene.
        state: The object's state, in words.
        allowed: Who gets ``ok``.
        ok: Status for them.
        leads: Where the answer to them leads, if it leads anywhere: the beginning of the address.
        refused: Status for everybody else who is signed in with what the role needs.
        nobody: Status for a visitor without account; 302 leads to the sign-in.
        others: Statuses of single ones of the cast that differ from all this. A session without a second factor, of
            somebody who would be allowed with one, is sent to prove it (302) without being named here.
        data: What is posted, or how to make it.
        query: What follows the address, without the question mark.
        scene: Makes the objects.
    """

    method: str
    route: str
    names: Words = field(default_factory=dict)
    state: str = ""
    allowed: frozenset[str] | set[str] = EVERYBODY
    ok: int = 200
    leads: str = ""
    refused: int = 403
    nobody: int = 302
    others: Mapping[str, int] = field(default_factory=dict)
    data: Words = field(default_factory=dict)
    query: str = ""
    scene: type[Scene] = Scene

    @property
    def label(self) -> str:
        """How the case is called in the report."""
        return f"{self.method} {self.route}{f' ({self.state})' if self.state else ''}"

    def expected(self, who: str) -> int:
        """What one of the cast should get."""
        if who in self.others:
            return self.others[who]
        if who in self.allowed:
            return self.ok
        part = CAST[who]
        if part is None:
            return self.nobody
        return 302 if not part.second_factor and part.account in self.allowed else self.refused

    def ask(self, scene: Any, who: str) -> HttpResponse:
        """Send the request as one of the cast, and undo what it did."""
        address = reverse(self.route, kwargs=_words(self.names, scene))
        data = _words(self.data, scene)
        client = scene.client(who)
        undone = transaction.atomic()
        # A change must be the outermost transaction; within a test it may stand inside the test's own.
        undone._from_testcase = True
        with undone:
            if self.method == "GET":
                response = client.get(f"{address}?{self.query}")
            else:
                response = client.generic(self.method, address) if not data else client.post(address, data)
            transaction.set_rollback(True)
        return response


def _words(words: Words, scene: Any) -> dict[str, object]:
    return dict(words(scene) if callable(words) else words)


def deviations(case: Case) -> list[str]:
    """Who got something else than the table says; empty if nobody."""
    found = []
    scene = case.scene()
    for who in CAST:
        response = case.ask(scene, who)
        led = response.headers.get("Location", "")
        astray = case.leads and who in case.allowed and not led.startswith(case.leads)
        if response.status_code != case.expected(who) or astray:
            where = f" to {led}" if led else ""
            found.append(
                f"{who}: {response.status_code}{where}, and should get {case.expected(who)} {case.leads}".strip()
            )
    return found


def routes(patterns: Any = None, space: str = "", before: str = "") -> dict[str, tuple[str, URLPattern]]:
    """Every route of the site by its name with namespaces: its address, and what stands behind it."""
    found = {}
    for pattern in get_resolver().url_patterns if patterns is None else patterns:
        address = before + str(pattern.pattern)
        if isinstance(pattern, URLResolver):
            inner = f"{space}{pattern.namespace}:" if pattern.namespace else space
            found |= routes(pattern.url_patterns, inner, address)
        else:
            assert isinstance(pattern, URLPattern)
            assert pattern.name, f"{address} has no name"
            found[space + pattern.name] = (address, pattern)
    return found


def route_names() -> list[str]:
    """The name of every route of the site."""
    return list(routes())


def open_routes() -> dict[str, str]:
    """Addresses, by name, of the routes that everybody may read and caches may keep."""
    return {
        name: address
        for name, (address, pattern) in routes().items()
        if (rule := rule_of(pattern.callback)) is not None and rule.open and not rule.private
    }


SAMPLE = {
    "form": "csv",
    "outcome": "tl2030-o2",
    "member": OWN,
    "indicator": "coverage",
    "plan": "tl2030",
    "name": "main",
    "position": "0",
    "register": "cooperation",
    "key": "farland.cables",
}
"""A value for each part of an address that varies; a name that is not here does not exist."""


def sample(address: str) -> str:
    """An address that a route answers, as far as its names are known."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: SAMPLE.get(found[1], "unknown"), address)
