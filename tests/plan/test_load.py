"""Rule: a plan folder with a defect does not load, and every defect is named with its file and line."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest

from serantau.base import AsOf
from serantau.facts import FactError, FactFolder
from serantau.plan import Kind, PlanFacts, load_plans
from serantau.plan.checks import find_cycles

THREE_LANDS = Path(__file__).parents[1] / "regions" / "threelands"
TODAY = AsOf(date(2026, 11, 21))

TAIL = "source: tl-plan, grade: primary, valid_from: 2021, valid_to: open, known: 2026-11-21"


@pytest.fixture
def region(tmp_path: Path) -> Path:
    """A writable copy of the invented region's sources and plan."""
    shutil.copy(THREE_LANDS / "sources.yaml", tmp_path)
    shutil.copytree(THREE_LANDS / "plan", tmp_path / "plan")
    return tmp_path


def load(root: Path) -> PlanFacts:
    folder = FactFolder(root)
    facts = load_plans(folder)
    folder.finish()
    assert facts is not None
    return facts


def problems_of(root: Path) -> list[str]:
    with pytest.raises(FactError) as caught:
        load(root)
    return [str(problem) for problem in caught.value.problems]


def test_the_invented_region_loads(region: Path) -> None:
    facts = load(region)
    assert [plan.id for plan in facts.plans(TODAY)] == ["tl2020", "tl2030"]
    counts = {count.kind: (count.shown, count.official) for count in facts.counts("tl2030", TODAY)}
    assert counts == {Kind.OUTCOMES: (3, 3), Kind.ACTIONS: (5, 6), Kind.PROJECTS: (1, None)}


def test_a_region_without_a_plan_folder_has_no_plans(tmp_path: Path) -> None:
    shutil.copy(THREE_LANDS / "sources.yaml", tmp_path)
    folder = FactFolder(tmp_path)
    assert load_plans(folder) is None
    folder.finish()


def test_outcomes_are_required_once_there_is_a_plan(region: Path) -> None:
    (region / "plan/outcomes.yaml").unlink()
    assert any("plan/outcomes.yaml: the file is missing" in problem for problem in problems_of(region))


def test_files_that_a_region_does_not_need_may_be_missing_or_empty(region: Path) -> None:
    for key in ("projects", "targets", "kpis", "effects", "recovery_weights", "priorities", "crosswalks", "outputs"):
        (region / f"plan/{key}.yaml").unlink()
    (region / "plan/projects.yaml").write_text("projects: []\n")
    assert load(region).all_projects == ()


FIELD, RECORD, FILE = "field", "record", "file"

# One defect each: file, text to replace, replacement, whose line the message names, words of the message.
DEFECTS = {
    "unknown outcome": (
        "actions",
        "outcome: tl2030-o1",
        "outcome: tl2030-o7",
        RECORD,
        "'tl2030-o7' is not in plan/outcomes",
    ),
    "outcome of another plan": (
        "actions",
        "outcome: tl2030-o1",
        "outcome: tl2020-o1",
        RECORD,
        "belongs to the plan tl2020",
    ),
    "unknown plan": ("outcomes", "plan: tl2020", "plan: tl2019", RECORD, "'tl2019' is not in plan/plans"),
    "unknown dependency": (
        "actions",
        "on: tl2030-a2-1\n",
        "on: tl2030-a9-9\n",
        RECORD,
        "'tl2030-a9-9' that it depends on",
    ),
    "depends on itself": ("actions", "on: tl2030-a2-1\n", "on: tl2030-a2-2\n", RECORD, "depends on itself"),
    "duplicate code": (
        "actions",
        "code: A2.2\n",
        "code: A2.1\n",
        RECORD,
        "code 'A2.1' stands twice in the plan tl2030",
    ),
    "duplicate number": ("outcomes", "number: 3\n", "number: 2\n", RECORD, "number 2 stands twice"),
    "duplicate id": ("actions", "id: tl2030-a2-2\n", "id: tl2030-a2-1\n", RECORD, "id 'tl2030-a2-1' stands twice"),
    "year 20225": ("plans", "end: 2030\n", "end: 20225\n", FIELD, "'20225' is no date"),
    "end before start": ("plans", "end: 2030\n", "end: 2019\n", RECORD, "end 2019 comes before start 2021"),
    "open start": ("plans", "start: 2021\n", "start: open\n", RECORD, "start cannot be open"),
    "meeting ends before it starts": (
        "meetings",
        "end: 2021-03-01\n",
        "end: 2021-02-01\n",
        RECORD,
        "comes before start",
    ),
    "unknown source": ("outcomes", "source: tl-plan\n", "source: tl-plam\n", RECORD, "Did you mean tl-plan"),
    "unknown source of a count": (
        "plans",
        "number: 3\n        source: tl-plan",
        "number: 3\n        source: x",
        RECORD,
        "'x'",
    ),
    "recalled without confidence": (
        "actions",
        "    confidence: low\n",
        "",
        RECORD,
        "a recalled action without `confidence`",
    ),
    "recalled with another grade": ("actions", "grade: memory", "grade: weak", RECORD, "source `recalled`"),
    "missing source": ("effects", "    source: tl-plan\n", "", RECORD, "the key 'source' is missing"),
    "effect out of range": ("effects", "effect: 0.8", "effect: 1.8", FIELD, "effect"),
    "effect across plans": ("effects", "outcome: tl2030-o1", "outcome: tl2020-o1", RECORD, "the outcome of tl2020"),
    "target of an unknown KPI": (
        "targets",
        "kpi: tl2030-k1",
        "kpi: tl2030-k9",
        RECORD,
        "'tl2030-k9' is not in plan/kpis",
    ),
    "target that is no number": ("targets", "value: 95.0", "value: nan", FIELD, "value"),
    "endless target": ("targets", "value: 95.0", "value: inf", FIELD, "value"),
    "unknown meeting": ("declarations", "meeting: tlm1", "meeting: tlm9", RECORD, "'tlm9' is not in plan/meetings"),
    "unknown relation": ("crosswalks", "relation: partly", "relation: sort-of", FIELD, "none of the words allowed"),
    "crosswalk to nowhere": (
        "crosswalks",
        "later: tl2030-o2",
        "later: tl2040-o2",
        RECORD,
        "no plan, outcome or action",
    ),
    "crosswalk within a plan": ("crosswalks", "later: tl2030-o2", "later: tl2020-o1", RECORD, "in the same plan"),
    "one-sided successor": (
        "plans",
        "successor: tl2030",
        "successor: tl2020",
        RECORD,
        "does not name it as predecessor",
    ),
    "more rows than officially exist": ("plans", "number: 6\n", "number: 4\n", RECORD, "5 actions are held"),
    "a priority that says nothing": ("priorities", "    horizon: medium-term\n", "", RECORD, "it gives no priority"),
    "unknown field": ("meetings", "    theme:", "    topic:", FIELD, "'topic' is not a field of Meeting"),
    "duplicate key": ("meetings", "    theme:", "    place: x\n    theme:", FIELD, "stands twice"),
    "empty file": ("actions", None, "", FILE, "the file is empty"),
    "not YAML": ("actions", None, "actions: ]", FILE, "this is not YAML"),
    "another key": ("actions", "\nactions:", "\nacts:", FILE, "expected one key, `actions:`"),
}


