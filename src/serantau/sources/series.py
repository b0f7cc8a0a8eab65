"""What every reader returns, and how it differs from what is held."""

from __future__ import annotations

import math
import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from serantau.measure.indicators import FIRST_YEAR, LAST_YEAR, Observation
from serantau.sources.errors import SourceError

_YEAR = re.compile(r"([0-9]{4})(?:\.0)?")


@dataclass(frozen=True)
class Query:
    """What is asked of a source.

    Attributes:
        indicator: Id under which the region holds the indicator.
        code: What the source calls it.
        areas: For each member's alpha-3 code the code that the source has for it.
        first: First year, or None for all.
        last: Last year, or None for all.
        where: Values of further dimensions or columns that choose one figure per member and year.
        source_id: Id of the source under which rows are kept.
        licence: Terms of the rows, or ``unknown``.
    """

    indicator: str
    code: str
    areas: Mapping[str, str]
    first: int | None = None
    last: int | None = None
    where: Mapping[str, str] = field(default_factory=dict)
    source_id: str = "unknown"
    licence: str = "unknown"

    def within(self, year: int) -> bool:
        """Whether a year was asked for."""
        return (self.first is None or self.first <= year) and (self.last is None or year <= self.last)

    def by_area(self) -> dict[str, str]:
        """For each code of the source the member that has it.

        Raises:
            SourceError: if there is none, or two members share one.
        """
        if not self.areas:
            raise SourceError("No member was given. Name at least one with --member.")
        members = {area: member for member, area in self.areas.items()}
        if len(members) != len(self.areas):
            raise SourceError("Two members have the same code in the source. Correct the list of area codes.")
        return members

    def series(
        self, rows: Iterable[FetchedRow], skipped: Iterable[Skipped], published: str, place: str
    ) -> FetchedSeries:
        """The answer to this query.

        Raises:
            SourceError: if a member and year stand twice.
        """
        once = unique_rows(rows, place)
        left_out = tuple(sorted(skipped))
        asked = tuple(self.areas)
        return FetchedSeries(
            self.source_id, self.indicator, once, published, self.licence, asked, self.first, self.last, left_out
        )


@dataclass(frozen=True, order=True)
class FetchedRow:
    """One figure as the source gives it.

    Attributes:
        member: Alpha-3 code.
        year: Reference year.
        value: The value, not rounded.
        flags: Words of :data:`serantau.measure.indicators.FLAGS`, separated by spaces.
        note: What else the source says.
    """

    member: str
    year: int
    value: float
    flags: str = ""
    note: str = ""


@dataclass(frozen=True, order=True)
class Skipped:
    """A row of the source that holds no figure that can be taken.

    Attributes:
        member: Alpha-3 code.
        year: Reference year.
        text: What stands in place of the figure.
        why: Why it was not taken.
    """

    member: str
    year: int
    text: str
    why: str


@dataclass(frozen=True)
class FetchedSeries:
    """One indicator as one source gives it.

    Attributes:
        source_id: Id of the source under which rows are kept.
        indicator: Id of the indicator in the region.
        rows: The figures, by member and year.
        published: When the source says it was last changed, or ``unknown``.
        licence: Terms of the rows, or ``unknown``.
        members: Members that were asked for; empty where it was not restricted.
        first: First year asked for, or None.
        last: Last year asked for, or None.
        skipped: Rows without a figure.
    """

    source_id: str
    indicator: str
    rows: tuple[FetchedRow, ...]
    published: str
    licence: str
    members: tuple[str, ...] = ()
    first: int | None = None
    last: int | None = None
    skipped: tuple[Skipped, ...] = ()

    def covers(self, member: str, year: int) -> bool:
        """Whether a figure of this member and year was asked for."""
        asked = (self.first is None or self.first <= year) and (self.last is None or year <= self.last)
        return asked and (not self.members or member in self.members)


