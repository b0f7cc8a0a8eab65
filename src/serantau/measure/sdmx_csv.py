"""Figures in SDMX-CSV, as statistical offices exchange them, read as our table of figures.

SDMX-CSV 1.0 begins its header with ``DATAFLOW``, 2.0 with ``STRUCTURE``; the columns ``REF_AREA``, ``INDICATOR``,
``TIME_PERIOD``, ``OBS_VALUE`` and ``OBS_STATUS`` are the cross-domain concepts of the standard
(https://sdmx.org, technical specifications, SDMX-CSV).
"""

from __future__ import annotations

import re

from serantau.base import Problem
from serantau.facts.sheets import Sheet, SheetError, place
from serantau.measure.indicators import FLAG_OF_STATUS, STATUS_NOT_OBSERVED

FIRST_COLUMNS = ("DATAFLOW", "STRUCTURE")
NEEDED = ("INDICATOR", "REF_AREA", "TIME_PERIOD", "OBS_VALUE")
ACTIONS = frozenset({"", "I", "A", "R", "M"})
"""Actions of SDMX-CSV 2.0 that add figures: information, append, replace, merge. ``D`` deletes, which nothing here does."""
_YEAR = re.compile(r"\d{4}")


def is_sdmx_csv(sheet: Sheet) -> bool:
    """Whether the header is that of SDMX-CSV."""
    return bool(sheet.columns) and sheet.columns[0].upper().partition("[")[0].strip() in FIRST_COLUMNS


def from_sdmx_csv(sheet: Sheet) -> Sheet:
    """The table with our own headings; a table that is not SDMX-CSV is returned as it is.

    Raises:
        SheetError: with every cell that is no annual figure.
    """
    if not is_sdmx_csv(sheet):
        return sheet
    names = {column.upper().partition(":")[0].strip(): column for column in sheet.columns}
    missing = [name for name in NEEDED if name not in names]
    if missing:
        problems = [Problem(place(sheet.name, 1, name), "is missing from the header.", "Add it.") for name in missing]
        raise SheetError("The file is SDMX-CSV without columns that a figure needs.", problems)
    problems = []
    rows = []
    for number, cells in sheet.rows:
        given = {name: _code(cells.get(column, "")) for name, column in names.items()}
        found = _problems(sheet.name, number, given)
        problems += found
        if not found:
            rows.append((number, _row(given, cells.get(names.get("COMMENT_OBS", ""), ""))))
    if problems:
        raise SheetError(f"{len(problems)} cells of the SDMX-CSV file are no annual figures.", problems)
    columns = ("indicator", "member", "year", "value", "flags", "grade", "note")
    return Sheet(sheet.name, columns, tuple(rows))


def _code(cell: str) -> str:
    """A cell without the label that may follow its code (``A: Normal value``)."""
    return cell.partition(":")[0].strip()


def _row(given: dict[str, str], note: str) -> dict[str, str]:
    row = {
        "indicator": given["INDICATOR"],
        "member": given["REF_AREA"],
        "year": given["TIME_PERIOD"],
        "value": given["OBS_VALUE"],
        "flags": FLAG_OF_STATUS.get(given.get("OBS_STATUS", ""), ""),
        "grade": "primary",
        "note": note,
    }
    return {name: cell for name, cell in row.items() if cell}


def _problems(sheet: str, number: int, given: dict[str, str]) -> list[Problem]:
    def problem(column: str, what: str, fix: str) -> Problem:
        return Problem(place(sheet, number, column), what, fix)

    found = []
    if given.get("ACTION", "").upper() not in ACTIONS:
        found.append(problem("ACTION", f"is {given['ACTION']!r}.", "A submission adds figures; it deletes none."))
    if given.get("FREQ", "A") not in {"", "A"}:
        found.append(problem("FREQ", f"is {given['FREQ']!r}, not A.", "Send annual figures."))
    if not _YEAR.fullmatch(given["TIME_PERIOD"]):
        found.append(problem("TIME_PERIOD", f"{given['TIME_PERIOD']!r} is no year.", "Send annual figures: 2025."))
    status = given.get("OBS_STATUS", "")
    if status in STATUS_NOT_OBSERVED:
        what = f"{status} marks {STATUS_NOT_OBSERVED[status].removeprefix('marked as ')} values: this is no figure."
        found.append(problem("OBS_STATUS", what, "Leave the row out."))
    if given.get("UNIT_MULT", "0") not in {"", "0"}:
        found.append(problem("UNIT_MULT", f"is {given['UNIT_MULT']}.", "Write the value in the indicator's own unit."))
    return found
