"""The pages on data across borders and the decision point: everybody gets the same, and nothing is kept."""

from __future__ import annotations

from tests.support.roles import EVERYBODY, Case

PAGES = {
    "govern:check": {},
    "govern:matrix": {},
    "govern:gaps": {},
    "govern:changes": {},
    "govern:reforms": {},
    "govern:law": {},
    "govern:open": {},
    "govern:provision": {"provision": "ast-1"},
    "govern:authzen-authzen-configuration": {},
}
ENDPOINTS = ("evaluation", "evaluations", "subject", "resource", "action")

CASES = [
    case
    for route, names in PAGES.items()
    for case in (
        Case("GET", route, names, allowed=EVERYBODY),
        Case("POST", route, names, allowed=EVERYBODY, ok=405),
    )
]
FLOW = "from=XA&to=JP&data=personal&exporter=controller/private&recipient=processor"
CASES += [
    case
    for route, form in (("govern:document", "docx"), ("govern:export", "odrl.jsonld"))
    for case in (
        Case("GET", route, {"form": form}, allowed=EVERYBODY, query=FLOW),
        Case("POST", route, {"form": form}, allowed=EVERYBODY, ok=405),
    )
]
# A form without its token is refused, whoever sends it.
CASES += [
    Case("GET", "govern:inventory", {}, allowed=EVERYBODY),
    Case("POST", "govern:inventory", {}, allowed=EVERYBODY, ok=400),
]
# Without a body of JSON there is no question.
CASES += [
    case
    for name in ENDPOINTS
    for case in (
        Case("POST", f"govern:authzen-{name}", {}, allowed=EVERYBODY, ok=400),
        Case("GET", f"govern:authzen-{name}", {}, allowed=EVERYBODY, ok=405),
    )
]
