"""What the files of a ``plan`` folder must say of each other.

Each check names the record at fault by file and line, and goes on: one run
names every problem of the folder.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from typing import Protocol

from serantau.base import PartialDate, suggest
from serantau.facts import FactFolder, Grade
from serantau.facts.model import RECALLED
from serantau.plan.facts import PlanFacts
from serantau.plan.model import Action, Crosswalk, Kind, Outcome, Plan, Priority, Record, file_of, statements_of

Table = dict[str, tuple[tuple[Record, str], ...]]
"""For each kind of record, the records with the ``file:line`` of each."""


class Report(Protocol):
    """Takes one problem."""

    def __call__(self, where: str, what: str, fix: str = "") -> None:
        """Take where, what and what to do."""


def check_plans(facts: PlanFacts, tables: Table, folder: FactFolder) -> None:
    """Add every contradiction between the records to the folder's problems."""
    report = folder.report
    _check_ids(tables, report)
    _check_codes(tables, report)
    _check_references(facts, tables, folder)
    _check_sources(tables, folder)
    _check_dates(tables, report)
    _check_plans(facts, tables, report)
    _check_actions(facts, tables, folder)
    _check_cycles(facts, tables, report)
    _check_crosswalks(facts, tables, folder)


def _check_ids(tables: Table, report: Report) -> None:
    first: dict[str, str] = {}
    for rows in tables.values():
        for record, where in rows:
            if record.id in first:
                what = f"the id {record.id!r} stands twice (first at {first[record.id]})."
                report(where, what, "Ids are permanent and used once: give this record another.")
            first.setdefault(record.id, where)


def _check_codes(tables: Table, report: Report) -> None:
    first: dict[tuple[str, object], str] = {}
    for key in ("outcomes", "actions"):
        for record, where in tables[key]:
            if not isinstance(record, Outcome | Action):
                continue
            marks: list[tuple[str, object]] = [("code", record.code)]
            if isinstance(record, Outcome):
                marks.append(("number", record.number))
            for name, value in marks:
                place = (f"{key} {record.plan} {name}", value)
                if place in first:
                    what = f"the {name} {value!r} stands twice in the plan {record.plan} (first at {first[place]})."
                    report(where, what, "Keep one, or correct the plan.")
                first.setdefault(place, where)


_REFERENCES = {
    "outcomes": {"plan": "plans"},
    "actions": {"plan": "plans", "outcome": "outcomes"},
    "priorities": {"action": "actions"},
    "effects": {"action": "actions", "outcome": "outcomes"},
    "recovery_weights": {"outcome": "outcomes"},
    "projects": {"plan": "plans", "action": "actions"},
    "kpis": {"outcome": "outcomes"},
    "targets": {"kpi": "kpis"},
    "plans": {"successor": "plans", "predecessors": "plans"},
    "declarations": {"meeting": "meetings"},
    "outputs": {"meeting": "meetings", "plan": "plans"},
}


def _check_references(facts: PlanFacts, tables: Table, folder: FactFolder) -> None:
    known = {
        "plans": {row.id for row in facts.all_plans},
        "outcomes": {row.id for row in facts.all_outcomes},
        "actions": {row.id for row in facts.all_actions},
        "kpis": {row.id for row in facts.all_kpis},
        "meetings": {row.id for row in facts.all_meetings},
    }
    for key, fields in _REFERENCES.items():
        for record, where in tables[key]:
            for field, target in _readable(fields, folder):
                for wanted in _as_ids(getattr(record, field)):
                    if wanted not in known[target]:
                        _report_unknown(folder.report, where, f"the {field} {wanted!r}", target, known[target])


def _readable(fields: Mapping[str, str], folder: FactFolder) -> list[tuple[str, str]]:
    """Fields whose target could be read: where it could not, its absence is no second defect."""
    return [(field, target) for field, target in fields.items() if file_of(target) not in folder.incomplete]


def _as_ids(value: object) -> tuple[str, ...]:
    if isinstance(value, tuple):
        return value
    return (value,) if isinstance(value, str) else ()


