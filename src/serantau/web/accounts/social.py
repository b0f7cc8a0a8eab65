"""Signing in through a ministry's own identity provider (OpenID Connect Core 1.0, authorization code with PKCE).

A provider vouches for nothing but who somebody is there. It opens an account that it was connected with: by the account's
owner while signed in, or when an invitation is accepted through it. A second factor is asked for here in any case.
"""

from __future__ import annotations

import functools
import logging
from typing import Any
from urllib.parse import urlsplit

import requests
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.helpers import render_authentication_error
from allauth.socialaccount.internal import jwtkit
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView, OAuth2LoginView
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _

from serantau.sources.addresses import check_target, parse_target
from serantau.sources.errors import SourceError
from serantau.web.accounts.actor import running
from serantau.web.accounts.errors import AccountError
from serantau.web.accounts.links import absolute
from serantau.web.accounts.models import Person, clean_email
from serantau.web.accounts.pending import pending_invitation
from serantau.web.accounts.services import people

log = logging.getLogger(__name__)
SECONDS = 10
BIGGEST_ANSWER = 1_000_000
ALGORITHMS = frozenset({"RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"})
"""Signatures with a public key only: one made with a shared secret could be made by whoever knows the secret."""


class SocialAdapter(DefaultSocialAccountAdapter):
    """Who may come in through a provider, and how it is asked."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def list_apps(
        self, request: HttpRequest, provider: str | None = None, client_id: str | None = None
    ) -> list[SocialApp]:
        """The providers of the configuration, and none from the database: nobody adds one from a page."""
        apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
        return [
            SocialApp(provider="openid_connect", **one)
            for one in apps
            if provider in {None, "openid_connect", one["provider_id"]} and client_id in {None, one["client_id"]}
        ]

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Accept a pending invitation through the provider; keep a provider to the people of its member."""
        if not sociallogin.is_existing and not request.user.is_authenticated:
            self._accept(request, sociallogin)
        if sociallogin.is_existing:
            self._keep_to_member(request, sociallogin)

    def get_requests_session(self) -> requests.Session:
        """One that asks only what the configuration allows, and reads no more than it should."""
        return GuardedSession()

    def _accept(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        invitation = pending_invitation(request)
        if invitation is None:
            return
        vouched = {clean_email(one.email) for one in sociallogin.email_addresses if one.verified}
        if invitation.email not in vouched:
            _turn_back(
                request,
                _("The provider does not vouch for the address that was invited. Choose a password instead."),
            )
        name = str(sociallogin.account.get_provider_account().get_user_data().get("name") or invitation.name)
        try:
            person = people.accept_as_new(invitation, name=name or invitation.email, password=None, now=timezone.now())
        except AccountError as error:
            _turn_back(request, error.message)
        sociallogin.connect(request, person)

    def _keep_to_member(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        app = sociallogin.provider.app if sociallogin.provider else None
        member = app.settings.get("member") if app else ""
        person = sociallogin.user
        if not member or not isinstance(person, Person):
            return
        membership = running(person, timezone.now().date())
        if membership is None or membership.body != member:
            _turn_back(request, _("This provider signs in people of another member. Use your password."))


def _turn_back(request: HttpRequest, message: str) -> None:
    messages.error(request, message)
    raise ImmediateHttpResponse(redirect("account_login"))


class GuardedSession(requests.Session):
    """Asks providers: addresses checked, no redirects, no proxies of the environment, bounded in time and size."""

    def __init__(self) -> None:
        """Trust nothing of the environment."""
        super().__init__()
        self.trust_env = False
        self.request = functools.partial(self.request, timeout=SECONDS, allow_redirects=False)

    def send(self, request: requests.PreparedRequest, **kwargs: Any) -> requests.Response:  # noqa: ANN401
        """Send, if the address may be asked.

        Raises:
            requests.RequestException: if it may not, or the answer is too long.
        """
        try:
            check_target(parse_target(request.url or ""), _private_origins(), SECONDS)
        except SourceError as error:
            raise requests.exceptions.InvalidURL(error.message) from error
        response = super().send(request, **{**kwargs, "stream": True})
        with response:
            body = response.raw.read(BIGGEST_ANSWER + 1, decode_content=True)
        if len(body) > BIGGEST_ANSWER:
            raise requests.exceptions.ContentDecodingError("the provider's answer is too long")
        response._content = body  # noqa: SLF001 - requests has no other way to read a bounded answer
        return response


def _private_origins() -> frozenset[str]:
    """``host:port`` of the providers that stand inside an own network."""
    apps = settings.SOCIALACCOUNT_PROVIDERS["openid_connect"]["APPS"]
    issuers = [urlsplit(one["settings"]["server_url"]) for one in apps if one["settings"]["private"]]
    ports = {"http": 80, "https": 443}
    return frozenset(f"{one.hostname}:{one.port or ports[one.scheme]}" for one in issuers)


class CheckedAdapter(OpenIDConnectOAuth2Adapter):
    """The flow of allauth, with the signature of the ID token checked always, and the issuer it must come from."""

    def _decode_id_token(self, app: SocialApp, id_token: str) -> dict[str, Any]:
        """Decode.

        Raises:
            OAuth2Error: if it is not what the configured issuer signed for us.
        """
        issuer = self.openid_config["issuer"]
        if issuer.rstrip("/") != app.settings["server_url"]:
            raise OAuth2Error("the discovery document names another issuer")
        if jwtkit.jwt.get_unverified_header(id_token).get("alg") not in ALGORITHMS:
            raise OAuth2Error("the ID token is not signed with a public key")
        return jwtkit.verify_and_decode(
            credential=id_token,
            keys_url=self.openid_config["jwks_uri"],
            issuer=issuer,
            audience=app.client_id,
            lookup_kid=jwtkit.lookup_kid_jwk,
            verify_signature=True,
        )

    def complete_login(self, request: HttpRequest, app: SocialApp, token: Any, **kwargs: Any) -> SocialLogin:  # noqa: ANN401
        """Understand the answer of the provider.

        Raises:
            OAuth2Error: if there is no ID token, or it and the user info are about two people (OIDC Core, 5.3.2).
        """
        if not kwargs["response"].get("id_token"):
            raise OAuth2Error("the provider sent no ID token")
        login = super().complete_login(request, app, token, **kwargs)
        data = login.account.extra_data
        if data.get("userinfo") and data["userinfo"].get("sub") != data["id_token"].get("sub"):
            raise OAuth2Error("the ID token and the user info are about two people")
        return login

    def get_callback_url(self, request: HttpRequest, app: SocialApp) -> str:
        """On the address that the settings name."""
        return absolute(self.get_provider().get_callback_url())


OpenIDConnectProvider.oauth2_adapter_class = CheckedAdapter
"""Also where allauth makes the adapter itself."""


def login(request: HttpRequest, provider_id: str) -> HttpResponse:
    """To the provider; only after a press of a button, so that no other site sends anybody there."""
    return _through(OAuth2LoginView, request, provider_id)


def callback(request: HttpRequest, provider_id: str) -> HttpResponse:
    """Back from the provider."""
    return _through(OAuth2CallbackView, request, provider_id)


def _through(view: type[Any], request: HttpRequest, provider_id: str) -> HttpResponse:
    try:
        adapter = CheckedAdapter(request, provider_id)
        provider = adapter.get_provider()
    except SocialApp.DoesNotExist as error:
        raise Http404 from error
    try:
        return view.adapter_view(adapter)(request)
    except (requests.RequestException, OAuth2Error, jwtkit.jwt.PyJWTError, KeyError, ValueError, TypeError) as error:
        # What a provider sends may be anything; none of it is our visitor's fault, or an error page's business.
        log.warning("the provider %s answered what cannot be used: %s", provider_id, type(error).__name__)
        return render_authentication_error(request, provider, exception=error)
