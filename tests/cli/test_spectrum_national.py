"""Rule: a national table is checked cell by cell and against everything that is held, and nothing is written."""

from __future__ import annotations

import csv
import json

from serantau.review.reading import columns_of
from serantau.web.spectrum.kinds import kind_of
from tests.spectrum.holdings import HOLDING
from tests.support.regions import THREELANDS


def table(path, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns_of(kind_of("holdings")))
        writer.writeheader()
        writer.writerows(rows)
    return str(path)


def test_a_table_is_checked_without_being_written(run, tmp_path):
    good = table(tmp_path / "good.csv", HOLDING)
    words = ["--member", "QAA", "--region", str(THREELANDS)]
    assert "1 row can be taken" in run("spectrum", "import", good, *words).stdout
    bad = table(tmp_path / "bad.csv", HOLDING, HOLDING | {"id": "b", "uplink_high_mhz": "3400"})
    found = run("spectrum", "import", bad, *words, "--format", "json", code=1)
    assert next((row["row"], row["column"]) for row in json.loads(found.stdout)["rows"]) == (3, "uplink_high_mhz")
    taken = HOLDING | {"band": "t1", "duplex": "FDD", "uplink_low_mhz": "700", "uplink_high_mhz": "710"}
    over = table(tmp_path / "over.csv", taken | {"downlink_low_mhz": "750", "downlink_high_mhz": "760"})
    assert "also held at" in run("spectrum", "import", over, *words, code=1).output
    assert "There is no member 'QZZ'" in run("spectrum", "import", good, "--member", "QZZ", *words[2:], code=1).output


def test_a_template_is_what_the_check_takes(run, tmp_path):
    (tmp_path / "t.csv").write_text(run("spectrum", "template").stdout, encoding="utf-8")
    found = run("spectrum", "import", str(tmp_path / "t.csv"), "--member", "QAA", "--region", str(THREELANDS), code=1)
    assert "0 sheets with rows" in found.output
    (tmp_path / "none.csv").write_bytes(b"")
    found = run(
        "spectrum", "import", str(tmp_path / "none.csv"), "--member", "QAA", "--region", str(THREELANDS), code=1
    )
    assert "The file is empty." in found.output
    edges = json.loads(run("spectrum", "template", "--explain", "--format", "json").stdout)["rows"]
    assert all("MHz" in row["meaning"] for row in edges if row["column"].endswith("_mhz"))
    explained = json.loads(run("spectrum", "template", "--kind", "policy", "--explain", "--format", "json").stdout)
    assert {"column": "value", "must": "yes"}.items() <= next(
        row for row in explained["rows"] if row["column"] == "value"
    ).items()
