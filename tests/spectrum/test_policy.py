"""Rule: prices show both orders with what they rest on; recommendations name criterion, threshold and peers."""

from __future__ import annotations

from datetime import date

import pytest

from serantau.base import AsOf, Truth
from serantau.bundle import default_region, load_bundle
from serantau.spectrum.concentration import concentration, herfindahl
from serantau.spectrum.harmonise import Holdings, radio_of
from serantau.spectrum.prices import prices
from serantau.spectrum.recommend import findings, rank_ranges, recommendations
from tests.support.regions import THREELANDS

NOW = AsOf(date(2026, 1, 1))


@pytest.fixture(scope="module")
def invented():
    return load_bundle(THREELANDS).spectrum


@pytest.fixture(scope="module")
def shipped():
    return load_bundle(default_region()).spectrum


def test_prices_by_hand(invented):
    """Asterra: 200 / 2 / 20 / 5 = 1, over 20 years 0.05. Borealia: (50 + 5 x 20) / 2 / 20 / 10 = 0.375, 0.075 a year."""
    found = {price.award.member: price for price in prices(invented, NOW)}
    assert found["QAA"].usd_per_mhz_pop == pytest.approx(1.0)
    assert found["QAA"].usd_per_mhz_pop_year == pytest.approx(0.05)
    assert found["QBB"].usd_per_mhz_pop == pytest.approx(0.375)
    assert found["QBB"].usd_per_mhz_pop_year == pytest.approx(0.075)
    assert found["QCC"].usd_per_mhz_pop is None
    assert found["QCC"].missing == (
        "the exchange rate of XXX in 2021", "the population in 2021", "the term of the licence",
    )  # fmt: skip
    assert [price.award.member for price in prices(invented, NOW)] == ["QBB", "QAA", "QCC"]


# US dollars per MHz and head, and per year, computed elsewhere from the same awards; populations and rates about 10 %.
ELSEWHERE = {
    "award-vnm-2024-c2": (0.010, 0.0007), "award-idn-2022-2100": (0.014, None), "award-vnm-2024-b1": (0.030, 0.0020),
    "award-vnm-2025-700": (0.038, 0.0026), "award-mys-2022-2600": (0.041, 0.0082), "award-sgp-2020-3500": (0.068, None),
    "award-mmr-2017-1800": (0.076, 0.0063), "award-tha-2020-2600": (0.090, 0.0060),
    "award-tha-2025-2100": (0.218, 0.0145), "award-tha-2019-700": (0.40, 0.027),
}  # fmt: skip


def test_the_prices_of_the_region_agree_with_a_table_computed_elsewhere(shipped):
    found = {price.award.id: price for price in prices(shipped, AsOf(date(2026, 11, 21)))}
    assert found.keys() == ELSEWHERE.keys()
    for name, (head, year) in ELSEWHERE.items():
        assert found[name].usd_per_mhz_pop == pytest.approx(head, rel=0.1)
        assert found[name].usd_per_mhz_pop_year == (None if year is None else pytest.approx(year, rel=0.1))


def test_the_two_orders_differ(shipped):
    """A licence of five years is cheaper per megahertz and head, and dearer per year, than those of twelve and fifteen."""
    found = {price.award.id: price for price in prices(shipped, AsOf(date(2026, 11, 21)))}
    short = found["award-mys-2022-2600"]
    for name in ("award-tha-2020-2600", "award-mmr-2017-1800"):
        assert short.usd_per_mhz_pop < found[name].usd_per_mhz_pop
        assert short.usd_per_mhz_pop_year > found[name].usd_per_mhz_pop_year


def test_three_values_of_a_criterion(invented):
    met = {(one.criterion.id, one.member): one.met for one in findings(invented, ["QAA", "QBB", "QCC"], NOW)}
    assert met == {
        ("tl-c-coverage", "QAA"): Truth.YES, ("tl-c-coverage", "QBB"): Truth.NO,
        ("tl-c-coverage", "QCC"): Truth.UNKNOWN, ("tl-c-permit", "QAA"): Truth.YES,
        ("tl-c-permit", "QBB"): Truth.UNKNOWN, ("tl-c-permit", "QCC"): Truth.NO,
    }  # fmt: skip


def test_a_recommendation_names_the_peers_and_what_they_did(invented):
    first, *rest = recommendations(invented, "QBB", ["QAA", "QBB", "QCC"], NOW)
    assert (first.finding.criterion.id, first.finding.met) == ("tl-c-coverage", Truth.NO)
    assert [(peer.member, peer.record.number) for peer in first.peers] == [("QAA", 95.0)]
    assert all(one.finding.met is Truth.UNKNOWN for one in rest)


def test_rank_ranges_follow_from_what_is_known(invented):
    """Asterra meets both and is never behind; Borealia and Corvania fail one each and are not known on the other."""
    found = {one.member: one for one in rank_ranges(findings(invented, ["QAA", "QBB", "QCC"], NOW))}
    assert (found["QAA"].best, found["QAA"].worst) == (1, 1)
    assert (found["QBB"].best, found["QBB"].worst) == (2, 3)
    assert (found["QCC"].best, found["QCC"].worst, found["QCC"].known) == (2, 3, 1)
    again = rank_ranges(findings(invented, ["QAA", "QBB", "QCC"], NOW))
    assert again == rank_ranges(findings(invented, ["QAA", "QBB", "QCC"], NOW), seed=1)


def test_the_index_of_concentration():
    """One holder 10,000; four equal ones 2,500; 50 + 30 + 20: 2,500 + 900 + 400."""
    assert herfindahl([7.0]) == 10_000
    assert herfindahl([5.0] * 4) == 2_500
    assert herfindahl([50.0, 30.0, 20.0]) == 3_800


def test_concentration_names_whose_amount_is_not_known(invented):
    found = concentration(Holdings(invented, ["QCC"], NOW), "QCC")
    assert dict(found.shares) == {"Corvo": 100.0}
    assert found.without_amount == ("Islanders",)


def test_a_cancelled_order_is_no_holding(shipped):
    """An order of 15 May 2020 for 700 MHz was cancelled on 3 June: it holds between, and not after."""
    radio = radio_of(shipped.band("n28"))

    def held(day):
        return Holdings(shipped, ["MYS"], AsOf(day)).use("MYS", radio).amount.lower

    assert held(date(2020, 5, 20)) == 80
    assert held(date(2020, 5, 14)) == 0
    assert held(date(2020, 6, 4)) == 0


def test_the_invented_region_by_hand(invented):
    members = ["QAA", "QBB", "QCC"]
    t1 = radio_of(invented.band("t1"))
    two = Holdings(invented, members[:2], NOW).common(t1).amount
    assert (two.lower, two.reported, two.upper) == (20, 20, 20)
    three = Holdings(invented, members, NOW).common(t1).amount
    assert (three.lower, three.reported, three.upper) == (0, 10, 20)


def test_companies_that_have_merged_are_counted_as_one(shipped):
    found = concentration(Holdings(shipped, ["THA"], AsOf(date(2026, 1, 1))), "THA")
    names = [name for name, _ in found.shares]
    assert "True" in names
    assert not any("now" in name for name in names)
