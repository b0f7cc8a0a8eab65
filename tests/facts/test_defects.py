"""One defect at a time: the message names file and line, says what is wrong and what to do, and nothing loads.

Each case spoils one place of the invented region. That exactly one problem is reported shows that a defect is not
repeated in other words by the checks that come after it.
"""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest

from serantau.bundle import load_bundle
from serantau.facts import FactError
from tests.support.regions import copy_of_threelands, edit, line_of

SOURCES = "sources.yaml"
REGION = "region.yaml"
MEMBERS = "members.yaml"
INDICATORS = "indicators/indicators.yaml"
INDEX = "indicators/index.yaml"
TABLES = "indicators/tables.yaml"
ROWS = "indicators/observations/main.csv"


class Defect(NamedTuple):
    """What is replaced by what, on which line the message must point, and which words it must hold."""

    file: str
    old: str
    new: str
    at: str
    words: tuple[str, ...]


DEFECTS = {
    # --- YAML -------------------------------------------------------------------------------------------------------
    "duplicate key": Defect(
        MEMBERS, "    alpha2: XB\n", "    alpha2: XB\n    alpha2: XD\n", "XD", ("'alpha2' stands twice", "line 17", "Keep one")
    ),
    "alias": Defect(MEMBERS, "note: Joined last.", "note: *other", "*other", ("alias *other", "Write the value out")),
    "tab": Defect(MEMBERS, "    alpha2: XB", "\talpha2: XB", "XB", ("not YAML", "Check indentation")),
    "second document": Defect(MEMBERS, "  - id: QBB", "---\n  - id: QBB", "---", ("second document", "Keep one")),
    "another top key": Defect(
        MEMBERS, "members:", "member:", "# Invented", ("expected one key, `members:`", "Put every record under it")
    ),
    "record that is text": Defect(
        MEMBERS, "members:\n", "members:\n  - QAA\n", "  - QAA", ("expected a record of Member", "key: value")
    ),
    # --- keys and types ---------------------------------------------------------------------------------------------
    "missing source": Defect(
        MEMBERS, "    source: tl-treaty\n", "", "- id: QAA", ("'source' is missing", "recalled", "memory")
    ),
    "missing known": Defect(MEMBERS, "    known: 2024-06-01\n", "", "- id: QAA", ("'known' is missing", "the day")),
    "missing validity": Defect(
        MEMBERS, "    valid_from: 2014-05-01\n", "", "- id: QAA", ("'valid_from' is missing", "unknown")
    ),
    "mistyped key": Defect(
        MEMBERS, "    alpha2: XA\n", "    alpha2: XA\n    tiel: [0, 0]\n", "tiel", ("'tiel' is not a field", "tile")
    ),
    "unknown grade": Defect(
        MEMBERS, "grade: primary", "grade: certain", "certain", ("grade: 'certain' is none", "primary, secondary, weak")
    ),
    "word in a whole number": Defect(
        MEMBERS, "tile: [1, 0]", "tile: [one, 0]", "[one", ("tile: expected a whole number (found 'one')", "digits")
    ),
    "neither true nor false": Defect(
        SOURCES, "redistributable: true", "redistributable: maybe", "maybe", ("true or false (found 'maybe')", "Write")
    ),
    "code too long": Defect(MEMBERS, "alpha2: XA", "alpha2: XAA", "XAA", ("alpha2: expected text", "region.md")),
    "defect inside a goalpost": Defect(
        INDICATORS, "basis: published", "basis: guessed", "guessed", ("basis: 'guessed' is none of the words", "published")
    ),
    "key missing inside a goalpost": Defect(
        INDICATORS,
        "      basis: published\n",
        "",
        "goalposts:",
        ("the key 'basis' is missing", "Add it"),
    ),
    # --- sources and grades -----------------------------------------------------------------------------------------
    "recalled but primary": Defect(
        MEMBERS, "source: tl-treaty", "source: recalled", "- id: QAA", ("`recalled` with grade primary", "memory")
    ),
    "unknown source": Defect(
        MEMBERS, "source: tl-treaty", "source: tl-treety", "- id: QAA", ("'tl-treety' is not in sources.yaml", "tl-treaty")
    ),
    "source twice": Defect(
        SOURCES,
        "sources:\n",
        "sources:\n  - {id: tl-stat, title: first, organisation: none, address: none, licence: none, redistributable: true,"
        " published: unknown}\n",
        "- id: tl-stat",
        ("'tl-stat' stands twice", "another id"),
    ),
    "goalpost without its source": Defect(
        INDICATORS, "source: tl-plan", "source: tl-plam", "- id: lines_per100", ("'tl-plam' is not in sources.yaml", "tl-plan")
    ),
    # --- times ------------------------------------------------------------------------------------------------------
    "month 13": Defect(
        MEMBERS, "2014-05-01", "2021-13", "2021-13", ("valid_from: '2021-13' is no day of the calendar", "region.md")
    ),
    "a day in words": Defect(MEMBERS, "2014-05-01", "May 2014", "May 2014", ("'May 2014' is no date", "YYYY-MM-DD")),
    "ends before it begins": Defect(
        MEMBERS,
        "valid_from: 2025-03-01\n    valid_to: open",
        "valid_from: 2025-03-01\n    valid_to: 2024",
        "- id: QBB",
        ("it ends (2024) before it begins (2025-03-01)",),
    ),
    "known on no day": Defect(
        MEMBERS, "known: 2024-06-01", "known: unknown", "- id: QAA", ("`known` is the day", "never unknown")
    ),
    "no such time zone": Defect(
        MEMBERS, "Etc/GMT-1", "Etc/Nowhere", "- id: QBB", ("'Etc/Nowhere' is no IANA time zone", "Asia/Jakarta")
    ),
    "no such time zone of the region": Defect(
        REGION, "time_zone: Etc/UTC", "time_zone: Etc", "- id: threelands", ("'Etc' is no IANA time zone", "Write")
    ),
    # --- ids --------------------------------------------------------------------------------------------------------
    "member twice": Defect(MEMBERS, "alpha2: XB", "alpha2: XA", "- id: QBB", ("alpha2 'XA' stands twice", "Change one")),
    "two tiles on one place": Defect(MEMBERS, "tile: [1, 1]", "tile: [1, 0]", "- id: QCC", ("tile (1, 0) stands twice",)),
    "no such plan": Defect(
        REGION, "default_plan: tl2030", "default_plan: tl2031", "- id:", ("default_plan 'tl2031' is no plan", "tl2030")
    ),
    "no such outcome": Defect(
        INDICATORS, "outcome: tl2030-o1", "outcome: tl2030-o9", "- id: output_pc", ("'tl2030-o9' is in no plan", "tl2030-o1")
    ),
    # --- indicators -------------------------------------------------------------------------------------------------
    "scored but not digital": Defect(
        INDICATORS,
        "role: score\n    digital: true",
        "role: score\n    digital: false",
        "- id: lines_per100",
        ("lines_per100 is scored but is not digital", "figure"),
    ),
    "goalposts against the direction": Defect(
        INDICATORS, "direction: lower", "direction: higher", "- id: outage_hours", ("run against its direction", "larger")
    ),
    "goalposts that are equal": Defect(
        INDICATORS, "high: 40.0", "high: 0.0", "- id: lines_per100", ("both goalposts of lines_per100 are 0.0", "differ")
    ),
    "goalpost that is no number": Defect(
        INDICATORS, "high: 40.0", "high: nan", "- id: lines_per100", ("not a finite number", "Write a number")
    ),
    "logarithm of zero": Defect(
        INDICATORS,
        "high: 40.0\n",
        "high: 40.0\n      scale: log\n",
        "- id: lines_per100",
        ("on a log scale is not positive", "linear"),
    ),
    "no reference": Defect(
        INDICATORS, "    reference: 1.0\n", "", "- id: user_parity", ("compared with a reference but states none",)
    ),
    "derived from nothing": Defect(
        INDICATORS, "numerator: lines_fast", "numerator: lines_fsat", "- id: fast_share", ("'lines_fsat'", "lines_fast")
    ),
    "group of no index": Defect(
        INDICATORS, "group: tl2030-o3", "group: tl2030-o4", "- id: user_parity", ("'tl2030-o4', which no index has", "tl2030-o3")
    ),
    # --- the index --------------------------------------------------------------------------------------------------
    "two roots": Defect(
        INDEX, "{id: tl2030-o3, parent: tl2030}", "{id: tl2030-o3}", "- id: tl2030-index", ("exactly one group", "parent")
    ),
    "no such parent": Defect(
        INDEX, "parent: tl2030-o2,", "parent: tl2030-o7,", "- id: tl2030-index", ("'tl2030-o7', which does not exist", "tl2030")
    ),
    "no such step": Defect(INDEX, "step: normalise", "step: normalize", "normalize", ("steps:", "normalize")),
    "steps without an end": Defect(
        INDEX, "min_digital: 3", "min_digital: 0", "min_digital", ("min_digital: expected a whole number of at least 1",)
    ),
    # --- tables and rows --------------------------------------------------------------------------------------------
    "table without a file": Defect(
        TABLES,
        "tables:\n",
        "tables:\n  - {file: mian.csv, licence: none, attribution: none, share_alike: false}\n",
        "mian",
        ("mian.csv does not exist", "Remove the entry"),
    ),
    "column missing": Defect(ROWS, ",note\n", ",\n", "indicator,", ("'' is no column",)),
    "cell too many": Defect(ROWS, "coverage,QAA,2015,50", "coverage,QAA,2015,50,1", "50,1", ("10 cells, the header 9",)),
    "open quote": Defect(ROWS, "coverage,QAA,2015", 'coverage,"Q"AA,2015', '"Q"', ("not CSV", "quotes")),
    "year 20225": Defect(
        ROWS, "coverage,QAA,2015", "coverage,QAA,20225", "20225", ("year: expected a whole number of at most 2100", "20225")
    ),
    "text in a number": Defect(
        ROWS, "coverage,QAA,2015,50", "coverage,QAA,2015,fifty", "fifty", ("value: expected a number (found 'fifty')", "digits")
    ),
    "decimal comma": Defect(
        ROWS, "coverage,QAA,2015,50", 'coverage,QAA,2015,"50,5"', '"50,5"', ("expected a number (found '50,5')", "point")
    ),
    "not a number": Defect(ROWS, "coverage,QAA,2015,50", "coverage,QAA,2015,nan", "nan", ("not a finite number", "Leave")),
    "infinite": Defect(ROWS, "coverage,QAA,2015,50", "coverage,QAA,2015,inf", "2015,inf", ("not a finite number", "Leave")),
    "no value": Defect(ROWS, "coverage,QAA,2015,50,", "coverage,QAA,2015,,", "2015,,", ("'value' is missing",)),
    "observation twice": Defect(
        ROWS, "coverage,QAA,2016", "coverage,QAA,2015", "2015,55", ("coverage of QAA in 2015 stands twice", "revision")
    ),
    "unknown flag": Defect(
        ROWS, "outage_hours,QBB,2015,60,tl-stat,primary,2024-06-01,estimated", "outage_hours,QBB,2015,60,tl-stat,primary,"
        "2024-06-01,estimate", "estimate,", ("the flag 'estimate' is unknown", "estimated"),
    ),
    "row that may not be kept": Defect(
        ROWS, "coverage,QAA,2015,50,tl-stat", "coverage,QAA,2015,50,tl-closed", "tl-closed", ("may not be redistributed", "own")
    ),
    "unknown indicator": Defect(
        ROWS, "coverage,QAA,2015", "covrage,QAA,2015", "covrage", ("'covrage' is not in indicators.yaml", "coverage")
    ),
    "unknown member": Defect(
        ROWS, "coverage,QAA,2015", "coverage,QAX,2015", "QAX", ("'QAX' is not in members.yaml", "QAA")
    ),
    "year after it was known": Defect(
        ROWS, "coverage,QAA,2015,50,tl-stat,primary,2024-06-01", "coverage,QAA,2015,50,tl-stat,primary,2014", ",2014,",
        ("2015 lies after the known-date 2014", "Correct"),
    ),
    "row of a derived indicator": Defect(
        ROWS, "coverage,QAA,2015", "fast_share,QAA,2015", "fast_share", ("is derived and takes no rows", "Remove")
    ),
    "row of a slot": Defect(ROWS, "coverage,QAA,2015", "trust_survey,QAA,2015", "trust_survey", ("is a slot", "Remove")),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_one_defect_is_one_message_that_says_where_what_and_what_to_do(tmp_path: Path, name: str) -> None:
    defect = DEFECTS[name]
    region = copy_of_threelands(tmp_path)
    edit(region, defect.file, defect.old, defect.new)
    with pytest.raises(FactError) as caught:
        load_bundle(region)
    problems = [str(problem) for problem in caught.value.problems]
    assert len(problems) == 1, problems
    assert problems[0].startswith(f"{defect.file}:{line_of(region, defect.file, defect.at)}:"), problems
    for word in defect.words:
        assert word in problems[0], problems
    assert "1 problem in the facts; nothing was loaded." in caught.value.message


def test_every_problem_of_every_file_comes_at_once_in_the_order_of_lines(tmp_path: Path) -> None:
    region = copy_of_threelands(tmp_path)
    chosen = ("unknown grade", "no such time zone", "two roots", "text in a number", "unknown flag", "no such plan")
    for name in chosen:
        edit(region, DEFECTS[name].file, DEFECTS[name].old, DEFECTS[name].new)
    with pytest.raises(FactError) as caught:
        load_bundle(region)
    places = [
        (problem.where.rpartition(":")[0], int(problem.where.rpartition(":")[2])) for problem in caught.value.problems
    ]
    assert len(places) == len(chosen)
    assert places == sorted(places)
    assert f"{len(chosen)} problems in the facts; nothing was loaded." in caught.value.message


def test_a_mistyped_column_is_named_once_and_not_in_every_row(tmp_path: Path) -> None:
    region = copy_of_threelands(tmp_path)
    edit(region, ROWS, "value,", "vale,")
    with pytest.raises(FactError) as caught:
        load_bundle(region)
    assert [str(problem) for problem in caught.value.problems] == [
        f"{ROWS}:1: 'vale' is no column of this table. Did you mean value?",
        f"{ROWS}:1: the column 'value' is missing from the header. Add it.",
    ]


def test_two_defects_of_one_record_are_both_named(tmp_path: Path) -> None:
    region = copy_of_threelands(tmp_path)
    edit(region, MEMBERS, "alpha2: XA", "alpha2: XAA")
    edit(region, MEMBERS, "grade: primary", "grade: certain")
    with pytest.raises(FactError) as caught:
        load_bundle(region)
    assert [problem.what.split(":")[0] for problem in caught.value.problems] == ["alpha2", "grade"]


def test_a_published_id_may_not_disappear(tmp_path: Path) -> None:
    region = copy_of_threelands(tmp_path)
    edit(region, INDICATORS, "id: trust_survey", "id: trust_poll")
    with pytest.raises(FactError) as caught:
        load_bundle(region)
    # Its translation has lost what it translates, which is said too.
    [problem] = [one for one in caught.value.problems if not one.where.startswith("languages/")]
    assert problem.where == f"published.txt:{line_of(region, 'published.txt', 'trust_survey')}"
    assert problem.what == "'indicator trust_survey' was published once and is gone."
    assert problem.fix.startswith("Put it back")
