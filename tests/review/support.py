"""Kinds of fact and a submission, for the tests of this room."""

from __future__ import annotations

from datetime import date

from serantau.measure.indicators import Observation
from serantau.measure.sdmx_csv import from_sdmx_csv
from serantau.plan.reports import ActionReport, ProjectReport, report_problems
from serantau.review import Context, FactKind

DAY = date(2026, 11, 28)
CONTEXT = Context("QAA", 42, DAY)

REPORTS = FactKind(
    "plan.action_reports",
    "Reports on actions",
    ActionReport,
    "plan/action_reports.yaml",
    key="action_reports",
    id_pattern="{action}.{member}.{year}.s{submission}",
    grade="primary",
    choices={"action": "actions"},
    problems=report_problems,
)
PROJECTS = FactKind(
    "plan.project_reports",
    "Reports on projects",
    ProjectReport,
    "plan/project_reports.yaml",
    key="project_reports",
    id_pattern="{project}.{member}.{year}.s{submission}",
    grade="primary",
    problems=report_problems,
)
FIGURES = FactKind(
    "measure.observations",
    "Figures",
    Observation,
    "indicators/observations/submission-{submission}.csv",
    translate=from_sdmx_csv,
    licensed=True,
)
KINDS = {kind.name: kind for kind in (REPORTS, PROJECTS, FIGURES)}
