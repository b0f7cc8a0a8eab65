"""Rule: `serantau govern` asks the engine and says what it says, in words, JSON and CSV; what is wrong is refused with words."""

from __future__ import annotations

import json

import pytest

from tests.cli.conftest import csv_rows, rows_of

FLOW = (
    *("--from", "XA", "--to", "JP", "--data", "personal", "--exporter", "controller/private"),
    *("--recipient", "processor", "--date", "2026-11-21", "--fact", "transit=no"),
)
KIND = ("--data", "personal", "--exporter", "controller/private", "--recipient", "processor", "--date", "2026-11-21")


def test_decide_in_words(three):
    shown = " ".join(three("govern", "decide", *FLOW, "--holds", "lands-clauses").stdout.split())
    assert "PERMITTED: the data may go" in shown
    assert "Confidence: primary" in shown
    assert "2027-01-20" in shown
    assert "no legal advice" in shown


def test_decide_for_programs(three):
    (row,) = rows_of(three("govern", "decide", *FLOW, "--format", "json"))
    assert (row["decision"], row["confidence"]) == ("permitted-if", "secondary")
    assert ["clauses"] in row["missing"]
    assert row["importing"]["known"] is None
    (flat,) = csv_rows(three("govern", "decide", *FLOW, "--format", "csv"))
    assert flat["decision"] == "permitted-if"


def test_a_judgement_on_the_command_line(three):
    judged = ("--assessed", "similar-law=yes by Legal department on 2026-10-01")
    (row,) = rows_of(three("govern", "decide", *FLOW, *judged, "--format", "json"))
    assert row["decision"] == "permitted"
    assert row["assessed"] == [
        {"about": "similar-law", "finding": "assessed-yes", "by": "Legal department", "on": "2026-10-01"}
    ]


def test_explain_goes_step_by_step(three):
    shown = " ".join(three("govern", "explain", *FLOW[:-2]).stdout.split())
    assert "1. The data leave QAA for JP" in shown
    assert "does not count this as a transfer" in shown
    assert "bars it until something more is in hand" in shown


def test_matrix(three):
    rows = rows_of(three("govern", "matrix", *KIND, "--fact", "transit=no", "--format", "json"))
    assert [row["from"] for row in rows] == ["QAA", "QBB", "QCC"]
    assert (rows[0]["XA"], rows[0]["XB"], rows[2]["XA"]) == ("not-a-transfer", "permitted-if", "not-restricted")
    ways = rows_of(three("govern", "matrix", *KIND, "--fact", "transit=no", "--by-safeguard", "--format", "json"))
    assert set(ways[0]["enough_alone"]) == {"clauses", "lands-clauses", "similar-law=yes"}


def test_gaps_diff_and_what_if(three, tmp_path):
    found = rows_of(three("govern", "gaps", "--date", "2026-11-21", "--format", "json"))
    assert {row["from"] for row in found} == {"QBB", "QCC"}
    changed = rows_of(three("govern", "diff", "2024-12-31", "2025-01-01", "--format", "json"))
    assert {row["from"] for row in changed} == {"QAA"}
    scratch = tmp_path / "scratch.yaml"
    scratch.write_text("remove: [ast-4]\n", encoding="utf-8")
    shown = three("govern", "what-if", scratch, "--date", "2026-11-21").stdout
    assert "clauses" in shown
    scratch.write_text("remove: [ast-44]\n", encoding="utf-8")
    assert "scratch.yaml:1" in three("govern", "what-if", scratch, code=1).stderr


def test_reforms_with_weights(three, tmp_path):
    weights = tmp_path / "weights.csv"
    weights.write_text("from,to,weight\nXA,XB,10\n", encoding="utf-8")
    words = (
        "govern",
        "reforms",
        "--data",
        "personal",
        "--fact",
        "transit=no",
        "--holds",
        "consent",
        "--date",
        "2026-11-21",
    )
    rows = rows_of(three(*words, "--weights", weights, "--format", "json"))
    best = [row for row in rows if row["kind"] == "best"]
    # Asterra to Borealia counts 10, to Corvania 1: accepting consent there opens both.
    assert best[0]["opened"] == 11
    weights.write_text("from,to,weight\nXA,XB,much\n", encoding="utf-8")
    assert "weights.csv:2" in three(*words, "--weights", weights, code=1).stderr


def test_law_words_and_report(three):
    rows = rows_of(three("govern", "law", "--member", "QAA", "--date", "2024-06-01", "--format", "json"))
    assert {"ast-3a"} <= {row["id"] for row in rows}
    assert "ast-3b" not in {row["id"] for row in rows}
    assert "Not read" not in three("govern", "law", "--conflicts").stdout
    assert json.loads(three("govern", "law", "--schema").stdout)["title"] == "A file of law"
    assert {row["id"] for row in rows_of(three("govern", "words", "volume", "--format", "json"))} == {"few", "many"}
    findings = rows_of(three("govern", "report", "--member", "QBB", "--date", "2026-11-21", "--format", "json"))
    assert findings[0]["questions"] == 322


def test_papers_and_exports(three, tmp_path):
    for name in ("a.docx", "a.pdf"):
        three("govern", "document", "record", "--out", tmp_path / name, *FLOW)
        assert (tmp_path / name).stat().st_size > 5000
    assert "must end in" in three("govern", "document", "record", "--out", tmp_path / "a.odt", *FLOW, code=2).stderr
    assert json.loads(three("govern", "export", "odrl", *FLOW).stdout)["@type"] == "Set"
    assert three("govern", "export", "turtle", *FLOW).stdout.startswith("<urn:serantau:")


WRONG = [
    (("--data", "personal.helth"), 1, "Did you mean personal.health"),
    (("--to", "ZZ"), 1, "'ZZ' is no country"),
    (("--from", "ZZ"), 1, "no law is held of 'ZZ'"),
    (("--holds", "prayer"), 1, "there is no safeguard 'prayer'"),
    (("--fact", "transit=perhaps"), 2, "NAME=yes or NAME=no"),
    (("--assessed", "similar-law"), 2, "by Legal department on"),
    (("--assessed", "similar-law=yes"), 1, "by whom and when"),
    (("--date", "1950-01-01"), 1, "the earliest rule held of QAA begins on 2018-01-01"),
]


@pytest.mark.parametrize("words, code, message", WRONG)
def test_rubbish_is_refused_with_words(three, words, code, message):
    result = three("govern", "decide", *FLOW, *words, code=code)
    assert message in " ".join(result.stderr.split())


def test_a_decision_point_of_another_edition_does_not_start(three):
    assert (
        "not 000000000000+0" in three("govern", "serve", "--edition", "000000000000+0", "--port", "8999", code=1).stderr
    )
