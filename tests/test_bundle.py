"""The facts that ship: what must hold of every figure, indicator, goalpost and licence of the region.

Figures are checked against each other by arithmetic on the files themselves, without the engine.
"""

from __future__ import annotations

import csv
import re
from collections import Counter, defaultdict
from datetime import date
from functools import cache
from pathlib import Path

import msgspec
import pytest

from scripts.indicators_reference import PAGE, page
from serantau.base import AsOf
from serantau.bundle import SHIPPED, Bundle, default_region, load_bundle, permanent_ids
from serantau.facts import FactError, Source
from serantau.measure.assessment import Period
from serantau.measure.indicators import (
    FLAGS,
    Basis,
    Direction,
    Goalposts,
    Indicator,
    Observation,
    Role,
    TableLicence,
)
from serantau.measure.load import PlanIndex
from serantau.measure.standing import standing
from serantau.region import Member, Partner
from serantau.region.model import Profile
from tests.support.regions import THREELANDS, edit

ASEAN = SHIPPED / "asean"
ROWS = ASEAN / "indicators" / "observations"

# The table that was gathered for this region had 9,166 rows, counted by licence beside it before anything was
# converted: CC BY 4.0 4,780 + 612 (ITU) + 349 (UNCTAD) + 15 (WIPO); UN SDG 1,924; UIS 742; UN DESA 385; CC BY 3.0 IGO 9;
# and 350 that may not be redistributed (Ookla 264 + 20, Global Cybersecurity Index 66). One UN SDG row was left out: a
# missing value written as zero (fast fixed-broadband lines of Singapore in 2019).
GATHERED = 9166
NOT_REDISTRIBUTABLE = 264 + 20 + 66
LEFT_OUT = 1
COUNTS = {
    "cc-by.csv": 4780 + 612 + 349 + 15,
    "un-sdg.csv": 1924 - LEFT_OUT,
    "uis-cc-by-sa.csv": 742,
    "un-desa.csv": 385,
    "unctad-cc-by-igo.csv": 9,
}

# What contains what: a composite and its part are never scored together.
CONTAINED = {
    "egdi": {"osi", "tii", "hci"},
    "osi": {"epi"},
    "tii": {"internet_users", "mobile_cellular_per100", "fixed_broadband_per100", "mobile_broadband_per100"},
    "b2c_ecommerce_rank": {"internet_users", "account_ownership", "secure_servers_pm"},
    "gci_overall": {"gci_legal", "gci_technical", "gci_organisational", "gci_capacity", "gci_cooperative"},
    "gtmi_official": {"gtmi_admin", "gtmi_backend", "gtmi_engagement", "gtmi_portals", "gtmi_policy"},
    "dds_exports_per_person": {"ict_service_exports_pct", "ip_receipts_usd", "dds_exports_usd_m"},
    "dds_imports_per_person": {"ip_payments_usd", "dds_imports_usd_m"},
    "fbb_10mbps_share": {"fbb_10mbps_per100", "fbb_any_per100_sdg"},
    "fixed_broadband_per100": {"fbb_any_per100_sdg"},
}


@pytest.fixture(scope="module")
def bundle() -> Bundle:
    return load_bundle(ASEAN)


@cache
def rows() -> list[dict[str, str]]:
    found = []
    for path in sorted(ROWS.glob("*.csv")):
        with path.open(encoding="utf-8", newline="") as file:
            found += [{**row, "file": path.name} for row in csv.DictReader(file)]
    return found


@cache
def table(indicator: str) -> dict[tuple[str, int], float]:
    return {(row["member"], int(row["year"])): float(row["value"]) for row in rows() if row["indicator"] == indicator}


def scored(bundle: Bundle) -> list[Indicator]:
    return [indicator for indicator in bundle.measure.indicators if indicator.role is Role.SCORE]


# --- the folder as a whole ---------------------------------------------------------------------------------------------


def test_both_regions_load_and_the_shipped_one_is_the_default() -> None:
    assert default_region() == ASEAN
    for root in (ASEAN, THREELANDS):
        load_bundle(root)


@pytest.mark.parametrize("root", [ASEAN, THREELANDS], ids=["asean", "threelands"])
def test_every_permanent_id_is_on_the_list_of_published_ids(root: Path) -> None:
    bundle = load_bundle(root)
    published = (root / "published.txt").read_text(encoding="utf-8").split("\n")[:-1]
    assert tuple(published) == permanent_ids(bundle)


