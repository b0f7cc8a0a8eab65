"""The definition of an index: a tree of indicators and the ordered steps that make it a score.

A definition is a YAML file (:func:`parse_definition`) or is built in Python.
:mod:`serantau.measure.steps` carries the steps out.
"""

from __future__ import annotations

from collections.abc import Iterator
from functools import cached_property
from typing import Annotated, Literal

import msgspec

from serantau.facts.model import Identifier, Text
from serantau.measure.indicators import Direction

Share = Annotated[float, msgspec.Meta(ge=0, le=1)]
Positive = Annotated[float, msgspec.Meta(gt=0)]
Weight = Annotated[float, msgspec.Meta(ge=0)]


class _Struct(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, dict=True):
    """Common settings of the parts of a definition."""


class FixedGoalposts(_Struct, frozen=True, kw_only=True):
    """Values that score the low and the high end of the scale.

    Attributes:
        low: Value that scores the low end; the larger number for direction ``lower``, and the larger distance for
            direction ``reference``.
        high: Value that scores the high end.
        scale: ``log`` where equal ratios count as equal steps.
    """

    low: float
    high: float
    scale: Literal["linear", "log"] = "linear"


class IndicatorSpec(_Struct, frozen=True, kw_only=True):
    """One indicator of an index.

    Attributes:
        id: Name of its column, or of its rows in long data.
        group: Id of the group it belongs to.
        direction: ``higher`` or ``lower`` is better, or nearness to ``reference``.
        weight: Weight within its group; only ratios matter.
        denominator: Column to divide by (step ``denominate``).
        factor: Multiplier after the division.
        goalposts: Fixed ends (normalisation ``goalposts``).
        target: Value to reach (normalisation ``target_distance``).
        reference_value: Best value for direction ``reference``.
        name: Shown instead of the id.
        unit: Unit of the values.
    """

    id: Identifier
    group: Identifier
    direction: Direction = Direction.HIGHER
    weight: Weight = 1.0
    denominator: str = ""
    factor: float = 1.0
    goalposts: FixedGoalposts | None = None
    target: float | None = None
    reference_value: float | None = None
    name: str = ""
    unit: str = ""


class GroupSpec(_Struct, frozen=True, kw_only=True):
    """A node of the tree above the indicators; the one without a parent is the root.

    Attributes:
        id: Its name.
        parent: Id of the group it belongs to; none for the root.
        weight: Weight within its parent; only ratios matter.
        name: Shown instead of the id.
    """

    id: Identifier
    parent: str = ""
    weight: Weight = 1.0
    name: str = ""


class Denominate(_Struct, frozen=True, kw_only=True, tag="denominate", tag_field="step"):
    """Divide each indicator that names a denominator by it, and multiply by its factor."""


class Screen(_Struct, frozen=True, kw_only=True, tag="screen", tag_field="step"):
    """Leave out units with too little data.

    Attributes:
        min_share: Least share of indicators with a value, over all.
        by_group: Least share within each group named.
        max_zero_share: Largest share of zeros among the values present.
        keep: Units kept whatever their data.
        drop: Units left out whatever their data.
    """

    min_share: Share = 0.0
    by_group: dict[str, Share] = {}
    max_zero_share: Share = 1.0
    keep: tuple[str, ...] = ()
    drop: tuple[str, ...] = ()


class Impute(_Struct, frozen=True, kw_only=True, tag="impute", tag_field="step"):
    """Fill missing values; every filled cell is flagged to the end.

    ``mean`` and ``median`` are over the units with a value in that year;
    ``group_mean`` and ``group_median`` over the units of the same unit group.
    ``latest`` carries a unit's last earlier value forward over years,
    ``linear`` interpolates between years and never extrapolates.

    Attributes:
        method: One of the above, or ``none``.
        max_years: Farthest year to carry or to interpolate from.
    """

    method: Literal["none", "mean", "median", "group_mean", "group_median", "latest", "linear"] = "none"
    max_years: Annotated[int, msgspec.Meta(ge=1)] = 100


