"""``measure fetch``: what it shows, what it refuses, what it writes, and that it writes nothing else. Figures invented."""

from __future__ import annotations

import csv
import json
import os
import pty
import shutil
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest
from click.testing import CliRunner

from serantau.bundle import load_bundle
from serantau.cli.groups import Main
from tests.sources.test_sdmx import GENERIC
from tests.sources.test_unsdg import row as sdg_row
from tests.sources.test_unsdg import serving as sdg_serving
from tests.sources.test_worldbank import row as bank_row
from tests.sources.test_worldbank import serving as bank_serving

SHIPPED = Path(__file__).parents[1] / "regions" / "threelands"
PROGRAM = Main(name="serantau", commands_at={"fetch": "serantau.cli.fetch:fetch"})
SOURCES = """
  - id: worldbank_api
    title: Invented bank
    organisation: Invented
    address: none
    licence: CC BY 4.0
    redistributable: true
    published: unknown

  - id: itu_datahub
    title: Invented union
    organisation: Invented
    address: none
    licence: CC BY-NC-SA 3.0 IGO
    redistributable: false
    published: unknown
"""


@pytest.fixture
def region(tmp_path):
    folder = tmp_path / "threelands"
    shutil.copytree(SHIPPED, folder)
    with (folder / "sources.yaml").open("a") as file:
        file.write(SOURCES)
    (folder / "areas.csv").write_text("member,m49\nQAA,991\nQBB,992\nQCC,004\n")
    (folder / "indicators" / "fetch.csv").write_text(
        "indicator,reader,code,where,source\ncoverage,unsdg,XX_COV,Sex=BOTHSEX,worldbank_api\n"
    )
    load_bundle(folder)
    return folder


def run(region, *words, cache=None):
    more = [] if "--file" in words else ["--cache", str(cache or region.parent / "cache")]
    return CliRunner().invoke(PROGRAM, ["fetch", *words, "--region", str(region), *more])


def bank(server, region, *words):
    return run(region, "worldbank", *words, "--endpoint", f"{server.base}/v2", "--allow-private")


def everything(folder):
    return {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}


# Held: coverage of QAA in 2024 is 95 and of QBB 66, both known since 2025-06-01.
NEWS = [bank_row("QAA", 2024, 95), bank_row("QBB", 2024, 66.5), bank_row("QCC", 2025, 90)]
ASKED = ("coverage=XX.COV.ZS", "--from", "2024", "--to", "2025")
MAIN = "indicators/observations/main.csv"


