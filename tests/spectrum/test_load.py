"""Rule: a folder of spectrum facts with one defect does not load, and the message names file, line and remedy."""

from __future__ import annotations

import pytest

from serantau.bundle import load_bundle
from serantau.facts import FactError
from serantau.spectrum.model import State
from tests.support.regions import THREELANDS, copy_of_threelands, edit, line_of

BANDS, HOLDINGS, TOTALS = "spectrum/bands.csv", "spectrum/holdings.csv", "spectrum/totals.csv"

DEFECTS = {
    "two hold the same": (
        HOLDINGS, "qaa-t1-free,QAA,t1,unassigned,,710,720,760,770", "qaa-t1-free,QAA,t1,unassigned,,705,715,755,765",
        "qaa-t1-free", ("705-710, 755-760 MHz are also held", "end one, or name its area"),
    ),
    "outside the band": (
        HOLDINGS, "North Telecom,3500,3600,3500,3600", "North Telecom,3500,3610,3500,3610",
        "qaa-t2", ("3500-3610 MHz is outside t2, 3500-3600 MHz", "name the band that it lies in"),
    ),
    "a pair of two widths": (
        HOLDINGS, "Borealis,700,730,750,780", "Borealis,700,730,750,775",
        "qbb-t1", ("the uplink is 30 MHz wide, the downlink 25",),
    ),
    "another spacing": (
        HOLDINGS, "Corvo,705,715,755,765", "Corvo,705,715,756,766",
        "qcc-t1", ("the spacing is 51 MHz, in t1 it is 50",),
    ),
    "swapped edges": (
        HOLDINGS, "Borealis,700,730,750,780", "Borealis,730,700,750,780",
        "qbb-t1", ("the uplink ends (700) where or before it begins (730)", "Swap the edges"),
    ),
    "one edge": (
        HOLDINGS, "Corvo,705,715,755,765", "Corvo,705,,755,765", "qcc-t1", ("the uplink has one edge only",),
    ),
    "negative frequency": (
        HOLDINGS, "Corvo,705,715,755,765", "Corvo,-705,715,755,765", "qcc-t1", ("uplink_low_mhz", "above 0"),
    ),
    "unknown band": (
        HOLDINGS, "qbb-t1,QBB,t1", "qbb-t1,QBB,t9", "qbb-t1", ("the band 't9' is not in bands.csv", "t1"),
    ),
    "unknown band of an amount": (
        TOTALS, "QCC,t2,one-of", "QCC,t2 t8,one-of", "qcc-t2", ("the band 't8' is not in bands.csv",),
    ),
    "unknown member": (
        HOLDINGS, "qbb-t1,QBB", "qbb-t1,QDD", "qbb-t1", ("the member 'QDD' is not in members.yaml",),
    ),
    "a holder of nothing": (
        HOLDINGS, "qaa-t1-free,QAA,t1,unassigned,,", "qaa-t1-free,QAA,t1,unassigned,Somebody,",
        "qaa-t1-free", ("a range has a holder if it is assigned",),
    ),
    "another duplex": (
        HOLDINGS, "Borealis,3500,3550,3500,3550,TDD", "Borealis,3500,3520,3530,3550,FDD",
        "qbb-t2-zone", ("t2 is TDD, the holding FDD",),
    ),
    "TDD of two ranges": (
        BANDS, "t2,TDD,3500,3600,3500,3600", "t2,TDD,3500,3600,3400,3500", "t2,TDD", ("TDD uses one range",),
    ),
    "FDD without a downlink": (
        BANDS, "t1,FDD,700,730,750,780", "t1,FDD,700,730,,", "t1,FDD", ("FDD has an uplink and a downlink",),
    ),
    "an id twice": (
        HOLDINGS, "qbb-t2-zone,QBB", "qbb-t1,QBB", "qbb-t1,QBB,t2", ("the id 'qbb-t1' stands twice",),
    ),
    "a threshold too many": (
        "spectrum/criteria.csv", "at least,90", "exists,90", "tl-c-coverage", ("a threshold goes with",),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFECTS)
def test_one_defect(name, tmp_path):
    file, old, new, at, words = DEFECTS[name]
    region = copy_of_threelands(tmp_path)
    (region / "published.txt").unlink()
    edit(region, file, old, new)
    with pytest.raises(FactError) as refused:
        load_bundle(region)
    found = [problem for problem in refused.value.problems if problem.where == f"{file}:{line_of(region, file, at)}"]
    assert found, refused.value
    for word in words:
        assert any(word in str(problem) for problem in found), refused.value


def test_a_fine_grid_loads(tmp_path):
    """703-720.5 MHz is a real holding: a grid of 2.5 MHz is legal."""
    region = copy_of_threelands(tmp_path)
    edit(region, HOLDINGS, "Corvo,705,715,755,765", "Corvo,705,722.5,755,772.5")
    assert load_bundle(region).spectrum.holdings


def test_the_invented_region_has_every_kind_of_row():
    facts = load_bundle(THREELANDS).spectrum
    assert all(getattr(facts, name) for name in facts.__struct_fields__)
    assert {holding.state for holding in facts.holdings} == set(State)
