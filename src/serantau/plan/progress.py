"""How far the members say they are: answers by action, member and year, and what follows from counting them.

Three things are kept apart, as monitoring of plans distinguishes them:
*compliance* (was it done), *outcome* (are things as was wanted) and *impact*
(did it matter beyond). Counting reports gives compliance and nothing else: no
number of finished projects is a score of an outcome, and nothing here turns
one into the other.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TypeVar

from serantau.base import AsOf, PartialDate, Truth
from serantau.facts import is_known
from serantau.measure.indicators import Indicator, Role
from serantau.measure.standing import Cell, OutcomeScore, Standing
from serantau.plan.facts import PlanFacts
from serantau.plan.reports import ActionReport, ProjectReport, Report, Status, subject_of

R = TypeVar("R", bound=Report)


class Answer(Enum):
    """What is known of an action, member and year; no answer is neither a no nor a not started."""

    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    DONE = "done"
    NOT_APPLICABLE = "not applicable"
    NO_ANSWER = "no answer"


_ANSWERS = {status: Answer(status.value) for status in Status}


@dataclass(frozen=True)
class Compliance:
    """How many of what was asked got which answer.

    Attributes:
        asked: Actions times members.
        counts: How many got each answer; they add up to ``asked``.
    """

    asked: int
    counts: Mapping[Answer, int]

    @property
    def answered(self) -> int:
        """How many got any answer."""
        return self.asked - self.counts[Answer.NO_ANSWER]


@dataclass(frozen=True)
class AnswerTable:
    """Every answer to a plan's actions.

    Attributes:
        plan: Id of the plan.
        actions: Ids, in the plan's order.
        members: Codes.
        years: Years that are reported on.
        reports: The newest known report by action, member and year.
    """

    plan: str
    actions: tuple[str, ...]
    members: tuple[str, ...]
    years: tuple[int, ...]
    reports: Mapping[tuple[str, str, int], ActionReport]

    def answer(self, action: str, member: str, year: int) -> Answer:
        """The answer of one cell."""
        report = self.reports.get((action, member, year))
        return Answer.NO_ANSWER if report is None else _ANSWERS[report.status]

    def compliance(
        self,
        year: int,
        members: Sequence[str] | None = None,
        actions: Sequence[str] | None = None,
    ) -> Compliance:
        """The answers of one year, counted; over all members and actions unless some are named."""
        who = self.members if members is None else members
        what = self.actions if actions is None else actions
        counts = Counter(self.answer(action, member, year) for action in what for member in who)
        return Compliance(len(who) * len(what), {answer: counts[answer] for answer in Answer})

    def unanswered(self, year: int) -> dict[str, tuple[str, ...]]:
        """For each member, the actions without an answer for a year; members that answered all are left out."""
        missing = {
            member: tuple(a for a in self.actions if (a, member, year) not in self.reports) for member in self.members
        }
        return {member: actions for member, actions in missing.items() if actions}

    def latest(self, action: str, member: str, year: int) -> ActionReport | None:
        """The report for the newest year up to one; None without any."""
        found = [
            self.reports[key] for one in self.years if one <= year and (key := (action, member, one)) in self.reports
        ]
        return found[-1] if found else None


def answer_table(
    facts: PlanFacts, plan_id: str, members: Sequence[str], years: Sequence[int], asof: AsOf
) -> AnswerTable:
    """What the members answered on a plan's actions, as known then.

    Args:
        facts: The plans and reports of the region.
        plan_id: Id of the plan.
        members: Codes of the members that were asked.
        years: Years that are reported on.
        asof: The two times of the question.

    Raises:
        PlanError: if there is no such plan.
    """
    actions = tuple(action.id for action in facts.actions(plan_id, asof))
    asked, who, when = set(actions), set(members), set(years)
    reports = {
        key: report
        for key, report in newest(facts.all_action_reports, asof).items()
        if key[0] in asked and key[1] in who and key[2] in when
    }
    return AnswerTable(plan_id, actions, tuple(members), tuple(sorted(years)), reports)


def newest(reports: Iterable[R], asof: AsOf) -> dict[tuple[str, str, int], R]:
    """The newest known report on each action or project, member and year."""
    found: dict[tuple[str, str, int], R] = {}
    for report in reports:
        if not is_known(report, asof):
            continue
        key = subject_of(report)
        held = found.get(key)
        if held is None or report.known.latest > held.known.latest:
            found[key] = report
    return found


def projects_of(facts: PlanFacts, action: str, asof: AsOf) -> tuple[ProjectReport, ...]:
    """The newest report on each project under an action, by member and project."""
    mine = newest((row for row in facts.all_project_reports if row.action == action), asof)
    last: dict[tuple[str, str], ProjectReport] = {}
    for (project, member, year), report in mine.items():
        held = last.get((member, project))
        if held is None or year > held.year:
            last[member, project] = report
    return tuple(last[key] for key in sorted(last))


# --- dates -----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Due:
    """By when, then and now.

    Attributes:
        baseline: Date by which it was first to be done; a moved date never replaces it. None where none was given.
        expected: Date by which it is expected now; the baseline until it moves.
        late: Whether the baseline has passed without the action being done; unknown without a baseline or an answer.
    """

    baseline: PartialDate | None
    expected: PartialDate | None
    late: Truth

    @property
    def moved(self) -> bool:
        """Whether another date is expected than the first."""
        return self.baseline is not None and self.expected != self.baseline


def due_of(facts: PlanFacts, table: AnswerTable, action: str, member: str, asof: AsOf) -> Due:
    """The dates of an action for a member: the plan's own date if it has one, else the first that was reported."""
    mine = [table.reports[key] for year in table.years if (key := (action, member, year)) in table.reports]
    priority = facts.priority(action, asof)
    planned = priority.window_end if priority else None
    stated = min((row for row in mine if row.due), key=lambda row: (row.known.latest, row.year), default=None)
    baseline = planned or (stated.due if stated else None)
    moved = [row.expected for row in mine if row.expected]
    status = mine[-1].status if mine else None
    return Due(baseline, moved[-1] if moved else baseline, _late(baseline, status, asof.valid))


