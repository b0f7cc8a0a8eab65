"""What a member says it has done: reports on actions and projects, year by year.

A report is a member's own statement about one year. It never says how well an
outcome is reached: that is measured by figures, elsewhere.
"""

from __future__ import annotations

from enum import Enum

from serantau.base import PartialDate
from serantau.facts import Sourced
from serantau.facts.evidence import Evidence, Funding, Year, evidence_flaws, funding_flaws
from serantau.facts.model import Identifier, Text
from serantau.plan.model import FOLDER

ACTION_REPORTS, PROJECT_REPORTS = "action_reports", "project_reports"


class Status(Enum):
    """How far a member says an action or project is. No answer is no status: it is the absence of a report."""

    NOT_STARTED = "not started"
    IN_PROGRESS = "in progress"
    DONE = "done"
    NOT_APPLICABLE = "not applicable"


class ActionReport(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one member says of one action for one year.

    Attributes:
        id: Permanent identifier.
        action: Id of the action.
        member: Code of the member.
        year: Year that is reported on.
        status: How far the action is.
        evidence: What shows it; required for done.
        due: Date by which it was first to be done. It stays when the date moves.
        expected: Date by which it is now expected, where that has moved.
        obstacles: What stands in the way.
    """

    id: Identifier
    action: Identifier
    member: Identifier
    year: Year
    status: Status
    evidence: tuple[Evidence, ...] = ()
    due: PartialDate | None = None
    expected: PartialDate | None = None
    obstacles: Text | None = None


class ProjectReport(Sourced, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What one member says of one project under an action for one year.

    Attributes:
        id: Permanent identifier of the report.
        project: Short name of the project, the same in every report on it.
        title: What the project is called.
        action: Id of the action that it serves.
        member: Code of the member.
        year: Year that is reported on.
        status: How far the project is.
        lead: Body that leads it.
        funding: Who pays for it, and how much.
        evidence: What shows it; required for done.
        due: Date by which it was first to be done. It stays when the date moves.
        expected: Date by which it is now expected, where that has moved.
        obstacles: What stands in the way.
    """

    id: Identifier
    project: Identifier
    title: Text
    action: Identifier
    member: Identifier
    year: Year
    status: Status
    lead: Text | None = None
    funding: tuple[Funding, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    due: PartialDate | None = None
    expected: PartialDate | None = None
    obstacles: Text | None = None


Report = ActionReport | ProjectReport

REPORT_KINDS: dict[str, type[Report]] = {ACTION_REPORTS: ActionReport, PROJECT_REPORTS: ProjectReport}
"""The files of reports: ``plan/<key>.yaml`` holds one key, ``<key>:``, with a list of this kind."""


def reports_file(key: str) -> str:
    """Path, within a region's folder, of the file that holds a kind of report."""
    return f"{FOLDER}/{key}.yaml"


def subject_of(report: Report) -> tuple[str, str, int]:
    """What a report is about: the action or project, the member and the year. A later report on it replaces it."""
    about = report.project if isinstance(report, ProjectReport) else report.action
    return about, report.member, report.year


def report_problems(report: Report) -> list[tuple[str, str, str]]:
    """What is wrong with one report by itself: field, what, what to do."""
    found: list[tuple[str, str, str]] = []
    if report.status is Status.DONE and not report.evidence:
        found.append(("evidence", "done needs evidence.", "Name an address or attach a file, or report in progress."))
    found += evidence_flaws(report.evidence)
    for name in ("due", "expected"):
        day = getattr(report, name)
        if day is not None and not day.known:
            found.append((name, f"{name} is {day}.", "Write the date, or leave it out where there is none."))
    if isinstance(report, ProjectReport):
        found += funding_flaws(report.funding)
    return found
