"""Rule: a paper says only what is held and marks the rest; an export says the decision and nothing that is not so."""

from __future__ import annotations

import io
import json
import re
from datetime import date

import docx
import pytest

from serantau.base import AsOf
from serantau.govern import Decision, Flow, GovernError
from serantau.govern.decide import Decider
from serantau.govern.export import DPV, export
from serantau.render.report import write
from serantau.render.transfer import KINDS, Parties, compose_transfer

DAY = AsOf(date(2026, 11, 21))
NAMES = ("Asterra", "Japan")
TRIPLE = re.compile(r'<[^<>"\s]+> <[^<>"\s]+> (?:<[^<>"\s]+>|"(?:[^"\\\n]|\\["\\nr])*"(?:\^\^<[^<>"\s]+>)?) \.')


@pytest.fixture(scope="module")
def decider(threelands):
    return Decider(threelands.law, threelands.homes)


def decided(decider, *, origin="QAA", holds=("lands-clauses",), facts=(("transit", False),), **more):
    given = {"exporter": "controller/private", "recipient": "processor", "data": "personal", "sector": "general"} | more
    return decider.decide(Flow(origin, "JP", **given, facts=facts, holds=frozenset(holds)), DAY)


def paper(threelands, decider, kind, parties=None, **more):
    return compose_transfer(kind, threelands.law, decided(decider, **more), threelands.sources, NAMES, "abc+0", parties)


@pytest.mark.parametrize("kind", KINDS)
def test_every_paper_says_that_it_is_no_advice_and_marks_what_is_missing(threelands, decider, kind):
    texts = paper(threelands, decider, kind).texts()
    assert any("no legal advice" in text for text in texts)
    assert any("[for counsel:" in text for text in texts)
    assert any("Gazettes of Asterra and Borealia" in text for text in texts)


def test_the_agreement_names_the_model_clauses_and_quotes_nothing(threelands, decider):
    text = "\n".join(paper(threelands, decider, "agreement").texts())
    assert "Model Clauses of the Three Lands" in text
    assert "by reference. Their text is not repeated here." in text
    assert "[for counsel: no module is held that fits these parties]" in text


def test_the_filing_has_its_day(threelands, decider):
    """60 days from 21 November 2026."""
    report = paper(threelands, decider, "filing")
    rows = [row for block in report.blocks if hasattr(block, "rows") for row in block.rows]
    assert ("File it.", "2027-01-20", "the Office", "Privacy Act of Asterra, s9", "primary") in rows


def test_what_the_person_says_stands_in_the_paper_as_text(threelands, decider):
    report = paper(threelands, decider, "agreement", Parties('#panic("x") =cmd()', "<b>Ltd</b>", "pay\x00roll"))
    document = docx.Document(io.BytesIO(write(report, "docx")))
    cells = [cell.text for table in document.tables for row in table.rows for cell in row.cells]
    assert '#panic("x") =cmd()' in cells
    assert "<b>Ltd</b>" in cells
    assert write(report, "pdf").startswith(b"%PDF")


def test_an_importing_side_without_a_record_stays_unknown(threelands, decider):
    text = "\n".join(paper(threelands, decider, "assessment").texts())
    assert "unknown; nothing is held of them" in text


CASES = [
    ({"holds": ("lands-clauses",)}, "permission"),
    ({"holds": ()}, "permission"),
    ({"origin": "QBB", "exporter": "controller/public", "facts": ()}, "prohibition"),
    ({"origin": "QCC", "exporter": "controller/public", "facts": (), "holds": ()}, None),
]


@pytest.mark.parametrize("given, rule", CASES)
def test_odrl_says_what_was_decided(threelands, decider, given, rule):
    answer = decided(decider, **given)
    policy = export("odrl", threelands.law, answer, "abc+0")
    assert [name for name in ("permission", "prohibition") if name in policy] == ([rule] if rule else [])
    assert (policy["@type"], policy["conflict"]) == ("Set", "prohibit")
    if answer.decision is Decision.PERMITTED_IF:
        assert all(one["duty"] for one in policy["permission"])
    else:
        assert not any("duty" in one for one in policy.get("permission", []))
    json.dumps(policy)


def test_dpv_in_both_forms_says_the_same(threelands, decider):
    answer = decided(decider)
    lines = export("turtle", threelands.law, answer, "abc+0").splitlines()
    assert [line for line in lines if not TRIPLE.fullmatch(line)] == []
    graph = export("dpv", threelands.law, answer, "abc+0")["@graph"]
    values = sum(len(one) for node in graph for name, one in node.items() if name != "@id")
    assert values == len(lines)
    bases = [
        node
        for node in graph
        if any(
            one == {"@id": f"{DPV}DataTransferLegalBasis"}
            for one in node.get("http://www.w3.org/2000/01/rdf-schema#subClassOf", [])
        )
    ]
    assert len(bases) == 2


def test_there_is_no_other_form(threelands, decider):
    with pytest.raises(GovernError, match="There is no form 'xml'"):
        export("xml", threelands.law, decided(decider), "abc+0")
