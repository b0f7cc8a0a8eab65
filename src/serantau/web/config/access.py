"""Who may use a route. Every route states it; one that does not is closed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar
from urllib.parse import urlsplit

from django.conf import settings
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from serantau.base import SerantauError
from serantau.web.accounts.actor import Kind, actor_of
from serantau.web.accounts.errors import RefusedError
from serantau.web.accounts.roles import PROVING, Role
from serantau.web.site.problems import error_response, is_api, render_error

__all__ = ["RULE", "AccessMiddleware", "Role", "Rule", "access", "rule_of", "signed_in"]

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])
RULE = "access_rule"
PRIVATE = "serantau_private"
EVERYBODY_WITH_ACCOUNT = frozenset(role for role in Role if role is not Role.MACHINE)


@dataclass(frozen=True)
class Rule:
    """The rule of a route.

    Attributes:
        roles: Who may use it; any one of them is enough.
        signed_in: Whether it needs an account. With ``Role.PUBLIC`` among the roles: any account, of any role.
        fresh: Whether the second factor must have been proved a short while ago.
        private: Whether the answer is for this visitor alone and is kept nowhere.
    """

    roles: frozenset[Role]
    signed_in: bool = False
    fresh: bool = False
    private: bool = False

    @property
    def open(self) -> bool:
        """Whether it lets everybody in."""
        return Role.PUBLIC in self.roles and not self.signed_in


def access(*roles: Role, fresh: bool = False, private: bool = False) -> Callable[[View], View]:
    """State who may use a view; ``Role.PUBLIC`` opens it to everybody.

    Roles that submit or decide (``PROVING``) always need a second factor: there is no way to state a route for them
    without one. With ``fresh`` it must have been proved within ``SERANTAU_FRESH_MINUTES``. What not everybody may
    read is kept by no cache; ``private`` says so of a public route, too.

    It stands above every other decorator, since the router sees the outermost function.
    """
    if not roles:
        raise TypeError("name at least one role")
    return _stating(Rule(frozenset(roles), fresh=fresh, private=private or Role.PUBLIC not in roles))


def signed_in(*, fresh: bool = False) -> Callable[[View], View]:
    """State that a view is for whoever has an account, whatever their role; their own pages are of this kind."""
    return _stating(Rule(EVERYBODY_WITH_ACCOUNT, signed_in=True, fresh=fresh, private=True))


def _stating(rule: Rule) -> Callable[[View], View]:
    def decorate(view: View) -> View:
        setattr(view, RULE, rule)
        return view

    return decorate


def rule_of(view: Callable[..., Any]) -> Rule | None:
    """The rule of a view; None where it states none."""
    return getattr(view, RULE, None)


class AccessMiddleware:
    """Refuses a route without a rule, and a visitor who does not meet it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the decision is made once the route is known. Keep private answers out of every cache."""
        response = self.get_response(request)
        if getattr(request, PRIVATE, False):
            response["Cache-Control"] = "private, no-store"
        return response

    def process_view(
        self,
        request: HttpRequest,
        view: Callable[..., Any],
        args: Any,  # noqa: ANN401
        kwargs: Any,  # noqa: ANN401
    ) -> HttpResponse | None:
        """Decide: None lets the request through; else the way to what is lacking.

        Raises:
            PermissionDenied: if the visitor may not use the route, whatever they prove.
        """
        rule = rule_of(view)
        if rule is None:
            log.error("the route of %s states no access rule and is closed", request.path)
            raise PermissionDenied
        setattr(request, PRIVATE, rule.private)
        if rule.open:
            return None
        try:
            actor = actor_of(request)
        except SerantauError as error:
            return render_error(request, error)  # Django asks no handler about errors before the view
        if actor.kind is Kind.PUBLIC:
            return _sign_in_first(request)
        held = rule.roles & actor.roles
        if not held:
            raise PermissionDenied
        lacks_factor = not rule.signed_in and held <= PROVING and not actor.second_factor
        if lacks_factor or (rule.fresh and not actor.fresh):
            return _prove_first(request)
        return None

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponse | None:
        """A service that wants a second factor sends a person to where they prove it."""
        if isinstance(error, RefusedError) and error.reason.curable and not error.hidden and not is_api(request):
            return _prove_first(request)
        return None


def _sign_in_first(request: HttpRequest) -> HttpResponse:
    if is_api(request):
        response = error_response(request, 401, _("Send the token of a machine account: Authorization: Bearer ..."))
        response["WWW-Authenticate"] = "Bearer"
        return response
    return redirect(f"{settings.LOGIN_URL}?{urlencode({'next': _back_to(request)})}")


def _prove_first(request: HttpRequest) -> HttpResponse:
    """The page where a second factor is set up or proved; from there back to what was asked."""
    return redirect(f"{reverse('account:prove')}?{urlencode({'next': _back_to(request)})}")


def _back_to(request: HttpRequest) -> str:
    """What to come back to: the page itself if it was only read, else the page it was sent from; it is not sent twice."""
    if request.method in {"GET", "HEAD"}:
        return request.get_full_path()
    sent_from = urlsplit(request.headers.get("Referer", ""))
    return sent_from.path if sent_from.netloc == request.get_host() and sent_from.path.startswith("/") else "/account/"
