"""Rows of a user's own: read beside the region's facts, marked, and able to fill a slot; never part of the region."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from serantau.base import AsOf
from serantau.bundle import default_region, load_bundle
from serantau.facts import FactError
from serantau.measure.assessment import Period
from serantau.measure.indicators import Role
from serantau.measure.standing import standing

THREELANDS = Path(__file__).parents[1] / "regions" / "threelands"
HEADER = "indicator,member,year,value,source,grade,known,flags,note\n"
GOALPOSTS = """
    group: tl2030-o3
    goalposts: {low: 0, high: 100, basis: natural, why: A share., source: tl-stat, grade: primary}
"""
PERIOD = Period(date(2021, 1, 1), date(2030, 12, 31))


@pytest.fixture
def region(tmp_path):
    """The invented region, in which the slot for trust could be scored and a third indicator of its outcome is known."""
    root = tmp_path / "region"
    shutil.copytree(THREELANDS, root)
    path = root / "indicators" / "indicators.yaml"
    text, slot = path.read_text(encoding="utf-8").rsplit("  - id: trust_survey\n", 1)
    whole = slot.rstrip() + GOALPOSTS
    path.write_text(text + "  - id: trust_survey\n" + whole + "  - id: complaint_survey\n" + whole, encoding="utf-8")
    return root


@pytest.fixture
def own(tmp_path):
    folder = tmp_path / "mine"
    folder.mkdir()
    rows = [f"{name},{member},2024,{value},tl-closed,primary,2025-06-01,,"
            for name, value in (("trust_survey", 60), ("complaint_survey", 80)) for member in ("QAA", "QCC")]  # fmt: skip
    (folder / "cable.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    return folder


def outcome(bundle):
    facts = bundle.measure
    return standing(facts, facts.index_of("tl2030"), PERIOD, ("QAA", "QCC"), AsOf(date(2024, 12, 31)), 0)


def test_a_slot_that_the_user_fills_is_scored_and_its_rows_are_marked(region, own):
    assert not outcome(load_bundle(region)).outcome("tl2030-o3").scored
    bundle = load_bundle(region, own)
    assert bundle.measure.by_id["trust_survey"].role is Role.SCORE
    answer = outcome(bundle)
    # 2024: parity 0.97 is three hundredths off: 97; trust 60, complaints 80; equal weights.
    assert answer.scores["QAA", "tl2030-o3"].score == pytest.approx((97 + 60 + 80) / 3)
    assert "own" in answer.cells["QAA", "trust_survey"].marks


def test_a_slot_without_goalposts_becomes_a_figure(region, own):
    path = region / "indicators" / "indicators.yaml"
    path.write_text(path.read_text(encoding="utf-8").replace(GOALPOSTS, "\n"), encoding="utf-8")
    assert load_bundle(region, own).measure.by_id["trust_survey"].role is Role.FIGURE


def test_own_rows_are_part_of_the_edition(region, own):
    assert load_bundle(region).edition != load_bundle(region, own).edition


def test_the_same_rows_inside_the_region_are_refused(region, own):
    shutil.copy(own / "cable.csv", region / "indicators" / "observations" / "cable.csv")
    with pytest.raises(FactError, match="takes no rows"):
        load_bundle(region)


def test_a_bad_own_row_is_named_by_file_and_line(region, own):
    with (own / "cable.csv").open("a", encoding="utf-8") as stream:
        stream.write("trust_survey,QAA,2023,many,tl-closed,primary,2025-06-01,,\n")
    with pytest.raises(FactError) as caught:
        load_bundle(region, own)
    assert any(problem.where == "own/cable.csv:6" for problem in caught.value.problems)


def test_a_folder_that_is_none_is_refused(region, tmp_path):
    with pytest.raises(FactError, match="not a folder"):
        load_bundle(region, tmp_path / "nowhere")


def test_an_index_downloaded_by_the_user_gives_the_shipped_regions_trust_a_score(tmp_path):
    """The one outcome that lacks a score only because nobody may pass the figures on."""
    root = default_region()
    names = ("gci_legal", "gci_technical", "gci_organisational", "gci_capacity", "gci_cooperative")
    bundle = load_bundle(root)
    members = tuple(member.id for member in bundle.region.members)
    # Invented points, the same for all.
    rows = [f"{name},{member},2024,15,itu_gci,secondary,2026-11-21,," for name in names for member in members]
    (tmp_path / "itu_gci.csv").write_text(HEADER + "\n".join(rows) + "\n", encoding="utf-8")
    filled = load_bundle(root, tmp_path).measure
    index = filled.index_of("adm2025")
    period = Period(date(2021, 1, 1), date(2025, 12, 31))
    answer = standing(filled, index, period, members, AsOf(date(2026, 11, 21)), 0)
    assert answer.outcome("adm2025-do3").scored
    for member in members:
        cells = [answer.cells[member, name].score for name in ("secure_servers_pm", "digital_payment")]
        have = [score for score in cells if score is not None]
        assert answer.scores[member, "adm2025-do3"].score == pytest.approx((sum(have) + 75) / (len(have) + 1))


def test_the_users_folder_may_describe_its_own_sources(region, own):
    path = own / "cable.csv"
    path.write_text(path.read_text(encoding="utf-8").replace("tl-closed", "mine"), encoding="utf-8")
    (own / "sources.yaml").write_text(
        "sources:\n  - {id: mine, title: My survey, organisation: unknown, address: none, licence: unknown, "
        "redistributable: false, published: unknown}\n",
        encoding="utf-8",
    )
    assert load_bundle(region, own).sources["mine"].title == "My survey"