def test_every_source_says_what_may_be_done_with_it(bundle: Bundle) -> None:
    for source in bundle.sources.values():
        assert source.licence
        assert source.address
    assert {
        s.id for s in bundle.sources.values() if s.id.startswith(("ookla", "itu_gci")) and s.redistributable
    } == set()


# --- rows and licences -------------------------------------------------------------------------------------------------


def test_the_rows_of_each_file_are_those_that_were_gathered() -> None:
    assert Counter(row["file"] for row in rows()) == COUNTS
    assert sum(COUNTS.values()) == GATHERED - NOT_REDISTRIBUTABLE - LEFT_OUT


def test_no_row_that_may_not_be_redistributed(bundle: Bundle) -> None:
    for row in rows():
        assert bundle.sources[row["source"]].redistributable, row
        assert not row["indicator"].startswith(("gci_", "ookla_", "speedtest_")), row


def test_every_row_stands_in_the_file_of_its_licence(bundle: Bundle) -> None:
    licences = {Path(licence.file).name: licence for licence in bundle.measure.tables}
    for row in rows():
        stated = bundle.sources[row["source"]].licence
        version = stated.replace("UNCTAD CC", "CC").replace("WIPO CC", "CC")
        assert version.startswith(licences[row["file"]].licence.split(":")[0]), row
    assert [name for name, licence in licences.items() if licence.share_alike] == ["uis-cc-by-sa.csv"]
    assert {row["file"] for row in rows() if "CC BY-SA" in bundle.sources[row["source"]].licence} == {
        "uis-cc-by-sa.csv"
    }
    assert {row["source"] for row in rows() if row["file"] == "uis-cc-by-sa.csv"} == {"uis_sdg4"}


def test_nothing_is_primary_because_no_publishers_own_table_was_read() -> None:
    assert {row["grade"] for row in rows()} == {"secondary", "weak"}
    assert {row["indicator"] for row in rows() if row["grade"] == "weak"} == {
        "b2c_ecommerce_rank",
        "gii_rank",
        "gii_score",
    }


def test_values_are_not_rounded() -> None:
    assert sum(len(row["value"].partition(".")[2]) > 4 for row in rows()) > 4000


# --- known anomalies are flagged, each with its reason -----------------------------------------------------------------

ANOMALIES = {
    ("internet_users", "KHM", 2015): "doubtful",
    ("internet_users", "KHM", 2016): "break",
    ("fixed_broadband_per100", "TLS", 2018): "break",
    ("secure_servers_pm", "BRN", 2023): "doubtful",
    ("gdp_pc_growth", "TLS", 2020): "doubtful",
    ("gdp_pc_growth_sdg", "TLS", 2020): "doubtful",
    ("wgi_regulatory_quality", "MMR", 2021): "doubtful",
    ("wgi_control_corruption", "MMR", 2012): "doubtful",
    ("wgi_control_corruption", "BRN", 2020): "doubtful",
    ("db_start_days", "BRN", 2016): "break",
    ("db_start_days", "MMR", 2016): "break",
    ("db_start_days", "LAO", 2016): "break",
    ("db_start_days", "THA", 2018): "break",
    ("db_start_days", "MYS", 2017): "break",
    ("dds_exports_usd_m", "MMR", 2012): "doubtful",
    ("dds_exports_usd_m", "MMR", 2021): "doubtful",
    ("dds_exports_usd_m", "TLS", 2015): "doubtful",
    ("dds_imports_usd_m", "BRN", 2018): "doubtful",
    ("dds_exports_usd_m", "VNM", 2022): "doubtful",
    ("bribery_firms", "MYS", 2019): "doubtful",
    ("bribery_firms", "TLS", 2021): "doubtful",
    ("bribery_firms", "LAO", 2016): "doubtful",
    ("ict_service_exports_pct", "BRN", 2023): "doubtful",
    ("new_business_density", "BRN", 2020): "doubtful",
    ("gtmi_backend", "TLS", 2022): "doubtful",
    ("biz_internet", "THA", 2022): "definition-differs",
    ("skill_proglang", "BRN", 2019): "doubtful",
}


