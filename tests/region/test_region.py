"""Who the members are on which day, with which knowledge."""

from __future__ import annotations

from datetime import date
from importlib import resources
from pathlib import Path

import pytest

from serantau.base import AsOf
from serantau.bundle import SHIPPED
from serantau.facts import FactFolder
from serantau.region import Region, RegionError, load_region
from tests.support.regions import THREELANDS, copy_of_threelands, edit

NOW = date(2026, 11, 21)


def load(root: Path) -> Region:
    folder = FactFolder(root)
    region = load_region(folder)
    folder.finish()
    assert region is not None
    return region


@pytest.fixture(scope="module")
def asean() -> Region:
    return load(SHIPPED / "asean")


@pytest.fixture(scope="module")
def threelands() -> Region:
    return load(THREELANDS)


# --- the shipped region ------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "day, count",
    [
        # The adoption of the plan, and Timor-Leste's accession on 26 October 2025.
        (date(2021, 1, 22), 10),
        (date(2025, 10, 25), 10),
        (date(2025, 10, 26), 11),
        (NOW, 11),
        # From memory: five founders in 1967, then Brunei 1984, Viet Nam 1995, Laos and Myanmar 1997, Cambodia 1999.
        (date(1967, 8, 8), 5),
        (date(1990, 1, 1), 6),
        (date(1996, 1, 1), 7),
        (date(1998, 1, 1), 9),
        (date(2000, 1, 1), 10),
    ],
)
def test_the_number_of_members_on_a_day(asean: Region, day: date, count: int) -> None:
    assert len(asean.members_at(AsOf(day))) == count
    assert asean.uncertain_members_at(AsOf(day)) == ()


def test_the_eleventh_member_is_timor_leste(asean: Region) -> None:
    before = {member.id for member in asean.members_at(AsOf(date(2025, 10, 25)))}
    after = {member.id for member in asean.members_at(AsOf(date(2025, 10, 26)))}
    assert after - before == {"TLS"}
    assert before < after


def test_members_come_in_the_order_of_their_names(asean: Region) -> None:
    names = [member.name for member in asean.members_at(AsOf(NOW))]
    assert names == sorted(names)
    assert names[0] == "Brunei Darussalam"


def test_time_zones_are_those_of_the_time_zone_database(asean: Region) -> None:
    # zone.tab of the IANA database maps ISO 3166-1 alpha-2 codes to zones; it knows nothing of us.
    table = resources.files("tzdata.zoneinfo").joinpath("zone.tab").read_text(encoding="utf-8")
    rows = [line.split("\t") for line in table.splitlines() if not line.startswith("#")]
    for member in asean.members:
        assert set(member.time_zones) == {row[2] for row in rows if row[0] == member.alpha2}, member.id


def test_every_member_has_a_tile_of_its_own_and_none_lies_far_off(asean: Region) -> None:
    tiles = [member.tile for member in asean.members]
    assert len(set(tiles)) == len(tiles) == 11
    assert min(column for column, _ in tiles) == min(row for _, row in tiles) == 0
    assert max(column for column, _ in tiles) <= 5
    assert max(row for _, row in tiles) <= 5


def test_what_is_recalled_says_so(asean: Region) -> None:
    for member in asean.members:
        assert (member.source, member.grade.value) == ("recalled", "memory"), member.id


def test_partners(asean: Region) -> None:
    kinds = [partner.kind for partner in asean.partners]
    assert kinds.count("dialogue partner") == 11
    assert {partner.id for partner in asean.partners if partner.kind == "international organisation"} == {"itu", "apt"}


# --- any region --------------------------------------------------------------------------------------------------------


def test_a_member_is_found_by_either_code_in_any_case(threelands: Region) -> None:
    assert threelands.member("qbb") is threelands.member("XB")


def test_an_unknown_code_gets_help(threelands: Region) -> None:
    with pytest.raises(RegionError, match=r"Three Lands has no member with the code .QAB.\. Did you mean"):
        threelands.member("QAB")


def test_a_month_leaves_its_days_uncertain(threelands: Region) -> None:
    # Corvania joined in May 2014, on a day that the treaty does not name.
    def states(day: date) -> tuple[list[str], list[str]]:
        at = AsOf(day)
        return [m.id for m in threelands.members_at(at)], [m.id for m in threelands.uncertain_members_at(at)]

    assert states(date(2014, 4, 30)) == ([], [])
    assert states(date(2014, 5, 1)) == (["QAA"], ["QCC"])
    assert states(date(2014, 5, 31)) == (["QAA", "QCC"], [])


def test_what_was_not_known_then_is_not_in_the_answer(threelands: Region) -> None:
    day = date(2025, 6, 1)
    assert len(threelands.members_at(AsOf(day))) == 3
    assert [m.id for m in threelands.members_at(AsOf(day, known=date(2025, 5, 31)))] == ["QAA", "QCC"]
    assert threelands.members_at(AsOf(day, known=date(2024, 5, 31))) == ()


def test_an_unknown_day_of_leaving_makes_membership_unknown_not_lasting(tmp_path: Path) -> None:
    root = copy_of_threelands(tmp_path)
    edit(root, "members.yaml", "valid_to: open", "valid_to: unknown")
    region = load(root)
    assert [m.id for m in region.uncertain_members_at(AsOf(NOW))] == ["QAA"]
    assert "QAA" not in [m.id for m in region.members_at(AsOf(NOW))]
