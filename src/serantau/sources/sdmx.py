"""Any SDMX endpoint: SDMX-ML 2.1 and 3.0, SDMX-JSON 1.0, SDMX-CSV 1.0 and 2.0.

Requests follow the SDMX 2.1 REST interface, ``/data/{flow}/{key}?startPeriod=&endPeriod=``
(https://github.com/sdmx-twg/sdmx-rest). SDMX-ML and SDMX-JSON are read by sdmx1
(https://sdmx1.readthedocs.io), from bytes that our own client fetched. SDMX-CSV
(https://github.com/sdmx-twg/sdmx-csv) is read here, because sdmx1 reads version 2 only, and only with a structure
definition: one column a component, ``OBS_VALUE`` the figure.
"""

from __future__ import annotations

import csv
import io
import logging
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote, urlencode

from serantau.measure.indicators import FLAG_OF_STATUS, STATUS_NOT_OBSERVED
from serantau.sources.client import Client, Progress
from serantau.sources.documents import refuse_entities
from serantau.sources.errors import SourceError
from serantau.sources.series import (
    FetchedRow,
    FetchedSeries,
    Query,
    Skipped,
    parse_number,
    parse_year,
)

ACCEPT = (
    "application/vnd.sdmx.genericdata+xml;version=2.1, application/vnd.sdmx.data+json;version=1.0.0;q=0.8, "
    "application/vnd.sdmx.data+csv;version=1.0.0;q=0.7, application/xml;q=0.5"
)
AREA = "REF_AREA"
_TIME, _VALUE, _STATUS, _MULTIPLIER = "TIME_PERIOD", "OBS_VALUE", "OBS_STATUS", "UNIT_MULT"
_ATTRIBUTES = {_STATUS, _MULTIPLIER, "OBS_CONF", "DECIMALS", "UNIT_MEASURE", "CONF_STATUS"}
"""Columns of SDMX-CSV that are attributes whatever the structure says (cross-domain concepts)."""


@dataclass(frozen=True)
class _Cell:
    """One observation: its dimensions, the figure as text, its attributes."""

    key: Mapping[str, str]
    text: str
    attributes: Mapping[str, str]


def fetch_sdmx(
    client: Client,
    query: Query,
    endpoint: str,
    *,
    area_dimension: str = AREA,
    progress: Progress | None = None,
) -> FetchedSeries:
    """Fetch one series key of a dataflow.

    Args:
        client: The guarded client.
        query: What is asked; the code is ``FLOW`` or ``FLOW/KEY``, the areas are codes of the area dimension, and
            ``where`` chooses values of further dimensions.
        endpoint: Start of the address, before ``/data``.
        area_dimension: Dimension that holds the country.
        progress: Called while the answer arrives.

    Raises:
        SourceError: if the endpoint answers in another format, or the dimensions leave more than one figure.
    """
    flow, _, key = query.code.partition("/")
    values: dict[str, str | int] = {}
    if query.first is not None:
        values["startPeriod"] = query.first
    if query.last is not None:
        values["endPeriod"] = query.last
    path = f"{endpoint.rstrip('/')}/data/{quote(flow, safe=',')}"
    path += f"/{quote(key, safe='.+:,')}" if key else ""
    url = f"{path}?{urlencode(values)}" if values else path
    answer = client.get(url, accept=ACCEPT, kinds=("xml", "json", "csv"), progress=progress)
    return read_sdmx(answer.content, query, area_dimension=area_dimension)


def read_sdmx(content: bytes, query: Query, *, area_dimension: str = AREA) -> FetchedSeries:
    """Read an SDMX data message.

    Args:
        content: The message; its format is seen from its first character.
        query: As for :func:`fetch_sdmx`.
        area_dimension: Dimension that holds the country.

    Returns:
        The rows of the members. Areas that were not asked for are left out; a unit multiplier is noted and never
        applied.

    Raises:
        SourceError: if it cannot be read, or the dimensions leave more than one figure.
    """
    place = f"SDMX {query.code}"
    prepared, cells = _read_csv(content, place) if _is_csv(content) else _read_message(content, place)
    members = query.by_area()
    _check_dimensions(cells, {area_dimension, _TIME, *query.where}, place)
    chosen: dict[tuple[str, int], _Cell] = {}
    for cell in cells:
        member = members.get(cell.key[area_dimension])
        if member is None or not query.where.items() <= cell.key.items():
            continue
        year = parse_year(cell.key[_TIME])
        if year is None:
            raise SourceError(
                f"{place}: the period {cell.key[_TIME]!r} is no year. Choose yearly data: --where FREQ=A."
            )
        if not query.within(year):
            continue
        if (member, year) in chosen:
            varying = _varying([chosen[member, year], cell])
            raise SourceError(
                f"{place} has several figures for {member} in {year}. {varying} Choose with --where NAME=VALUE; nothing "
                "was taken."
            )
        chosen[member, year] = cell
    rows, skipped = _figures(chosen, place)
    return query.series(rows, skipped, prepared, place)


