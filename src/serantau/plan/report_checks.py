"""What reports must say of each other, and of the plan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from serantau.base import PartialDate, suggest
from serantau.facts import FactFolder
from serantau.plan.facts import PlanFacts
from serantau.plan.model import file_of
from serantau.plan.reports import Report, report_problems, subject_of


def check_reports(facts: PlanFacts, placed: Iterable[tuple[Report, str]], folder: FactFolder) -> None:
    """Add every defect of the reports to the folder's problems."""
    actions = {action.id: action for action in facts.all_actions}
    ids = _ids_in_use(facts)
    days: dict[tuple[str, str, str, int, str], str] = {}
    baselines = _Baselines(facts)
    for report, where in placed:
        for _, what, fix in report_problems(report):
            folder.report(where, what, fix)
        if report.id in ids:
            folder.report(where, f"the id {report.id!r} stands twice (first at {ids[report.id]}).", "Give it another.")
        ids.setdefault(report.id, where)
        if report.action not in actions and file_of("actions") not in folder.incomplete:
            fix = suggest(report.action, actions) or "Write the id of an action of a plan."
            folder.report(where, f"there is no action {report.action!r}.", fix)
        if not report.known.known or report.year > report.known.latest.year:
            folder.report(where, f"the year {report.year} lies after the known-date {report.known}.", "Correct one.")
        key = (type(report).__name__, *subject_of(report), report.known.text)
        if key in days and report.withdrawn is None:
            what = f"{key[1]} of {report.member} in {report.year} is reported twice on one day (first at {days[key]})."
            folder.report(where, what, "Keep one; a correction carries a later known-date.")
        if report.withdrawn is None:
            days.setdefault(key, where)
        baselines.check(report, where, folder)


def _ids_in_use(facts: PlanFacts) -> dict[str, str]:
    named: Mapping[str, Iterable[object]] = {
        "plans": facts.all_plans,
        "outcomes": facts.all_outcomes,
        "actions": facts.all_actions,
        "projects": facts.all_projects,
    }
    return {getattr(row, "id", ""): file_of(key) for key, rows in named.items() for row in rows}


class _Baselines:
    """The date by which something was first to be done: a later report may expect another, and not rewrite it."""

    def __init__(self, facts: PlanFacts) -> None:
        self._first: dict[tuple[str, str, str], tuple[PartialDate, str]] = {}
        self._planned = {row.action: row.window_end for row in facts.all_priorities if row.window_end is not None}

    def check(self, report: Report, where: str, folder: FactFolder) -> None:
        if report.due is None or report.withdrawn is not None:
            return
        about = subject_of(report)[0]
        planned = self._planned.get(about)
        if planned is not None and report.due != planned:
            what = f"due is {report.due}, but the plan says {planned}."
            folder.report(where, what, "Leave due out and write the new date under expected.")
            return
        key = (type(report).__name__, about, report.member)
        first, place = self._first.setdefault(key, (report.due, where))
        if first != report.due:
            what = f"due is {report.due}, but was first reported as {first} ({place})."
            folder.report(where, what, f"Keep due: {first}, and write the new date under expected.")
