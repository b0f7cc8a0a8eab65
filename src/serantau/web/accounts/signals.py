"""Hears what allauth does, and has it written down."""

from __future__ import annotations

from typing import Any

from allauth.account import signals as account
from allauth.account.authentication import get_authentication_records
from allauth.account.internal.flows.login import record_authentication
from allauth.mfa import signals as mfa
from allauth.mfa.models import Authenticator
from allauth.socialaccount import signals as social
from django.http import HttpRequest
from django.utils import timezone

from serantau.web.accounts.actor import forget
from serantau.web.accounts.addresses import client_address
from serantau.web.accounts.models import Person
from serantau.web.accounts.services import security, sessions


def connect() -> None:
    """Listen. Named receivers, so that a second call changes nothing."""
    account.user_logged_in.connect(_signed_in, dispatch_uid="serantau accounts")
    for signal in (account.password_changed, account.password_set, account.password_reset):
        signal.connect(_password_changed, dispatch_uid="serantau accounts")
    account.email_changed.connect(_email_changed, dispatch_uid="serantau accounts")
    mfa.authenticator_added.connect(_factor_added, dispatch_uid="serantau accounts")
    mfa.authenticator_removed.connect(_factor_removed, dispatch_uid="serantau accounts")
    social.social_account_added.connect(_provider_connected, dispatch_uid="serantau accounts")
    social.social_account_removed.connect(_provider_left, dispatch_uid="serantau accounts")


def _signed_in(request: HttpRequest, user: Person, **_: Any) -> None:  # noqa: ANN401
    forget(request)
    ways = dict.fromkeys(record["method"] for record in get_authentication_records(request, user))
    sessions.remember(
        user,
        succeeded=True,
        how=ways or ["invitation"],
        address=client_address(request),
        agent=request.headers.get("User-Agent", ""),
        now=timezone.now(),
    )


def _password_changed(user: Person, **_: Any) -> None:  # noqa: ANN401
    security.password_changed(user, now=timezone.now())


def _email_changed(user: Person, **_: Any) -> None:  # noqa: ANN401
    security.email_changed(user, now=timezone.now())


def _factor_added(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:  # noqa: ANN401
    security.factor_added(user, authenticator.type, now=timezone.now())
    if authenticator.type != Authenticator.Type.RECOVERY_CODES:
        # Setting one up is proving it: a code was typed, or a key was touched, a moment ago.
        record_authentication(request, user, "mfa", id=authenticator.pk, type=authenticator.type)
        forget(request)


def _factor_removed(request: HttpRequest, user: Person, authenticator: Authenticator, **_: Any) -> None:  # noqa: ANN401
    security.factor_removed(user, authenticator.type, now=timezone.now())


def _provider_connected(request: HttpRequest, sociallogin: Any, **_: Any) -> None:  # noqa: ANN401
    security.provider_connected(sociallogin.user, sociallogin.account.provider, connected=True, now=timezone.now())


def _provider_left(request: HttpRequest, socialaccount: Any, **_: Any) -> None:  # noqa: ANN401
    security.provider_connected(socialaccount.user, socialaccount.provider, connected=False, now=timezone.now())
