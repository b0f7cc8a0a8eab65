"""Who is asking: from a request to an :class:`Actor`.

Pages know people by their session. The API knows machines by their token, and never looks at a cookie: it can be asked
from any origin, so what a browser carries along must mean nothing to it.
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta

from allauth.account.authentication import get_authentication_records
from django.conf import settings
from django.db.models import Q
from django.http import HttpRequest

from serantau.web.accounts.addresses import client_address, counted
from serantau.web.accounts.errors import TokenError
from serantau.web.accounts.models import Membership, Person, Token
from serantau.web.accounts.policy import PUBLIC, Actor, Kind
from serantau.web.accounts.roles import OF_A_MEMBER, OF_A_PARTNER, Role, Room, rooms_of
from serantau.web.accounts.services import limits, machines

API = "/api/"
HELD = "serantau_actor"
__all__ = ["PUBLIC", "Actor", "Kind", "actor_for", "actor_of", "forget", "machine_actor"]


def actor_of(request: HttpRequest) -> Actor:
    """Who asks; worked out once a request."""
    held = getattr(request, HELD, None)
    if held is None:
        held = _from_token(request) if request.path.startswith(API) else _from_session(request)
        setattr(request, HELD, held)
    return held


def forget(request: HttpRequest) -> None:
    """Work it out anew: what the request is allowed has changed."""
    if hasattr(request, HELD):
        delattr(request, HELD)


def actor_for(person: Person, *, second_factor: bool, fresh: bool, today: date) -> Actor:
    """A person as an actor, by the membership that runs today."""
    membership = running(person, today)
    common = {"id": person.pk, "label": person.name, "second_factor": second_factor, "fresh": fresh}
    if membership is None:
        return Actor(Kind.PERSON, rooms=frozenset(), **common)
    role = Role(membership.role)
    return Actor(
        Kind.PERSON,
        member=membership.body if role in OF_A_MEMBER else "",
        partner=membership.body if role in OF_A_PARTNER else "",
        roles=frozenset({Role.PUBLIC, role}),
        rooms=rooms_of(membership.rooms),
        **common,
    )


def running(person: Person, today: date) -> Membership | None:
    """The membership that gives a person their role today."""
    valid = Q(valid_to=None) | Q(valid_to__gte=today)
    return person.memberships.filter(valid, ended_at=None, valid_from__lte=today).first()


def _from_token(request: HttpRequest) -> Actor:
    """The machine whose token the request carries; the public without one.

    Raises:
        TokenError: if it carries one that does not hold.
    """
    given = request.headers.get("Authorization", "")
    if not given:
        return PUBLIC
    scheme, _, text = given.partition(" ")
    now = datetime.now(UTC)
    token = machines.token_of(text.strip(), now=now) if scheme.lower() == "bearer" else None
    if token is None:
        limits.insist_below(limits.TOKEN_MISS, counted(client_address(request)), now=now)
        raise TokenError
    machines.note_use(token, now=now)
    return machine_actor(token)


def machine_actor(token: Token) -> Actor:
    """A machine account as an actor, as far as the scopes of its token go."""
    scopes = frozenset(token.scopes.split())
    return Actor(
        Kind.MACHINE,
        id=token.account_id,
        label=token.account.name,
        member=token.account.member,
        roles=frozenset({Role.PUBLIC, Role.MACHINE}),
        rooms=frozenset(Room(scope.partition(":")[0]) for scope in scopes),
        scopes=scopes,
    )


def _from_session(request: HttpRequest) -> Actor:
    # Without the cookie there is no session, and asking for one would make the answer differ by cookies.
    if settings.SESSION_COOKIE_NAME not in request.COOKIES:
        return PUBLIC
    person = request.user
    if not person.is_authenticated:
        return PUBLIC
    proved = _second_factor_at(request)
    now = datetime.now(UTC)
    fresh = proved is not None and now - proved <= timedelta(minutes=settings.SERANTAU_FRESH_MINUTES)
    return actor_for(person, second_factor=proved is not None, fresh=fresh, today=now.date())


def _second_factor_at(request: HttpRequest) -> datetime | None:
    """When this session last proved a second factor; None if it never did."""
    times = [
        record["at"] for record in get_authentication_records(request, request.user) if record.get("method") == "mfa"
    ]
    return datetime.fromtimestamp(max(times), UTC) if times else None
