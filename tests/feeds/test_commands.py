"""Rule: on the command line, too, threat objects go in and out as an account, with its rights and no more."""

from __future__ import annotations

import csv
import json
import stat

import pytest
from click.testing import CliRunner

from serantau.cli.defend import defend
from serantau.defend.model import Tlp
from serantau.web.defend.lanes import forget
from tests.defend.scene import envelope, indicator, make_account
from tests.feeds.scene import RIGHTS, make_feed, stored


@pytest.fixture
def run(region, monkeypatch):
    """Run a command on the test's database; its code and what it printed."""
    forget()
    monkeypatch.setattr("serantau.cli.defend_feeds.open_database", lambda: None)
    make_account("QBB", Tlp.GREEN, rights=RIGHTS, login="qbb-sensor")

    def command(*words):
        result = CliRunner().invoke(defend, [str(word) for word in words])
        if result.exception and not isinstance(result.exception, SystemExit):
            raise result.exception
        return result.exit_code, result.output

    return command


AS = ("--account", "qbb-sensor", "--collection")


def test_a_bundle_goes_in_and_comes_out_byte_for_byte(run, tmp_path):
    given = [indicator(1), indicator(2, Tlp.AMBER), {"id": 3}]
    (tmp_path / "in.json").write_bytes(envelope(given, type="bundle"))
    code, printed = run("import", tmp_path / "in.json", *AS, "qbb-out")
    assert (code, printed) == (0, "2 of 3 objects are new in qbb-out; 1 could not be used.\n")
    run("import", tmp_path / "in.json", *AS, "qbb-out")
    assert len(stored()) == 2
    code, printed = run("export", *AS, "qbb-out", "--as", "stix", "--out", tmp_path / "out.json")
    assert (code, printed) == (0, f"Wrote 2 objects to {tmp_path / 'out.json'}\n")
    bundle = json.loads((tmp_path / "out.json").read_bytes())
    assert (bundle["type"], bundle["objects"]) == ("bundle", given[:2])
    assert stat.S_IMODE((tmp_path / "out.json").stat().st_mode) == 0o600


def test_a_list_goes_in_and_comes_out_for_the_accounts_clearance(run, tmp_path):
    (tmp_path / "in.csv").write_text("host\nEvil.example\n198.51.100.7\nnothing\n")
    words = (*AS, "region-green", "--as", "csv", "--value", "host", "--header", "--tlp", "green")
    assert run("import", tmp_path / "in.csv", *words)[1].startswith("2 of 2 objects are new in region-green; 1 could")
    (tmp_path / "amber.csv").write_text("secret.example\n")
    make_account("QAA", login="qaa-sensor")
    amber = ("--account", "qaa-sensor", "--collection", "region-green", "--as", "csv", "--tlp", "amber")
    run("import", tmp_path / "amber.csv", *amber)
    run("export", *AS, "region-green", "--out", tmp_path / "out.csv")
    with (tmp_path / "out.csv").open(newline="") as file:
        assert [row["value"] for row in csv.DictReader(file)] == ["evil.example", "198.51.100.7"]
    code, printed = run("export", *AS, "region-green", "--as", "misp", "--out", tmp_path / "feed")
    assert (code, printed.split()[1]) == (0, "1")
    (name,) = json.loads((tmp_path / "feed" / "manifest.json").read_bytes())
    event = (tmp_path / "feed" / f"{name}.json").read_bytes()
    assert b"secret.example" not in event
    assert len((tmp_path / "feed" / "hashes.csv").read_text().split()) == 2
    code, printed = run("import", tmp_path / "feed" / f"{name}.json", *AS, "qbb-out", "--as", "misp")
    assert printed.startswith("2 of 2 objects are new in qbb-out")


@pytest.mark.parametrize(
    "words, said",
    [
        (("export", "--account", "nobody", "--collection", "qbb-out", "--out", "x"), "There is no account 'nobody'"),
        (("export", *AS, "nothing", "--out", "x"), "no collection 'nothing'. It has: "),
        (("export", *AS, "sightings", "--out", "x"), "may not read sightings"),
        (("import", __file__, *AS, "qaa-out"), "may not write to qaa-out"),
        (("import", __file__, *AS, "qbb-out"), "An envelope is"),
        (("import", __file__, *AS, "qbb-out", "--as", "csv", "--type", "x"), "no type of value"),
        (("poll", "99"), "There is no feed 99"),
    ],
)
def test_what_cannot_be_done_is_said(run, words, said):
    code, printed = run(*words)
    assert code == 1
    assert said in printed


def test_feeds_are_asked_now(run, server, settings):
    settings.SERANTAU_PRIVATE_FEEDS = [server.origin]
    server.script = lambda handler: handler.reply(body=b"198.51.100.1\n", kind="text/csv")
    feed = make_feed("csv", f"{server.base}/list.csv")
    broken = make_feed("misp", f"{server.base}/feed", title="Broken")
    code, printed = run("poll", "--format", "json")
    rows = {row["feed"]: row for row in json.loads(printed)["rows"]}
    assert code == 1
    assert (rows[feed.pk]["new"], rows[broken.pk]["failures"]) == (1, 1)
    code, printed = run("poll", feed.pk)
    assert code == 0
