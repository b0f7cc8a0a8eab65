"""TAXII: for machine accounts with credentials of their own; no session opens it, whoever's it is."""

from __future__ import annotations

from tests.support.roles import Case

NAMES = {"name": "alerts"}
OBJECT = {"name": "alerts", "object": "indicator--00000000-0000-4000-8000-000000000001"}
NOBODY = {"allowed": frozenset(), "refused": 401, "nobody": 401}

CASES = [
    Case("GET", "defend:discovery", **NOBODY),
    Case("GET", "defend:root", **NOBODY),
    Case("GET", "defend:status", NAMES, **NOBODY),
    Case("GET", "defend:collections", **NOBODY),
    Case("GET", "defend:collection", NAMES, **NOBODY),
    Case("GET", "defend:manifest", NAMES, **NOBODY),
    Case("GET", "defend:objects", NAMES, **NOBODY),
    Case("POST", "defend:objects", NAMES, **NOBODY),
    Case("GET", "defend:object", OBJECT, **NOBODY),
    Case("DELETE", "defend:object", OBJECT, **NOBODY),
    Case("GET", "defend:versions", OBJECT, **NOBODY),
]
