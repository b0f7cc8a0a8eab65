"""What regions say about fetching agrees with the rest of their facts, for every region that ships."""

from __future__ import annotations

import pytest

from serantau.base import PartialDate
from serantau.bundle import SHIPPED, load_bundle
from serantau.facts import Grade
from serantau.measure.indicators import Direction, Indicator, Official, Role
from serantau.sources import SourceError
from serantau.sources.apply import SOURCE_OF_READER
from serantau.sources.catalogue import Known, area_codes, known_series, m49_codes, resolve

# The region for training is invented: no publisher has figures of it, so it says nothing about fetching.
REGIONS = sorted(path.parent for path in SHIPPED.glob("*/region.yaml") if path.parent.name != "training")


@pytest.mark.parametrize("folder", REGIONS, ids=lambda folder: folder.name)
def test_a_shipped_region_names_its_own_members_indicators_and_sources(folder):
    bundle = load_bundle(folder)
    members = {member.id for member in bundle.region.members}
    codes = m49_codes(folder)
    assert codes.keys() == members
    assert all(len(code) == 3 and code.isdecimal() for code in codes.values())
    assert len(set(codes.values())) == len(codes)
    rows = known_series(folder)
    assert {row.indicator for row in rows} <= bundle.measure.by_id.keys()
    assert {row.reader for row in rows} <= SOURCE_OF_READER.keys()
    assert len({(row.indicator, row.reader) for row in rows}) == len(rows)
    for source in {row.source for row in rows} | {"worldbank_api", "unsdg_api"}:
        # rows of a source need exactly one file under its licence, or the user has to say which
        same = [table.file for table in bundle.measure.tables if table.licence == bundle.sources[source].licence]
        assert len(same) == 1, source


def indicator(name, address):
    return Indicator(
        id=name,
        name=name,
        definition=name,
        unit="%",
        direction=Direction.HIGHER,
        outcome="context",
        role=Role.FIGURE,
        digital=True,
        licence="CC BY 4.0",
        official=(Official(title="Publisher", address=address),),
        valid_from=PartialDate.parse("unknown"),
        valid_to=PartialDate.parse("open"),
        source="recalled",
        grade=Grade.MEMORY,
        known=PartialDate.parse("2026-01-01"),
    )


INDICATORS = (
    indicator("users", "https://data.worldbank.org/indicator/IT.NET.USER.ZS"),
    indicator("other", "https://data.worldbank.org/indicator/A/B"),
)


def resolved(*words, reader="worldbank", series=()):
    return [(row.indicator, row.code, row.source) for row in resolve(words, reader, INDICATORS, series)]


def test_the_official_address_names_the_banks_code_both_ways():
    assert resolved("users") == resolved("IT.NET.USER.ZS") == [("users", "IT.NET.USER.ZS", "")]


def test_what_the_region_says_comes_before_the_address():
    own = Known("users", "worldbank", "OTHER", {}, "own")
    assert resolved("users", series=(own,)) == [("users", "OTHER", "own")]
    # said for another reader, it says nothing here
    assert resolved("users", series=(Known("users", "unsdg", "OTHER", {}, "own"),)) == [("users", "IT.NET.USER.ZS", "")]


def test_what_the_user_says_comes_first():
    own = Known("users", "worldbank", "OTHER", {"Sex": "F"}, "own")
    assert resolved("users=MINE", series=(own,)) == [("users", "MINE", "")]
    assert resolve(["users=OTHER"], "worldbank", INDICATORS, (own,)) == (own,)


def test_an_indicator_without_a_code_is_not_guessed():
    with pytest.raises(SourceError, match="other=CODE"):
        resolved("other")


def test_a_member_without_m49_code_is_named(tmp_path):
    bundle = load_bundle(REGIONS[0])
    with pytest.raises(SourceError, match=bundle.region.members[0].id):
        area_codes(tmp_path, bundle.region.members, "m49")


@pytest.mark.parametrize("content", ["member,code\nQAA,1\n", "", "member\n"])
def test_a_list_of_areas_in_another_shape_is_a_message(tmp_path, content):
    (tmp_path / "areas.csv").write_text(content)
    with pytest.raises(SourceError, match=r"areas\.csv"):
        m49_codes(tmp_path)
