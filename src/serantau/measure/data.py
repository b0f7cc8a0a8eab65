"""The data an index is computed from: units x columns x years."""

from __future__ import annotations

import csv
import math
import unicodedata
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from serantau.base import Problem, count_of_problems, suggest
from serantau.measure.definition import Definition
from serantau.measure.errors import MeasureError
from serantau.measure.indicators import FIRST_YEAR, LAST_YEAR

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

MAX_BYTES = 256 * 1024 * 1024
MAX_PROBLEMS = 50
LONG_HEADER = ("indicator", "unit", "year", "value")
MISSING = {"", "NA", "NaN", "nan", ".", "..", "null"}


@dataclass(frozen=True)
class Data:
    """Values by year, unit and column; NaN is missing.

    Attributes:
        units: Names of the units.
        columns: Names of the columns (indicators and denominators).
        years: Years, ascending; a single 0 where the data has no year.
        values: Shape (years, units, columns).
        unit_groups: Group of each unit, where the data gives one.
    """

    units: tuple[str, ...]
    columns: tuple[str, ...]
    years: tuple[int, ...]
    values: Floats
    unit_groups: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        """Refuse shapes that do not fit and names that stand twice."""
        shape = (len(self.years), len(self.units), len(self.columns))
        if self.values.shape != shape:
            raise MeasureError(f"the values have the shape {self.values.shape}, the names say {shape}.")
        for kind, names in (("unit", self.units), ("column", self.columns)):
            if len(set(names)) != len(names):
                twice = sorted({name for name in names if names.count(name) > 1})
                raise MeasureError(f"the {kind} {twice[0]!r} stands twice. Keep one row or column of it.")
        if np.isinf(self.values).any():
            raise MeasureError("a value is infinite. Leave the cell empty if there is no value.")

    @classmethod
    def of_matrix(cls, units: Sequence[str], columns: Sequence[str], matrix: Floats) -> Data:
        """Data of one year from a units x columns matrix."""
        return cls(tuple(units), tuple(columns), (0,), np.asarray(matrix, dtype=np.float64)[None])


def read_data(path: Path, definition: Definition) -> Data:
    """Read a CSV file, wide (one row a unit) or long (indicator, unit, year, value).

    A wide file has the columns ``unit``, optionally ``year`` and ``group``, and one for each indicator
    and denominator of the definition; further columns are refused, so that a
    mistyped name is not silently left out.

    Raises:
        MeasureError: with every bad cell by line and column, up to fifty.
    """
    if not path.exists():
        raise MeasureError(f"{path}: there is no such file.")
    if not path.is_file():
        raise MeasureError(f"{path} is a folder, a pipe or a device. Give the path of a CSV file.")
    if path.stat().st_size > MAX_BYTES:
        size, limit = path.stat().st_size // 1024**2, MAX_BYTES // 1024**2
        raise MeasureError(f"{path.name} has {size} MB; the limit is {limit} MB. Split it, or keep only what is used.")
    problems: list[Problem] = []
    rows = list(_rows(path, problems))
    if not rows:
        _refuse(path, problems or [Problem(f"{path.name}:1", "the file is empty.", "Write a header and rows.")])
    header = rows[0][1]
    reader = _Long(path.name, definition) if set(LONG_HEADER) == set(header) else _Wide(path.name, definition, header)
    problems.extend(reader.problems)
    if not reader.problems:
        for line, cells in rows[1:]:
            if len(cells) != len(header):
                what = f"the row has {len(cells)} cells, the header {len(header)}."
                reader.problems.append(Problem(f"{path.name}:{line}", what, "Check commas and quotes."))
            else:
                reader.take(line, dict(zip(header, cells, strict=True)))
            if len(reader.problems) >= MAX_PROBLEMS:
                break
        problems.extend(reader.problems)
    if not problems and not reader.cells:
        problems.append(Problem(f"{path.name}:2", "there is no value.", "Add rows."))
    if problems:
        _refuse(path, problems)
    data = reader.data()
    if empty := list(_empty_groups(path.name, definition, data)):
        _refuse(path, empty)
    return data


def _empty_groups(name: str, definition: Definition, data: Data) -> Iterator[Problem]:
    """The highest groups below which no unit has a value: an index over the others would be another index."""
    filled = {column for at, column in enumerate(data.columns) if not np.isnan(data.values[..., at]).all()}
    held = {leaf.id for leaf in definition.indicators if leaf.id in filled}
    for group in definition.bottom_up():
        if any(child in held for child in definition.children[group]):
            held.add(group)
    parents = {group.id: group.parent for group in definition.groups}
    for group in definition.children:
        if group not in held and (not parents[group] or parents[group] in held):
            what = f"the group {group!r} has no value: no unit has data for any indicator below it."
            yield Problem(name, what, "Add some, or take the group out of the definition.")


def _refuse(path: Path, problems: list[Problem]) -> None:
    shown = sorted(set(problems))[:MAX_PROBLEMS]
    more = " (the first fifty are shown)" if len(problems) >= MAX_PROBLEMS else ""
    raise MeasureError(f"{path.name} was not read: {count_of_problems(len(shown))}{more}.", shown)


