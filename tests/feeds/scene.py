"""Feeds for tests: set up by a focal point of QBB, whose account writes."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from serantau.web.accounts.policy import Actor, Kind
from serantau.web.accounts.roles import Role
from serantau.web.defend.models import StoredObject
from serantau.web.feeds.models import Feed
from serantau.web.feeds.services import feeds
from tests.defend.scene import make_account

if TYPE_CHECKING:
    from serantau.web.defend.accounts import Account

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
LATER = NOW + timedelta(days=1)
RIGHTS = {"qbb-out": "rw", "region-green": "rw", "region-amber": "rw", "qaa-out": "r"}


def actor(member: str = "QBB", role: Role = Role.FOCAL_POINT) -> Actor:
    """Somebody of a member's CERT."""
    return Actor(Kind.PERSON, 1, member=member, roles=frozenset({Role.PUBLIC, role}), second_factor=True, fresh=True)


def make_feed(kind: str, address: str, account: Account | None = None, **more: Any) -> Feed:
    """A feed into what QBB gives out."""
    account = account or make_account("QBB", rights=RIGHTS)
    wish = {"title": "A source", "alias": "qbb-out", "minutes": 60} | more
    return feeds.make(actor(account.reader.member), feeds.Wish(account.id, kind, address=address, **wish), NOW)


def stored(alias: str = "qbb-out", member: str = "QBB") -> list[bytes]:
    """What the member has in a collection, in the order of its addition."""
    rows = StoredObject.objects.filter(collection__alias=alias, member=member, is_last=True)
    return [bytes(body) for body in rows.values_list("body", flat=True)]
