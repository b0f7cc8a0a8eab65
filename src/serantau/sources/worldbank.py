"""World Bank Indicators API, version 2.

Requests as documented at
https://datahelpdesk.worldbank.org/knowledgebase/articles/898581-api-basic-call-structure (semicolons between
countries, ``date=first:last``, ``per_page``, ``page``; at most 1,500 characters between two slashes). An answer is a
list of two: a header (``page``, ``pages``, ``per_page``, ``total``, ``lastupdated``) and rows (``countryiso3code``,
``date``, ``value`` or null, ``unit``, ``obs_status``, ``decimal``). An error is a list of one, with status 200 or 4xx:
``[{"message": [{"id": "120", "key": "Invalid value", "value": "..."}]}]``. The two shapes were read in public code
that consumes the service, the error codes at
http://developer.worldbank.org/docs/documentation_v1 ; the live service was not asked.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote, urlencode

from serantau.measure.indicators import FIRST_YEAR, FLAG_OF_STATUS, LAST_YEAR, STATUS_NOT_OBSERVED
from serantau.sources.client import Client, Progress
from serantau.sources.documents import expect, integer, parse_json
from serantau.sources.errors import SourceError, StatusError
from serantau.sources.series import (
    FetchedRow,
    FetchedSeries,
    Query,
    Skipped,
    parse_year,
)

ENDPOINT = "https://api.worldbank.org/v2"
PER_PAGE = 1000
MAX_PAGES = 200
_MAX_SEGMENT = 1500


@dataclass
class _Pages:
    """What the pages gave so far."""

    rows: list[FetchedRow] = field(default_factory=list)
    skipped: list[Skipped] = field(default_factory=list)
    updated: str = "unknown"
    seen: int = 0


def fetch_worldbank(
    client: Client,
    query: Query,
    *,
    endpoint: str = ENDPOINT,
    per_page: int = PER_PAGE,
    progress: Progress | None = None,
) -> FetchedSeries:
    """Fetch one indicator for the members.

    Args:
        client: The guarded client.
        query: What is asked; the code is the Bank's, for example ``IT.NET.USER.ZS``, the areas are alpha-3 codes.
        endpoint: Start of the address.
        per_page: Rows a page.
        progress: Called once a page.

    Returns:
        Its rows; nulls are left out. The unit and the number of decimals are the service's display hints and change
        no value.

    Raises:
        SourceError: if the service refuses the code or a member, or answers in another format.
    """
    place = f"World Bank {query.code}"
    if query.where:
        raise SourceError(f"{place}: the service has no dimensions to choose from. Leave --where out.")
    members = query.by_area()
    pages = _Pages()
    number, count, total = 1, 1, 0
    while number <= count:
        head, rows = _page(client, _address(endpoint, query, per_page, number), place)
        count, total = integer(head.get("pages"), "pages", place), integer(head.get("total"), "total", place)
        if count > MAX_PAGES:
            raise SourceError(f"{place}: {count} pages. Ask for fewer members or years.")
        if rows and integer(head.get("page"), "page", place) != number:
            raise SourceError(f"{place}: page {head.get('page')} came for page {number}. Nothing was taken.")
        pages.updated = str(head.get("lastupdated") or "unknown")
        _read_rows(rows, place, members, pages)
        if progress is not None:
            progress("pages", number, max(count, 1))
        number += 1
    if pages.seen != total:
        raise SourceError(f"{place}: {pages.seen} rows came of {total} announced. Nothing was taken; try again.")
    return query.series(pages.rows, pages.skipped, pages.updated, place)


def _address(endpoint: str, query: Query, per_page: int, page: int) -> str:
    countries = ";".join(query.areas.values())
    if len(countries) > _MAX_SEGMENT:
        raise SourceError(f"{len(query.areas)} members are more than one request takes. Ask for them in parts.")
    values: dict[str, str | int] = {"format": "json", "per_page": per_page, "page": page}
    if query.first is not None or query.last is not None:
        values["date"] = f"{query.first or FIRST_YEAR}:{query.last or LAST_YEAR}"
    path = f"{endpoint.rstrip('/')}/country/{quote(countries, safe=';')}/indicator/{quote(query.code, safe='')}"
    return f"{path}?{urlencode(values, safe=':')}"


def _page(client: Client, url: str, where: str) -> tuple[dict[str, Any], list[Any]]:
    try:
        answer = client.get(url, accept="application/json", kinds=("json",))
    except StatusError as error:
        explained = _explained(error.body)
        if explained:
            raise SourceError(f"{where}: the service refuses: {explained}. Check the codes.") from error
        raise
    document = expect(parse_json(answer.content, where), list, "the document", where)
    explained = _explained(answer.content)
    if explained:
        raise SourceError(f"{where}: the service refuses: {explained}. Check the codes of the indicator and members.")
    if not document:
        raise SourceError(f"{where}: the answer is an empty list. The service may have changed; nothing was taken.")
    head: dict[str, Any] = expect(document[0], dict, "the header", where)
    rows = document[1] if len(document) > 1 else None
    return head, [] if rows is None else expect(rows, list, "the list of rows", where)


def _explained(content: bytes) -> str:
    """The service's own reasons, or nothing if the document is no error."""
    try:
        document = parse_json(content, "")
    except SourceError:
        return ""
    if not (isinstance(document, list) and document and isinstance(document[0], dict)):
        return ""
    messages = document[0].get("message")
    if not isinstance(messages, list):
        return ""
    parts = [m for m in messages if isinstance(m, dict)]
    return (
        "; ".join(f"{m.get('id')} {m.get('key')}: {str(m.get('value', '')).rstrip('.')}" for m in parts) or "no reason"
    )


def _read_rows(rows: list[Any], place: str, members: dict[str, str], pages: _Pages) -> None:
    for index, raw in enumerate(rows, start=pages.seen + 1):
        where = f"{place}, row {index}"
        row: dict[str, Any] = expect(raw, dict, "the row", where)
        area = str(row.get("countryiso3code") or "")
        if area not in members:
            raise SourceError(
                f"{where}: a figure of {area or 'no country'} came, which was not asked for. Nothing taken."
            )
        year = parse_year(str(row.get("date", "")))
        if year is None:
            raise SourceError(f"{where}: the date {row.get('date')!r} is no year. Only yearly series can be taken.")
        _take(row, members[area], year, where, pages)
    pages.seen += len(rows)


def _take(row: dict[str, Any], member: str, year: int, where: str, pages: _Pages) -> None:
    value = row.get("value")
    if value is None:
        return
    number = float(expect(value, (int, float), "the value", where))
    status = str(row.get("obs_status") or "").strip().upper()
    if status in STATUS_NOT_OBSERVED:
        pages.skipped.append(Skipped(member, year, f"{number:g}", STATUS_NOT_OBSERVED[status]))
        return
    known = status in FLAG_OF_STATUS or status in {"", "A"}
    note = "" if known else f"obs_status {status}"
    pages.rows.append(FetchedRow(member, year, number, FLAG_OF_STATUS.get(status, ""), note))