@pytest.mark.parametrize("key", ANOMALIES)
def test_a_known_anomaly_is_flagged_and_explained(key: tuple[str, str, int]) -> None:
    indicator, member, year = key
    [row] = [r for r in rows() if (r["indicator"], r["member"], int(r["year"])) == (indicator, member, year)]
    assert ANOMALIES[key] in row["flags"].split()
    assert row["note"]


def test_whatever_is_doubtful_or_broken_says_why() -> None:
    for row in rows():
        if {"doubtful", "break", "definition-differs"} & set(row["flags"].split()):
            assert row["note"], row


def test_governance_estimates_are_marked_as_estimates() -> None:
    marked = {row["indicator"] for row in rows() if "estimated" in row["flags"].split()}
    assert marked == {indicator for indicator in {row["indicator"] for row in rows()} if indicator.startswith("wgi_")}


def test_one_of_two_years_of_skills_is_labelled_wrongly_and_both_are_flagged() -> None:
    # Brunei Darussalam: the values of 2018 come back in 2019 to the last digit, under other skills.
    years: dict[str, set[str]] = defaultdict(set)
    for row in rows():
        if row["indicator"].startswith("skill_") and row["member"] == "BRN" and row["year"] in ("2018", "2019"):
            years[row["year"]].add(row["value"])
            assert "doubtful" in row["flags"].split()
    assert len(years["2018"] & years["2019"]) >= 8


# --- figures against each other ----------------------------------------------------------------------------------------


def test_the_e_government_index_is_the_mean_of_its_three_parts() -> None:
    parts = [table(name) for name in ("osi", "tii", "hci")]
    for key, value in table("egdi").items():
        if key[1] >= 2022:  # the years that were copied by hand
            assert value == pytest.approx(sum(part[key] for part in parts) / 3, abs=1.01e-4), key


def test_payments_of_all_lie_between_those_of_women_and_men_and_of_poor_and_rich() -> None:
    female, male = table("digital_payment_female"), table("digital_payment_male")
    poor, rich = table("digital_payment_poorest40"), table("digital_payment_richest60")
    for key, value in table("digital_payment").items():
        assert min(female[key], male[key]) <= value <= max(female[key], male[key])
        assert value == pytest.approx(0.4 * poor[key] + 0.6 * rich[key], abs=0.07)


def test_parity_is_the_ratio_of_the_published_shares() -> None:
    for name in ("internet", "mobile_owner", "digital_payment", "account"):
        shares = "internet_users" if name == "internet" else name
        female, male = table(f"{shares}_female"), table(f"{shares}_male")
        for key, value in table(f"{name}_gender_parity").items():
            assert value == pytest.approx(female[key] / male[key], abs=6e-6), (name, key)


def test_population_is_what_turns_income_into_income_per_head() -> None:
    total, per_head = table("gdp_const_usd"), table("gdp_pc_const_usd")
    for key, value in table("population").items():
        assert value == pytest.approx(total[key] / per_head[key], abs=0.51)


def test_shares_and_indexes_stay_within_their_natural_bounds(bundle: Bundle) -> None:
    for indicator in scored(bundle):
        posts = indicator.goalposts
        assert posts is not None
        if posts.basis is not Basis.NATURAL or indicator.ratio is not None:
            continue
        for key, value in table(indicator.id).items():
            distance = (
                abs(value - (indicator.reference or 0.0)) if indicator.direction is Direction.REFERENCE else value
            )
            assert min(posts.low, posts.high) <= distance <= max(posts.low, posts.high), (indicator.id, key)


def test_fast_lines_are_never_more_than_all_lines() -> None:
    total = table("fbb_any_per100_sdg")
    for key, value in table("fbb_10mbps_per100").items():
        assert 0 <= value <= total[key] + 1e-9, key


# --- indicators --------------------------------------------------------------------------------------------------------


def test_every_scored_indicator_is_digital_and_has_goalposts_with_their_basis(bundle: Bundle) -> None:
    assert len(scored(bundle)) == 38
    for indicator in scored(bundle):
        assert indicator.digital
        assert indicator.goalposts is not None
        assert len(indicator.goalposts.why) > 20
        assert indicator.goalposts.source in bundle.sources


