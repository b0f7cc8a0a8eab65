"""UN SDG Global Database, API version 1: ``/Series/Data``.

Described at https://unstats.un.org/SDGAPI/swagger/ ; it wants M49 country codes
(https://unstats.un.org/unsd/methodology/m49/), and every series has dimensions. An answer holds ``totalElements``,
``totalPages``, ``pageNumber``, ``dimensions`` and ``attributes`` (the codes in use) and ``data``: rows with
``series``, ``geoAreaCode`` (M49 without leading zeros), ``timePeriodStart``, ``value`` as text (also ``NaN`` or
``<0.1``), ``attributes`` (``Nature``, ``Units``) and ``dimensions`` (``Sex``, ``Reporting Type``, ...). The row was
seen in public code that consumes the service; the names of the paging fields and the codes of ``Nature`` are
recalled; the live service was not asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode

from serantau.sources.client import Client, Progress
from serantau.sources.documents import expect, integer, parse_json
from serantau.sources.errors import SourceError
from serantau.sources.series import FetchedRow, FetchedSeries, Query, Skipped, parse_number, parse_year

ENDPOINT = "https://unstats.un.org/sdgapi/v1/sdg"
PAGE_SIZE = 1000
MAX_PAGES = 200
_ESTIMATED = {"E", "M"}
"""Codes of the attribute Nature for estimated and modelled figures."""
_NOT_OBSERVED = {"N", "NA", ""}


@dataclass(frozen=True)
class _Found:
    """A row of the wanted members, before one is chosen per member and year."""

    member: str
    year: int
    text: str
    nature: str
    dimensions: tuple[tuple[str, str], ...]


@dataclass
class _Pages:
    found: list[_Found] = field(default_factory=list)
    seen: int = 0


def fetch_unsdg(
    client: Client,
    query: Query,
    *,
    endpoint: str = ENDPOINT,
    page_size: int = PAGE_SIZE,
    progress: Progress | None = None,
) -> FetchedSeries:
    """Fetch one series for the members.

    Args:
        client: The guarded client.
        query: What is asked; the code is the database's series code, for example ``IT_USE_ii99``, the areas are M49
            codes, and ``where`` chooses one breakdown, for example ``{"Sex": "BOTHSEX"}``.
        endpoint: Start of the address.
        page_size: Rows a page.
        progress: Called once a page.

    Returns:
        Its rows. ``NaN`` is left out; a bound such as ``<0.1`` is no figure and is reported as skipped.

    Raises:
        SourceError: if the service answers in another format, or the dimensions leave more than one figure.
    """
    place = f"UN SDG {query.code}"
    members = _members_by_area(query)
    pages = _Pages()
    number, count, total = 1, 1, 0
    while number <= count:
        url = _address(endpoint, query, list(members), page_size, number)
        answer = client.get(url, accept="application/json", kinds=("json",))
        document: dict[str, Any] = expect(parse_json(answer.content, place), dict, "the document", place)
        count = integer(document.get("totalPages"), "totalPages", place)
        total = integer(document.get("totalElements"), "totalElements", place)
        if count > MAX_PAGES:
            raise SourceError(f"{place}: {count} pages. Ask for fewer members or years.")
        if count and integer(document.get("pageNumber", number), "pageNumber", place) != number:
            raise SourceError(f"{place}: page {document.get('pageNumber')} came for page {number}. Nothing was taken.")
        _read_rows(expect(document.get("data"), list, "data", place), query.code, members, pages)
        if progress is not None:
            progress("pages", number, max(count, 1))
        number += 1
    if pages.seen != total:
        raise SourceError(f"{place}: {pages.seen} rows came of {total} announced. Nothing was taken; try again.")
    rows, skipped = _figures(_choose(pages.found, query, place), place)
    return query.series(rows, skipped, "unknown", place)


def _members_by_area(query: Query) -> dict[int, str]:
    members: dict[int, str] = {}
    for area, member in query.by_area().items():
        if not (area.isascii() and area.isdecimal()) or int(area) in members:
            raise SourceError(f"{area!r} is no M49 code of {member}, or stands twice. M49 codes are three digits.")
        members[int(area)] = member
    return members


def _address(endpoint: str, query: Query, areas: list[int], page_size: int, page: int) -> str:
    values: list[tuple[str, str | int]] = [("seriesCode", query.code)]
    values += [("areaCode", area) for area in areas]
    if query.first is not None and query.last is not None:
        # The service takes a list of years only; a half-open range is cut on arrival.
        values += [("timePeriod", year) for year in range(query.first, query.last + 1)]
    values += [("pageSize", page_size), ("page", page)]
    return f"{endpoint.rstrip('/')}/Series/Data?{urlencode(values)}"


def _read_rows(rows: list[Any], code: str, members: dict[int, str], pages: _Pages) -> None:
    for index, raw in enumerate(rows, start=pages.seen + 1):
        place = f"UN SDG {code}, row {index}"
        row: dict[str, Any] = expect(raw, dict, "the row", place)
        series = row.get("series")
        if series != code:
            raise SourceError(
                f"{place}: a row of the series {series!r} came, which was not asked for. Nothing was taken."
            )
        area = integer(row.get("geoAreaCode"), "geoAreaCode", place)
        if area not in members:
            raise SourceError(f"{place}: a figure of area {area} came, which was not asked for. Nothing was taken.")
        year = parse_year(str(row.get("timePeriodStart")))
        if year is None:
            raise SourceError(f"{place}: timePeriodStart {row.get('timePeriodStart')!r} is no year. Nothing was taken.")
        dimensions = expect(row.get("dimensions") or {}, dict, "dimensions", place)
        attributes = expect(row.get("attributes") or {}, dict, "attributes", place)
        text = row.get("value")
        pages.found.append(
            _Found(
                members[area],
                year,
                "" if text is None else str(text).strip(),
                str(attributes.get("Nature", "G")),
                tuple(sorted((str(name), str(value)) for name, value in dimensions.items())),
            )
        )
    pages.seen += len(rows)


def _choose(found: list[_Found], query: Query, place: str) -> list[_Found]:
    names = {name for row in found for name, _ in row.dimensions}
    for name in query.where:
        if found and name not in names:
            known = ", ".join(sorted(names)) or "none"
            raise SourceError(f"{place} has no dimension {name!r}; it has: {known}. Correct --where.")
    wanted = query.where.items()
    chosen = [row for row in found if wanted <= dict(row.dimensions).items() and query.within(row.year)]
    if found and query.where and not chosen:
        raise SourceError(f"{place}: no row has {dict(query.where)}. {_varying(found)} Correct --where.")
    per_figure: dict[tuple[str, int], _Found] = {}
    for row in chosen:
        other = per_figure.setdefault((row.member, row.year), row)
        if other is not row and other.dimensions != row.dimensions:
            raise SourceError(
                f"{place} has several figures for {row.member} in {row.year}. {_varying(chosen)} "
                "Choose with --where NAME=VALUE; nothing was taken."
            )
    return chosen


def _varying(rows: list[_Found]) -> str:
    values: dict[str, set[str]] = {}
    for row in rows:
        for name, value in row.dimensions:
            values.setdefault(name, set()).add(value)
    parts = [f"{name} ({', '.join(sorted(found))})" for name, found in sorted(values.items()) if len(found) > 1]
    return f"They differ in {'; '.join(parts)}." if parts else ""


def _figures(chosen: list[_Found], place: str) -> tuple[list[FetchedRow], list[Skipped]]:
    rows: list[FetchedRow] = []
    skipped: list[Skipped] = []
    for row in chosen:
        if row.text.upper() in {"", "NAN", "N", "NA"}:
            continue
        value = parse_number(row.text)
        if row.text.startswith(("<", ">")) and parse_number(row.text.lstrip("<>= ")) is not None:
            skipped.append(Skipped(row.member, row.year, row.text, "a bound, not a figure"))
        elif row.nature in _NOT_OBSERVED:
            skipped.append(Skipped(row.member, row.year, row.text, "marked as not relevant or not available"))
        elif value is None:
            raise SourceError(f"{place}: {row.member} {row.year} has the value {row.text!r}. Nothing was taken.")
        else:
            rows.append(FetchedRow(row.member, row.year, value, "estimated" if row.nature in _ESTIMATED else ""))
    return rows, skipped
