"""Which facts members may submit. A room registers its kinds here; forms, files, checks and review come with that."""

from __future__ import annotations

from collections.abc import Callable, Iterable

from serantau.base import suggest
from serantau.bundle import Bundle
from serantau.forum.registers import key_of
from serantau.measure.indicators import Observation
from serantau.measure.indicators import Role as IndicatorRole
from serantau.measure.sdmx_csv import from_sdmx_csv
from serantau.plan.model import PlanTarget
from serantau.plan.reports import ActionReport, ProjectReport, report_problems
from serantau.review import FactKind
from serantau.review.fields import fields_of
from serantau.web.site.problems import NotHereError

_kinds: dict[str, FactKind] = {}

REPORTS = "plan.action_reports"
"""The kind whose records answer a round."""


def register(kind: FactKind) -> FactKind:
    """Let members submit a kind of fact.

    Raises:
        TypeError: if its record has a field that no form can show.
        ValueError: if another kind has its name.
    """
    fields_of(kind)
    if _kinds.get(kind.name, kind) != kind:
        raise ValueError(f"two kinds of fact are called {kind.name}")
    _kinds[kind.name] = kind
    return kind


def all_kinds() -> dict[str, FactKind]:
    """Every kind by name."""
    return dict(_kinds)


def kinds_of(room: str, *, partners: bool = False) -> tuple[FactKind, ...]:
    """The kinds of a room that members submit, or partners, in the order in which they were registered."""
    return tuple(kind for kind in _kinds.values() if kind.room == room and kind.partners is partners)


def kind_named(name: str) -> FactKind:
    """A kind by name.

    Raises:
        NotHereError: if there is none.
    """
    if name not in _kinds:
        raise NotHereError(f"There is no kind of fact {name[:80]!r}. {suggest(name[:80], _kinds)}".strip())
    return _kinds[name]


def rooms(*, partners: bool = False) -> tuple[str, ...]:
    """Rooms that take submissions of members, or of partners."""
    return tuple(dict.fromkeys(kind.room for kind in _kinds.values() if kind.partners is partners))


def choices_of(what: str, bundle: Bundle) -> tuple[tuple[str, str], ...]:
    """What a field may name, each with its words; empty for what is too long to list or not known here."""
    find = _CHOICES.get(what)
    return () if find is None else tuple(find(bundle))


Choices = Iterable[tuple[str, str]]


def _indicators(bundle: Bundle) -> Choices:
    open_ = [one for one in bundle.measure.indicators if one.role is not IndicatorRole.SLOT and not one.ratio]
    return ((one.id, f"{one.name} ({one.unit})") for one in sorted(open_, key=lambda one: one.name))


def _instruments(bundle: Bundle) -> Choices:
    return () if bundle.law is None else ((one.id, one.title) for one in bundle.law.instruments)


_CHOICES: dict[str, Callable[[Bundle], Choices]] = {
    "actions": lambda bundle: ((one.id, f"{one.code} {one.title}") for one in bundle.plans.all_actions),
    "indicators": _indicators,
    "plans": lambda bundle: ((one.id, one.short_name) for one in bundle.plans.all_plans),
    "outcomes": lambda bundle: ((one.id, f"{one.code} {one.title}") for one in bundle.plans.all_outcomes),
    "kpis": lambda bundle: ((one.id, one.title) for one in bundle.plans.all_kpis),
    "policies": lambda bundle: sorted({(key_of(one), one.title) for one in bundle.registers.policies}),
    "instruments": _instruments,
    "bands": lambda bundle: ((one.id, f"{one.id} ({one.duplex.value})") for one in bundle.spectrum.bands),
    "sources": lambda bundle: ((one.id, one.title) for one in bundle.sources.values()),
}


register(
    FactKind(
        REPORTS,
        "Progress of actions",
        ActionReport,
        "plan/action_reports.yaml",
        key="action_reports",
        id_pattern="{action}.{member}.{year}.s{submission}",
        grade="primary",
        choices={"action": "actions"},
        long=frozenset({"obstacles", "note"}),
        problems=report_problems,
    )
)
register(
    FactKind(
        "plan.project_reports",
        "Projects under actions",
        ProjectReport,
        "plan/project_reports.yaml",
        key="project_reports",
        id_pattern="{project}.{member}.{year}.s{submission}",
        grade="primary",
        choices={"action": "actions"},
        long=frozenset({"obstacles", "note"}),
        problems=report_problems,
    )
)
register(
    FactKind(
        "plan.targets",
        "Targets for the plan's own indicators",
        PlanTarget,
        "plan/targets.yaml",
        key="targets",
        choices={"kpi": "kpis"},
    )
)
register(
    FactKind(
        "measure.observations",
        "Figures",
        Observation,
        "indicators/observations/submission-{submission}.csv",
        choices={"indicator": "indicators"},
        translate=from_sdmx_csv,
        licensed=True,
    )
)