def test_every_role_has_its_reason(bundle: Bundle) -> None:
    begins = {Role.SCORE: ("Scored",), Role.SLOT: ("Slot",), Role.FIGURE: ("Not scored", "Not digital")}
    for indicator in bundle.measure.indicators:
        if indicator.outcome != "context" and indicator.role in begins:
            assert indicator.note.startswith(begins[indicator.role]), indicator.id


def test_what_is_not_digital_says_so_and_is_not_scored(bundle: Bundle) -> None:
    for indicator in bundle.measure.indicators:
        if not indicator.digital:
            assert indicator.role is not Role.SCORE, indicator.id


def test_nothing_is_scored_twice_or_inside_a_composite_that_is_also_scored(bundle: Bundle) -> None:
    names = {indicator.id for indicator in scored(bundle)}
    known = {indicator.id for indicator in bundle.measure.indicators}
    for whole, parts in CONTAINED.items():
        assert {whole, *parts} <= known
        assert whole not in names or not parts & names, whole
    ratios = [(i.ratio.numerator, i.ratio.denominator) for i in scored(bundle) if i.ratio is not None]
    assert len(set(ratios)) == len(ratios)


def test_goalposts_from_the_frontier_are_the_best_members_value_before_the_plan(bundle: Bundle) -> None:
    checked = 0
    for indicator in scored(bundle):
        posts = indicator.goalposts
        assert posts is not None
        if posts.basis is not Basis.FRONTIER:
            continue
        series = table(indicator.id)
        if indicator.ratio is not None:
            upper, lower = table(indicator.ratio.numerator), table(indicator.ratio.denominator)
            series = {key: upper[key] / lower[key] * indicator.ratio.factor for key in upper.keys() & lower.keys()}
        last = max(year for _, year in series if year <= 2020)
        best = max(value for (_, year), value in series.items() if year == last)
        assert posts.high == pytest.approx(best, rel=1e-12), indicator.id
        assert str(last) in posts.why
        checked += 1
    assert checked == 5


def test_the_low_end_is_never_the_samples_own_minimum(bundle: Bundle) -> None:
    for indicator in scored(bundle):
        posts = indicator.goalposts
        assert posts is not None
        if posts.basis is Basis.FRONTIER:
            assert posts.low in (0.0, 1.0), (
                indicator.id
            )  # none at all, or one whole unit where the scale is logarithmic
            assert posts.low not in {value for value in table(indicator.id).values() if value}, indicator.id


def test_no_target_because_none_with_a_source_was_found(bundle: Bundle) -> None:
    assert [indicator.id for indicator in bundle.measure.indicators if indicator.target is not None] == []


def test_recovery_is_measured_against_2019(bundle: Bundle) -> None:
    recovery = [indicator for indicator in bundle.measure.indicators if indicator.base_year is not None]
    assert {indicator.base_year for indicator in recovery} == {2019}
    assert {indicator.outcome for indicator in recovery} == {"adm2025-do1"}
    assert {indicator.role for indicator in recovery} == {Role.FIGURE}


def test_which_outcomes_can_have_a_score(bundle: Bundle) -> None:
    index = bundle.measure.index_of("adm2025")
    assert index is not None
    per_outcome = Counter(indicator.outcome for indicator in scored(bundle))
    enough = {outcome for outcome in index.outcomes if per_outcome[outcome] >= index.min_digital}
    assert enough == {f"adm2025-do{number}" for number in (2, 5, 6, 7, 8)}
    assert per_outcome["adm2025-do3"] == 2


def test_an_outcome_without_a_score_names_official_sources(bundle: Bundle) -> None:
    for number in (1, 3, 4):
        mine = [i for i in bundle.measure.indicators if i.outcome == f"adm2025-do{number}"]
        assert any(indicator.official for indicator in mine)
    for indicator in bundle.measure.indicators:
        for official in indicator.official:
            assert official.address.startswith("https://"), indicator.id


def test_slots_hold_no_rows_and_indicators_without_rows_are_slots_or_derived(bundle: Bundle) -> None:
    with_rows = {row["indicator"] for row in rows()}
    for indicator in bundle.measure.indicators:
        empty = indicator.role is Role.SLOT or indicator.ratio is not None
        assert (indicator.id in with_rows) is not empty, indicator.id


