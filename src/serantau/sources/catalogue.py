"""What a region says about fetching: which series of which source fills an indicator, and the codes of its members.

Both files are optional. ``indicators/fetch.csv``: ``indicator,reader,code,where,source``, where ``where`` holds
``NAME=VALUE`` pairs separated by semicolons and ``source`` is an id of ``sources.yaml``. ``areas.csv``:
``member,m49``, the codes of https://unstats.un.org/unsd/methodology/m49/ .
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

from serantau.base import Problem
from serantau.measure.indicators import Indicator
from serantau.region import Member
from serantau.sources.errors import SourceError
from serantau.sources.tables import Table, read_table

SERIES_FILE = "indicators/fetch.csv"
AREAS_FILE = "areas.csv"
_BANK_PAGE = "https://data.worldbank.org/indicator/"
_SERIES_HEADER = {"indicator", "reader", "code", "where", "source"}


@dataclass(frozen=True)
class Known:
    """How an indicator is fetched.

    Attributes:
        indicator: Id in the region.
        reader: worldbank, unsdg, sdmx or file.
        code: What the source calls it.
        where: Values that choose one figure.
        source: Id of the source under which rows are kept, or empty for the reader's own.
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


def resolve(
    words: Sequence[str], reader: str, indicators: Sequence[Indicator], series: Sequence[Known]
) -> tuple[Known, ...]:
    """What the user asked for, as series of a source.

    A word is ``INDICATOR=CODE``, an indicator of the region, or a code of the source. What the region's folder says
    about an indicator comes first; for the World Bank the official address of the indicator names the code too.

    Args:
        words: What the user wrote.
        reader: worldbank, unsdg, sdmx or file.
        indicators: Indicators of the region.
        series: What the region's folder says.

    Raises:
        SourceError: if an indicator of the region has no known code in the source, or one is asked for twice.
    """
    known = {row.indicator: row for row in series if row.reader == reader}
    if reader == "worldbank":
        known = {**_by_address(indicators), **known}
    found = tuple(_resolve(word, reader, {indicator.id for indicator in indicators}, known) for word in words)
    names = [row.indicator for row in found]
    double = next((name for name in names if names.count(name) > 1), None)
    if double is not None:
        raise SourceError(f"{double} was asked for twice. Name each indicator once.")
    return found


def _resolve(word: str, reader: str, ids: set[str], known: Mapping[str, Known]) -> Known:
    indicator, equals, code = word.partition("=")
    if equals:
        if not indicator or not code:
            raise SourceError(f"{word!r}: write INDICATOR=CODE.")
        base = known.get(indicator)
        same = base is not None and base.code == code
        return base if base is not None and same else Known(indicator, reader, code, {}, "")
    if word in known:
        return known[word]
    by_code = [row for row in known.values() if row.code == word]
    if len(by_code) == 1:
        return by_code[0]
    if word in ids and reader != "file":
        raise SourceError(
            f"The region's facts do not say which {reader} series fills {word}. Write {word}=CODE with the source's own "
            f"code, or add it to {SERIES_FILE}."
        )
    return Known(word, reader, word, {}, "")


def _by_address(indicators: Sequence[Indicator]) -> dict[str, Known]:
    """World Bank codes that the official addresses of indicators name."""
    found: dict[str, Known] = {}
    for indicator in indicators:
        for official in indicator.official:
            code = official.address.removeprefix(_BANK_PAGE)
            if code != official.address and code and "/" not in code and "?" not in code:
                found[indicator.id] = Known(indicator.id, "worldbank", code, {}, "")
    return found


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


def area_codes(root: Path, members: Sequence[Member], system: str) -> dict[str, str]:
    """For each member's alpha-3 code its code in another system.

    Args:
        root: The region's folder, which holds the M49 codes.
        members: The members.
        system: ``alpha3``, ``alpha2``, ``m49``, or ``any`` for every spelling that a table may use.

    Raises:
        SourceError: if the region does not say a member's M49 code.
    """
    if system == "m49":
        codes = m49_codes(root)
        missing = [member.id for member in members if member.id not in codes]
        if missing:
            raise SourceError(
                f"The region's {AREAS_FILE} does not give the M49 code of {', '.join(missing)}, by which the source knows "
                "countries. Add it there (columns member,m49)."
            )
        return {member.id: codes[member.id] for member in members}
    if system == "any":
        return {member.id: f"{member.id}|{member.alpha2}|{member.name}" for member in members}
    return {member.id: member.alpha2 if system == "alpha2" else member.id for member in members}


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
