"""Rule: a register says what its files say and no more, and nothing is called kept or late that no date shows.

The date first promised is kept. A folder with one defect does not load, and the message names file, line and remedy.
"""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.base import AsOf, PartialDate
from serantau.bundle import load_bundle
from serantau.facts import FactError
from serantau.forum.registers import Kind, Phase, Promise, Register, Theme, key_of, phase, promise
from serantau.registers import Asked, commitments_of, legislation, register_entries
from tests.support.regions import THREELANDS, copy_of_threelands, edit, line_of

NOW = AsOf(date(2026, 11, 28))


@pytest.fixture(scope="module")
def bundle():
    return load_bundle(THREELANDS)


def at(text):
    return None if text is None else PartialDate.parse(text)


# --- promises ---------------------------------------------------------------------------------------------------------

CASES = [
    # first promised, moved to, met, asked on, what became of it
    ("2021", None, "2021-12-31", "2022-06-01", Promise.KEPT),
    ("2021", None, "2022-01-01", "2022-06-01", Promise.LATE),
    ("2021", None, "2022-01", "2021-12-31", Promise.DUE),
    ("2021", None, "2022-01", "2022-01-15", Promise.UNKNOWN),
    ("2021", "2022", "2022-01", "2022-06-01", Promise.LATE),
    ("2021-06", None, "2021", "2022-01-01", Promise.UNKNOWN),
    ("2021", None, "open", "2021-12-31", Promise.DUE),
    ("2021", None, "open", "2022-01-01", Promise.OVERDUE),
    ("2021", "2023", "open", "2022-01-01", Promise.DUE),
    ("2021", "2023", "open", "2024-01-01", Promise.OVERDUE),
    ("2021", None, None, "2021-12-31", Promise.DUE),
    ("2021", None, None, "2022-01-01", Promise.UNKNOWN),
    (None, None, "2021", "2022-01-01", Promise.KEPT),
    (None, None, "open", "2022-01-01", Promise.DUE),
    (None, None, None, "2022-01-01", Promise.UNKNOWN),
    ("unknown", None, "2021", "2022-01-01", Promise.UNKNOWN),
    ("unknown", None, "open", "2022-01-01", Promise.UNKNOWN),
    ("2021", None, "unknown", "2022-06-01", Promise.UNKNOWN),
]


@pytest.mark.parametrize("first, due, met, day, wanted", CASES)
def test_what_became_of_a_promise(first, due, met, day, wanted):
    assert promise(at(first), at(due), at(met), date.fromisoformat(day)) is wanted


days = st.dates(date(2015, 1, 1), date(2035, 12, 31))
partial = days.flatmap(lambda day: st.sampled_from([f"{day:%Y}", f"{day:%Y-%m}", f"{day:%Y-%m-%d}"])).map(PartialDate)


@given(partial, st.none() | partial, st.none() | partial | st.just(PartialDate("open")), days)
def test_a_promise_is_judged_by_what_is_known_alone(first, due, met, day):
    found = promise(first, due, met, day)
    if found is Promise.KEPT:
        assert met is not None and met.latest <= first.latest and met.latest <= day
    if found is Promise.LATE:
        assert met is not None and met.earliest > first.latest and met.latest <= day
    if found is Promise.OVERDUE:
        assert met is not None and (due or first).latest < day and (not met.known or met.earliest > day)
    if met is None:
        assert found in {Promise.DUE, Promise.UNKNOWN}


@given(partial, st.none() | partial, days, days)
def test_moving_a_date_makes_nothing_kept(first, due, met, day):
    """The date first promised is the measure: whatever it was moved to, a promise once met is judged alike."""
    done = PartialDate(met.isoformat())
    day = max(met, day)
    assert promise(first, due, done, day) is promise(first, None, done, day)


@given(days, st.integers(0, 400), st.integers(-500, 900))
def test_a_call_is_open_from_its_first_to_its_last_day(opens, length, offset):
    closes, day = opens + timedelta(length), opens + timedelta(offset)
    wanted = Phase.TO_COME if day < opens else Phase.CLOSED if day > closes else Phase.OPEN
    assert phase(PartialDate(opens.isoformat()), PartialDate(closes.isoformat()), day) is wanted