def _report_unknown(report: Report, where: str, what: str, target: str, known: Collection[str]) -> None:
    wanted = what.split("'")[1]
    fix = suggest(wanted, known) or f"Add it to plan/{target}.yaml."
    report(where, f"{what} is not in plan/{target}.yaml.", fix)


def _check_sources(tables: Table, folder: FactFolder) -> None:
    for rows in tables.values():
        for record, where in rows:
            for part in statements_of(record):
                _check_source(folder, where, part.source, part.grade)
            for source in getattr(record, "more_sources", ()):
                _check_source(folder, where, source, None)


def _check_source(folder: FactFolder, where: str, source: str, grade: Grade | None) -> None:
    if source == RECALLED:
        if grade is not Grade.MEMORY:
            folder.report(where, "source `recalled` without grade memory.", "What is recalled has grade memory.")
    elif source not in folder.sources:
        fix = suggest(source, folder.sources) or "Add it to sources.yaml."
        folder.report(where, f"the source {source!r} is not in sources.yaml.", fix)


_PERIODS = {
    "plans": ("start", "end"),
    "meetings": ("start", "end"),
    "projects": ("start", "end"),
    "priorities": ("window_start", "window_end"),
}


def _check_dates(tables: Table, report: Report) -> None:
    for key, (first, last) in _PERIODS.items():
        for record, where in tables[key]:
            start, end = getattr(record, first), getattr(record, last)
            if _precedes(end, start):
                report(where, f"{last} {end} comes before {first} {start}.", "Correct one of the two.")
            if start is not None and start.text == "open":
                report(where, f"{first} cannot be open.", "Write the date, or unknown.")


def _precedes(end: PartialDate | None, start: PartialDate | None) -> bool:
    if end is None or start is None or not (end.known and start.known):
        return False
    return end.latest < start.earliest


def _check_plans(facts: PlanFacts, tables: Table, report: Report) -> None:
    plans = {plan.id: plan for plan in facts.all_plans}
    held: dict[tuple[str, Kind], int] = {}
    for kind, rows in ((Kind.OUTCOMES, facts.all_outcomes), (Kind.ACTIONS, facts.all_actions)):
        for row in rows:
            held[row.plan, kind] = held.get((row.plan, kind), 0) + 1
    for record, where in tables["plans"]:
        if isinstance(record, Plan):
            _check_succession(record, where, plans, report)
            _check_counts(record, where, held, report)


def _check_succession(plan: Plan, where: str, plans: Mapping[str, Plan], report: Report) -> None:
    follower = plans.get(plan.successor or "")
    if follower is not None and plan.id not in follower.predecessors:
        report(where, f"its successor {follower.id} does not name it as predecessor.", "Write it in both plans.")
    for name in plan.predecessors:
        earlier = plans.get(name)
        if earlier is not None and earlier.successor != plan.id:
            report(where, f"its predecessor {name} does not name it as successor.", "Write it in both plans.")


def _check_counts(plan: Plan, where: str, held: Mapping[tuple[str, Kind], int], report: Report) -> None:
    kinds = [count.of for count in plan.counts]
    for kind in {kind for kind in kinds if kinds.count(kind) > 1}:
        report(where, f"the official count of {kind.value} stands twice.", "Keep one.")
    for count in plan.counts:
        shown = held.get((plan.id, count.of), 0)
        if shown > count.number:
            what = f"{shown} {count.of.value} are held, but the official count is {count.number}."
            report(where, what, "Remove the rows that are not the plan's, or correct the count.")


def _check_actions(facts: PlanFacts, tables: Table, folder: FactFolder) -> None:
    report = folder.report
    outcome_plan = {outcome.id: outcome.plan for outcome in facts.all_outcomes}
    actions = {action.id: action for action in facts.all_actions}
    for record, where in tables["actions"]:
        if not isinstance(record, Action):
            continue
        other = outcome_plan.get(record.outcome)
        if other is not None and other != record.plan:
            what = f"the outcome {record.outcome} belongs to the plan {other}, not to {record.plan}."
            report(where, what, "Correct the outcome or the plan.")
        if record.source == RECALLED and record.confidence is None:
            report(where, "a recalled action without `confidence`.", "Write high, medium or low.")
        _check_dependencies(record, where, actions, folder)
    for record, where in tables["effects"]:
        _check_same_plan(record, where, actions, outcome_plan, report)
    for record, where in tables["priorities"]:
        if isinstance(record, Priority) and not _says_something(record):
            report(where, "it gives no priority, horizon, urgency, window or lead.", "Write one, or remove the record.")


