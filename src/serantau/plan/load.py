"""Reads the ``plan`` folder of a region and checks what its files say of each other."""

from __future__ import annotations

from typing import TypeVar

from serantau.facts import Fact, FactFolder, Records
from serantau.plan.checks import Table, check_plans
from serantau.plan.facts import PlanFacts
from serantau.plan.model import (
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
)

F = TypeVar("F", bound=Fact)

FOLDER = "plan"
REQUIRED = ("plans", "outcomes")


def file_of(key: str) -> str:
    """Path, within a region's folder, of the file that holds a kind of record."""
    return f"{FOLDER}/{key}.yaml"


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
    tables: Table = {}

    def rows(key: str, kind: type[F]) -> tuple[F, ...]:
        records: Records[F] = Records((), ())
        if key in REQUIRED or folder.content(file_of(key)) is not None:
            records = folder.records(file_of(key), key, kind)
        tables[key] = tuple(records)
        return records.rows

    facts = PlanFacts(
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
    check_plans(facts, tables, folder)
    return facts
