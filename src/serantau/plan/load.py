"""Reads the ``plan`` folder of a region and checks what its files say of each other."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from serantau.facts import Fact, FactFolder, Records
from serantau.plan.checks import Table, check_plans
from serantau.plan.facts import PlanFacts
from serantau.plan.model import (
    FOLDER,
    RECORD_KINDS,
    Action,
    Crosswalk,
    Declaration,
    Effect,
    Kpi,
    Meeting,
    Outcome,
    Output,
    Plan,
    PlanTarget,
    Priority,
    Project,
    RecoveryWeight,
    file_of,
)
from serantau.plan.report_checks import check_reports
from serantau.plan.reports import (
    ACTION_REPORTS,
    PROJECT_REPORTS,
    ActionReport,
    ProjectReport,
    Report,
    reports_file,
)

F = TypeVar("F", bound=Fact)
R = TypeVar("R", bound=Report)

REQUIRED = ("plans", "outcomes")


def load_plans(folder: FactFolder) -> PlanFacts | None:
    """Load the plans of a region; problems are added to the folder, which then refuses to finish.

    ``plan/plans.yaml`` and ``plan/outcomes.yaml`` must exist as soon as the
    region has a ``plan`` folder; every other file may be missing.

    Args:
        folder: The region's folder.

    Returns:
        The plans, or None if the region has no ``plan`` folder.
    """
    if not folder.names(FOLDER, ".yaml"):
        return None
    tables = read_tables(folder)
    facts = assemble(tables)
    check_plans(facts, tables, folder)
    actions = _reports(folder, ACTION_REPORTS, ActionReport)
    projects = _reports(folder, PROJECT_REPORTS, ProjectReport)
    check_reports(facts, (*actions, *projects), folder)
    return replace(facts, all_action_reports=actions.rows, all_project_reports=projects.rows)


def _reports(folder: FactFolder, key: str, kind: type[R]) -> Records[R]:
    name = reports_file(key)
    return folder.records(name, key, kind) if folder.holds(name) else Records((), ())


def read_tables(folder: FactFolder) -> Table:
    """Every record of the ``plan`` folder by kind, with its ``file:line``; problems are added to the folder."""
    tables: Table = {}
    for key, kind in RECORD_KINDS.items():
        wanted = key in REQUIRED or folder.holds(file_of(key))
        tables[key] = tuple(folder.records(file_of(key), key, kind)) if wanted else ()
    return tables


def assemble(tables: Table) -> PlanFacts:
    """The plans that the records of all kinds make."""

    def rows(key: str, kind: type[F]) -> tuple[F, ...]:
        return tuple(record for record, _ in tables[key] if isinstance(record, kind))

    return PlanFacts(
        all_plans=rows("plans", Plan),
        all_outcomes=rows("outcomes", Outcome),
        all_actions=rows("actions", Action),
        all_meetings=rows("meetings", Meeting),
        all_declarations=rows("declarations", Declaration),
        all_outputs=rows("outputs", Output),
        all_crosswalks=rows("crosswalks", Crosswalk),
        all_priorities=rows("priorities", Priority),
        all_effects=rows("effects", Effect),
        all_recovery_weights=rows("recovery_weights", RecoveryWeight),
        all_projects=rows("projects", Project),
        all_kpis=rows("kpis", Kpi),
        all_targets=rows("targets", PlanTarget),
    )
