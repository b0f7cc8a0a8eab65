"""The AuthZEN Authorization API 1.0 on the site; the wire itself is :mod:`serantau.govern.authzen`."""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from serantau.base import SerantauError
from serantau.govern.authzen import PATHS, Answer, refusal, respond
from serantau.govern.decision_point import LawPolicy
from serantau.web.bundles import keeper
from serantau.web.config.access import Role, access
from serantau.web.govern.wire import length_of, request_id
from serantau.web.site.question import day_now

FRESH_SECONDS = 1.0
"""For how long the facts are not looked at again: gateways ask often, and looking costs more than deciding."""


@dataclass(frozen=True)
class Held:
    """The policy as it was when the facts were last looked at, for one region and day."""

    key: tuple[str | None, str, int, date]
    policy: LawPolicy | None
    until: float


_held: list[Held] = []


def policy_now() -> LawPolicy | None:
    """The policy of the day; None where the region holds no law."""
    key = (settings.SERANTAU_REGION, settings.SERANTAU_AUTHZEN_GRADE, settings.SERANTAU_AUTHZEN_DAYS, day_now())
    now = time.monotonic()
    held = next(iter(_held), None)
    if held is not None and held.key == key and now < held.until:
        return held.policy
    policy = keeper().answers().policy(key[3])
    _held[:] = [Held(key, policy, now + FRESH_SECONDS)]
    return policy


@access(Role.PUBLIC)
@csrf_exempt
def decision_point(request: HttpRequest) -> HttpResponse:
    """One of the endpoints of the decision point, or its metadata."""
    answer = _answer(request)
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    for name, value in answer.headers:
        response[name] = value
    response["Cache-Control"] = "no-store"
    echoed = request_id(request.headers.get("X-Request-ID", ""))
    if echoed:
        response["X-Request-ID"] = echoed
    return response


def _answer(request: HttpRequest) -> Answer:
    try:
        policy = policy_now()
    except SerantauError as error:
        return refusal(503, error.message)
    if policy is None:
        return refusal(404, "This region holds no law.")
    base = f"{request.scheme}://{request.get_host()}"
    return respond(
        policy,
        request.method or "",
        request.path_info,
        request.META.get("CONTENT_TYPE", ""),
        lambda: request.body,
        length=length_of(request.META.get("CONTENT_LENGTH", "")),
        base=base,
    )


class DecisionPointMiddleware:
    """Answers the decision point's own addresses before sessions, accounts and languages are looked up.

    A question to it depends on none of them, and a gateway asks it for every request of its own. The route stands in
    the table of routes with its access rule all the same.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        """Answer, or pass on."""
        if request.path_info in PATHS:
            return decision_point(request)
        return self.get_response(request)
