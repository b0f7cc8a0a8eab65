"""What the tests of the API and of the downloads share: both regions, one day, and a reader of problems."""

from __future__ import annotations

from datetime import date
from pathlib import Path

from serantau.bundle import default_region
from tests.support.tree import ROOT

THREELANDS = ROOT / "tests" / "regions" / "threelands"
SHIPPED = default_region()
REGIONS = {"threelands": THREELANDS, "shipped": SHIPPED}
TODAY = date(2026, 11, 21)
V1 = "/api/v1"


def at(settings, region: Path) -> None:
    """Let the site serve a region, on a fixed day."""
    settings.SERANTAU_REGION = str(region)
    settings.SERANTAU_TODAY = TODAY


def get_json(client, path, status=200, **query):
    """The answer to a GET request, which must have a status."""
    response = client.get(path, query)
    assert response.status_code == status, response.content[:500]
    return response.json()


def problem_of(response) -> dict:
    """The problem document of a response, which must be one (RFC 9457, section 3)."""
    assert response.headers["Content-Type"] == "application/problem+json"
    body = response.json()
    assert body["status"] == response.status_code
    assert body["title"]
    assert len(body["detail"]) > 20
    assert response.headers["Cache-Control"] == "no-store"
    return body


def document(client) -> dict:
    """The OpenAPI document."""
    return get_json(client, f"{V1}/openapi.json")


def addresses(client) -> dict[str, dict[str, str]]:
    """Every operation's address, with a query that has its required parameters."""
    return {
        path: {one["name"]: one["example"] for one in methods["get"]["parameters"] if one["required"]}
        for path, methods in document(client)["paths"].items()
    }
