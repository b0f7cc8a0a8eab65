"""Rule: no answer is no "not started"; the first date stays; counting what was done never scores an outcome."""

from __future__ import annotations

from dataclasses import fields
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.base import AsOf, PartialDate, Truth
from serantau.bundle import load_bundle, period_of
from serantau.facts import FactError, Grade
from serantau.measure.standing import standing
from serantau.plan.progress import Answer, Levels, answer_table, due_of, levels, newest, projects_of
from serantau.plan.reports import ActionReport, Evidence, Status
from tests.support.regions import THREELANDS, copy_of_threelands

NOW = AsOf(date(2026, 11, 28))
MEMBERS = ("QAA", "QBB", "QCC")


@pytest.fixture(scope="module")
def bundle():
    return load_bundle(THREELANDS)


@pytest.fixture(scope="module")
def table(bundle):
    return answer_table(bundle.plans, "tl2030", MEMBERS, (2024, 2025), NOW)


def test_every_answer_of_the_invented_region(table):
    """The table of tests/regions/threelands/README.md."""
    said = {
        ("tl2030-a2-1", "QAA", 2024): Answer.IN_PROGRESS,
        ("tl2030-a2-1", "QAA", 2025): Answer.DONE,
        ("tl2030-a2-2", "QAA", 2025): Answer.NOT_STARTED,
        ("tl2030-a1-1", "QAA", 2025): Answer.NOT_APPLICABLE,
        ("tl2030-a2-1", "QCC", 2025): Answer.IN_PROGRESS,
    }
    for action in table.actions:
        for member in MEMBERS:
            for year in (2024, 2025):
                assert table.answer(action, member, year) is said.get((action, member, year), Answer.NO_ANSWER)


def test_answers_are_counted_and_add_up(table):
    found = table.compliance(2025)
    assert found.asked == 5 * 3
    assert {one.value: number for one, number in found.counts.items()} == {
        "not started": 1,
        "in progress": 1,
        "done": 1,
        "not applicable": 1,
        "no answer": 11,
    }
    assert found.answered == 4
    assert table.compliance(2025, ["QBB"]).answered == 0


def test_who_has_not_answered_is_named(table):
    missing = table.unanswered(2025)
    assert list(missing) == ["QAA", "QBB", "QCC"]
    assert missing["QBB"] == table.actions
    assert missing["QAA"] == ("tl2030-a2-10", "tl2030-a3-1")


def test_a_later_report_replaces_an_earlier_one_from_its_day_on(bundle):
    reports = bundle.plans.all_action_reports
    key = ("tl2030-a2-1", "QAA", 2025)
    assert key not in newest(reports, AsOf(NOW.valid, date(2026, 2, 28)))
    assert newest(reports, AsOf(NOW.valid, date(2026, 3, 1)))[key].status is Status.IN_PROGRESS
    assert newest(reports, AsOf(NOW.valid, date(2026, 6, 1)))[key].status is Status.DONE


def test_the_first_date_stays_when_it_moves(bundle, table):
    moved = due_of(bundle.plans, table, "tl2030-a2-1", "QCC", NOW)
    assert (moved.baseline, moved.expected) == (PartialDate("2025-12"), PartialDate("2027-06"))
    assert moved.moved
    assert moved.late is Truth.YES
    assert due_of(bundle.plans, table, "tl2030-a2-1", "QCC", AsOf(date(2025, 12, 31))).late is Truth.NO
    done = due_of(bundle.plans, table, "tl2030-a2-1", "QAA", NOW)
    assert done.late is Truth.NO
    nothing = due_of(bundle.plans, table, "tl2030-a3-1", "QBB", NOW)
    assert (nothing.baseline, nothing.late, nothing.moved) == (None, Truth.UNKNOWN, False)


def test_the_plans_own_date_is_the_baseline_and_without_an_answer_nobody_is_called_late(bundle, table):
    due = due_of(bundle.plans, table, "tl2030-a1-1", "QBB", NOW)
    assert (due.baseline, due.expected, due.late) == (PartialDate("2022"), PartialDate("2022"), Truth.UNKNOWN)


def test_projects_stand_under_their_action_with_lead_and_funding(bundle):
    (masts,) = projects_of(bundle.plans, "tl2030-a2-2", NOW)
    assert (masts.member, masts.project, masts.year, masts.status) == ("QAA", "valley-masts", 2025, Status.IN_PROGRESS)
    assert masts.lead == "Ministry of Valleys"
    assert [(one.funder, one.amount, one.currency) for one in masts.funding] == [
        ("Treasury of Asterra", 1_000_000.0, "XTS"),
        ("Statistical Union", None, None),
    ]