def test_a_dry_run_shows_the_difference_and_writes_nothing(server, region):
    server.script = bank_serving(NEWS, lastupdated="2026-07-13")
    before = everything(region)
    result = bank(server, region, *ASKED, "--format", "json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    shown = [(r["member"], r["year"], r["change"], r["held"], r["fetched"]) for r in answer["rows"]]
    assert shown == [
        ("QCC", 2025, "added", None, 90.0),
        ("QBB", 2024, "changed", 66.0, 66.5),
        ("QCC", 2024, "not given", 89.0, None),
    ]
    assert "1 added, 1 changed, 1 the same, 1 held and not given; published 2026-07-13" in answer["notes"][0]
    assert "--apply would add 2 rows" in answer["notes"][-1]
    assert everything(region) == before


def test_applying_adds_rows_and_applying_again_changes_nothing(server, region):
    server.script = bank_serving(NEWS)
    old = (region / MAIN).read_text()
    first = bank(server, region, *ASKED, "--apply", "--date", "2026-01-15")
    assert first.exit_code == 0, first.output
    added = [
        "coverage,QBB,2024,66.5,worldbank_api,primary,2026-01-15,,",
        "coverage,QCC,2025,90,worldbank_api,primary,2026-01-15,,",
    ]
    assert (region / MAIN).read_text() == old + "".join(f"{line}\n" for line in added)
    load_bundle(region)
    after = everything(region)
    second = bank(server, region, *ASKED, "--apply", "--date", "2026-01-16")
    assert second.exit_code == 0, second.output
    assert "Nothing to write" in second.stdout
    assert everything(region) == after


def test_a_table_and_a_csv_hold_the_same_rows(server, region):
    server.script = bank_serving(NEWS)
    assert "66.5" in bank(server, region, *ASKED).stdout
    rows = list(csv.DictReader(bank(server, region, *ASKED, "--format", "csv").stdout.splitlines()))
    assert [row["change"] for row in rows] == ["added", "changed", "not given"]


def test_the_region_says_which_series_and_which_areas(server, region):
    rows = [sdg_row("991", 2024, "95", Sex="BOTHSEX"), sdg_row("4", 2024, "<0.1", Sex="BOTHSEX")]
    server.script = sdg_serving(rows)
    words = ("unsdg", "coverage", "--member", "qaa", "--member", "XC", "--endpoint", server.base, "--allow-private")
    result = run(region, *words, "--from", "2024", "--to", "2024", "--format", "json")
    assert result.exit_code == 0, result.output
    answer = json.loads(result.stdout)
    assert [(r["member"], r["change"]) for r in answer["rows"]] == [("QCC", "not given"), ("QCC", "not taken")]
    assert "no figure for QCC" in answer["notes"][1]
    assert "areaCode=991&areaCode=4" in server.paths[0]


def test_sdmx_from_an_endpoint_and_from_a_file(server, region, tmp_path):
    server.script = lambda handler: handler.reply(body=GENERIC, kind="application/xml")
    words = ("sdmx", "coverage=DF_COV", "--format", "json")
    online = run(region, *words, "--endpoint", f"{server.base}/rest", "--allow-private")
    path = tmp_path / "message.xml"
    path.write_bytes(GENERIC)
    offline = run(region, *words, "--file", str(path))
    assert (online.exit_code, offline.exit_code) == (0, 0), online.output + offline.output
    assert json.loads(online.stdout)["rows"] == json.loads(offline.stdout)["rows"]
    # an invented source that sources.yaml does not have
    refused = run(region, *words, "--file", str(path), "--apply")
    assert refused.exit_code == 1
    assert "'sdmx' is not in sources.yaml" in refused.stderr


DOWNLOAD = "seriesCode,entityIso,dataValue,dataYear,dataNote\ni99,QAA,96.5,2024,=cmd()\n"


def test_rows_that_may_not_be_redistributed_go_to_the_users_folder_only(region, tmp_path):
    path = tmp_path / "itu.csv"
    path.write_text(DOWNLOAD)
    words = ("file", "coverage=i99", "--file", str(path), "--apply", "--date", "2026-01-15")
    before = everything(region)
    refused = run(region, *words)
    assert refused.exit_code == 1
    assert "may not be redistributed" in refused.stderr
    inside = run(region, *words, "--data", str(region / "own"))
    assert inside.exit_code == 1
    assert "lies in the region's own folder" in inside.stderr
    own = tmp_path / "own"
    done = run(region, *words, "--data", str(own))
    assert done.exit_code == 0, done.output
    written = (own / "itu_datahub.csv").read_text().splitlines()
    assert written[1:] == ["coverage,QAA,2024,96.5,itu_datahub,secondary,2026-01-15,,note: =cmd()"]
    again = run(region, *words, "--data", str(own))
    assert "Nothing to write" in again.stdout
    assert everything(region) == before


def test_a_bad_file_names_its_cells_and_writes_nothing(region, tmp_path):
    path = tmp_path / "itu.csv"
    path.write_text(DOWNLOAD + "i99,QBB,many,2024,\n")
    own = tmp_path / "own"
    result = run(region, "file", "coverage=i99", "--file", str(path), "--apply", "--data", str(own))
    assert result.exit_code == 1
    assert "itu.csv:3, column dataValue: 'many' is no number." in result.stderr
    assert "Traceback" not in result.output
    assert not own.exists()


def test_one_indicator_that_fails_stops_all(server, region):
    play = bank_serving(NEWS)
    server.script = lambda handler: handler.reply(404) if "BAD" in handler.path else play(handler)
    before = everything(region)
    result = bank(server, region, "coverage=XX.COV.ZS", "outage_hours=BAD", "--apply")
    assert result.exit_code == 1
    assert "404" in result.stderr
    assert everything(region) == before


def test_rows_of_several_indicators_go_into_one_file_together(server, region):
    server.script = bank_serving([bank_row("QAA", 2025, 1)])
    result = bank(server, region, "coverage=A", "outage_hours=B", "--apply", "--date", "2026-01-15")
    assert result.exit_code == 0, result.output
    assert (region / MAIN).read_text().splitlines()[-2:] == [
        "coverage,QAA,2025,1,worldbank_api,primary,2026-01-15,,",
        "outage_hours,QAA,2025,1,worldbank_api,primary,2026-01-15,,",
    ]


@pytest.mark.parametrize(
    "words, says",
    [
        (("worldbank", "nowhere", "--apply"), "no indicator 'nowhere'"),
        (("worldbank", "coverage"), "do not say which worldbank series fills coverage"),
        (("worldbank", "coverage=A", "coverage=B"), "asked for twice"),
        (("worldbank", "coverage="), "INDICATOR=CODE"),
        (("worldbank", "coverage=A", "--member", "QZZ"), "QZZ"),
        (("worldbank", "coverage=A", "--where", "Sex"), "NAME=VALUE"),
        (("worldbank", "coverage=A", "--where", "Sex=F"), "no dimensions"),
        (("worldbank", "coverage=A", "--apply", "--into", "share-alike.csv"), "share one licence"),
        (("worldbank", "coverage=A", "--apply", "--into", "none.csv"), "no observation file"),
        (("worldbank", "coverage=A", "--apply", "--source-id", "tl-closed"), "may not be redistributed"),
        (("worldbank", "coverage=A", "--apply", "--date", "2020-01-01"), "cannot be kept"),
    ],
)
def test_what_cannot_be_done_is_refused_with_1_and_nothing_written(server, region, words, says):
    server.script = bank_serving(NEWS)
    before = everything(region)
    result = bank(server, region, *words[1:])
    assert (result.exit_code, says in result.stderr) == (1, True), result.output
    assert everything(region) == before


@pytest.mark.parametrize(
    "words",
    [
        (),
        ("worldbank",),
        ("bank", "coverage"),
        ("file", "coverage"),
        ("sdmx", "coverage"),
        ("worldbank", "coverage", "--from", "2024", "--to", "2020"),
        ("worldbank", "coverage", "--from", "20225"),
        ("worldbank", "coverage", "--allow-private"),
        ("worldbank", "coverage", "--date", "2999-01-01"),
        ("worldbank", "coverage", "--into", "a.csv", "--data", "own"),
    ],
)
def test_a_wrong_question_ends_with_2(region, words):
    assert run(region, *words).exit_code == 2


def test_a_private_endpoint_must_be_allowed(server, region):
    result = run(region, "worldbank", "coverage=A", "--endpoint", f"{server.base}/v2")
    assert result.exit_code == 1
    assert "--allow-private" in result.stderr
    assert server.asked == []


def test_a_process_killed_between_two_pages_leaves_nothing(server, region, tmp_path):
    play = bank_serving(NEWS)

    def script(handler):
        if "page=1" in handler.path and "BBB" not in handler.path:
            play(handler)
        else:
            time.sleep(20)

    server.script = script
    before = everything(region)
    code = "from serantau.cli.groups import Main; Main(name='s', commands_at={'fetch': 'serantau.cli.fetch:fetch'})()"
    words = ["fetch", "worldbank", "coverage=A", "outage_hours=BBB", "--apply", "--region", str(region)]
    words += ["--endpoint", server.base, "--allow-private", "--cache", str(tmp_path / "kept")]
    process = subprocess.Popen([sys.executable, "-c", code, *words], stdout=subprocess.DEVNULL)
    deadline = time.monotonic() + 20
    while len(server.asked) < 2 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGKILL)
    process.wait(10)
    assert len(server.asked) == 2
    assert everything(region) == before