def _is_csv(content: bytes) -> bool:
    return content.lstrip(b"\xef\xbb\xbf \t\r\n")[:1] not in {b"<", b"{"}


def _read_message(content: bytes, place: str) -> tuple[str, list[_Cell]]:
    body = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if body.startswith(b"<"):
        refuse_entities(body, place)
    with _quiet():
        import sdmx

        try:
            message: Any = sdmx.read_sdmx(io.BytesIO(body))
            header = message.header
            prepared = header.prepared.date().isoformat() if header and header.prepared else "unknown"
            observations = [observation for data in message.data for observation in data.obs]
            cells = [_cell(observation) for observation in observations]
        except Exception as error:
            # sdmx1 has no common base of errors: a broken message raises what the broken place happens to raise.
            what = str(error).partition("\n")[0][:200] or type(error).__name__
            raise SourceError(
                f"{place}: this is no SDMX data message that can be read ({what}). Nothing was taken."
            ) from error
    return prepared, cells


def _cell(observation: Any) -> _Cell:  # noqa: ANN401  published without types
    key = {name: str(value.value) for name, value in observation.key.values.items()}
    attributes = {name: str(value.value) for name, value in observation.attrib.items()}
    value = observation.value
    return _Cell(key, "" if value is None else str(value), attributes)


@contextmanager
def _quiet() -> Iterator[None]:
    """Keep what sdmx1 logs and warns about (a message without its structure) off the user's screen."""
    logger = logging.getLogger("sdmx")
    before = logger.level
    logger.setLevel(logging.CRITICAL)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            yield
    finally:
        logger.setLevel(before)


def _read_csv(content: bytes, place: str) -> tuple[str, list[_Cell]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SourceError(f"{place}: byte {error.start} is not UTF-8. Nothing was taken.") from error
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = [name.partition(":")[0].strip() for name in next(reader, [])]
        if not {_TIME, _VALUE} <= set(header) or len(set(header)) != len(header):
            raise SourceError(
                f"{place}: no SDMX message. XML begins with <, JSON with {{, and SDMX-CSV has the columns {_TIME} and "
                f"{_VALUE}, each once. Nothing was taken."
            )
        cells = []
        for cells_of_line in reader:
            if len(cells_of_line) != len(header):
                raise SourceError(
                    f"{place}, line {reader.line_num}: {len(cells_of_line)} cells under {len(header)} columns. Nothing was "
                    "taken."
                )
            # With labels on, a cell reads `code: label`.
            row = {name: cell.partition(":")[0].strip() for name, cell in zip(header, cells_of_line, strict=True)}
            key = {name: cell for name, cell in row.items() if name not in _ATTRIBUTES and name != _VALUE}
            cells.append(_Cell(key, row[_VALUE], {name: row[name] for name in _ATTRIBUTES & row.keys()}))
    except csv.Error as error:
        raise SourceError(f"{place}, line {reader.line_num}: this is not CSV ({error}). Nothing was taken.") from error
    return "unknown", cells


def _check_dimensions(cells: list[_Cell], wanted: set[str], place: str) -> None:
    for cell in cells:
        missing = wanted - cell.key.keys()
        if missing:
            raise SourceError(
                f"{place} has no dimension {min(missing)!r}; it has: {', '.join(sorted(cell.key))}. Name the area "
                "dimension with --area-dimension, or correct --where."
            )


def _varying(cells: list[_Cell]) -> str:
    first, second = cells
    parts = [
        f"{name} ({first.key.get(name)}, {second.key.get(name)})"
        for name in sorted(first.key.keys() | second.key.keys())
        if first.key.get(name) != second.key.get(name)
    ]
    return f"They differ in {'; '.join(parts)}." if parts else "They agree in every dimension."


def _figures(chosen: Mapping[tuple[str, int], _Cell], place: str) -> tuple[list[FetchedRow], list[Skipped]]:
    rows: list[FetchedRow] = []
    skipped: list[Skipped] = []
    for (member, year), cell in chosen.items():
        if cell.text.strip().upper() in {"", "NAN", "NONE", "-"}:
            continue
        value = parse_number(cell.text)
        if value is None:
            raise SourceError(f"{place}: {member} {year} has the value {cell.text!r}, no number. Nothing was taken.")
        status = cell.attributes.get(_STATUS, "").upper()
        if status in STATUS_NOT_OBSERVED:
            skipped.append(Skipped(member, year, cell.text, STATUS_NOT_OBSERVED[status]))
            continue
        rows.append(FetchedRow(member, year, value, FLAG_OF_STATUS.get(status, ""), _note(status, cell.attributes)))
    return rows, skipped


def _note(status: str, attributes: Mapping[str, str]) -> str:
    notes = [] if status in FLAG_OF_STATUS or status in {"", "A"} else [f"OBS_STATUS {status}"]
    power = attributes.get(_MULTIPLIER, "")
    if power not in {"", "0"}:
        notes.append(f"in units of 10^{power}")
    return ", ".join(notes)
