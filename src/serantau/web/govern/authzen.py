"""The AuthZEN Authorization API 1.0 on the site; the wire itself is :mod:`serantau.govern.authzen`."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.views.decorators.csrf import csrf_exempt

from serantau.govern.authzen import Answer, respond
from serantau.web.bundles import keeper
from serantau.web.config.access import Role, access
from serantau.web.govern.wire import length_of, request_id
from serantau.web.site.question import day_now


@access(Role.PUBLIC)
@csrf_exempt
def decision_point(request: HttpRequest) -> HttpResponse:
    """One of the endpoints of the decision point, or its metadata."""
    policy = keeper().answers().policy(day_now())
    base = f"{request.scheme}://{request.get_host()}"
    if policy is None:
        answer = Answer(404, b'{"error":{"status":404,"message":"This region holds no law."}}')
    else:
        answer = respond(
            policy,
            request.method or "",
            request.path,
            request.META.get("CONTENT_TYPE", ""),
            lambda: request.body,
            length=length_of(request.META.get("CONTENT_LENGTH", "")),
            base=base,
        )
    response = HttpResponse(answer.body, status=answer.status, content_type="application/json")
    for name, value in answer.headers:
        response[name] = value
    response["Cache-Control"] = "no-store"
    echoed = request_id(request.headers.get("X-Request-ID", ""))
    if echoed:
        response["X-Request-ID"] = echoed
    return response
