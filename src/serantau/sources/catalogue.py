"""What a region says about fetching: which series of which source fills an indicator, and the codes of its members.

Both files are optional. ``indicators/fetch.csv``: ``indicator,reader,code,where,source``, where ``where`` holds
``NAME=VALUE`` pairs separated by semicolons and ``source`` is an id of ``sources.yaml``. ``areas.csv``:
``member,m49``, the codes of https://unstats.un.org/unsd/methodology/m49/ .
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path

from serantau.base import Problem
from serantau.sources.errors import SourceError
from serantau.sources.tables import Table, read_table

SERIES_FILE = "indicators/fetch.csv"
AREAS_FILE = "areas.csv"
_SERIES_HEADER = {"indicator", "reader", "code", "where", "source"}


@dataclass(frozen=True)
class Known:
    """How an indicator is fetched.

    Attributes:
        indicator: Id in the region.
        reader: worldbank, unsdg, sdmx or file.
        code: What the source calls it.
        where: Values that choose one figure.
        source: Id of the source under which rows are kept.
    """

    indicator: str
    reader: str
    code: str
    where: Mapping[str, str]
    source: str


def known_series(root: Path) -> tuple[Known, ...]:
    """The series that a region's folder names; none if it has no such file.

    Raises:
        SourceError: if the file is not as described.
    """
    path = root / SERIES_FILE
    if not path.is_file():
        return ()
    table = _with_columns(read_table(path), _SERIES_HEADER)
    rows = (dict(zip(table.header, row, strict=True)) for row in table.rows)
    return tuple(
        Known(row["indicator"], row["reader"], row["code"], parse_pairs(row["where"].split(";")), row["source"])
        for row in rows
    )


def m49_codes(root: Path) -> dict[str, str]:
    """The M49 code of each member that the region's folder gives one.

    Raises:
        SourceError: if the file is not as described.
    """
    path = root / AREAS_FILE
    if not path.is_file():
        return {}
    table = _with_columns(read_table(path), {"member", "m49"})
    member_at, code_at = table.header.index("member"), table.header.index("m49")
    return {row[member_at]: row[code_at] for row in table.rows}


def parse_pairs(texts: Iterable[str]) -> dict[str, str]:
    """``NAME=VALUE`` texts as a mapping.

    >>> parse_pairs(["Sex=BOTHSEX", " Age = 15+ ", ""])
    {'Sex': 'BOTHSEX', 'Age': '15+'}

    Raises:
        SourceError: if one has no equals sign or a name stands twice.
    """
    pairs: dict[str, str] = {}
    for text in texts:
        if not text.strip():
            continue
        name, equals, value = text.partition("=")
        if not equals or not name.strip() or name.strip() in pairs:
            raise SourceError(f"{text!r} is not NAME=VALUE, or the name stands twice.")
        pairs[name.strip()] = value.strip()
    return pairs


def _with_columns(table: Table, wanted: set[str]) -> Table:
    missing = wanted - set(table.header)
    if missing:
        what = f"has no column {min(missing)!r}."
        fix = f"Its header is {','.join(sorted(wanted))}."
        raise SourceError(f"{table.name} cannot be read; nothing was fetched.", [Problem(f"{table.name}:1", what, fix)])
    return table