def test_what_was_done_and_how_things_are_stand_apart(bundle):
    """However much is reported done, every score stays what the figures make it."""
    plans, plan = bundle.plans, bundle.plans.plan("tl2030")
    index, period = bundle.measure.index_of("tl2030"), period_of(plan)
    held = standing(bundle.measure, index, period, MEMBERS, NOW, 0)

    def all_done(actions):
        return tuple(
            ActionReport(
                id=f"{action}.{member}", action=action, member=member, year=2025, status=Status.DONE,
                evidence=(Evidence(title="x", address="https://x.example"),), source="tl-plan", grade=Grade.PRIMARY,
                known=PartialDate("2026-11-01"),
            )
            for action in actions for member in MEMBERS
        )  # fmt: skip

    from dataclasses import replace

    table = answer_table(plans, "tl2030", MEMBERS, (2025,), NOW)
    rosy = replace(plans, all_action_reports=all_done(table.actions))
    rosy_table = answer_table(rosy, "tl2030", MEMBERS, (2025,), NOW)
    for member in MEMBERS:
        plain = levels(plans, table, 2025, member, NOW, held, bundle.measure.indicators)
        painted = levels(rosy, rosy_table, 2025, member, NOW, held, bundle.measure.indicators)
        assert [one.score for one in plain] == [one.score for one in painted]
        assert [one.impact for one in plain] == [one.impact for one in painted]
        assert all(one.compliance.counts[Answer.DONE] == one.compliance.asked for one in painted)
    assert {one.name for one in fields(Levels)} == {"outcome", "compliance", "score", "impact"}


def test_a_plan_that_is_not_measured_has_compliance_alone(bundle):
    table = answer_table(bundle.plans, "tl2020", MEMBERS, (2018,), NOW)
    assert all(
        one.score is None and one.impact == ()
        for one in levels(bundle.plans, table, 2018, "QAA", NOW, None, bundle.measure.indicators)
    )


DAYS = st.dates(date(2024, 1, 1), date(2026, 12, 31))


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b"]), st.sampled_from(MEMBERS), DAYS, st.sampled_from(Status)), max_size=20
    ),
    DAYS,
)
def test_the_newest_known_report_wins_whatever_their_order(rows, known):
    reports = [
        ActionReport(
            id=f"r{number}", action=action, member=member, year=2024, status=status, source="s", grade=Grade.PRIMARY,
            known=PartialDate(day.isoformat()),
        )
        for number, (action, member, day, status) in enumerate(dict.fromkeys(rows))
    ]  # fmt: skip
    asof = AsOf(date(2026, 12, 31), known)
    found = newest(reports, asof)
    for key in {(one.action, one.member, one.year) for one in reports}:
        mine = [one for one in reports if (one.action, one.member, one.year) == key and one.known.latest <= known]
        if not mine:
            assert key not in found
        else:
            assert found[key].known.latest == max(one.known.latest for one in mine)


DEFECTS = {
    "done without evidence": (
        "    evidence:\n      - title: Survey of the valleys\n        address: https://survey.example\n",
        "",
        "done needs evidence",
    ),
    "no such action": ("action: tl2030-a2-2\n", "action: tl2030-a9-9\n", "there is no action 'tl2030-a9-9'"),
    "no such member": ("member: QCC", "member: QZZ", "the member 'QZZ' is not in members.yaml"),
    "a first date that is rewritten": (
        "due: 2025-12\n    expected: 2027-06",
        "due: 2026-12\n    expected: 2027-06",
        "was first reported as 2025-12",
    ),
    "a year to come": ("year: 2024", "year: 2031", "the year 2031 lies after the known-date"),
    "an id used twice": ("id: tl2030-a2-1.qaa.2024", "id: tl2030-a1-1", "the id 'tl2030-a1-1' stands twice"),
    "an unknown date": ("expected: 2027-06", "expected: unknown", "expected is unknown"),
}


@pytest.mark.parametrize("old, new, words", DEFECTS.values(), ids=DEFECTS)
def test_one_defect_is_refused(tmp_path, old, new, words):
    region = copy_of_threelands(tmp_path)
    path = region / "plan" / "action_reports.yaml"
    text = path.read_text(encoding="utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")
    with pytest.raises(FactError) as caught:
        load_bundle(region)
    assert words in str(caught.value)
