"""Machine accounts: programs of a member that read and submit with tokens."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Q
from django.utils.translation import gettext as _

from serantau.ledger import Event
from serantau.web.accounts.bodies import Bodies
from serantau.web.accounts.errors import AccountError, insist
from serantau.web.accounts.models import MachineAccount, Token, TokenUse
from serantau.web.accounts.policy import About, Act, Actor
from serantau.web.accounts.roles import Role, Room
from serantau.web.accounts.secrets import digest_of, hint_of, new_token
from serantau.web.accounts.services import limits
from serantau.web.ledger.changes import change

LONGEST_DAYS = 366
"""Longest life of a token."""

LONGEST_NAME = 120
GRANTABLE = tuple(f"{room.value}:{act.value}" for room in Room for act in (Act.READ, Act.SUBMIT))
"""Every scope that a token can have."""

USE_SECONDS = 60
"""The last use of a token is written down at most once in so many seconds."""


@dataclass(frozen=True)
class Made:
    """A token that was made, and its text, which is shown once."""

    token: Token
    text: str


def make_account(actor: Actor, member: str, name: str, bodies: Bodies, *, now: datetime) -> MachineAccount:
    """Make a machine account of a member.

    Raises:
        RefusedError: if the actor may not.
        AccountError: naming the field that is wrong.
    """
    insist(actor, Act.MANAGE_MACHINES, About(member=member))
    bodies.check(Role.FOCAL_POINT, member)
    called = " ".join(name.split())
    if not 0 < len(called) <= LONGEST_NAME or not called.isprintable():
        raise AccountError(
            _("Give it a name of at most 120 letters, by which others know what the program is."), "name"
        )
    with change(Event.MACHINE_MADE, actor=actor.reference, now=now) as record:
        if MachineAccount.objects.select_for_update().filter(member=member, name=called, ended_at=None).exists():
            raise AccountError(_("There is a machine account of this name already."), "name")
        account = MachineAccount.objects.create(name=called, member=member, made_by_id=actor.id, made_at=now)
        record.about(account.reference)
        record.say(member=member, name=called)
    return account


def make_token(actor: Actor, account: MachineAccount, scopes: list[str], days: int, *, now: datetime) -> Made:
    """Make a token. Its text is in the answer and nowhere else.

    Raises:
        RefusedError: if the actor may not.
        AccountError: naming the field that is wrong.
    """
    insist(actor, Act.MANAGE_MACHINES, About(member=account.member))
    if not scopes or not set(scopes) <= set(GRANTABLE):
        raise AccountError(_("Choose at least one of the scopes that are offered."), "scopes")
    if not 1 <= days <= LONGEST_DAYS:
        raise AccountError(_("A token holds from 1 to 366 days."), "days")
    limits.insist_below(limits.TOKEN_MADE, actor.reference, now=now)
    text = new_token()
    with change(Event.TOKEN_MADE, actor=actor.reference, now=now) as record:
        if not MachineAccount.objects.select_for_update().filter(pk=account.pk, ended_at=None).exists():
            raise AccountError(_("This machine account has ended."))
        token = Token.objects.create(
            account=account,
            digest=digest_of(text),
            hint=hint_of(text),
            scopes=" ".join(scope for scope in GRANTABLE if scope in scopes),
            made_by_id=actor.id,
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
        record.about(f"token {token.pk}")
        record.say(machine=account.reference, scopes=token.scopes.split(), days=days)
    return Made(token, text)


def revoke_token(actor: Actor, token: Token, *, now: datetime) -> None:
    """Revoke a token; the next request with it is refused, in every server process.

    Raises:
        RefusedError: if the actor may not.
        AccountError: if it was revoked already.
    """
    insist(actor, Act.MANAGE_MACHINES, About(member=token.account.member))
    with change(Event.TOKEN_REVOKED, actor=actor.reference, subject=f"token {token.pk}", now=now) as record:
        if not Token.objects.filter(pk=token.pk, revoked_at=None).update(revoked_at=now):
            raise AccountError(_("This token was revoked already."))
        record.say(machine=token.account.reference)


def end_account(actor: Actor, account: MachineAccount, *, now: datetime) -> None:
    """End a machine account, with all its tokens.

    Raises:
        RefusedError: if the actor may not.
        AccountError: if it has ended already.
    """
    insist(actor, Act.MANAGE_MACHINES, About(member=account.member))
    with change(Event.MACHINE_ENDED, actor=actor.reference, subject=account.reference, now=now) as record:
        if not MachineAccount.objects.filter(pk=account.pk, ended_at=None).update(ended_at=now):
            raise AccountError(_("This machine account has ended already."))
        revoked = Token.objects.filter(account=account, revoked_at=None).update(revoked_at=now)
        record.say(tokens_revoked=revoked)


def token_of(text: str, *, now: datetime) -> Token | None:
    """The token with a text, if it holds: one statement, asked at every request, so that revoking works at once."""
    live = Q(revoked_at=None, expires_at__gt=now, account__ended_at=None)
    return Token.objects.select_related("account", "use").filter(live, digest=digest_of(text)).first()


def note_use(token: Token, *, now: datetime) -> None:
    """Remember that a token was used, to the minute."""
    use = getattr(token, "use", None)
    if use is None or (now - use.at).total_seconds() >= USE_SECONDS:
        TokenUse.objects.update_or_create(token=token, defaults={"at": now})