def _check_dependencies(action: Action, where: str, actions: Mapping[str, Action], folder: FactFolder) -> None:
    report = folder.report
    for name in action.depends_on:
        if name == action.id:
            report(where, f"{name} depends on itself.", "Remove the dependency.")
        elif name not in actions and file_of("actions") in folder.incomplete:
            continue
        elif name not in actions:
            _report_unknown(report, where, f"the action {name!r} that it depends on", "actions", actions)
        elif actions[name].plan != action.plan:
            report(where, f"it depends on {name}, an action of another plan.", "Use a crosswalk between plans.")
    if len(set(action.depends_on)) != len(action.depends_on):
        report(where, "a dependency stands twice.", "Keep one.")


def _check_same_plan(
    record: Record, where: str, actions: Mapping[str, Action], outcome_plan: Mapping[str, str], report: Report
) -> None:
    action = actions.get(getattr(record, "action", ""))
    plan = outcome_plan.get(getattr(record, "outcome", ""))
    if action is not None and plan is not None and action.plan != plan:
        report(where, f"the action is of the plan {action.plan}, the outcome of {plan}.", "Correct one of the two.")


def _says_something(row: Priority) -> bool:
    values = (row.priority, row.horizon, row.urgency, row.window_start, row.window_end, row.lead)
    return any(value is not None for value in values)


def _check_cycles(facts: PlanFacts, tables: Table, report: Report) -> None:
    lines = {record.id: where for record, where in tables["actions"] if isinstance(record, Action)}
    graph = {action.id: [d for d in action.depends_on if d != action.id] for action in facts.all_actions}
    for cycle in find_cycles(graph):
        path = " -> ".join([*cycle, cycle[0]])
        report(lines[cycle[0]], f"the dependencies run in a circle: {path}.", "Remove one of these links.")


def find_cycles(graph: Mapping[str, Iterable[str]]) -> list[list[str]]:
    """One cycle from each knot of a graph; no cycle is named twice.

    Args:
        graph: For each node, the nodes it points to; those that are no keys are ignored.

    >>> find_cycles({"a": ["b"], "b": ["a"], "c": ["a"]})
    [['a', 'b']]
    """
    finished: set[str] = set()
    cycles: list[list[str]] = []
    for start in graph:
        path: list[str] = []
        stack = [(start, iter(graph[start]))]
        if start in finished:
            continue
        path.append(start)
        while stack:
            node, edges = stack[-1]
            step = next((edge for edge in edges if edge in graph and edge not in finished), None)
            if step is None:
                finished.add(node)
                path.pop()
                stack.pop()
            elif step in path:
                cycles.append(path[path.index(step) :])
            else:
                path.append(step)
                stack.append((step, iter(graph[step])))
    return cycles


def _check_crosswalks(facts: PlanFacts, tables: Table, folder: FactFolder) -> None:
    if any(file_of(key) in folder.incomplete for key in ("plans", "outcomes", "actions")):
        return
    report = folder.report
    plan_of = {plan.id: plan.id for plan in facts.all_plans}
    plan_of |= {outcome.id: outcome.plan for outcome in facts.all_outcomes}
    plan_of |= {action.id: action.plan for action in facts.all_actions}
    for record, where in tables["crosswalks"]:
        if not isinstance(record, Crosswalk):
            continue
        ends = (record.earlier, record.later)
        for end in ends:
            if end not in plan_of:
                fix = suggest(end, plan_of) or "Write the id of a plan, outcome or action."
                report(where, f"there is no plan, outcome or action with the id {end!r}.", fix)
        if all(end in plan_of for end in ends) and plan_of[ends[0]] == plan_of[ends[1]]:
            report(where, "both ends are in the same plan.", "A crosswalk leads from one plan to another.")
