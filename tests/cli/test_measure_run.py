"""Rule: ``measure run`` writes a whole folder or nothing, whatever happens in the middle."""

from __future__ import annotations

import csv
import hashlib
import json
import os
import signal
import subprocess
import sys

import pytest

from serantau.cli.folders import FolderError, refuse_unfit, whole_folder
from tests.support.processes import wait_until_it_works

DEFINITION = """\
id: three
title: Three units
indicators:
  - {id: a, group: left, goalposts: {low: 0, high: 10}}
  - {id: b, group: left, goalposts: {low: 0, high: 10}}
  - {id: c, group: right, direction: lower, goalposts: {low: 10, high: 0}}
groups:
  - {id: top}
  - {id: left, parent: top, weight: 1}
  - {id: right, parent: top, weight: 3}
steps:
  - {step: impute, method: mean}
  - {step: normalise, method: goalposts}
  - {step: aggregate}
robustness:
  weights: {spread: [0.2, 0.2]}
  replicates: 1000
"""
DATA = "unit,a,b,c\nX,1,3,2\nY,5,,4\nZ,9,5,10\n"


@pytest.fixture
def work(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "index.yaml").write_text(DEFINITION, "utf-8")
    (tmp_path / "data.csv").write_text(DATA, "utf-8")
    return tmp_path


def table(path):
    with path.open(encoding="utf-8", newline="") as stream:
        return list(csv.DictReader(stream))


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_the_tables_are_those_of_the_definition(run, work):
    """Worked by hand.

    X: left (10 + 30) / 2 = 20, right (10 - 2) x 10 = 80: (20 + 3 x 80) / 4 = 65.
    Y: b is imputed with (3 + 5) / 2 = 4, left (50 + 40) / 2 = 45, right 60: (45 + 180) / 4 = 56.25.
    Z: left (90 + 50) / 2 = 70, right 0: 17.5.
    """
    run("measure", "run", "index.yaml", "--data", "data.csv", "--out", "results")
    out = work / "results"
    assert {row["unit"]: float(row["top"]) for row in table(out / "scores.csv")} == {"X": 65.0, "Y": 56.25, "Z": 17.5}
    assert {row["unit"]: row["top"] for row in table(out / "ranks.csv")} == {"X": "1", "Y": "2", "Z": "3"}
    assert table(out / "flags.csv") == [{"year": "", "unit": "Y", "indicator": "b", "flag": "imputed"}]
    assert names(out / "stages") == ["0-data.csv", "1-impute.csv", "2-normalise.csv"]
    assert table(out / "stages" / "0-data.csv")[1]["b"] == ""
    assert table(out / "stages" / "1-impute.csv")[1]["b"] == "4.0"
    assert (out / "definition.yaml").read_text("utf-8") == DEFINITION
    report = json.loads((out / "report.json").read_text("utf-8"))
    assert report["data"] == {"file": "data.csv", "sha256": hashlib.sha256(DATA.encode()).hexdigest()}
    assert set(report["files"]) | {"report.json"} == {
        path.relative_to(out).as_posix() for path in out.rglob("*") if path.is_file()
    }
    assert names(work) == ["data.csv", "index.yaml", "results"]


def test_intervals_are_written_when_asked_for(run, work):
    run("measure", "run", "index.yaml", "--data", "data.csv", "--out", "results", "--robustness", "--seed", "5")
    rows = {(row["node"], row["unit"]): row for row in table(work / "results" / "intervals.csv")}
    assert (rows["top", "Z"]["rank_low"], rows["top", "Z"]["rank_high"]) == ("3", "3")
    pairs = {
        (row["node"], row["unit"], row["other"]): float(row["prob_above"]) for row in table(work / "results/pairs.csv")
    }
    assert pairs["top", "X", "Z"] == 1.0
    assert pairs["top", "X", "Y"] + pairs["top", "Y", "X"] == pytest.approx(1.0)


