"""Who may use a route. Every route states it; one that does not is closed."""

from __future__ import annotations

import logging
from collections.abc import Callable
from enum import Enum
from typing import Any, TypeVar

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse

log = logging.getLogger(__name__)
View = TypeVar("View", bound=Callable[..., Any])
RULE = "access_rule"


class Role(Enum):
    """Whom a visitor acts for."""

    PUBLIC = "public"
    FOCAL_POINT = "focal point"
    HEAD_OF_DELEGATION = "head of delegation"
    SECRETARIAT = "secretariat"
    OBSERVER = "observer"
    AUDITOR = "auditor"
    MACHINE = "machine account"


def access(*roles: Role) -> Callable[[View], View]:
    """State who may use a view; ``Role.PUBLIC`` opens it to everybody.

    It stands above every other decorator, since the router sees the outermost function.
    """
    if not roles:
        raise TypeError("name at least one role")

    def decorate(view: View) -> View:
        setattr(view, RULE, frozenset(roles))
        return view

    return decorate


def rule_of(view: Callable[..., Any]) -> frozenset[Role] | None:
    """The rule of a view; None where it states none."""
    return getattr(view, RULE, None)


def roles_of(request: HttpRequest) -> frozenset[Role]:
    """What the visitor may act as. There are no accounts yet, so everybody is the public."""
    return frozenset({Role.PUBLIC})


class AccessMiddleware:
    """Refuses a route without a rule, and a visitor who meets none of its roles."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Pass on; the decision is made once the route is known."""
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Callable[..., Any], args: Any, kwargs: Any) -> None:  # noqa: ANN401
        """Decide.

        Raises:
            PermissionDenied: if the visitor may not use the route.
        """
        rule = rule_of(view)
        if rule is None:
            log.error("the route of %s states no access rule and is closed", request.path)
            raise PermissionDenied
        if not rule & roles_of(request):
            raise PermissionDenied
