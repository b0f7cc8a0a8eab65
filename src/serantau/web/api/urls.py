"""Routes of the API. Each carries its access rule, and takes GET, HEAD and OPTIONS only."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, include, path
from django.views.decorators.csrf import csrf_exempt

from serantau.web.api import facts, figures, measured, spectrum, views
from serantau.web.api.router import OPERATIONS, api
from serantau.web.config.access import RULE, rule_of
from serantau.web.config.middleware import SAFE
from serantau.web.site.problems import error_response

# Importing the modules above registers their operations; naming them here keeps the order in which they are listed.
MODULES = (facts, figures, measured, spectrum)

View = Callable[..., HttpResponse]


def reading(view: View) -> View:
    """A view that refuses everything but reading, with a problem that says so, and keeps its access rule."""

    @wraps(view)
    def safe(request: HttpRequest, **names: Any) -> HttpResponse:  # noqa: ANN401
        if request.method not in SAFE.split(", "):
            message = f"The API is for reading: {request.method} is not among {SAFE}. Send a GET request."
            response = error_response(request, 405, message)
            response["Allow"] = SAFE
            return response
        return view(request, **names)

    return csrf_exempt(safe)


def _operations() -> list[URLPattern]:
    """The routes of the operations; ninja's own root and documents are left out."""
    found = []
    for bound in api._get_bound_routers():  # noqa: SLF001 - ninja has no public list of operations with their views
        for route, held in bound.path_operations.items():
            (one,) = held.operations
            view = reading(held.get_view())
            rule = rule_of(one.view_func)
            if rule is not None:
                setattr(view, RULE, rule)
            found.append(path(route.lstrip("/"), view, name=one.url_name))
    assert {pattern.name for pattern in found} == set(OPERATIONS)
    return found


v1 = [
    path("", reading(views.index), name="index"),
    path("openapi.json", reading(views.openapi), name="openapi"),
    path("docs/", reading(views.docs_moved), name="docs-moved"),
    *_operations(),
]

urlpatterns = [
    path("", reading(views.docs), name="api-docs"),
    path("v1/", include((v1, "api"))),
]
