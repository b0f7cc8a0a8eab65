"""The menu of whoever is signed in: what their role has to do with. A room adds its own entries to :data:`ENTRIES`."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from serantau.web.accounts.policy import Actor
from serantau.web.accounts.roles import Role, Room


@dataclass(frozen=True)
class Entry:
    """One entry.

    Attributes:
        route: Name of the route it leads to.
        text: What it says.
        roles: Whose menu it stands in; with ``Role.PUBLIC``, in everybody's who is signed in.
        room: The room that the role must reach; None where it need reach none in particular.
    """

    route: str
    text: str | Promise
    roles: frozenset[Role]
    room: Room | None = None


ENTRIES: list[Entry] = [
    Entry("account:home", _("Your account"), frozenset({Role.PUBLIC})),
    Entry(
        "account:people",
        _("People"),
        frozenset({Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT, Role.AUDITOR}),
    ),
    Entry(
        "account:machines", _("Machine accounts"), frozenset({Role.HEAD_OF_DELEGATION, Role.SECRETARIAT, Role.AUDITOR})
    ),
    Entry("forum:home", _("Meetings and papers"), frozenset({Role.PUBLIC})),
    Entry("scams:desk", _("Scam reports of your member"), frozenset({Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION})),
    Entry(
        "cooperation:home",
        _("CERT cooperation"),
        frozenset({Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT, Role.OBSERVER}),
        Room.DEFEND,
    ),
    Entry("feeds:home", _("Threat feeds"), frozenset({Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION}), Room.DEFEND),
    Entry("account:approvals", _("Approvals"), frozenset({Role.SECRETARIAT, Role.AUDITOR})),
    Entry("ledger:events", _("Who did what"), frozenset({Role.SECRETARIAT, Role.AUDITOR})),
    Entry("jobs:index", _("Work in the background"), frozenset({Role.SECRETARIAT, Role.AUDITOR})),
]


def entries_of(actor: Actor) -> Iterator[tuple[str, str]]:
    """Address and text of each entry of an actor's menu."""
    for entry in ENTRIES:
        if entry.roles & actor.roles and (entry.room is None or entry.room in actor.rooms):
            yield reverse(entry.route), str(entry.text)