def test_a_call_whose_dates_cannot_tell_is_not_known():
    assert phase(at("2026-05"), at("2026-06"), date(2026, 5, 10)) is Phase.UNKNOWN
    assert phase(at("2026-05"), at("unknown"), date(2026, 7, 10)) is Phase.UNKNOWN
    assert phase(at("2026-05"), at("open"), date(2026, 7, 10)) is Phase.OPEN


# --- the registers of the invented region ---------------------------------------------------------------------------


def test_commitments_with_their_states(bundle):
    held = commitments_of(bundle, NOW)
    assert [(one.commitment.id, one.state, one.moved) for one in held] == [
        ("tlm1-promise-1", Promise.LATE, False),
        ("tlm1-promise-2", Promise.OVERDUE, True),
        ("tlm1-promise-3", Promise.UNKNOWN, False),
    ]
    assert [one.declaration is not None for one in held] == [True, True, False]


def test_a_promise_is_asked_of_a_day(bundle):
    at_first = AsOf(date(2021, 6, 1))
    assert [one.state for one in commitments_of(bundle, at_first)] == [Promise.DUE, Promise.DUE, Promise.UNKNOWN]
    assert commitments_of(bundle, AsOf(date(2021, 2, 1))) == ()
    assert commitments_of(bundle, AsOf(date(2026, 11, 28), known=date(2026, 11, 20))) == ()


def test_a_member_sees_its_own_promises_and_those_of_all(bundle):
    assert [one.commitment.number for one in commitments_of(bundle, NOW, owner="QBB")] == [1, 3]
    assert [one.commitment.number for one in commitments_of(bundle, NOW, owner="QAA", meeting="tlm1")] == [1, 2, 3]
    assert commitments_of(bundle, NOW, meeting="tlm2") == ()


def test_an_entry_stated_anew_keeps_the_date_first_stated(bundle):
    (one,) = register_entries(bundle, NOW, Asked(owner="farland", year=2025))
    assert (one.entry.id, str(one.first_due), str(one.entry.due), one.moved, one.late) == (
        "farland-cables-2", "2025-06-30", "2026-03-31", True, True,
    )  # fmt: skip
    before = AsOf(date(2025, 7, 1), known=date(2025, 9, 1))
    (one,) = register_entries(bundle, before, Asked(owner="farland", year=2025))
    assert (one.entry.id, one.moved, one.late) == ("farland-cables-1", False, True)
    # Known later, but asked of a day before the second statement begins: the first one holds.
    (one,) = register_entries(bundle, AsOf(date(2025, 8, 1)), Asked(owner="farland", year=2025))
    assert one.entry.id == "farland-cables-1"


def test_entries_are_chosen_by_every_filter(bundle):
    def keys(**asked):
        return [one.key for one in register_entries(bundle, NOW, Asked(**asked))]

    assert keys(register=Register.PROJECTS) == ["qaa.masts", "region.ring"]
    assert keys(register=Register.PROJECTS, phase=Phase.OPEN) == ["qaa.masts"]
    assert keys(about=Kind.PROJECT.value) == ["region.ring"]
    assert keys(action="tl2030-a2-1") == ["farland.cables"]
    assert keys(about="permits") == ["qaa.dig-once"]
    # who took a policy over finds it, too
    assert keys(owner="QCC") == ["qaa.dig-once"]
    assert keys(owner="farland", about="cyber-risk") == []


def test_a_policy_shows_who_adopted_it(bundle):
    (one,) = register_entries(bundle, NOW, Asked(register=Register.POLICIES))
    assert [(row.member, row.text) for row in one.adoptions] == [("QCC", "Taken over for the coast road.")]
    (one,) = register_entries(bundle, AsOf(date(2024, 1, 1)), Asked(register=Register.POLICIES))
    assert one.adoptions == ()


