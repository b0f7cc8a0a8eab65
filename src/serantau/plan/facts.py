"""The plans of a region as loaded, and the questions they answer without computing."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import TypeVar

from serantau.base import AsOf, Truth, suggest
from serantau.facts import Fact, Grade, is_known, is_valid
from serantau.plan.errors import PlanError
from serantau.plan.model import (
    Action,
    Crosswalk,
    Declaration,
    Effect,
    Kind,
    Kpi,
    Meeting,
    Outcome,
    Output,
    Plan,
    PlanTarget,
    Priority,
    Project,
    RecoveryWeight,
)
from serantau.plan.reports import ActionReport, ProjectReport

F = TypeVar("F", bound=Fact)

_DIGITS = re.compile(r"(\d+)")


@dataclass(frozen=True)
class CountShown:
    """How many of a kind we show beside how many there officially are.

    Attributes:
        kind: What is counted.
        shown: How many we hold on the day of the question.
        official: How many the plan has by an outside source; None if we have no such number.
        source: Id of that source, None if there is none.
        grade: How well the source supports the number.
    """

    kind: Kind
    shown: int
    official: int | None
    source: str | None
    grade: Grade | None

    @property
    def complete(self) -> Truth:
        """Whether we hold them all; unknown without an official number."""
        return Truth.of(None if self.official is None else self.shown >= self.official)


@dataclass(frozen=True)
class PlanFacts:
    """Everything a region's ``plan`` folder says.

    The listings leave out what was not known by the known-date and what does
    not hold on the day. A record whose dates cannot tell is listed, because
    leaving it out would turn *unknown* into *no*; :meth:`validity` says which
    those are.
    """

    all_plans: tuple[Plan, ...]
    all_outcomes: tuple[Outcome, ...]
    all_actions: tuple[Action, ...] = ()
    all_meetings: tuple[Meeting, ...] = ()
    all_declarations: tuple[Declaration, ...] = ()
    all_outputs: tuple[Output, ...] = ()
    all_crosswalks: tuple[Crosswalk, ...] = ()
    all_priorities: tuple[Priority, ...] = ()
    all_effects: tuple[Effect, ...] = ()
    all_recovery_weights: tuple[RecoveryWeight, ...] = ()
    all_projects: tuple[Project, ...] = ()
    all_kpis: tuple[Kpi, ...] = ()
    all_targets: tuple[PlanTarget, ...] = ()
    all_action_reports: tuple[ActionReport, ...] = ()
    all_project_reports: tuple[ProjectReport, ...] = ()

    # --- one by id ------------------------------------------------------------------------------------------------

    def plan(self, plan_id: str) -> Plan:
        """The plan with an id.

        Raises:
            PlanError: if there is none.
        """
        return _find(self._plans, plan_id, "plan")

    def outcome(self, outcome_id: str) -> Outcome:
        """The outcome with an id.

        Raises:
            PlanError: if there is none.
        """
        return _find(self._outcomes, outcome_id, "outcome")

    def action(self, action_id: str) -> Action:
        """The action with an id.

        Raises:
            PlanError: if there is none.
        """
        return _find(self._actions, action_id, "action")

    def meeting(self, meeting_id: str) -> Meeting:
        """The meeting with an id.

        Raises:
            PlanError: if there is none.
        """
        return _find(self._meetings, meeting_id, "meeting")

    # --- listings -------------------------------------------------------------------------------------------------

    def plans(self, asof: AsOf) -> tuple[Plan, ...]:
        """Plans in the order of their periods; a plan whose begin is unknown comes by its end."""
        return tuple(sorted(listed(self.all_plans, asof), key=lambda plan: (plan.end.latest, plan.id)))

    def outcomes(self, plan_id: str, asof: AsOf) -> tuple[Outcome, ...]:
        """Outcomes of a plan by number.

        Raises:
            PlanError: if there is no such plan.
        """
        plan = self.plan(plan_id)
        mine = (outcome for outcome in self.all_outcomes if outcome.plan == plan.id)
        return tuple(sorted(listed(mine, asof), key=lambda outcome: outcome.number))

    def actions(self, plan_id: str, asof: AsOf, outcome: str | None = None) -> tuple[Action, ...]:
        """Actions of a plan, or of one outcome of it, in the order of their codes.

        Args:
            plan_id: Id of the plan.
            asof: Day and knowledge of the question.
            outcome: Id of an outcome of the plan, or its code (``DO2``) in any case; None for all.

        Raises:
            PlanError: if there is no such plan, or no such outcome in it.
        """
        plan = self.plan(plan_id)
        wanted = None if outcome is None else self.outcome_of(plan.id, outcome).id
        mine = (a for a in self.all_actions if a.plan == plan.id and wanted in (None, a.outcome))
        return tuple(sorted(listed(mine, asof), key=lambda action: natural_key(action.code)))

    def outcome_of(self, plan_id: str, name: str) -> Outcome:
        """The outcome of a plan by id or by code.

        Raises:
            PlanError: if the plan has none of that name.
        """
        mine = [outcome for outcome in self.all_outcomes if outcome.plan == plan_id]
        for outcome in mine:
            if name == outcome.id or name.upper() == outcome.code.upper():
                return outcome
        hint = suggest(name, [outcome.id for outcome in mine])
        raise PlanError(f"The plan {plan_id} has no outcome {name!r}. {hint}".strip())

    def meetings(self, asof: AsOf) -> tuple[Meeting, ...]:
        """Meetings that had taken place by the day, the earliest first."""
        return tuple(sorted(listed(self.all_meetings, asof), key=lambda m: (m.start.earliest, m.body, m.number)))

    def declarations(self, meeting_id: str, asof: AsOf) -> tuple[Declaration, ...]:
        """Declarations of a meeting."""
        return listed((row for row in self.all_declarations if row.meeting == meeting_id), asof)

    def outputs(self, meeting_id: str, asof: AsOf) -> tuple[Output, ...]:
        """Other outputs of a meeting."""
        return listed((row for row in self.all_outputs if row.meeting == meeting_id), asof)

    def crosswalks(self, record_id: str, asof: AsOf) -> tuple[Crosswalk, ...]:
        """Crosswalks that begin or end at a plan, outcome or action."""
        return listed((row for row in self.all_crosswalks if record_id in (row.earlier, row.later)), asof)

    def priority(self, action_id: str, asof: AsOf) -> Priority | None:
        """The latest-known statement on an action's priority and timing, None if there is none."""
        rows = listed((row for row in self.all_priorities if row.action == action_id), asof)
        return max(rows, key=lambda row: (row.known.latest, row.id), default=None)

    # --- what follows ---------------------------------------------------------------------------------------------

    def validity(self, fact: Fact, asof: AsOf) -> Truth:
        """Whether a record holds on the day of the question."""
        return is_valid(fact, asof)

    def counts(self, plan_id: str, asof: AsOf) -> tuple[CountShown, ...]:
        """How many outcomes, actions and projects we show, beside the official numbers.

        Raises:
            PlanError: if there is no such plan.
        """
        plan = self.plan(plan_id)
        projects = listed((row for row in self.all_projects if row.plan == plan.id), asof)
        shown = {
            Kind.OUTCOMES: len(self.outcomes(plan.id, asof)),
            Kind.ACTIONS: len(self.actions(plan.id, asof)),
            Kind.PROJECTS: len(projects),
        }
        return tuple(_count_shown(plan, kind, number) for kind, number in shown.items())

    def dependency_order(self, plan_id: str, asof: AsOf) -> tuple[Action, ...]:
        """Actions so that each comes after those it depends on; otherwise in the order of their codes.

        Raises:
            PlanError: if there is no such plan.
        """
        waiting = list(self.actions(plan_id, asof))
        present = {action.id for action in waiting}
        done: dict[str, Action] = {}
        while waiting:
            ready = next((a for a in waiting if all(d in done for d in a.depends_on if d in present)), None)
            if ready is None:  # a cycle: the loader refuses it, so no loaded bundle has one
                raise PlanError(f"The dependencies of {plan_id} run in a circle. Run `serantau check` on the region.")
            done[ready.id] = ready
            waiting.remove(ready)
        return tuple(done.values())

    def unlocks(self, action_id: str, asof: AsOf) -> tuple[Action, ...]:
        """Every action that depends on this one, directly or through others, as far as is known.

        Raises:
            PlanError: if there is no such action.
        """
        start = self.action(action_id)
        rows = self.actions(start.plan, asof)
        closure = descendants({action.id: action.depends_on for action in rows})
        return tuple(action for action in rows if action.id in closure.get(start.id, frozenset()))

    @cached_property
    def _plans(self) -> Mapping[str, Plan]:
        return {row.id: row for row in self.all_plans}

    @cached_property
    def _outcomes(self) -> Mapping[str, Outcome]:
        return {row.id: row for row in self.all_outcomes}

    @cached_property
    def _actions(self) -> Mapping[str, Action]:
        return {row.id: row for row in self.all_actions}

    @cached_property
    def _meetings(self) -> Mapping[str, Meeting]:
        return {row.id: row for row in self.all_meetings}