class Treat(_Struct, frozen=True, kw_only=True, tag="treat", tag_field="step"):
    """Treat outliers of each indicator that fails the test.

    An indicator fails where both |skewness| > ``skew_limit`` and kurtosis >
    ``kurtosis_limit`` (OECD/JRC Handbook 2008, section 4; limits after
    Groeneveld and Meeden 1984). It is winsorised one point at a time, at most ``winsorise_max``
    points. If it still fails, winsorisation is undone and ``fallback`` tried
    on the original values.

    Attributes:
        skew_limit: Limit on absolute skewness.
        kurtosis_limit: Limit on excess kurtosis.
        estimator: ``sample`` (G1 and G2, adjusted for size, as spreadsheets do) or ``population`` (g1, g2).
        winsorise_max: Most points winsorised; 0 for none.
        fallback: ``none``; ``log`` (ln x); ``log_shift`` (ln(x - min + 1)); ``log_range``
            (ln(x - min + 0.01 (max - min))); ``boxcox`` (maximum likelihood).
        skip: Indicators left as they are.
    """

    skew_limit: Positive = 2.0
    kurtosis_limit: Positive = 3.5
    estimator: Literal["sample", "population"] = "sample"
    winsorise_max: Annotated[int, msgspec.Meta(ge=0, le=1000)] = 5
    fallback: Literal["none", "log", "log_shift", "log_range", "boxcox"] = "log_range"
    skip: tuple[str, ...] = ()


Method = Literal[
    "minmax", "goalposts", "zscore", "target_distance", "reference_distance", "best_distance",
    "share_of_best", "rank", "percentile_rank", "borda",
]  # fmt: skip


class Normalise(_Struct, frozen=True, kw_only=True, tag="normalise", tag_field="step"):
    """Bring indicators to one scale on which higher is better.

    Attributes:
        method: For every indicator not named in ``by_indicator``. ``docs/method/index.md`` has the formulas.
        low: Score of the worst end.
        high: Score of the best end.
        cap: Whether scores outside the ends are cut to them.
        mean: Mean of z-scores.
        sd: Standard deviation of z-scores.
        reference_unit: Unit of comparison for ``reference_distance``.
        by_indicator: Other methods for single indicators.
        over: Parameters from each year by itself, or from all years together.
    """

    method: Method = "minmax"
    low: float = 0.0
    high: float = 100.0
    cap: bool = True
    mean: float = 0.0
    sd: Positive = 1.0
    reference_unit: str = ""
    by_indicator: dict[str, Method] = {}
    over: Literal["year", "all_years"] = "year"


Mean = Literal["arithmetic", "geometric", "harmonic", "power", "copeland"]


class Level(_Struct, frozen=True, kw_only=True):
    """How one level of the tree is aggregated.

    Attributes:
        method: Kind of mean; ``power`` is the generalised mean with ``exponent``.
        exponent: Exponent of the generalised mean.
        missing: ``skip`` renormalises the weights over the children present;
            ``refuse`` gives no score where any child of positive weight is missing.
        min_share: Least share of weight that must be present (with ``skip``).
    """

    method: Mean = "arithmetic"
    exponent: float = 1.0
    missing: Literal["skip", "refuse"] = "skip"
    min_share: Share = 0.0


class Aggregate(_Struct, frozen=True, kw_only=True, tag="aggregate", tag_field="step"):
    """Aggregate up the tree.

    Attributes:
        weights: ``given`` in the tree, ``equal``, ``pca`` (first principal component), or a named set.
        default: How every level is aggregated that ``levels`` does not name.
        levels: By height above the indicators: ``levels[0]`` makes the lowest groups.
        by_group: Other settings for single groups.
    """

    weights: str = "given"
    default: Level = Level()
    levels: tuple[Level, ...] = ()
    by_group: dict[str, Level] = {}


Step = Denominate | Screen | Impute | Treat | Normalise | Aggregate


