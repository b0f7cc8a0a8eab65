"""The public pages and the API: everybody gets the same, and nobody can send anything."""

from __future__ import annotations

from tests.support.roles import EVERYBODY, Case

PAGES = {
    "healthz": {},
    "measure:overview": {},
    "measure:member": {"member": "QAA"},
    "measure:outcome": {"outcome": "tl2030-o2"},
    "measure:indicators": {},
    "measure:indicator": {"indicator": "coverage"},
    "measure:data": {},
    "measure:standing-file": {"form": "csv"},
    "measure:outcome-file": {"outcome": "tl2030-o2", "form": "csv"},
    "measure:member-file": {"member": "QAA", "form": "csv"},
    "measure:indicator-file": {"indicator": "coverage", "form": "csv"},
    "measure:data-file": {"name": "main", "form": "csv"},
    "plan:plan": {"plan": "tl2030"},
    "api-docs": {},
    "api:index": {},
    "api:openapi": {},
    "api:docs-moved": {},
    "api:region": {},
    "api:members": {},
    "api:plans": {},
    "api:outcomes": {},
    "api:actions": {},
    "api:meetings": {},
    "api:indicators": {},
    "api:observations": {},
    "api:standing": {},
    "api:assessment": {},
    "api:trajectory": {},
    "api:convergence": {},
    "api:explain": {},
}
QUERIES = {
    "api:trajectory": "indicator=coverage",
    "api:convergence": "indicator=coverage",
    "api:explain": "member=QAA&outcome=tl2030-o2",
}
OTHER_STATUS = {"api:docs-moved": 301}


CASES = [
    case
    for route in PAGES
    for case in (
        Case(
            "GET",
            route,
            PAGES[route],
            allowed=EVERYBODY,
            ok=OTHER_STATUS.get(route, 200),
            query=QUERIES.get(route, ""),
        ),
        Case("POST", route, PAGES[route], allowed=EVERYBODY, ok=405),
    )
]
