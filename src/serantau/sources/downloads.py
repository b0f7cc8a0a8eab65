"""Loaders of files that the user downloads: ITU, Ookla, Global Cybersecurity Index.

Their rows may not be redistributed (ITU DataHub and the Global Cybersecurity Index: CC BY-NC-SA 3.0 IGO; Ookla open
data: CC BY-NC-SA 4.0; Speedtest Global Index: all rights reserved; recalled, not legal advice), so no bundle holds
them; the user's own data folder may.

Which column means what is stated, never guessed: a layout (:data:`LAYOUTS`) names the columns and the user may
rename each. Shapes:

- ``itu``: one row a country, series and year, as the ITU DataHub (https://datahub.itu.int) gives it; recalled.
- ``itu-wide``: one row a country, one column a year; recalled.
- ``ookla-tiles``: columns of the Ookla open data tiles (``avg_d_kbps``, ``tests``; https://github.com/teamookla/
  ookla-open-data), to which the user has joined the country of each tile as ``iso3``. A country's figure is the mean
  weighted by the number of tests, in Mbit/s. The tile columns were seen in public files; the join column is ours.
- ``speedtest``: a table the user wrote down from the index: ``country``, ``year``, ``value``; ours.
- ``gci``: one row a country: ``country``, ``year``, ``score``; the publisher prints the index as PDF and the layout is
  ours.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from serantau.base import Problem, count_of_problems, suggest
from serantau.sources.errors import SourceError
from serantau.sources.series import FetchedRow, FetchedSeries, Query, parse_number, parse_year
from serantau.sources.tables import Table

MISSING = {"", "-", "–", "..", "...", "…", "n/a", "na", "nan", "not available"}
"""What publishers write in place of a figure; anything else that is no number is an error."""
MAX_PROBLEMS = 50


@dataclass(frozen=True)
class Columns:
    """Which column means what.

    Attributes:
        member: Column of the country: an alpha-3 or alpha-2 code or a name that the caller lists.
        value: Column of the figure; empty in a wide table.
        year: Column of the year; empty if the years are columns, or are given for the whole file.
        series: Column of the publisher's series code; empty if the file holds one series.
        note: Column of remarks; may be absent.
        weight: Column of weights if several rows make one figure; empty otherwise.
        factor: Multiplies each figure (0.001 turns kbit/s into Mbit/s).
        wide: Whether each column named by a year holds that year's figures.
    """

    member: str
    value: str = ""
    year: str = ""
    series: str = ""
    note: str = ""
    weight: str = ""
    factor: float = 1.0
    wide: bool = False


LAYOUTS: Mapping[str, Columns] = {
    "itu": Columns(member="entityIso", value="dataValue", year="dataYear", series="seriesCode", note="dataNote"),
    "itu-wide": Columns(member="Economy ISO3", wide=True),
    "ookla-tiles": Columns(member="iso3", value="avg_d_kbps", year="year", weight="tests", factor=0.001),
    "speedtest": Columns(member="country", value="value", year="year"),
    "gci": Columns(member="country", value="score", year="year"),
}
RENAMED = ("member", "value", "year", "series", "note", "weight")


def layout(name: str, renamed: Mapping[str, str]) -> Columns:
    """A layout with some of its columns renamed.

    >>> layout("gci", {"value": "Overall score"}).value
    'Overall score'

    Raises:
        SourceError: if there is no such layout or meaning.
    """
    if name not in LAYOUTS:
        raise SourceError(f"There is no layout {name!r}. {suggest(name, LAYOUTS)}")
    for meaning in renamed:
        if meaning not in RENAMED:
            raise SourceError(f"--column {meaning}=...: a column cannot mean {meaning!r}. {suggest(meaning, RENAMED)}")
    changes: dict[str, Any] = dict(renamed)
    return replace(LAYOUTS[name], **changes)


def load_download(table: Table, query: Query, columns: Columns, *, year: int | None = None) -> FetchedSeries:
    """Take one indicator from a table.

    Args:
        table: The file's cells.
        query: What is asked. The areas give for each member one spelling; more are allowed, separated by ``|``. The
            code chooses among the values of the series column, ``where`` among those of further columns.
        columns: Which column means what.
        year: Year of the whole file, where it has no column of years.

    Returns:
        The rows of the members; other countries of the file are left out.

    Raises:
        SourceError: with every bad cell; nothing is taken then.
    """
    reader = _Reader(table, query, columns, year)
    reader.check_header()
    cells = list(reader.cells())
    if reader.problems:
        raise _refused(table.name, reader.problems)
    rows = _weighted(cells, columns.factor) if columns.weight else _plain(cells, columns.factor)
    _check_once(rows, cells, table)
    return query.series(rows, (), "unknown", table.name)


@dataclass(frozen=True)
class _Cell:
    member: str
    year: int
    value: float
    weight: float
    note: str
    place: str


class _Reader:
    def __init__(self, table: Table, query: Query, columns: Columns, year: int | None) -> None:
        self.table, self.query, self.columns, self.year = table, query, columns, year
        self.problems: list[Problem] = []
        self._at = {name: index for index, name in enumerate(table.header)}
        self._members = {
            spelling.strip().casefold(): member
            for member, spellings in query.areas.items()
            for spelling in spellings.split("|")
        }

    def check_header(self) -> None:
        columns = self.columns
        wanted = {columns.member, columns.value, columns.series, columns.weight, *self.query.where} - {""}
        if columns.year and self.year is None and not columns.wide:
            wanted.add(columns.year)
        for name in sorted(wanted - self._at.keys()):
            known = suggest(name, self._at) or f"It has: {', '.join(self.table.header)}."
            self._bad(f"{self.table.name}:1", f"has no column {name!r}.", f"{known} Rename with --column.")
        if not self.problems and not self._year_columns():
            self._bad(f"{self.table.name}:1", "has no column of years and no column named by a year.", "Give --year.")
        if self.problems:
            raise _refused(self.table.name, self.problems)

    def cells(self) -> Iterable[_Cell]:
        for number, row in enumerate(self.table.rows):
            member = self._members.get(row[self._at[self.columns.member]].casefold())
            if member is None or not self._chosen(row):
                continue
            for year_at, value_at in self._year_columns():
                cell = self._cell(number, row, member, (year_at, value_at))
                if cell is not None and self.query.within(cell.year):
                    yield cell

    def _year_columns(self) -> list[tuple[int | None, int]]:
        """For each figure of a row the column of its year (None: the header or the whole file) and its own column."""
        if self.columns.wide:
            return [(None, at) for name, at in self._at.items() if parse_year(name) is not None]
        value_at = self._at[self.columns.value]
        if self.year is not None:
            return [(None, value_at)]
        return [(self._at[self.columns.year], value_at)] if self.columns.year else []

    def _chosen(self, row: tuple[str, ...]) -> bool:
        series = self.columns.series
        if series and row[self._at[series]] != self.query.code:
            return False
        return all(row[self._at[name]] == value for name, value in self.query.where.items())

    def _cell(self, number: int, row: tuple[str, ...], member: str, at: tuple[int | None, int]) -> _Cell | None:
        year_at, value_at = at
        text = row[value_at]
        year = self._year(number, row, year_at, value_at)
        if year is None or text.casefold() in MISSING:
            return None
        value = self._number(number, value_at, text)
        weight = 1.0
        if self.columns.weight:
            weight_at = self._at[self.columns.weight]
            weight = self._number(number, weight_at, row[weight_at], least=0.0)
        note = row[self._at[self.columns.note]] if self.columns.note and self.columns.note in self._at else ""
        return _Cell(member, year, value, weight, note, self.table.place(number, value_at))

    def _year(self, number: int, row: tuple[str, ...], year_at: int | None, value_at: int) -> int | None:
        if self.year is not None:
            return self.year
        text = self.table.header[value_at] if year_at is None else row[year_at]
        year = parse_year(text)
        if year is None and year_at is not None:
            self._bad(self.table.place(number, year_at), f"{text!r} is no year.", "Write four digits.")
        return year

    def _number(self, number: int, at: int, text: str, least: float | None = None) -> float:
        value = parse_number(text)
        if value is None:
            fix = "Write digits with a decimal point, without thousands marks or units, or leave it empty."
            self._bad(self.table.place(number, at), f"{text!r} is no number.", fix)
        elif least is not None and value < least:
            self._bad(self.table.place(number, at), f"{text} is less than {least:g}.", "")
        return 0.0 if value is None else value

    def _bad(self, where: str, what: str, fix: str) -> None:
        self.problems.append(Problem(where, what, fix))


def _plain(cells: list[_Cell], factor: float) -> list[FetchedRow]:
    return [FetchedRow(c.member, c.year, c.value * factor if factor != 1.0 else c.value, "", c.note) for c in cells]


def _weighted(cells: list[_Cell], factor: float) -> list[FetchedRow]:
    groups: dict[tuple[str, int], list[_Cell]] = {}
    for cell in cells:
        groups.setdefault((cell.member, cell.year), []).append(cell)
    rows: list[FetchedRow] = []
    for (member, year), group in sorted(groups.items()):
        total = sum(cell.weight for cell in group)
        if total > 0:
            mean = sum(cell.value * cell.weight for cell in group) / total
            rows.append(FetchedRow(member, year, mean * factor, "derived", f"weighted mean of {len(group)} rows"))
    return rows


def _check_once(rows: list[FetchedRow], cells: list[_Cell], table: Table) -> None:
    if len({(row.member, row.year) for row in rows}) == len(rows):
        return
    first: dict[tuple[str, int], str] = {}
    problems: list[Problem] = []
    for cell in cells:
        key = (cell.member, cell.year)
        if key in first:
            what = f"a second figure for {cell.member} in {cell.year} (first at {first[key]})."
            problems.append(Problem(cell.place, what, "Choose one with --where COLUMN=VALUE."))
        first.setdefault(key, cell.place)
    raise _refused(table.name, problems)


def _refused(name: str, problems: list[Problem]) -> SourceError:
    shown = problems[:MAX_PROBLEMS]
    more = f" The first {MAX_PROBLEMS} are listed." if len(problems) > MAX_PROBLEMS else ""
    return SourceError(f"{name}: {count_of_problems(len(problems))}; nothing was taken.{more}", shown)