class Noise(_Struct, frozen=True, kw_only=True):
    """Noisy weights: each weight is multiplied by a uniform draw in [1 - spread, 1 + spread], by level.

    Attributes:
        spread: By height: ``spread[0]`` for the indicators' weights, and so on upward.
    """

    spread: tuple[Share, ...]


class Robustness(_Struct, frozen=True, kw_only=True):
    """Which choices vary in the Monte Carlo analysis; a choice not named stays as the steps say.

    Attributes:
        treat: Alternatives of the step ``treat`` (equally probable).
        impute: Alternatives of the step ``impute``.
        normalise: Alternatives of the step ``normalise``.
        aggregate: Alternatives of the step ``aggregate``.
        weights: Noise on the weights.
        draw_missing: Draw missing values from a predictive spread, anew in each replicate.
        replicates: How many.
        seed: Of the random numbers.
    """

    treat: tuple[Treat, ...] = ()
    impute: tuple[Impute, ...] = ()
    normalise: tuple[Normalise, ...] = ()
    aggregate: tuple[Aggregate, ...] = ()
    weights: Noise | None = None
    draw_missing: bool = False
    replicates: Annotated[int, msgspec.Meta(ge=1, le=100_000_000)] = 10_000
    seed: Annotated[int, msgspec.Meta(ge=0)] = 1


class StatusRule(_Struct, frozen=True, kw_only=True):
    """Thresholds of the status of an indicator against a target.

    Attributes:
        on_track: Least probability of arrival by the target's year.
        at_risk: Least probability below which it is ``off track``.
        tolerance: Distance from the reference value that counts as having met it, in the indicator's unit, for
            direction ``reference`` where the target is the reference itself; 0 for none.
    """

    on_track: Share = 0.5
    at_risk: Share = 0.2
    tolerance: Annotated[float, msgspec.Meta(ge=0)] = 0.0


class Definition(_Struct, frozen=True, kw_only=True):
    """A whole index.

    Attributes:
        id: Permanent identifier.
        title: What it measures.
        indicators: The leaves of the tree.
        groups: The nodes above them; exactly one has no parent.
        steps: What is done, in this order.
        weight_sets: Named alternatives: weight by id of indicator or group.
        unit_groups: Group of each unit, for group imputation.
        robustness: Choices that vary.
        status: Thresholds of statuses.
    """

    id: Identifier
    title: Text
    indicators: tuple[IndicatorSpec, ...]
    groups: tuple[GroupSpec, ...]
    steps: tuple[Step, ...]
    weight_sets: dict[str, dict[str, Weight]] = {}
    unit_groups: dict[str, str] = {}
    robustness: Robustness | None = None
    status: StatusRule = StatusRule()

    @cached_property
    def root(self) -> str:
        """Id of the group without a parent."""
        return next(group.id for group in self.groups if not group.parent)

    @cached_property
    def children(self) -> dict[str, tuple[str, ...]]:
        """Ids of the children of each group, in the order of the file."""
        result: dict[str, list[str]] = {group.id: [] for group in self.groups}
        for group in self.groups:
            if group.parent:
                result[group.parent].append(group.id)
        for indicator in self.indicators:
            result[indicator.group].append(indicator.id)
        return {group: tuple(ids) for group, ids in result.items()}

    @cached_property
    def heights(self) -> dict[str, int]:
        """Height of each group above its deepest indicator: 1 for the lowest groups."""
        result: dict[str, int] = {indicator.id: 0 for indicator in self.indicators}
        for group in self.bottom_up():
            result[group] = 1 + max(result[child] for child in self.children[group])
        return result

    def bottom_up(self) -> tuple[str, ...]:
        """Group ids so that every child comes before its parent."""
        return self._order

    @cached_property
    def _order(self) -> tuple[str, ...]:
        return tuple(self._walk(self.root))

    def _walk(self, group: str) -> Iterator[str]:
        for child in self.children[group]:
            if child in self.children:
                yield from self._walk(child)
        yield group

    def step(self, kind: type[msgspec.Struct]) -> Step | None:
        """The last step of a kind, or None."""
        found = [step for step in self.steps if isinstance(step, kind)]
        return found[-1] if found else None
