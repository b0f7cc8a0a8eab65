"""The frame around each page: names, navigation, the question, the edition."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.template.loader import render_to_string

from serantau.base import AsOf
from serantau.web.answers import MOST_DAYS
from serantau.web.config.language import spoken
from serantau.web.site.answering import PASSING
from serantau.web.site.carrying import carried
from serantau.web.site.question import LANGUAGE, Question


def page(request: HttpRequest, question: Question, template: str, context: Mapping[str, Any]) -> HttpResponse:
    """Render a page inside the frame."""
    html = render_to_string(template, {**frame(request, question), **context})
    tag = question.given.get(LANGUAGE)
    response = HttpResponse(carried(html, tag) if tag else html)
    setattr(response, PASSING, any(getattr(value, "passing", False) for value in _values(context)))
    return response


def _values(context: Mapping[str, Any]) -> Iterator[Any]:
    """What a page shows, with the members of lists."""
    for value in context.values():
        yield value
        if isinstance(value, list | tuple):
            yield from value


def _valid_days(question: Question) -> list[date]:
    """Days worth asking about: the ends of the plan's years that are past."""
    first, last = question.plan.first_year, question.plan.last_year
    if first is None or last is None:
        return []
    days = [date(year, 12, 31) for year in range(max(first, last - MOST_DAYS + 1), last + 1)]
    return [day for day in reversed(days) if day <= question.today]


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
        "known_days": question.answers.editions_until(question.today),
        "valid_days": _valid_days(question),
        "origin": f"{request.scheme}://{request.get_host()}",
    }