def listed(rows: Iterable[F], asof: AsOf) -> tuple[F, ...]:
    """Records known by the known-date whose validity on the day is not *no*."""
    return tuple(row for row in rows if is_known(row, asof) and is_valid(row, asof) is not Truth.NO)


def natural_key(code: str) -> tuple[tuple[int, int, str], ...]:
    """Sort key that puts EA2.10 after EA2.9.

    >>> sorted(["EA2.10", "EA2.9", "EA1.1"], key=natural_key)
    ['EA1.1', 'EA2.9', 'EA2.10']
    """
    parts = _DIGITS.split(code)
    return tuple((0, int(part), "") if part.isdigit() else (1, 0, part) for part in parts if part)


def descendants(depends_on: Mapping[str, Iterable[str]]) -> dict[str, frozenset[str]]:
    """Transitive closure of *unlocks*: for each action, all that depend on it.

    Args:
        depends_on: For each action, the actions that must come first; those that are no keys are ignored.

    >>> descendants({"a": [], "b": ["a"], "c": ["b"]})["a"] == {"b", "c"}
    True
    """
    children: dict[str, list[str]] = {key: [] for key in depends_on}
    for child, parents in depends_on.items():
        for parent in parents:
            if parent in children:
                children[parent].append(child)
    return {key: _reachable(key, children) for key in children}


def _reachable(start: str, children: Mapping[str, list[str]]) -> frozenset[str]:
    seen: set[str] = set()
    stack = list(children[start])
    while stack:
        current = stack.pop()
        if current not in seen:
            seen.add(current)
            stack.extend(children[current])
    return frozenset(seen)


def _find(rows: Mapping[str, F], wanted: str, noun: str) -> F:
    if wanted in rows:
        return rows[wanted]
    hint = suggest(wanted, rows)
    raise PlanError(f"There is no {noun} with the id {wanted!r}. {hint}".strip())


def _count_shown(plan: Plan, kind: Kind, shown: int) -> CountShown:
    count = plan.official(kind)
    if count is None:
        return CountShown(kind, shown, None, None, None)
    return CountShown(kind, shown, count.number, count.source, count.grade)