def test_the_command_is_light_until_it_runs():
    code = (
        "import sys, serantau.cli.fetch; bad = {'httpx', 'sdmx', 'msgspec', 'openpyxl', 'polars'} & set(sys.modules); "
        "assert not bad, bad"
    )
    subprocess.run([sys.executable, "-c", code], check=True)


def test_a_person_at_a_terminal_sees_a_bar_and_a_pipe_does_not(server, region, tmp_path):
    server.script = bank_serving(NEWS)
    code = "from serantau.cli.groups import Main; Main(name='s', commands_at={'fetch': 'serantau.cli.fetch:fetch'})()"
    words = ["fetch", "worldbank", "coverage=A", "--region", str(region), "--endpoint", server.base, "--allow-private"]
    command = [sys.executable, "-c", code, *words, "--cache", str(tmp_path / "kept")]
    terminal, ours = pty.openpty()
    try:
        done = subprocess.run(
            command, stdout=subprocess.PIPE, stderr=ours, check=True, env={**os.environ, "TERM": "xterm"}
        )
        shown = os.read(terminal, 65536)
    finally:
        os.close(terminal)
        os.close(ours)
    assert b"fetching" in shown
    assert b"100%" in shown
    assert b"fetching" not in done.stdout
    piped = subprocess.run(command, capture_output=True, check=True)
    assert piped.stderr == b""
