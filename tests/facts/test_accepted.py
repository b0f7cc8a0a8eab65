"""Rule: accepted submissions are laid over a region's own facts, one by one, and what a day knew never changes."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from serantau.base import AsOf, PartialDate
from serantau.bundle import load_bundle
from serantau.facts import Decision, Entry, FactError
from serantau.facts.accepted import entry_files, entry_folder, split_place
from serantau.measure.figures import Figures
from tests.support.regions import copy_of_threelands

FIGURES = "indicators/observations/submission-7.csv"
HEAD = "indicator,member,year,value,source,grade,known\n"
FILES = {
    FIGURES: (HEAD + "coverage,QAA,2024,96,submission-7,primary,2026-11-20\n").encode(),
    "indicators/tables.yaml": (
        b"tables:\n  - file: indicators/observations/submission-7.csv\n    licence: CC BY 4.0\n"
        b"    attribution: Asterra\n    share_alike: false\n"
    ),
    "sources.yaml": (
        b"sources:\n  - id: submission-7\n    title: Report of Asterra\n    organisation: Asterra\n    address: none\n"
        b"    licence: CC BY 4.0\n    redistributable: true\n    published: 2026-11-20\n"
    ),
    "plan/action_reports.yaml": (
        b"action_reports:\n  - id: tl2030-a2-1.qaa.2025.s7\n    action: tl2030-a2-1\n    member: QAA\n    year: 2025\n"
        b"    status: in progress\n    source: submission-7\n    grade: primary\n    known: 2026-11-20\n"
    ),
}


def entry(number, decision, submission, day):
    return Entry(number=number, decision=decision, submission=submission, member="QAA", day=PartialDate.parse(day))


ACCEPTED = entry_files(entry(1, Decision.ACCEPTED, 7, "2026-11-20"), FILES)
WITHDRAWN = entry_files(entry(2, Decision.WITHDRAWN, 7, "2026-11-25"), {})


@pytest.fixture
def region(tmp_path):
    return copy_of_threelands(tmp_path)


def value(bundle, known=date.max):
    figures = Figures(bundle.measure.indicators, bundle.measure.observations, AsOf(date(2026, 11, 28), known))
    return figures.series("coverage", "QAA")[2024].value


def test_the_region_alone_has_no_submission(region):
    assert load_bundle(region).edition.submissions == 0


def test_accepted_facts_count_from_their_day_on(region):
    plain, laid = load_bundle(region), load_bundle(region, accepted=ACCEPTED)
    assert (value(plain), value(laid)) == (95, 96)
    assert value(laid, date(2026, 11, 19)) == 95
    assert value(laid, date(2026, 11, 20)) == 96
    assert laid.edition.label == f"{plain.edition.digest[:12]}+1"
    assert laid.plans.all_action_reports[-1].id == "tl2030-a2-1.qaa.2025.s7"
    assert laid.sources["submission-7"].organisation == "Asterra"


def test_withdrawn_facts_stay_known_to_the_days_before(region):
    laid = load_bundle(region, accepted=ACCEPTED | WITHDRAWN)
    assert laid.edition.submissions == 2
    assert value(laid) == 95
    assert value(laid, date(2026, 11, 24)) == 96
    assert value(laid, date(2026, 11, 25)) == 95
    assert value(laid, date(2026, 11, 19)) == 95


def test_in_memory_and_on_disk_are_the_same_edition_and_the_same_facts(region):
    held = load_bundle(region, accepted=ACCEPTED | WITHDRAWN)
    write(region, ACCEPTED | WITHDRAWN)
    on_disk = load_bundle(region)
    both = load_bundle(region, accepted=ACCEPTED | WITHDRAWN)
    assert held.edition == on_disk.edition == both.edition
    assert (held.plans, held.measure, held.sources) == (on_disk.plans, on_disk.measure, on_disk.sources)


def test_a_submission_in_the_folder_that_was_edited_is_refused(region):
    write(region, ACCEPTED)
    path = region / entry_folder(1) / FIGURES
    path.write_text(path.read_text(encoding="utf-8").replace("96", "99"), encoding="utf-8")
    with pytest.raises(FactError) as caught:
        load_bundle(region, accepted=ACCEPTED)
    assert f"accepted/0001/{FIGURES}: differs from the accepted submission" in str(caught.value)


def test_two_submissions_may_revise_one_figure_on_two_days_and_not_on_one(region):
    again = {name: content.replace(b"submission-7", b"submission-8") for name, content in FILES.items()}
    again = {name.replace("submission-7", "submission-8"): content for name, content in again.items()}
    again = {name: content.replace(b".s7", b".s8").replace(b",96,", b",97,") for name, content in again.items()}
    same_day = entry_files(entry(2, Decision.ACCEPTED, 8, "2026-11-20"), again)
    with pytest.raises(FactError) as caught:
        load_bundle(region, accepted=ACCEPTED | same_day)
    assert "coverage of QAA in 2024 stands twice" in str(caught.value)
    assert "reported twice on one day" in str(caught.value)
    later = {name: content.replace(b"2026-11-20", b"2026-11-21") for name, content in same_day.items()}
    assert value(load_bundle(region, accepted=ACCEPTED | later)) == 97


def test_what_was_withdrawn_on_the_day_it_came_stands_in_nobodys_way(region):
    gone = entry_files(entry(2, Decision.WITHDRAWN, 7, "2026-11-20"), {})
    again = {
        name.replace("submission-7", "submission-8"): c.replace(b"submission-7", b"submission-8")
        for name, c in FILES.items()
    }
    again = {name: content.replace(b".s7", b".s8").replace(b",96,", b",97,") for name, content in again.items()}
    laid = load_bundle(
        region, accepted=ACCEPTED | gone | entry_files(entry(3, Decision.ACCEPTED, 8, "2026-11-20"), again)
    )
    assert value(laid, date(2026, 11, 20)) == 97


@pytest.mark.parametrize(
    "files, words",
    [
        (WITHDRAWN, "is decision 2, where 1 is due"),
        (entry_files(entry(1, Decision.WITHDRAWN, 7, "2026-11-25"), {}), "is withdrawn and was not accepted before"),
        (ACCEPTED | entry_files(entry(2, Decision.ACCEPTED, 7, "2026-11-25"), {}), "is accepted twice"),
        ({"accepted/0001/plan/projects.yaml": b"projects: []\n"}, "the file is missing"),
        ({"accepted/notes.yaml": b"notes: []\n"}, "stands in no numbered folder"),
        ({"accepted/0001/entry.yaml": b"entry: []\n"}, "holds 0 decisions"),
    ],
)
def test_a_register_with_a_defect_is_refused(region, files, words):
    with pytest.raises(FactError) as caught:
        load_bundle(region, accepted=files)
    assert words in str(caught.value)


def test_places_are_read():
    assert split_place("accepted/12/x") == ("", "accepted/12/x")
    assert split_place("accepted/123456/a/b.csv") == ("accepted/123456", "a/b.csv")
    assert split_place("own/accepted/0001/x.csv")[0] == ""


def write(region: Path, files):
    for name, content in files.items():
        (region / name).parent.mkdir(parents=True, exist_ok=True)
        (region / name).write_bytes(content)
