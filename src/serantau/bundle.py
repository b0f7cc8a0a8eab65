"""A region's whole bundle, as the doors use it: who, what was agreed, how far.

Rooms do not import each other; what joins them is checked here.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from pathlib import Path

from serantau.base import suggest
from serantau.facts import Edition, FactFolder, Source
from serantau.measure.load import MeasureFacts, load_measure
from serantau.plan import PlanFacts, load_plans
from serantau.region import Region, load_region

SHIPPED = Path(__file__).parent / "regions"
PUBLISHED = "published.txt"


@dataclass(frozen=True)
class Bundle:
    """Everything that is so in one region, and the edition that names it."""

    root: Path
    edition: Edition
    sources: dict[str, Source]
    region: Region
    plans: PlanFacts
    measure: MeasureFacts


def default_region() -> Path:
    """The region that ships with the project: the first folder below ``regions``."""
    return min(path for path in SHIPPED.iterdir() if (path / "region.yaml").is_file())


def load_bundle(root: Path) -> Bundle:
    """Load a region's folder, whole or not at all.

    Raises:
        FactError: with every problem of every file.
    """
    folder = FactFolder(root)
    region = load_region(folder)
    plans = load_plans(folder)
    measure = load_measure(folder)
    if plans is None:
        folder.report("plan/plans.yaml", "the file is missing.", "Add it; docs/guide/region.md lists the files.")
    if region is not None and plans is not None and measure is not None:
        _check_joins(folder, region, plans, measure)
        _check_published(folder, permanent_ids(region, plans, measure))
    folder.finish()
    assert region is not None and plans is not None and measure is not None
    return Bundle(root, folder.edition, folder.sources, region, plans, measure)


def permanent_ids(region: Region, plans: PlanFacts, measure: MeasureFacts) -> tuple[str, ...]:
    """Every id that, once published, may never disappear."""
    ids = [f"member {member.id}" for member in region.members]
    ids += [f"partner {partner.id}" for partner in region.partners]
    ids += [f"plan {plan.id}" for plan in plans.all_plans]
    ids += [f"outcome {outcome.id}" for outcome in plans.all_outcomes]
    ids += [f"action {action.id}" for action in plans.all_actions]
    ids += [f"meeting {meeting.id}" for meeting in plans.all_meetings]
    ids += [f"indicator {indicator.id}" for indicator in measure.indicators]
    return tuple(sorted(ids))


def _check_joins(folder: FactFolder, region: Region, plans: PlanFacts, measure: MeasureFacts) -> None:
    members = {member.id for member in region.members}
    outcomes = {outcome.id for outcome in plans.all_outcomes}
    plan_ids = {plan.id for plan in plans.all_plans}
    if region.profile.default_plan not in plan_ids:
        what = f"default_plan {region.profile.default_plan!r} is no plan."
        folder.report("region.yaml", what, suggest(region.profile.default_plan, plan_ids))
    for indicator in measure.indicators:
        if indicator.outcome not in outcomes | {"context"}:
            what = f"indicator {indicator.id}: the outcome {indicator.outcome!r} is in no plan."
            folder.report("indicators/indicators.yaml", what, suggest(indicator.outcome, outcomes | {"context"}))
    for index in measure.indexes:
        if index.plan not in plan_ids:
            folder.report("indicators/index.yaml", f"index {index.id}: no plan {index.plan!r}.", "")
        for outcome in index.outcomes:
            if outcome not in outcomes:
                folder.report("indicators/index.yaml", f"index {index.id}: no outcome {outcome!r}.", "")
    strangers = {row.member for row in measure.observations} - members
    for code in sorted(strangers):
        folder.report("indicators/observations", f"the member {code!r} is not in members.yaml.", suggest(code, members))


def _check_published(folder: FactFolder, ids: tuple[str, ...]) -> None:
    content = folder.content(PUBLISHED)
    if content is None:
        return
    held = set(ids)
    for number, line in enumerate(content.decode("utf-8", "replace").splitlines(), start=1):
        if line.strip() and line.strip() not in held:
            what = f"{line.strip()!r} was published once and is gone."
            folder.report(f"{PUBLISHED}:{number}", what, "Put it back; end its validity if it no longer holds.")


def today() -> date:
    """The date now, asked by doors only."""
    return date.today()
