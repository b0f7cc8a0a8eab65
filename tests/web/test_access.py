"""Rule: every route states who may use it, one that does not is closed, and reading is all that is offered."""

from __future__ import annotations

import re

import pytest
from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.test import RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver, path

from serantau.web.api.router import OPERATIONS, api
from serantau.web.config.access import AccessMiddleware, Role, access, rule_of
from tests.web.api_support import THREELANDS, at

SAMPLE = {
    "form": "csv",
    "outcome": "tl2030-o2",
    "member": "QAA",
    "band": "t1",
    "indicator": "coverage",
    "name": "main",
    "position": "0",
    "register": "cooperation",
    "key": "farland.cables",
    "kind": "outcome-scores",
}
"""A value for each part of an address that varies."""


def routes(patterns, before=""):
    """Every route with its full address, below every include."""
    for pattern in patterns:
        if isinstance(pattern, URLResolver):
            yield from routes(pattern.url_patterns, before + str(pattern.pattern))
        else:
            assert isinstance(pattern, URLPattern)
            yield before + str(pattern.pattern), pattern


ROUTES = list(routes(get_resolver().url_patterns))


def sample(address):
    """An address that the route answers, as far as we know its names."""
    return "/" + re.sub(r"<(?:\w+:)?(\w+)>", lambda found: SAMPLE.get(found[1], "unknown"), address)


def test_there_are_routes_to_look_at():
    assert len(ROUTES) > len(OPERATIONS)


@pytest.mark.parametrize("address, pattern", ROUTES, ids=[address or "/" for address, _ in ROUTES])
def test_every_route_states_its_rule(address, pattern):
    rule = rule_of(pattern.callback)
    assert rule, f"{address} states no access rule"
    assert rule.roles
    assert all(isinstance(role, Role) for role in rule.roles)


def test_every_operation_of_the_api_is_routed_once_with_the_rule_of_its_function():
    operations = [
        (view.operations, route) for bound in api._get_bound_routers() for route, view in bound.path_operations.items()
    ]
    routed = [address for address, _ in ROUTES if address.startswith("api/v1/")]
    for held, route in operations:
        (one,) = held
        assert one.methods == ["GET"]
        assert rule_of(one.view_func).roles == frozenset({Role.PUBLIC})
        assert routed.count(f"api/v1{route}") == 1
    assert len(operations) == len(OPERATIONS)


# The decision point answers questions that come as POST; tests/conformance/test_authzen.py asks it everything else.
OPEN = [
    (address, one)
    for address, one in ROUTES
    if rule_of(one.callback).open and not rule_of(one.callback).private and not address.startswith("access/v1/")
]
"""What the public reads. Whoever may do more is in the table of roles (tests/roles)."""


@pytest.mark.parametrize("address, pattern", OPEN, ids=[address or "/" for address, _ in OPEN])
def test_only_reading_is_offered(client, settings, db, address, pattern):
    at(settings, THREELANDS)
    where = sample(address)
    for method in ("get", "head"):
        # 400 and 404: what a parameter is missing for, and a name that the test does not know.
        assert getattr(client, method)(where).status_code in {200, 301, 302, 400, 404}, (method, where)
    for method in ("post", "put", "patch", "delete"):
        assert getattr(client, method)(where).status_code == 405, (method, where)


# --- what the middleware does with a route that was forgotten --------------------------------------------------------------


def nothing_said(request):
    return HttpResponse("secret")


@access(Role.SECRETARIAT)
def for_the_secretariat(request):
    return HttpResponse("secret")


@access(Role.PUBLIC)
def for_everybody(request):
    return HttpResponse("open")


urlpatterns = [
    path("forgotten", nothing_said),
    path("api/forgotten", nothing_said),
    path("secretariat", for_the_secretariat),
    path("api/secretariat", for_the_secretariat),
    path("open", for_everybody),
]
handler403 = "serantau.web.site.problems.denied"


@pytest.mark.urls(__name__)
def test_a_route_for_others_leads_to_where_one_signs_in(client):
    response = client.get("/secretariat?page=2")
    assert response.status_code == 302
    assert response["Location"] == "/accounts/login/?next=%2Fsecretariat%3Fpage%3D2"


@pytest.mark.urls(__name__)
def test_the_api_says_how_a_program_signs_in(client):
    response = client.get("/api/secretariat")
    assert response.status_code == 401
    assert response["WWW-Authenticate"] == "Bearer"
    assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.parametrize("address", ["/forgotten", "/api/forgotten"])
@pytest.mark.urls(__name__)
def test_a_route_without_a_rule_is_closed(client, address):
    response = client.get(address)
    assert response.status_code == 403
    assert b"secret" not in response.content
    if address.startswith("/api/"):
        assert response.headers["Content-Type"] == "application/problem+json"


@pytest.mark.urls(__name__)
def test_a_route_for_the_public_is_open(client):
    assert client.get("/open").content == b"open"


def test_the_middleware_decides_by_the_rule_alone():
    middleware = AccessMiddleware(for_everybody)
    request = RequestFactory().get("/")
    assert middleware.process_view(request, for_everybody, (), {}) is None
    with pytest.raises(PermissionDenied):
        middleware.process_view(request, nothing_said, (), {})
    assert middleware.process_view(request, for_the_secretariat, (), {}).status_code == 302


def test_a_rule_names_a_role():
    with pytest.raises(TypeError):
        access()
