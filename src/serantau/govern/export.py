"""A decision for other systems: an ODRL 2.2 policy, and a record in the Data Privacy Vocabulary, as JSON-LD or Turtle."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Any

from serantau.facts.model import RECALLED
from serantau.govern.decide import Decided
from serantau.govern.errors import GovernError
from serantau.govern.facts import LawFacts
from serantau.govern.flow import Decision
from serantau.govern.model import Provision, TermKind

ODRL = "http://www.w3.org/ns/odrl/2/"
DPV = "https://w3id.org/dpv#"
DCT = "http://purl.org/dc/terms/"
RDFS = "http://www.w3.org/2000/01/rdf-schema#"
XSD = "http://www.w3.org/2001/XMLSchema#"
OURS = "urn:serantau:govern:"
PROFILE = f"{OURS}odrl-profile:1"

FORMS = ("odrl", "dpv", "turtle")
Triple = tuple[str, str, str]
"""Subject and predicate as addresses; the object as an address, or as a text that begins with a quote."""


def export(form: str, law: LawFacts, answer: Decided, edition: str) -> dict[str, Any] | str:
    """The decision in a form.

    Args:
        form: ``odrl`` and ``dpv`` give JSON-LD, ``turtle`` the same record as ``dpv`` in Turtle.
        law: The facts.
        answer: The decision.
        edition: Label of the edition of the facts.

    Raises:
        GovernError: if there is no such form.
    """
    if form == "odrl":
        return odrl(law, answer, edition)
    if form == "dpv":
        return dpv(law, answer, edition)
    if form == "turtle":
        return turtle(triples(law, answer, edition))
    raise GovernError(f"There is no form {form[:40]!r}. Write one of: {', '.join(FORMS)}.")


def odrl(law: LawFacts, answer: Decided, edition: str) -> dict[str, Any]:
    """An ODRL policy that says what the law held here says of the flow.

    A permission carries what is missing as duties to be met before, a prohibition stands alone, and *unknown* has
    no rule at all, since neither would be true. Duties that forbid nothing are obligations.
    """
    flow = answer.flow
    constraints = [
        _constraint("spatial", flow.destination),
        *(
            _constraint(f"{OURS}{name}", value)
            for name, value in (
                ("origin", flow.origin),
                ("dataCategory", flow.data),
                ("sector", flow.sector),
                ("exporterRole", flow.exporter),
                ("recipientRole", flow.recipient),
                ("volumeSubjects", flow.volume),
            )
            if value is not None
        ),
        *(_constraint(f"{OURS}{name}", value) for name, value in flow.facts),
    ]
    rule: dict[str, Any] = {"target": f"{OURS}data:{flow.data}", "action": "transfer", "constraint": constraints}
    policy: dict[str, Any] = {
        "@context": "http://www.w3.org/ns/odrl.jsonld",
        "@type": "Set",
        "uid": _uid(answer, edition),
        "profile": PROFILE,
        "conflict": "prohibit",
        "http://purl.org/dc/terms/description": f"{answer.decision.value}; no legal advice; edition {edition}",
        "http://purl.org/dc/terms/source": [_citation(law, rule) for rule in answer.rules],
    }
    if answer.decision is Decision.PROHIBITED:
        policy["prohibition"] = [rule]
    elif answer.decision.may_go:
        policy["permission"] = [rule]
    elif answer.decision is Decision.PERMITTED_IF:
        policy["permission"] = [
            rule | {"duty": [{"action": f"{OURS}evidence:{atom}"} for atom in way]} for way in answer.missing
        ]
    if answer.duties:
        policy["obligation"] = [
            {
                "action": f"{OURS}duty:{due.duty.duty}",
                **({"constraint": [_constraint("dateTime", due.by.isoformat(), "lteq")]} if due.by is not None else {}),
                "http://purl.org/dc/terms/source": _citation(law, due.rule),
            }
            for due in answer.duties
        ]
    return policy


def _constraint(left: str, right: object, operator: str = "eq") -> dict[str, Any]:
    return {"leftOperand": left, "operator": operator, "rightOperand": right}


def _citation(law: LawFacts, rule: object) -> str:
    if not isinstance(rule, Provision):
        return f"coverage {getattr(rule, 'id', '')}"
    return f"{law.instrument_of[rule.instrument].title}, {rule.article} ({rule.id}, {rule.grade.value})"


def _uid(answer: Decided, edition: str) -> str:
    flow = answer.flow
    parts = [flow.origin, flow.destination, flow.data, answer.asof.valid.isoformat(), edition]
    return OURS + "decision:" + ":".join(re.sub(r"[^A-Za-z0-9.-]", "-", part) for part in parts)


def triples(law: LawFacts, answer: Decided, edition: str) -> list[Triple]:
    """The record: the transfer, its parties and places, its legal bases, safeguards, sources."""
    flow, me = answer.flow, _uid(answer, edition)
    found: list[Triple] = [
        (me, f"{RDFS}label", _text(f"{flow.origin} to {flow.destination}: {answer.decision.value}")),
        (me, _TYPE, f"{DPV}DataTransferRecord"),
        (me, f"{DPV}hasProcessing", f"{DPV}CrossBorderTransfer"),
        (me, f"{DCT}date", _text(answer.asof.valid.isoformat(), "date")),
        (me, f"{OURS}decision", _text(answer.decision.value)),
        (me, f"{OURS}edition", _text(edition)),
        (me, f"{DPV}hasDataExporter", f"{OURS}exporter:{_local(flow.exporter)}"),
        (me, f"{DPV}hasDataImporter", f"{OURS}recipient:{_local(flow.recipient)}"),
        (me, f"{DPV}hasThirdCountry", f"{OURS}country:{flow.destination}"),
    ]
    if answer.confidence is not None:
        found.append((me, f"{OURS}confidence", _text(answer.confidence.value)))
    found.append((me, f"{DPV}hasPersonalData", _aligned(law, TermKind.DATA, flow.data)))
    for atom in sorted(flow.holds):
        name, sign, _ = atom.partition("=")
        kind = TermKind.ASSESSMENT if sign else TermKind.SAFEGUARD
        found.append((me, f"{OURS}holds", _aligned(law, kind, name)))
    for rule in answer.rules:
        node = f"{OURS}provision:{_local(rule.id)}"
        found.append((me, f"{DPV}hasLegalBasis" if isinstance(rule, Provision) else f"{OURS}coverage", node))
        found.append((node, f"{RDFS}label", _text(rule.text)))
        if isinstance(rule, Provision):
            found.append((node, f"{RDFS}subClassOf", f"{DPV}DataTransferLegalBasis"))
        found.append((node, f"{DCT}source", _text("recalled" if rule.source == RECALLED else rule.source)))
        found.append((node, f"{OURS}grade", _text(rule.grade.value)))
        if rule.valid_from.known:
            found.append((node, f"{DCT}valid", _text(f"{rule.valid_from}/{rule.valid_to}")))
    found += [(me, f"{OURS}duty", _aligned(law, TermKind.DUTY, due.duty.duty)) for due in answer.duties]
    return list(dict.fromkeys(found))


_TYPE = "http://www.w3.org/1999/02/22-rdf-syntax-ns#type"


def _aligned(law: LawFacts, kind: TermKind, word: str) -> str:
    """The term of the Data Privacy Vocabulary that a word is aligned to; else a name of our own."""
    term = law.vocabulary.term(kind, word)
    return term.dpv.iri if term.dpv is not None else f"{OURS}{kind.value}:{_local(word)}"


def _local(word: str) -> str:
    return re.sub(r"[^A-Za-z0-9.-]", "-", word)


def _text(value: str, kind: str = "") -> str:
    escaped = value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n").replace("\r", "\\r")
    return f'"{escaped}"' + (f"^^<{XSD}{kind}>" if kind else "")


def dpv(law: LawFacts, answer: Decided, edition: str) -> dict[str, Any]:
    """The record as JSON-LD, node by node."""
    nodes: dict[str, dict[str, Any]] = {}
    for subject, predicate, value in triples(law, answer, edition):
        node = nodes.setdefault(subject, {"@id": subject})
        if predicate == _TYPE:
            node.setdefault("@type", []).append(value)
            continue
        node.setdefault(predicate, []).append(_object(value))
    return {"@graph": list(nodes.values())}


def _object(value: str) -> dict[str, str]:
    if not value.startswith('"'):
        return {"@id": value}
    text, _, kind = value.rpartition('"')
    plain = text[1:].replace("\\n", "\n").replace("\\r", "\r").replace('\\"', '"').replace("\\\\", "\\")
    return {"@value": plain} | ({"@type": kind[3:-1]} if kind else {})


def turtle(rows: Iterable[Triple]) -> str:
    """Triples as Turtle, one a line, addresses in full."""
    lines = [
        f"<{subject}> <{predicate}> {value if value.startswith(chr(34)) else f'<{value}>'} ."
        for subject, predicate, value in rows
    ]
    return "\n".join(lines) + "\n"
