"""The frame around each page: names, navigation, the question, the edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from serantau.base import AsOf
from serantau.web.config.language import spoken
from serantau.web.site.answering import PASSING
from serantau.web.site.question import Question


def page(request: HttpRequest, question: Question, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """Render a page inside the frame."""
    response = HttpResponse(render_to_string(template, {**frame(request, question), **context}))
    setattr(response, PASSING, any(getattr(value, "passing", False) for value in _values(context)))
    return response


def _values(context: Mapping[str, Any]) -> Iterator[Any]:
    """What a page shows, with the members of lists."""
    for value in context.values():
        yield value
        if isinstance(value, list | tuple):
            yield from value


def frame(request: HttpRequest, question: Question) -> dict[str, Any]:
    """What the base template needs."""
    bundle = question.answers.bundle
    return {
        **spoken(request),
        "region": bundle.region.profile,
        "edition": question.answers.edition,
        "question": question,
        "query": question.query,
        "plan": question.plan,
        "plans": bundle.plans.plans(AsOf(question.today, question.asof.known)),
        "path": request.path,
        "origin": f"{request.scheme}://{request.get_host()}",
    }