def test_every_member_has_a_cell_for_every_theme(bundle):
    rows = legislation(bundle, NOW)
    assert [member.id for member, _ in rows] == ["QAA", "QBB", "QCC"]
    assert {tuple(cell.theme for cell in cells) for _, cells in rows} == {tuple(Theme)}
    held = {(cell.member.id, cell.theme): cell for _, cells in rows for cell in cells if cell.law is not None}
    assert {key: [act.id for act in cell.instruments] for key, cell in held.items()} == {
        ("QAA", Theme.DATA_PROTECTION): ["ast-act"],
        ("QBB", Theme.DATA_PROTECTION): ["bor-act", "bor-order"],
    }
    # Before it joined, a member has no row; before it held, a law is in no cell.
    early = legislation(bundle, AsOf(date(2017, 6, 1)))
    assert [member.id for member, _ in early] == ["QAA", "QCC"]
    assert all(cell.law is None for _, cells in early for cell in cells)


def test_keys_tell_subjects_apart(bundle):
    keys = [(one.register, one.key) for one in register_entries(bundle, NOW)]
    assert len(keys) == len(set(keys))
    assert {key_of(one) for one in bundle.registers.all_entries} >= {"qbb.data-protection", "region.ring"}


# --- one defect each --------------------------------------------------------------------------------------------------