def line_of(text: str, old: str | None, named: str) -> int:
    """Line of the first word of the defect, or of the record in which it stands, counted in the file itself."""
    if old is None or named == FILE:
        return 1
    at = text.index(old) + len(old) - len(old.lstrip())
    if named == RECORD:
        at = text.rindex("  - id:", 0, at + 8)
    return text.count("\n", 0, at) + 1


@pytest.mark.parametrize("name", DEFECTS)
def test_one_defect_is_named_where_it_stands(region: Path, name: str) -> None:
    key, old, new, named, words = DEFECTS[name]
    path = region / f"plan/{key}.yaml"
    text = path.read_text()
    line = line_of(text, old, named)
    path.write_text(new if old is None else text.replace(old, new, 1))
    messages = problems_of(region)
    hits = [message for message in messages if words in message]
    assert hits, messages
    assert hits[0].startswith(f"plan/{key}.yaml:{line}:"), hits[0]


def test_a_cycle_is_named_once_with_its_path(region: Path) -> None:
    path = region / "plan/actions.yaml"
    dependency = "    dependencies:\n      - {on: tl2030-a2-10, source: tl-plan, grade: primary}\n"
    old = "    title: Survey the valleys\n    numbering_certain: true\n"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, old + dependency))
    messages = [message for message in problems_of(region) if "circle" in message]
    assert len(messages) == 1
    assert "tl2030-a2-1 -> tl2030-a2-10 -> tl2030-a2-2 -> tl2030-a2-1" in messages[0]


def test_every_defect_is_named_in_one_run(region: Path) -> None:
    for key, old, new in (
        ("plans", "end: 2030\n", "end: 2019\n"),
        ("actions", "outcome: tl2030-o1", "outcome: tl2030-o7"),
        ("targets", "kpi: tl2030-k1", "kpi: tl2030-k9"),
    ):
        path = region / f"plan/{key}.yaml"
        path.write_text(path.read_text().replace(old, new, 1))
    files = {message.split(":")[0] for message in problems_of(region)}
    assert files == {"plan/plans.yaml", "plan/actions.yaml", "plan/targets.yaml"}


@pytest.mark.parametrize(
    "graph, cycles",
    [
        ({"a": [], "b": ["a"]}, []),
        ({"a": ["b"], "b": ["c"], "c": ["a"]}, [["a", "b", "c"]]),
        ({"a": ["b"], "b": ["a"], "c": ["d"], "d": ["c"]}, [["a", "b"], ["c", "d"]]),
        ({"a": ["b", "c"], "b": ["d"], "c": ["d"], "d": []}, []),
    ],
)
def test_cycles_are_found_and_diamonds_are_none(graph: dict[str, list[str]], cycles: list[list[str]]) -> None:
    assert find_cycles(graph) == cycles