@dataclass(frozen=True)
class Change:
    """A figure that the source now gives otherwise."""

    held: Observation
    fetched: FetchedRow


@dataclass(frozen=True)
class Difference:
    """What a fetched series would change.

    Attributes:
        series: What was fetched.
        added: Figures that are not held.
        changed: Figures held with another value, or without a flag that the source sets.
        removed: Figures held, asked for, and no longer given. They are shown and stay.
        same: Number of figures that agree.
    """

    series: FetchedSeries
    added: tuple[FetchedRow, ...]
    changed: tuple[Change, ...]
    removed: tuple[Observation, ...]
    same: int

    @property
    def rows(self) -> tuple[FetchedRow, ...]:
        """Figures that applying it would write."""
        return tuple(sorted([*self.added, *(change.fetched for change in self.changed)]))


def newest(held: Iterable[Observation], indicator: str) -> dict[tuple[str, int], Observation]:
    """For each member and year the row of an indicator that became known last."""
    latest: dict[tuple[str, int], Observation] = {}
    for row in held:
        if row.indicator != indicator:
            continue
        key = (row.member, row.year)
        if key not in latest or latest[key].known.latest < row.known.latest:
            latest[key] = row
    return latest


def difference(held: Iterable[Observation], fetched: FetchedSeries) -> Difference:
    """Compare what is held with what was fetched.

    Two values agree if they differ by less than one part in 10^9: that is the
    trace of a binary float written as text, not a revision.

    Args:
        held: Observations of the region, of any indicator and known-date.
        fetched: The series.
    """
    latest = newest(held, fetched.indicator)
    added: list[FetchedRow] = []
    changed: list[Change] = []
    for row in fetched.rows:
        before = latest.get((row.member, row.year))
        if before is None:
            added.append(row)
        elif not _agree(before, row):
            changed.append(Change(before, row))
    given = {(row.member, row.year) for row in fetched.rows}
    removed = [row for key, row in sorted(latest.items()) if key not in given and fetched.covers(*key)]
    same = len(fetched.rows) - len(added) - len(changed)
    return Difference(fetched, tuple(sorted(added)), tuple(changed), tuple(removed), same)


def _agree(held: Observation, row: FetchedRow) -> bool:
    close = math.isclose(held.value, row.value, rel_tol=1e-9, abs_tol=1e-12)
    return close and set(row.flags.split()) <= set(held.flags.split())


def unique_rows(rows: Iterable[FetchedRow], where: str) -> tuple[FetchedRow, ...]:
    """Rows by member and year, each once.

    Raises:
        SourceError: if a member and year stand twice.
    """
    seen: dict[tuple[str, int], FetchedRow] = {}
    for row in rows:
        key = (row.member, row.year)
        if key in seen:
            raise SourceError(
                f"{where} gives two figures for {row.member} in {row.year}: {seen[key].value:g} and {row.value:g}. "
                "Nothing was taken. Choose one with --where NAME=VALUE."
            )
        seen[key] = row
    return tuple(sorted(seen.values()))


def parse_year(text: str) -> int | None:
    """A year written as four digits, or None.

    >>> parse_year("2020"), parse_year("2020.0"), parse_year("2020-Q1"), parse_year("20225")
    (2020, 2020, None, None)
    """
    match = _YEAR.fullmatch(text)
    return int(match[1]) if match and FIRST_YEAR <= int(match[1]) <= LAST_YEAR else None


def parse_number(text: str) -> float | None:
    """A finite decimal number with a point, or None: no thousands marks, no units, no inequality signs.

    >>> parse_number("12.5"), parse_number("1e3"), parse_number("1,234"), parse_number("<0.1"), parse_number("nan")
    (12.5, 1000.0, None, None, None)
    """
    stripped = text.strip()
    if "_" in stripped or not stripped.isascii():
        return None
    try:
        value = float(stripped)
    except ValueError:
        return None
    return value if math.isfinite(value) else None
