"""Rule: what was accepted can be written down as fact files, and reading them back changes nothing, edition for edition."""

from __future__ import annotations

import shutil
from datetime import timedelta

import pytest
from hypothesis import HealthCheck, given
from hypothesis import settings as hypothesis_settings
from hypothesis import strategies as st

from serantau.bundle import load_bundle
from serantau.cli import main
from serantau.review.acceptance import fact_files
from serantau.review.kinds import Context
from serantau.web.bundles import keeper
from serantau.web.review.kinds import all_kinds
from tests.review.scene import FIGURE, REPORT, accepted, retracted
from tests.review.support import DAY
from tests.support.regions import copy_of_threelands

PROJECT = {
    "project": "share",
    "title": 'Sharing: masts, "ducts" & more',
    "action": "tl2030-a2-10",
    "year": "2025",
    "status": "done",
    "evidence": [{"title": "Treaty", "address": "https://treaty.example"}],
    "funding": [{"funder": "Treasury", "amount": "1250000.5", "currency": "XTS"}],
    "note": "Two\nlines: and a colon",
}


@pytest.fixture
def decided(people, monkeypatch, settings):
    """Four decisions: figures, a project, progress, and the figures taken back the next day."""
    first = accepted(people, room="measure", raws=[FIGURE, {**FIGURE, "indicator": "lines_per100", "value": "28.25"}])
    accepted(people, raws=[PROJECT], kind="plan.project_reports")
    accepted(people, raws=[REPORT])
    settings.SERANTAU_TODAY += timedelta(days=1)
    retracted(people, first)


def run(*words):
    with pytest.raises(SystemExit) as ended:
        main(list(words))
    return ended.value.code


def test_export_and_import_change_nothing(decided, tmp_path, region, capsys):
    copy = copy_of_threelands(tmp_path)
    live = keeper().answers().bundle
    assert run("review", "export", "--out", str(copy / "accepted"), "--region", str(region)) == 0
    assert f"edition {live.edition.label}" in capsys.readouterr().out
    read = load_bundle(copy)
    assert read.edition == live.edition
    assert read.plans == live.plans
    assert read.measure.observations == live.measure.observations
    assert read.sources == live.sources


def test_every_earlier_edition_can_be_had_again(decided, tmp_path, region):
    digests = set()
    for last in range(5):
        out = tmp_path / f"upto{last}"
        copy = shutil.copytree(region, tmp_path / f"region{last}")
        assert run("review", "export", "--out", str(out), "--upto", str(last), "--region", str(region)) == 0
        shutil.copytree(out, copy / "accepted")
        bundle = load_bundle(copy)
        assert bundle.edition.submissions == last
        digests.add(bundle.edition.key)
    assert len(digests) == 5


def test_a_folder_that_holds_something_is_not_overwritten(decided, tmp_path, region, capsys):
    out = tmp_path / "out"
    assert run("review", "export", "--out", str(out), "--region", str(region)) == 0
    assert run("review", "export", "--out", str(out), "--region", str(region)) == 1
    assert "not empty" in capsys.readouterr().err
    assert run("review", "export", "--out", str(out), "--force", "--region", str(region)) == 0


def test_the_decisions_are_listed(decided, region, capsys):
    assert run("review", "list", "--region", str(region), "--format", "csv") == 0
    lines = capsys.readouterr().out.strip().splitlines()
    assert lines[0].startswith("number,decision,submission,member,day")
    assert [line.split(",")[1] for line in lines[1:]] == ["accepted", "accepted", "accepted", "withdrawn"]


TEXT = st.text(
    st.characters(codec="utf-8", exclude_categories=("Cc", "Cs"), include_characters="\n"), min_size=1, max_size=40
)
WORDS = TEXT.map(str.strip).filter(bool)
FIGURES = st.fixed_dictionaries(
    {
        "indicator": st.sampled_from(["coverage", "lines_per100", "outage_hours"]),
        "year": st.integers(2000, 2024).map(str),
        "value": st.floats(-1e12, 1e12, allow_nan=False).map(repr),
        "grade": st.sampled_from(["primary", "secondary", "weak"]),
    },
    optional={"flags": st.sampled_from(["estimated", "break", "doubtful"]), "note": WORDS},
)
REPORTS = st.fixed_dictionaries(
    {
        "action": st.sampled_from(["tl2030-a1-1", "tl2030-a2-1", "tl2030-a2-2"]),
        "year": st.integers(2021, 2026).map(str),
        "status": st.sampled_from(["not started", "in progress", "done", "not applicable"]),
        "evidence": st.lists(
            st.fixed_dictionaries({"title": WORDS, "address": st.just("https://x.example/a")}), min_size=1, max_size=3
        ),
    },
    optional={"obstacles": WORDS, "note": WORDS, "expected": st.sampled_from(["2027", "2027-05", "2027-05-31"])},
)


@hypothesis_settings(suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow], max_examples=60)
@given(
    st.lists(FIGURES, max_size=5, unique_by=lambda raw: (raw["indicator"], raw["year"])),
    st.lists(REPORTS, max_size=4, unique_by=lambda raw: (raw["action"], raw["year"])),
)
def test_whatever_was_accepted_reads_back_as_it_was(region, figures, reports):
    """What a record says after it was written as a file and read again is what it said before."""
    from serantau.base import PartialDate
    from serantau.facts import Decision, Entry
    from serantau.facts.accepted import entry_files

    context = Context("QAA", 9, DAY)
    items = {name: raws for name, raws in (("measure.observations", figures), ("plan.action_reports", reports)) if raws}
    files = fact_files(items, all_kinds(), context, "Asterra", "CC BY-SA 4.0")
    entry = Entry(number=1, decision=Decision.ACCEPTED, submission=9, member="QAA", day=PartialDate(DAY.isoformat()))
    bundle = load_bundle(region, accepted=entry_files(entry, files))
    held = [row for row in bundle.measure.observations if row.source == "submission-9"]
    wanted = [all_kinds()["measure.observations"].read(raw, context)[0] for raw in figures]
    assert held == wanted
    told = [row for row in bundle.plans.all_action_reports if row.source == "submission-9"]
    assert told == [all_kinds()["plan.action_reports"].read(raw, context)[0] for raw in reports]
    assert all(bundle.measure.table_of(row).share_alike for row in held)
