"""How an operation becomes a route: strict parameters, access rule, cache, and its place in the OpenAPI document."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from ninja import NinjaAPI

from serantau.web.api.asking import Asked, ask_api
from serantau.web.api.model import Answer, ObservationsAnswer
from serantau.web.api.parameters import PARAMETERS
from serantau.web.api.rows import encode
from serantau.web.config.access import Role, access
from serantau.web.site.answering import answer

PREFIX = "/api/v1"
JSON = "application/json"

Respond = Callable[[Asked], Answer]

# Ninja routes and describes. It neither reads parameters nor encodes answers: both are done once, strictly, with the
# structures that the document shows.
api = NinjaAPI(
    title="Serantau",
    version="1",
    urls_namespace="api",
    docs_url=None,
    openapi_url=None,
)


@dataclass(frozen=True)
class Operation:
    """An operation as registered.

    Attributes:
        name: Its operation id, and the name of its route.
        path: Its address.
        kind: What it answers with.
        parameters: Names, in the order shown.
        required: Those that may not be left out.
        summary: One sentence.
        about: More, or nothing.
    """

    name: str
    path: str
    kind: type[Answer]
    parameters: tuple[str, ...]
    required: tuple[str, ...]
    summary: str
    about: str


OPERATIONS: dict[str, Operation] = {}
"""All operations by name, in the order in which they were registered."""


def operation(
    path: str, kind: type[Answer], *names: str, required: tuple[str, ...] = (), group: str
) -> Callable[[Respond], Respond]:
    """Register a function of a question as an operation that everybody may ask.

    Args:
        path: Address below the API's own.
        kind: What it answers with.
        names: Its parameters, of :data:`serantau.web.api.parameters.PARAMETERS`.
        required: Those that may not be left out.
        group: Heading under which it is listed.
    """

    def register(respond: Respond) -> Respond:
        @access(Role.PUBLIC)
        def view(request: HttpRequest) -> HttpResponse:
            asked = ask_api(request, names, required)
            return answer(request, asked.question, lambda: _reply(request, respond(asked)), costly=True)

        summary, _, about = inspect.getdoc(respond).partition("\n\n")
        name = respond.__name__
        view.__name__ = view.__qualname__ = name
        OPERATIONS[name] = Operation(name, PREFIX + path, kind, names, required, summary, " ".join(about.split()))
        api.get(
            path,
            operation_id=name,
            url_name=name,
            summary=summary,
            description=OPERATIONS[name].about or None,
            tags=[group],
            openapi_extra=_described(OPERATIONS[name]),
        )(view)
        return respond

    return register


def _reply(request: HttpRequest, body: Answer) -> HttpResponse:
    response = HttpResponse(encode(body), content_type=JSON)
    if isinstance(body, ObservationsAnswer):
        link = _pages(request, body)
        if link:
            response["Link"] = link
    return response


def _pages(request: HttpRequest, body: ObservationsAnswer) -> str:
    """The Link header (RFC 8288): first, previous, next and last page."""
    last = max(0, (body.total - 1) // body.limit * body.limit)
    offsets = {"first": 0, "last": last}
    if body.offset > 0:
        offsets["prev"] = max(0, min(body.offset - body.limit, last))
    if body.offset + body.limit < body.total:
        offsets["next"] = body.offset + body.limit
    given = {name: value.strip() for name, value in request.GET.items() if value.strip()}
    return ", ".join(
        f'<{request.path}?{urlencode(sorted({**given, "limit": body.limit, "offset": offset}.items()))}>; rel="{rel}"'
        for rel, offset in offsets.items()
    )


def _described(found: Operation) -> dict[str, Any]:
    """What ninja cannot know: the parameters, the answer and the problems."""
    parameters = [
        {
            "name": name,
            "in": "query",
            "required": name in found.required,
            "description": PARAMETERS[name].about,
            "schema": PARAMETERS[name].schema(),
        }
        for name in found.parameters
    ]
    problems = {400: "A parameter is unknown, missing or impossible."}
    if {"plan", "member", "neighbour", "outcome", "indicator", "band"} & set(found.parameters):
        problems[404] = "There is no plan, member, outcome, indicator or band of that name; the nearest are named."
    responses: dict[int, Any] = {
        200: {
            "description": "The answer.",
            "headers": {"ETag": {"description": "Digest of the answer.", "schema": {"type": "string"}}},
            "content": {JSON: {"schema": {"$ref": f"#/components/schemas/{found.kind.__name__}"}}},
        },
        304: {"description": "The answer that you have (If-None-Match) is still the answer."},
    }
    problem = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
    responses |= {status: {"description": why, "content": problem} for status, why in problems.items()}
    responses[429] = {"description": "Too many new answers; Retry-After says how long to wait.", "content": problem}
    responses[503] = {"description": "The facts of the region do not load.", "content": problem}
    return {"parameters": parameters, "responses": responses}