R = "registers"
DEFECTS = {
    "an id twice": (
        "cooperation", "id: farland-signals", "id: farland-cables-1", "code: signals", -2, ("stands twice",),
    ),
    "stated twice on one day": (
        "cooperation", "known: 2025-09-10", "known: 2025-01-10", "farland-cables-2", 0,
        ("stated twice on one day", "later known-date"),
    ),
    "unknown partner": (
        "cooperation", "partner: farland\n    code: signals", "partner: nearland\n    code: signals",
        "farland-signals", 0, ("'nearland' is not in partners.yaml",),
    ),
    "unknown action": (
        "cooperation", "actions: [tl2030-a2-1]\n    due: 2025", "actions: [tl2030-a2-9]\n    due: 2025",
        "farland-cables-1", 0, ("'tl2030-a2-9' is not in plan/actions.yaml",),
    ),
    "an action twice": (
        "cooperation", "actions: [tl2030-a2-1]\n    due: 2025", "actions: [tl2030-a2-1, tl2030-a2-1]\n    due: 2025",
        "farland-cables-1", 0, ("an action stands twice",),
    ),
    "money without currency": (
        "cooperation", "amount: 50000, currency: XTS", "amount: 50000", "farland-cables-1", 0, ("has no currency",),
    ),
    "no such subject": (
        "cooperation", "subject: human-resources", "subject: humans", "subject: humans", 0, ("subject",),
    ),
    "an unknown due date": (
        "cooperation", "due: 2025-06-30", "due: unknown", "farland-cables-1", 0, ("due is unknown",),
    ),
    "a call without an end": (
        "projects", "    closes: 2027-01-31\n", "", "qaa-masts", 0, ("a call says closes",),
    ),
    "a call that closes first": (
        "projects", "closes: 2027-01-31", "closes: 2026-09-01", "qaa-masts", 0, ("comes before opens",),
    ),
    "a project that seeks": (
        "projects", "kind: project", "kind: project\n    seeks: Money", "region-ring", 0, ("belongs to a call",),
    ),
    "evidence of nothing": (
        "projects", ', address: "https://example.org/ring"', "", "region-ring", 0, ("neither an address nor a file",),
    ),
    "unknown member": (
        "projects", "member: QAA", "member: QDD", "qaa-masts", 0, ("'QDD' is not in members.yaml",),
    ),
    "a stage of no bill": (
        "legislation", "    bill: Bill on deciding machines\n", "", "qaa-data", 0, ("a stage belongs to a bill",),
    ),
    "a date of no step": (
        "legislation", "    next_step: The assembly reads it.\n", "", "qaa-data", 0, ("the date of a next step",),
    ),
    "no law at all": (
        "legislation", "    instruments: [bor-act, bor-order]\n", "", "qbb-data", 0, ("names no law",),
    ),
    "unknown act": (
        "legislation", "bor-order]", "bor-ordre]", "qbb-data", 0, ("'bor-ordre' is not in law/instruments", "bor-order"),
    ),
    "adoption of nothing": (
        "adoptions", "policy: qaa.dig-once", "policy: qaa.dig-twice", "qcc-dig-once", 0,
        ("there is no policy 'qaa.dig-twice'", "qaa.dig-once"),
    ),
    "adoption of its own": (
        "adoptions", "member: QCC", "member: QAA", "qcc-dig-once", 0, ("the member's own policy",),
    ),
    "an adoption that nothing shows": (
        "adoptions", "source: tl-press\n    grade: weak", "source: recalled\n    grade: memory", "qcc-dig-once", 0,
        ("nothing shows the adoption",),
    ),
    "a policy of no words": (
        "policies", "    text: One permit for a road opens it for every operator.\n", "", None, 0, (),
    ),
    "unknown meeting": (
        "commitments", "meeting: tlm1\n    number: 3", "meeting: tlm9\n    number: 3", "tlm1-promise-3", 0,
        ("'tlm9' is not in plan/meetings.yaml",),
    ),
    "unknown declaration": (
        "commitments", "declaration: tlm1-declaration", "declaration: tlm2-declaration", "tlm1-promise-1", 0,
        ("'tlm2-declaration' is not in plan/declarations.yaml",),
    ),
    "unknown owner": (
        "commitments", "owner: QAA", "owner: nobody", "tlm1-promise-2", 0, ("neither a member nor a partner",),
    ),
    "a number twice": (
        "commitments", "number: 3", "number: 2", "tlm1-promise-3", 0, ("commitment 2 of tlm1 stands twice",),
    ),
    "moved from nowhere": (
        "commitments", "    first_due: 2024-06-30\n", "", "tlm1-promise-2", 0, ("a date that was moved",),
    ),
    "unknown further source": (
        "commitments", "grade: weak\n", "grade: weak\n    more_sources: [tl-pres]\n", "tlm1-promise-3", 0,
        ("'tl-pres' is not in sources.yaml", "tl-press"),
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", [name for name in DEFECTS if DEFECTS[name][3]])
def test_one_defect(name, tmp_path):
    key, old, new, token, offset, words = DEFECTS[name]
    file = f"{R}/{key}.yaml"
    region = copy_of_threelands(tmp_path)
    (region / "published.txt").unlink()
    edit(region, file, old, new)
    with pytest.raises(FactError) as refused:
        load_bundle(region)
    where = f"{file}:{line_of(region, file, token) + offset}"
    found = [problem for problem in refused.value.problems if problem.where == where]
    assert found, (where, refused.value)
    for word in words:
        assert any(word in str(problem) for problem in found), refused.value
    assert len(refused.value.problems) == 1, "one defect is one problem"


def test_a_policy_may_say_it_in_words_or_by_a_document(tmp_path):
    region = copy_of_threelands(tmp_path)
    edit(region, f"{R}/policies.yaml", *DEFECTS["a policy of no words"][1:3])
    assert load_bundle(region).registers.policies[0].text is None
    edit(
        region,
        f"{R}/policies.yaml",
        '    evidence:\n      - {title: The rule, address: "https://example.org/dig-once"}\n',
        "",
    )
    with pytest.raises(FactError, match="neither what the policy does"):
        load_bundle(region)


def test_an_entry_once_published_may_not_disappear(tmp_path):
    region = copy_of_threelands(tmp_path)
    (region / f"{R}/commitments.yaml").write_text("commitments: []\n")
    with pytest.raises(FactError, match="commitment tlm1-promise-1"):
        load_bundle(region)


def test_a_region_needs_no_registers(tmp_path):
    import shutil

    region = copy_of_threelands(tmp_path)
    shutil.rmtree(region / R)
    (region / "published.txt").unlink()
    bundle = load_bundle(region)
    assert register_entries(bundle, NOW) == () == commitments_of(bundle, NOW)
    assert all(cell.law is None for _, cells in legislation(bundle, NOW) for cell in cells)