def _rows(path: Path, problems: list[Problem]) -> Iterator[tuple[int, list[str]]]:
    try:
        with path.open(encoding="utf-8-sig", newline="") as stream:
            reader = csv.reader(stream, strict=True)
            for cells in reader:
                if cells:
                    yield reader.line_num, [cell.strip() for cell in cells]
    except UnicodeDecodeError:
        problems.append(Problem(f"{path.name}:1", "the file is not UTF-8 text.", "Save it as CSV UTF-8."))
    except csv.Error as error:
        problems.append(Problem(f"{path.name}:{reader.line_num}", f"this is not CSV: {error}.", "Check the quotes."))


class _Reader:
    def __init__(self, name: str, definition: Definition) -> None:
        self.name = name
        self.definition = definition
        self.problems: list[Problem] = []
        self.cells: dict[tuple[int, str, str], float] = {}
        self.groups: dict[str, str] = {}
        leaves = [leaf.id for leaf in definition.indicators]
        extra = [leaf.denominator for leaf in definition.indicators if leaf.denominator]
        self.wanted = tuple(dict.fromkeys([*leaves, *extra]))

    def data(self) -> Data:
        units = tuple(dict.fromkeys(unit for _, unit, _ in self.cells))
        years = tuple(sorted({year for year, _, _ in self.cells}))
        values = np.full((len(years), len(units), len(self.wanted)), np.nan)
        at_unit = {unit: index for index, unit in enumerate(units)}
        at_year = {year: index for index, year in enumerate(years)}
        at_column = {column: index for index, column in enumerate(self.wanted)}
        for (year, unit, column), value in self.cells.items():
            values[at_year[year], at_unit[unit], at_column[column]] = value
        groups = tuple(self.groups.get(unit, "") for unit in units) if self.groups else ()
        return Data(units, self.wanted, years, values, groups)

    def put(self, line: int, year: int, unit: str, column: str, text: str) -> None:
        value = self.number(line, column, text)
        if value is None:
            return
        key = (year, unit, column)
        if key in self.cells:
            at = f" in {year}" if year else ""
            what = f"{column} of {unit}{at} stands twice."
            self.problem(line, what, "Keep one of the two.")
        self.cells[key] = value

    def number(self, line: int, column: str, text: str) -> float | None:
        if text in MISSING:
            return math.nan
        try:
            value = float(text)
        except ValueError:
            value = math.inf
        if not math.isfinite(value) or "_" in text or not text.isascii():
            self.problem(
                line, f"{column}: {text[:40]!r} is no number.", "Use digits and a point; leave empty if missing."
            )
            return None
        return value

    def year(self, line: int, text: str) -> int | None:
        if len(text) == 4 and text.isascii() and text.isdecimal() and FIRST_YEAR <= int(text) <= LAST_YEAR:
            return int(text)
        self.problem(line, f"{text[:20]!r} is no year from {FIRST_YEAR} to {LAST_YEAR}.", "Write four digits.")
        return None

    def unit(self, line: int, text: str) -> str | None:
        if text and not any(unicodedata.category(letter) in ("Cc", "Zl", "Zp") for letter in text):
            return text
        if text:
            self.problem(line, f"the unit {text[:40]!r} has a control character.", "Write its name in plain text.")
        else:
            self.problem(line, "the unit is empty.", "Name the unit.")
        return None

    def problem(self, line: int, what: str, fix: str) -> None:
        self.problems.append(Problem(f"{self.name}:{line}", what, fix))


class _Long(_Reader):
    def take(self, line: int, row: dict[str, str]) -> None:
        year, unit = self.year(line, row["year"]), self.unit(line, row["unit"])
        column = row["indicator"]
        if column not in self.wanted:
            self.problem(line, f"the indicator {column[:60]!r} is not in the definition.", suggest(column, self.wanted))
        elif year is not None and unit is not None:
            self.put(line, year, unit, column, row["value"])


class _Wide(_Reader):
    def __init__(self, name: str, definition: Definition, header: list[str]) -> None:
        super().__init__(name, definition)
        if len(header) == 1 and (mark := next((mark for mark in ";\t|" if mark in header[0]), None)):
            self.problem(1, f"the cells stand between {mark!r}, not commas.", "Save it as CSV with commas.")
            return
        if len(set(header)) != len(header):
            self.problem(1, "a column stands twice in the header.", "Keep one.")
        if "unit" not in header:
            self.problem(1, "there is no column `unit`.", f"Or use long form: {', '.join(LONG_HEADER)}.")
        for column in header:
            if column not in (*self.wanted, "unit", "year", "group"):
                self.problem(1, f"the column {column[:60]!r} is not in the definition.", suggest(column, self.wanted))
        for column in self.wanted:
            if column not in header:
                self.problem(1, f"the column {column!r} of the definition is missing.", "Add it, empty if need be.")

    def take(self, line: int, row: dict[str, str]) -> None:
        unit = self.unit(line, row["unit"])
        year = self.year(line, row["year"]) if "year" in row else 0
        if unit is None or year is None:
            return
        if "group" in row and self.groups.setdefault(unit, row["group"]) != row["group"]:
            what = f"{unit} is in the group {row['group'][:40]!r} here and in {self.groups[unit][:40]!r} above."
            self.problem(line, what, "A unit has one group in all years.")
        for column in self.wanted:
            self.put(line, year, unit, column, row[column])