def test_the_analysis_is_written_when_asked_for(run, work):
    """Stated weights: a and b half of a quarter each, c three quarters.

    a runs 1, 5, 9 and b 3, 4 (imputed), 5: both rise by equal steps, so r = 1. Scores of left: 20, 45, 70; of right:
    80, 60, 0. Pearson's r of these: deviations (-25, 0, 25) and (33.3, 13.3, -46.7), so
    -2000 / sqrt(1250 x 3466.7) = -0.96077.
    """
    run("measure", "run", "index.yaml", "--data", "data.csv", "--out", "results", "--analyse")
    folder = work / "results" / "analysis"
    weights = {row["node"]: float(row["weight"]) for row in table(folder / "influence.csv")}
    assert weights == {"a": 0.125, "b": 0.125, "c": 0.75}
    pairs = {(row["first"], row["second"]): row for row in table(folder / "correlations.csv")}
    assert float(pairs["a", "b"]["value"]) == pytest.approx(1.0)
    assert float(pairs["left", "right"]["value"]) == pytest.approx(-0.960769, abs=1e-6)
    assert pairs["left", "right"]["flag"] == "negative"
    shifts = {(row["left_out"], row["unit"]): row["shift"] for row in table(folder / "leave-one-out.csv")}
    assert (shifts["right", "X"], shifts["right", "Y"], shifts["right", "Z"]) == ("2", "0", "-2")
    profile = {(row["unit"], row["node"]): row for row in table(folder / "profiles.csv")}
    assert (profile["Y", "b"]["imputed"], profile["Y", "top"]["rank"]) == ("true", "2")
    strength = [row["node"] for row in table(folder / "strengths.csv") if row["unit"] == "X"]
    assert strength[0] == "c"
    assert {row["group"] for row in table(folder / "consistency.csv")} == {"left", "top"}
    assert table(folder / "components.csv")


def test_years_are_kept_apart(run, work):
    rows = [f"{name},{unit},{year},{value + year - 2020}\n"
            for year in (2020, 2021) for unit, value in (("X", 1), ("Y", 4)) for name in "abc"]  # fmt: skip
    (work / "long.csv").write_text("indicator,unit,year,value\n" + "".join(rows), "utf-8")
    run("measure", "run", "index.yaml", "--data", "long.csv", "--out", "results")
    scores = table(work / "results" / "scores.csv")
    assert [(row["unit"], row["year"], float(row["a"])) for row in scores] == [
        ("X", "2020", 10.0),
        ("Y", "2020", 40.0),
        ("X", "2021", 20.0),
        ("Y", "2021", 50.0),
    ]


def test_a_folder_with_something_in_it_is_left_alone(run, work):
    (work / "results").mkdir()
    (work / "results" / "thesis.txt").write_text("years of work", "utf-8")
    words = ("measure", "run", "index.yaml", "--data", "data.csv", "--out", "results")
    assert "not empty" in run(*words, code=1).stderr
    assert "no earlier run" in run(*words, "--force", code=1).stderr
    assert (work / "results" / "thesis.txt").read_text("utf-8") == "years of work"


def test_force_replaces_an_earlier_run_and_an_empty_folder_needs_none(run, work):
    (work / "results").mkdir()
    words = ("measure", "run", "index.yaml", "--data", "data.csv", "--out", "results")
    run(*words)
    (work / "results" / "old.csv").write_text("", "utf-8")
    assert "--force" in run(*words, code=1).stderr
    run(*words, "--force")
    assert not (work / "results" / "old.csv").exists()
    assert names(work) == ["data.csv", "index.yaml", "results"]


@pytest.mark.parametrize(
    "definition, data, message",
    [
        (DEFINITION, "", "empty"),
        (DEFINITION, "x", "no column `unit`"),
        (DEFINITION, DATA.replace("9", "nine"), "'nine' is no number"),
        (DEFINITION, DATA.replace("unit,a", "unit,aa"), "'aa'"),
        (DEFINITION, DATA + "X,1,1,1\n", "stands twice"),
        (DEFINITION, DATA + "W,1\n", "2 cells"),
        (DEFINITION, "indicator,unit,year,value\na,X,20225,1\n", "'20225' is no year"),
        ("", DATA, "index.yaml"),
        ("x", DATA, "index.yaml"),
        ("\x00", DATA, "index.yaml"),
        (DEFINITION.replace("parent: top, weight: 1", "parent: right, weight: 1").replace(
            "{id: right, parent: top", "{id: right, parent: left"), DATA, "index.yaml"),
        (DEFINITION.replace("method: mean", "method: magic"), DATA, "magic"),
        (DEFINITION.replace("weight: 1}", "weight: 0}").replace("weight: 3}", "weight: 0}"), DATA, "weight"),
    ],
)  # fmt: skip
def test_rubbish_is_named_and_nothing_is_written(run, work, definition, data, message):
    (work / "index.yaml").write_text(definition, "utf-8")
    (work / "data.csv").write_text(data, "utf-8")
    result = run("measure", "run", "index.yaml", "--data", "data.csv", "--out", "results", code=1)
    assert message in result.stderr
    assert result.stdout == ""
    assert names(work) == ["data.csv", "index.yaml"]


