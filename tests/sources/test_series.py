"""What differs from what is held, and how revisions are written: old rows stay, files change whole or not at all."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.base import PartialDate
from serantau.facts import Grade
from serantau.measure.indicators import Observation
from serantau.sources import FetchedRow, FetchedSeries, SourceError, difference
from serantau.sources.store import HEADER, HeldFile, held_rows, plain_text, read_files, write_differences

DAY = date(2026, 11, 21)
MEMBERS = ("QAA", "QBB", "QCC")


def held(member, year, value, known="2024-06-01", flags="", indicator="coverage"):
    return Observation(
        indicator=indicator,
        member=member,
        year=year,
        value=value,
        source="tl-stat",
        grade=Grade.PRIMARY,
        known=PartialDate.parse(known),
        flags=flags,
    )


def series(*rows, **more):
    return FetchedSeries("worldbank_api", "coverage", rows, "unknown", "CC BY 4.0", MEMBERS, **more)


def test_added_changed_removed_and_the_same():
    before = [
        held("QAA", 2020, 1.0),
        held("QAA", 2021, 2.0),
        held("QBB", 2020, 3.0),
        held("QAA", 2020, 99.0, indicator="other"),
    ]
    change = difference(
        before, series(FetchedRow("QAA", 2020, 1.0), FetchedRow("QAA", 2021, 2.5), FetchedRow("QCC", 2020, 4.0))
    )
    assert change.added == (FetchedRow("QCC", 2020, 4.0),)
    assert [(c.held.value, c.fetched.value) for c in change.changed] == [(2.0, 2.5)]
    assert [(row.member, row.year) for row in change.removed] == [("QBB", 2020)]
    assert change.same == 1


def test_the_newest_known_row_is_what_is_held():
    before = [held("QAA", 2020, 2.0, "2025-06-01"), held("QAA", 2020, 1.0, "2024-06-01")]
    assert difference(before, series(FetchedRow("QAA", 2020, 2.0))).same == 1
    assert difference(before, series(FetchedRow("QAA", 2020, 1.0))).changed[0].held.value == 2.0


def test_only_what_was_asked_for_can_be_missing():
    before = [held("QAA", 2018, 1.0), held("QAA", 2020, 1.0), held("QZZ", 2020, 1.0)]
    change = difference(before, series(first=2019, last=2021))
    assert [(row.member, row.year) for row in change.removed] == [("QAA", 2020)]


def test_a_floats_tail_is_no_revision_and_a_new_flag_is():
    assert difference([held("QAA", 2020, 44.50000000000001)], series(FetchedRow("QAA", 2020, 44.5))).same == 1
    assert difference([held("QAA", 2020, 1.0)], series(FetchedRow("QAA", 2020, 1.0, "estimated"))).changed
    # flags of ours that the source does not set are not its business
    assert difference([held("QAA", 2020, 1.0, flags="hand-copied")], series(FetchedRow("QAA", 2020, 1.0))).same == 1


KEYS = st.tuples(st.sampled_from(MEMBERS), st.integers(2015, 2020))
VALUES = st.floats(-1e6, 1e6).map(lambda value: round(value, 3))


@given(st.dictionaries(KEYS, VALUES), st.dictionaries(KEYS, VALUES))
def test_applying_a_difference_leaves_none(before, fetched):
    """Set arithmetic as the independent reference: what is added, changed, removed; and then nothing is."""
    held_before = [held(member, year, value) for (member, year), value in before.items()]
    given_now = series(*(FetchedRow(member, year, value) for (member, year), value in sorted(fetched.items())))
    change = difference(held_before, given_now)
    assert {(r.member, r.year) for r in change.added} == fetched.keys() - before.keys()
    assert {(r.member, r.year) for r in change.removed} == before.keys() - fetched.keys()
    after = held_before + [held(r.member, r.year, r.value, "2026-11-21") for r in change.rows]
    again = difference(after, given_now)
    assert again.rows == ()
    assert again.same == len(fetched)


# --- writing -------------------------------------------------------------------------------------------------------------

TEXT = ",".join(HEADER) + "\ncoverage,QAA,2020,1.5,tl-stat,primary,2024-06-01,,\n"


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "main.csv").write_text(TEXT)
    return tmp_path


def changed(folder, *rows):
    files = read_files(folder)
    return difference(held_rows(files), series(*rows)), files[0]


def test_a_revision_is_a_new_row_below_the_old_ones(folder):
    rows = (FetchedRow("QBB", 2021, 3.0, "estimated", "as told"), FetchedRow("QAA", 2020, 1.75))
    written = write_differences([changed(folder, *rows)], DAY, Grade.PRIMARY)
    assert [(entry.path.name, entry.rows) for entry in written] == [("main.csv", 2)]
    assert (folder / "main.csv").read_text() == TEXT + (
        "coverage,QAA,2020,1.75,worldbank_api,primary,2026-11-21,,\n"
        "coverage,QBB,2021,3,worldbank_api,primary,2026-11-21,estimated,as told\n"
    )


def test_applying_twice_changes_nothing_the_second_time(folder):
    rows = (FetchedRow("QBB", 2021, 3.0), FetchedRow("QAA", 2020, 1.75))
    write_differences([changed(folder, *rows)], DAY, Grade.PRIMARY)
    content = (folder / "main.csv").read_bytes()
    assert write_differences([changed(folder, *rows)], DAY, Grade.PRIMARY) == ()
    assert (folder / "main.csv").read_bytes() == content


@pytest.mark.parametrize(
    "day, says", [(date(2024, 6, 1), "does not come after"), (date(2019, 1, 1), "after the known")]
)
def test_a_revision_must_come_after_what_it_revises(folder, day, says):
    with pytest.raises(SourceError) as caught:
        write_differences([changed(folder, FetchedRow("QAA", 2020, 1.75))], day, Grade.PRIMARY)
    assert any(says in problem.what for problem in caught.value.problems)
    assert (folder / "main.csv").read_text() == TEXT


def test_a_file_changed_meanwhile_is_left_alone(folder):
    change = changed(folder, FetchedRow("QAA", 2021, 2.0))
    (folder / "main.csv").write_text(TEXT + "# somebody else\n")
    with pytest.raises(SourceError, match="changed by somebody else"):
        write_differences([change], DAY, Grade.PRIMARY)
    assert (folder / "main.csv").read_text() == TEXT + "# somebody else\n"


def test_a_new_file_gets_a_header(tmp_path):
    path = tmp_path / "own" / "itu_gci.csv"
    change = difference([], series(FetchedRow("QAA", 2020, 1.0)))
    write_differences([(change, HeldFile(path, b"", HEADER, ()))], DAY, Grade.SECONDARY)
    assert path.read_text() == ",".join(HEADER) + "\ncoverage,QAA,2020,1,worldbank_api,secondary,2026-11-21,,\n"


def test_two_files_change_both_or_neither(tmp_path):
    (tmp_path / "a.csv").write_text(TEXT)
    change = difference([], series(FetchedRow("QBB", 2020, 1.0)))
    # "locked" is a file, so no folder of that name can be made below it: the second write fails.
    (tmp_path / "locked").write_text("")
    first = read_files(tmp_path)[0]
    second = HeldFile(tmp_path / "locked" / "b.csv", b"", HEADER, ())
    with pytest.raises(SourceError, match="cannot be written"):
        write_differences([(change, first), (change, second)], DAY, Grade.PRIMARY)
    assert (tmp_path / "a.csv").read_text() == TEXT
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "locked"]


def test_line_ends_and_a_missing_last_one_are_kept(tmp_path):
    path = tmp_path / "main.csv"
    path.write_bytes(TEXT.replace("\n", "\r\n").encode().removesuffix(b"\r\n"))
    write_differences([changed(tmp_path, FetchedRow("QBB", 2020, 2.0))], DAY, Grade.PRIMARY)
    lines = path.read_bytes().split(b"\r\n")
    assert lines[2] == b"coverage,QBB,2020,2,worldbank_api,primary,2026-11-21,,"
    assert b"\n" not in b"".join(lines)


@pytest.mark.parametrize(
    "bad",
    [
        "a,b\n1,2\n",
        TEXT + "coverage,QAA,20225,1,tl-stat,primary,2024-06-01,,\n",
        TEXT + 'coverage,"QAA\n',
        TEXT + "x,y\n",
    ],
)
def test_files_that_cannot_be_read_are_named(tmp_path, bad):
    (tmp_path / "main.csv").write_text(bad)
    with pytest.raises(SourceError) as caught:
        read_files(tmp_path)
    assert caught.value.problems[0].where.startswith("main.csv:")


@given(st.text())
def test_a_strangers_text_is_one_harmless_line(text):
    line = plain_text(text)
    assert len(line) <= 306
    assert line.isprintable()
    assert not line.startswith(("=", "+", "-", "@"))
