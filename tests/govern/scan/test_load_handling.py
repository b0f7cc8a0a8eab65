"""Rule: what a region says of telling data is checked with the rest of its facts, every defect by file and line, and lightly."""

from __future__ import annotations

import subprocess
import sys

import pytest

from serantau.bundle import load_bundle
from serantau.facts import FactError
from tests.support.regions import copy_of_threelands, edit


@pytest.mark.parametrize(
    "file, old, new, says",
    [
        ("recognisers", "result: ABCDEFG", "result: ABCDEF", "divides by 7 and needs a result of as many characters"),
        ("recognisers", 'shapes: ["99999A", "99-999-A"]', 'shapes: ["99999A", "99-999"]', "have equally many"),
        ("recognisers", 'shapes: ["99999A", "99-999-A"]', 'shapes: ["--"]', "neither a letter nor a digit"),
        ("recognisers", 'shapes: ["99999A", "99-999-A"]', 'pattern: {regex: "["}', "no regular expression"),
        ("recognisers", "at: 6, first", "at: 7, first", "speaks of position 7, and a number has 6"),
        ("recognisers", "codes: [01-09, '20']", "codes: [01-9]", "'01-9' has not 2 digits"),
        ("recognisers", "codes: [01-09, '20']", "library: no/such", "keeps no list 'no/such'"),
        ("recognisers", "codes: [01-09, '20']", "length2: 1", "is not a field"),
        ("recognisers", "member: QAA", "member: QZZ", "the member 'QZZ' is not in members.yaml"),
        ("recognisers", "kind: national-id", "kind: nationalid", "no kind 'nationalid'. Did you mean national-id"),
        ("recognisers", "id: qaa-citizen", "id: email", "the id of a recogniser that every region has"),
        ("recognisers", "id: qbb-resident", "id: qaa-citizen", "stands twice"),
        ("recognisers", "    source: tl-treaty\n", "", "the key 'source' is missing"),
        ("recognisers", "source: tl-treaty", "source: hearsay", "'hearsay' is not in sources.yaml"),
        ("kinds", "category: personal.health", "category: personal.helth", "no category of data 'personal.helth'"),
        ("kinds", "values: [sun, moon]", "values: [Sun]", "compared in lower case"),
        ("not_covered", "grade: memory", "grade: primary", "source `recalled` with grade primary"),
        ("tiers", "rank: 2", "rank: 1", "'rank 1' stands twice"),
        ("stages", "id: disposed", "id: kept", "'kept' stands twice"),
    ],
)
def test_one_defect_at_a_time(tmp_path, file, old, new, says):
    region = copy_of_threelands(tmp_path)
    edit(region, f"handling/{file}.yaml", old, new)
    with pytest.raises(FactError) as caught:
        load_bundle(region)
    found = [problem for problem in caught.value.problems if problem.where.startswith(f"handling/{file}.yaml:")]
    assert any(says in str(problem) for problem in found), str(caught.value)


def test_a_region_without_the_folder_loads(tmp_path):
    import shutil

    region = copy_of_threelands(tmp_path)
    shutil.rmtree(region / "handling")
    published = (region / "published.txt").read_text().splitlines()
    kept = [line for line in published if not line.startswith(("recogniser ", "kind "))]
    (region / "published.txt").write_text("\n".join(kept) + "\n")
    assert load_bundle(region).handling.recognisers == ()


def test_reading_the_facts_loads_nothing_heavy():
    program = (
        "import sys; from serantau.bundle import default_region, load_bundle; load_bundle(default_region()); "
        "print([name for name in ('polars', 'pyarrow', 'narwhals', 'duckdb', 'phonenumbers') if name in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
