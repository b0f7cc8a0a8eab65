"""Rule: correlation is run, looked at and begun anew from the command line; warning lists come from files of one's own."""

from __future__ import annotations

import json

import pytest

from tests.support.installations import Installation


@pytest.fixture
def serantau(tmp_path):
    """Run a command; its code and what it printed."""
    installation = Installation.on_sqlite(tmp_path / "data")

    def run(*words):
        process = installation.start(["-m", "serantau", "defend", *words])
        printed, _ = process.communicate(timeout=120)
        return process.returncode, printed

    return run


def test_an_empty_installation_is_run_looked_at_and_given_lists(serantau, tmp_path):
    code, printed = serantau("correlate", "run")
    assert (code, printed) == (
        0,
        "Read 0 stored objects in 0 steps; 0 alerts are new, 0 changed, 0 were issued.\n",
    )
    good, bad = tmp_path / "lists" / "known" / "list.json", tmp_path / "bad.json"
    good.parent.mkdir(parents=True)
    good.write_text(json.dumps({"name": "Known", "type": "cidr", "list": ["192.0.2.0/24", "nothing"]}))
    bad.write_text("{}")
    code, printed = serantau("warning-lists", "load", str(tmp_path / "lists"), str(bad))
    assert code == 1
    assert "Known: 1 entries, 1 not taken (1 no network)." in printed
    assert "bad.json: a warning list is an object with `name`, `type` and `list`." in printed
    code, printed = serantau("correlate", "status", "--format", "json")
    held = {row["what"]: row["value"] for row in json.loads(printed)["rows"]}
    assert code == 0
    assert (held["warning lists"], held["entries of warning lists"], held["alerts that stand"]) == (1, 1, 0)