def test_no_overall_score_unless_every_outcome_has_one(bundle: Bundle) -> None:
    index = bundle.measure.index_of("adm2025")
    assert index is not None
    aggregate = index.steps[-1]
    assert aggregate.by_group["adm2025"].missing == "refuse"  # type: ignore[union-attr]
    assert aggregate.by_group["adm2025"].min_share == 1  # type: ignore[union-attr]


def test_the_note_says_whose_choice_the_weights_are(bundle: Bundle) -> None:
    index = bundle.measure.index_of("adm2025")
    assert index is not None
    assert "maintainers, not of the region" in index.note.replace("\n", " ")


# --- the pages that describe all this ----------------------------------------------------------------------------------

GUIDE = Path(__file__).parents[1] / "docs" / "guide" / "region.md"
BLOCK = re.compile(r"^`([\w./-]+)`\n\n```(?:yaml|csv)\n(.*?)```", re.MULTILINE | re.DOTALL)


def test_the_worked_example_of_the_guide_loads_and_its_defect_is_named_as_the_guide_says(tmp_path: Path) -> None:
    root = tmp_path / "pair"
    text = GUIDE.read_text(encoding="utf-8")
    for name, content in BLOCK.findall(text):
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_text(content, encoding="utf-8")
    example = load_bundle(root)
    assert [(row.member, row.value) for row in example.measure.observations] == [("QMA", 80), ("QMB", 95)]
    edit(root, "members.yaml", "grade: memory", "grade: certain")
    with pytest.raises(FactError) as caught:
        load_bundle(root)
    assert str(caught.value) in text


def test_the_guide_explains_every_key_and_every_flag() -> None:
    text = GUIDE.read_text(encoding="utf-8")
    kinds = (Profile, Member, Partner, Source, Indicator, Goalposts, Observation, TableLicence, PlanIndex)
    names = {field.encode_name for kind in kinds for field in msgspec.structs.fields(kind)} | set(FLAGS)
    assert {name for name in names if f"`{name}`" not in text and f"`{name}:" not in text} <= {
        "indicator", "member", "year", "value", "flags"
    }  # fmt: skip


def test_the_reference_of_indicators_is_the_one_that_the_facts_give(bundle: Bundle) -> None:
    assert PAGE.read_text(encoding="utf-8") == page(bundle), "run: python scripts/indicators_reference.py"


def test_the_readme_of_the_region_counts_as_the_files_do(bundle: Bundle) -> None:
    text = (ASEAN / "README.md").read_text(encoding="utf-8")
    for licence in bundle.measure.tables:
        name = Path(licence.file).name
        [line] = [line for line in text.splitlines() if line.startswith(f"| `{name}` |")]
        assert licence.licence.split(":")[0] in line
        assert line.endswith(f"| {COUNTS[name]:,} |")
    marked = sum("hand-copied" in row["flags"].split() for row in rows())
    assert f"- {marked} rows are marked `hand-copied`" in text


# --- the invented region, computed by hand -----------------------------------------------------------------------------


def test_scores_of_the_invented_region_are_those_of_pencil_and_paper() -> None:
    # End of 2025, figures of 2024. Access weighs 3, quality 1; in quality, outages weigh 2 and fast lines 1.
    def outcome(lines: float, coverage: float, outages: float, fast: float) -> float:
        access = (lines / 40 * 100 + coverage) / 2
        quality = (2 * (120 - outages) / 120 * 100 + fast) / 3
        return (3 * access + quality) / 4

    expected = {
        "QAA": outcome(28, 95, 28, 100 / 190 * 100),
        "QBB": outcome(16, 66, 60, 45 / 95 * 100),
        "QCC": outcome(39, 89, 11, 190 / 200 * 100),
    }
    three = load_bundle(THREELANDS)
    index = three.measure.index_of("tl2030")
    assert index is not None
    asof = AsOf(date(2025, 12, 31))
    members = [member.id for member in three.region.members_at(asof)]
    period = Period(date(2021, 1, 1), date(2030, 12, 31))
    found = standing(three.measure, index, period, members, asof, replicates=0)
    for member, score in expected.items():
        assert found.scores[member, "tl2030-o2"].score == pytest.approx(score, abs=1e-9)
        assert found.scores[member, "tl2030-o3"].score is None
    assert [found.scores[member, "tl2030-o2"].rank for member in ("QAA", "QBB", "QCC")] == [2, 3, 1]