def _late(baseline: PartialDate | None, status: Status | None, day: date) -> Truth:
    if status in (Status.DONE, Status.NOT_APPLICABLE):
        return Truth.NO
    if baseline is None or not baseline.known:
        return Truth.UNKNOWN
    if day <= baseline.latest:
        return Truth.NO
    return Truth.UNKNOWN if status is None else Truth.YES


# --- three levels, apart -----------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Levels:
    """One outcome of a plan for one member: what was done, how things are, what it may have changed beyond.

    Attributes:
        outcome: Id of the outcome.
        compliance: The member's answers on the actions listed under it.
        score: How the outcome stands by its own figures; None for a plan that is not measured.
        impact: Figures beyond the digital, which enter no score.
    """

    outcome: str
    compliance: Compliance
    score: OutcomeScore | None
    impact: tuple[Cell, ...] = ()


def levels(
    facts: PlanFacts,
    table: AnswerTable,
    year: int,
    member: str,
    asof: AsOf,
    standing: Standing | None,
    indicators: Iterable[Indicator],
) -> tuple[Levels, ...]:
    """The three levels of each outcome of a plan for one member, never added up.

    Args:
        facts: The plans of the region.
        table: The answers.
        year: Year that is reported on.
        member: Code of the member.
        asof: The two times of the question.
        standing: How the members stand by their figures; None for a plan that is not measured.
        indicators: The region's indicators.
    """
    beyond = [one for one in indicators if one.role is Role.FIGURE and not one.digital]
    found = []
    for outcome in facts.outcomes(table.plan, asof):
        actions = [action.id for action in facts.actions(table.plan, asof, outcome.id)]
        cells = () if standing is None else _cells(standing, member, [i.id for i in beyond if i.outcome == outcome.id])
        score = None if standing is None else standing.scores.get((member, outcome.id))
        found.append(Levels(outcome.id, table.compliance(year, [member], actions), score, cells))
    return tuple(found)


def _cells(standing: Standing, member: str, indicators: Iterable[str]) -> tuple[Cell, ...]:
    cells = (standing.cells.get((member, name)) for name in indicators)
    return tuple(cell for cell in cells if cell is not None and cell.figure is not None)