@pytest.mark.parametrize(
    "out, message",
    [
        ("nowhere/results", "is no folder"),
        ("data.csv", "is not a folder"),
        ("data.csv/results", "is no folder"),
        ("/", "no name"),
    ],
)
def test_a_place_that_cannot_be_is_refused(run, work, out, message):
    assert message in run("measure", "run", "index.yaml", "--data", "data.csv", "--out", out, code=1).stderr
    assert names(work) == ["data.csv", "index.yaml"]


def test_what_is_missing_or_a_folder_is_a_wrong_question(run, work):
    run("measure", "run", "nothing.yaml", "--data", "data.csv", "--out", "results", code=2)
    run("measure", "run", "index.yaml", "--data", ".", "--out", "results", code=2)
    run("measure", "run", "index.yaml", "--data", "data.csv", "--out", "results", "--seed", "3", code=2)


def test_robustness_without_the_section_is_refused(run, work):
    (work / "index.yaml").write_text(DEFINITION.partition("robustness:")[0], "utf-8")
    result = run("measure", "run", "index.yaml", "--data", "data.csv", "--out", "results", "--robustness", code=1)
    assert "robustness" in result.stderr
    assert names(work) == ["data.csv", "index.yaml"]


# --- in the middle -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("sign, code", [(signal.SIGKILL, -signal.SIGKILL), (signal.SIGINT, 130)])
def test_a_killed_run_leaves_nothing(work, sign, code):
    (work / "index.yaml").write_text(DEFINITION.replace("replicates: 1000", "replicates: 100000000"), "utf-8")
    words = ["measure", "run", "index.yaml", "--data", "data.csv", "--out", "results", "--robustness"]
    started = subprocess.Popen(
        [sys.executable, "-m", "serantau", *words], stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=work
    )
    wait_until_it_works(started)
    started.send_signal(sign)
    started.communicate(timeout=30)
    assert started.returncode == code
    assert names(work) == ["data.csv", "index.yaml"]


WRITER = """
import sys, time
from pathlib import Path
from serantau.cli.folders import whole_folder
with whole_folder(Path("results")) as draft:
    (draft / "scores.csv").write_text("half")
    print("writing", flush=True)
    time.sleep(60)
"""


def killed_while_writing(work, sign):
    started = subprocess.Popen(
        [sys.executable, "-c", WRITER], cwd=work, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True
    )
    assert started.stdout is not None
    assert started.stdout.readline() == "writing\n"
    started.send_signal(sign)
    started.wait(timeout=30)
    started.stdout.close()
    return started.pid


def test_killed_while_writing_there_is_no_result_and_the_next_run_sweeps(run, work):
    process = killed_while_writing(work, signal.SIGKILL)
    assert names(work) == [f".results.{process}.part", "data.csv", "index.yaml"]
    run("measure", "run", "index.yaml", "--data", "data.csv", "--out", "results")
    assert names(work) == ["data.csv", "index.yaml", "results"]
    assert table(work / "results" / "scores.csv")


@pytest.mark.parametrize("sign", [signal.SIGTERM, signal.SIGINT])
def test_asked_to_end_while_writing_nothing_stays(work, sign):
    killed_while_writing(work, sign)
    assert names(work) == ["data.csv", "index.yaml"]


def write_half(out):
    with whole_folder(out) as draft:
        (draft / "report.json").write_text("new", "utf-8")
        raise OSError(28, "no space on the disk")


def test_an_error_while_writing_keeps_the_earlier_results(work):
    out = work / "results"
    out.mkdir()
    (out / "report.json").write_text("old", "utf-8")
    with pytest.raises(OSError, match="disk"):
        write_half(out)
    assert names(work) == ["data.csv", "index.yaml", "results"]
    assert (out / "report.json").read_text("utf-8") == "old"


def test_a_draft_of_a_living_process_is_left_alone(work):
    other = work / f".results.{os.getppid()}.part"
    other.mkdir()
    with whole_folder(work / "results") as draft:
        (draft / "report.json").write_text("{}", "utf-8")
    assert other.is_dir()


def test_a_link_is_no_folder_to_write_to(work):
    (work / "elsewhere").mkdir()
    (work / "results").symlink_to(work / "elsewhere")
    with pytest.raises(FolderError, match="not a folder"):
        refuse_unfit(work / "results", force=False)


def test_the_schema_is_one(run):
    schema = json.loads(run("measure", "schema").stdout)
    assert schema["$ref"].startswith("#/$defs/")
