"""The OpenAPI document, and the page that explains it."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse, HttpResponsePermanentRedirect
from django.utils.cache import patch_cache_control

from serantau.web.api.asking import Asked, ask_api
from serantau.web.api.document import document
from serantau.web.api.model import IndexAnswer, Operation
from serantau.web.api.router import JSON, OPERATIONS, PREFIX
from serantau.web.api.rows import encode, head
from serantau.web.config.access import Role, access
from serantau.web.site.answering import answer
from serantau.web.site.frame import page
from serantau.web.site.question import ask

OPENAPI = f"{PREFIX}/openapi.json"
PAGE = "/api/"


@dataclass(frozen=True)
class Shown:
    """An operation as the page shows it."""

    name: str
    path: str
    summary: str
    about: str
    parameters: tuple[dict[str, Any], ...]
    answer: str
    address: str
    command: str


@access(Role.PUBLIC)
def openapi(request: HttpRequest) -> HttpResponse:
    """The OpenAPI document."""
    asked = ask_api(request, ())
    return answer(request, asked.question, lambda: HttpResponse(encode(document(asked.question)), content_type=JSON))


@access(Role.PUBLIC)
def index(request: HttpRequest) -> HttpResponse:
    """Where everything is."""
    asked = ask_api(request, ())
    return answer(request, asked.question, lambda: HttpResponse(encode(_index(asked)), content_type=JSON))


def _index(asked: Asked) -> IndexAnswer:
    operations = tuple(
        Operation(path=one.path, summary=one.summary, parameters=one.parameters) for one in OPERATIONS.values()
    )
    return IndexAnswer(**head(asked.question), openapi=OPENAPI, documentation=PAGE, operations=operations)


@access(Role.PUBLIC)
def docs(request: HttpRequest) -> HttpResponse:
    """The page for people: every operation, its parameters, and a command that runs."""
    question = ask(request)
    found = document(question)
    # The commands name this server as the visitor reached it, so the page is no one else's to keep.
    origin = request.build_absolute_uri("/").rstrip("/")
    groups: dict[str, list[Shown]] = {}
    for path, methods in found["paths"].items():
        described = methods["get"]
        groups.setdefault(described["tags"][0], []).append(_shown(path, described, origin))
    context = {"title": found["info"]["title"], "about": found["info"]["description"], "groups": groups}
    response = page(request, question, "api/page.html", {**context, "openapi": OPENAPI, "origin": origin})
    patch_cache_control(response, private=True, no_cache=True)
    return response


@access(Role.PUBLIC)
def docs_moved(request: HttpRequest) -> HttpResponse:
    """The page by an address that people try."""
    return HttpResponsePermanentRedirect(PAGE)


def _shown(path: str, described: dict[str, Any], origin: str) -> Shown:
    query = urlencode(
        {
            one["name"]: one["example"]
            for one in described["parameters"]
            if one["required"] or (one["name"] == "member" and "example" in one)
        }
    )
    address = f"{path}?{query}" if query else path
    content = described["responses"][200]["content"][JSON]["schema"]["$ref"]
    return Shown(
        name=described["operationId"],
        path=path,
        summary=described["summary"],
        about=described.get("description", ""),
        parameters=tuple({**one, "kind": _kind(one["schema"])} for one in described["parameters"]),
        answer=content.rpartition("/")[2],
        address=address,
        command=f"curl -s {shlex.quote(origin + address)}",
    )


def _kind(schema: dict[str, Any]) -> str:
    """A parameter's kind in words."""
    if "enum" in schema:
        return " | ".join(schema["enum"])
    if schema.get("format") == "date":
        return "day"
    if "minimum" in schema:
        noun = "whole number" if schema["type"] == "integer" else "number"
        return f"{noun}, {schema['minimum']:g} to {schema['maximum']:,.12g}"
    return f"text, at most {schema['maxLength']} characters"
