"""The OpenAPI document: operations as ninja lists them, schemas of the very structures that are encoded."""

from __future__ import annotations

from typing import Any

import msgspec

from serantau.base import PartialDate
from serantau.measure.indicators import Role
from serantau.web.answers import Answers
from serantau.web.api.model import Problem
from serantau.web.api.router import OPERATIONS, PREFIX, api
from serantau.web.site.question import Question

REFERENCE = "#/components/schemas/{name}"


PATH = {
    "tx_latitude": "1.26",
    "tx_longitude": "103.82",
    "rx_latitude": "1.12",
    "rx_longitude": "103.95",
    "frequency_mhz": "763",
    "delta_n": "60.9",
    "n0": "385",
}
"""A path of an example: across a strait in the tropics."""


def document(question: Question) -> dict[str, Any]:
    """The OpenAPI document of the region that answers, with examples that it knows."""
    bundle = question.answers.bundle
    found = dict(api.get_openapi_schema(path_prefix=f"{PREFIX.lstrip('/')}/"))
    found["info"] = {
        "title": f"Serantau: {bundle.region.profile.name}",
        "version": api.version,
        "description": (
            "Where each member stands against the region's masterplan, how sure that is, and the figures behind it. "
            "Every answer names the edition of the facts, the day it is about and what was known; figures carry their "
            "source, grade and licence. Only GET, HEAD and OPTIONS; no account; any origin. Errors are problem "
            "documents (RFC 9457). Send the ETag of an answer back as If-None-Match and you get 304 while it stands."
        ),
    }
    found["servers"] = [{"url": "/"}]
    found["components"] = {"schemas": _schemas()}
    examples = examples_of(question.answers, question)
    for path in found["paths"].values():
        for parameter in path["get"]["parameters"]:
            if parameter["name"] in examples:
                parameter["example"] = examples[parameter["name"]]
    return found


def examples_of(answers: Answers, question: Question) -> dict[str, str]:
    """A value for each parameter that names something: what the region itself holds."""
    facts, plan = answers.bundle.measure, question.plan
    members = answers.members(question.asof)
    index = answers.index_of(plan)
    scored = [one for one in facts.indicators if one.role is Role.SCORE and not one.relative]
    outcomes = [one for one in (index.outcomes if index else ()) if any(leaf.outcome == one for leaf in scored)]
    found = {"plan": plan.id, "as_of": question.asof.valid.isoformat(), "known": question.today.isoformat()}
    found |= PATH
    if members:
        found["member"] = members[0].id
        found["neighbour"] = members[-1].id
    if answers.bundle.spectrum.bands:
        found["band"] = answers.bundle.spectrum.bands[0].id
    if outcomes:
        found["outcome"] = outcomes[0]
        found["indicator"] = next(leaf.id for leaf in scored if leaf.outcome == outcomes[0])
    return found


def _schemas() -> dict[str, Any]:
    kinds = (*dict.fromkeys(found.kind for found in OPERATIONS.values()), Problem)
    _, components = msgspec.json.schema_components(kinds, schema_hook=_hook, ref_template=REFERENCE)
    return {name: components[name] for name in sorted(components)}


def _hook(kind: type) -> dict[str, Any]:
    if kind is PartialDate:
        about = "A day, a month or a year; `open` while there is no end, `unknown` where nobody knows."
        return {"type": "string", "description": about}
    raise TypeError(f"no JSON Schema for {kind}")
