"""The tables of the pages as files, with the source, attribution and licence of every figure inside."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from pathlib import PurePosixPath
from typing import Any
from urllib.parse import quote

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.base import SerantauError, suggest
from serantau.bundle import Bundle
from serantau.facts import is_known
from serantau.measure.indicators import Observation, TableLicence
from serantau.measure.standing import Cell, Standing
from serantau.render.sheets import parquet, xlsx
from serantau.web.api.rows import (
    all_figures,
    cells_of,
    encode,
    figure_head,
    figure_row,
    observation_row,
    observations_in,
    score_row,
)
from serantau.web.api.tables import Row, csv_bytes, plain_value
from serantau.web.config.access import Role, access
from serantau.web.measure.compare import PLACES, chosen_members
from serantau.web.site.answering import answering
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import Question

CSV, JSON = "csv", "json"
KINDS = {CSV: "text/csv; charset=utf-8; header=present", JSON: "application/json"}

XLSX, PARQUET = "xlsx", "parquet"
BULK = {
    **KINDS,
    PARQUET: "application/vnd.apache.parquet",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
"""Forms of whole tables, with the media types that are registered for them."""

ORIGIN = ("source", "attribution", "licence", "as_of", "edition")
"""The last columns of every table: what each row rests on, and on which terms it may be passed on."""

STANDING = (
    "plan",
    "outcome",
    "code",
    "title",
    "member",
    "member_name",
    "state",
    "score",
    "rank",
    "rank_low",
    "rank_high",
    "have",
    "of",
    "change",
    "change_over",
    "change_capped",
    "marks",
    "last_year",
    *ORIGIN,
)
CELLS = (
    "plan",
    "outcome",
    "indicator",
    "name",
    "member",
    "member_name",
    "year",
    "value",
    "unit",
    "score",
    "percent_of_base_year",
    "marks",
    "missing",
    "grade",
    "known",
    "note",
    *ORIGIN,
)
FIGURES = (
    "indicator",
    "name",
    "member",
    "member_name",
    "year",
    "value",
    "unit",
    "flags",
    "derived",
    "grade",
    "known",
    "note",
    *ORIGIN,
)


@dataclass(frozen=True)
class Table:
    """A table, before it is written in one form or another.

    Attributes:
        name: Name of the file, without its ending.
        title: What it holds, in a sentence.
        columns: In order.
        rows: By column.
        observations: The published figures behind it.
    """

    name: str
    title: str
    columns: Sequence[str]
    rows: tuple[Row, ...]
    observations: tuple[Observation, ...]


# --- views ---------------------------------------------------------------------------------------------------------------


@access(Role.PUBLIC)
@answering()
def standing_file(request: HttpRequest, question: Question, form: str) -> HttpResponse:
    """The overview: members by outcomes."""
    return _file(request, question, form, standing_table(question))


@access(Role.PUBLIC)
@answering()
def outcome_file(request: HttpRequest, question: Question, outcome: str, form: str) -> HttpResponse:
    """One outcome: the figure used of each indicator and member."""
    plans = question.answers.bundle.plans
    found = _find(lambda: plans.outcome(outcome))
    asked = replace(question, plan=plans.plan(found.plan))
    table = cells_table(asked, f"outcome-{found.id}", f"{found.code} {found.title}", outcomes=[found.id])
    return _file(request, asked, form, table)


@access(Role.PUBLIC)
@answering()
def member_file(request: HttpRequest, question: Question, member: str, form: str) -> HttpResponse:
    """One member: the figure used of each indicator of the plan."""
    found = _find(lambda: question.answers.bundle.region.member(member))
    title = f"{found.name}: {question.plan.title}"
    name = f"member-{found.id}-{question.plan.id}"
    return _file(request, question, form, cells_table(question, name, title, members=[found.id]))


@access(Role.PUBLIC)
@answering(*PLACES)
def compare_file(request: HttpRequest, question: Question, form: str) -> HttpResponse:
    """A few members: the figure used of each indicator of the plan."""
    chosen = chosen_members(question)
    codes = [one.id for one in chosen]
    title = f"{', '.join(one.name for one in chosen)}: {question.plan.title}"
    name = "-".join(["compare", *codes, question.plan.id])
    return _file(request, question, form, cells_table(question, name, title, members=codes))


@access(Role.PUBLIC)
@answering()
def indicator_file(request: HttpRequest, question: Question, indicator: str, form: str) -> HttpResponse:
    """One indicator: all its figures."""
    return _file(request, question, form, indicator_table(question, indicator))


@access(Role.PUBLIC)
@answering(costly=True)
def data_file(request: HttpRequest, question: Question, name: str, form: str) -> HttpResponse:
    """All rows of one file of observations, which have one licence."""
    table = data_table(question, name)
    if form in KINDS:
        return _file(request, question, form, table)
    about = _about(question, table, name)
    rows = [{column: plain_value(row.get(column)) for column in table.columns} for row in table.rows]
    if form == PARQUET:
        body = parquet(table.columns, rows, about)
    else:
        said = [{"key": key, "value": value} for key, value in about.items()]
        body = xlsx([("figures", table.columns, rows), ("about", ("key", "value"), said)])
    response = HttpResponse(body, content_type=BULK[form])
    response["Content-Disposition"] = f'attachment; filename="{table.name}-{question.asof.valid}.{form}"'
    return response


def _about(question: Question, table: Table, name: str) -> dict[str, str]:
    """What a file says of itself."""
    facts = question.answers.bundle.measure
    held = next(one for one in facts.tables if table_name(one) == name)
    return {
        "title": table.name,
        "attribution": held.attribution,
        "licence": held.licence,
        "edition": question.answers.edition,
        "as_of": str(question.asof.valid),
        "citation": citation(question, held),
    }


def citation(question: Question, table: TableLicence) -> str:
    """How a table is cited: what, whose figures, which edition, on which terms."""
    words = {
        "attribution": table.attribution.rstrip("."),
        "licence": table.licence,
        "name": table_name(table),
        "region": question.answers.bundle.region.profile.short_name,
        "edition": question.answers.edition,
        "day": question.asof.valid,
    }
    text = _(
        "%(attribution)s. Table %(name)s for %(region)s in Serantau, edition %(edition)s, as of %(day)s. %(licence)s."
    )
    return text % words


# --- tables --------------------------------------------------------------------------------------------------------------


def standing_table(question: Question) -> Table:
    """Members by outcomes, one row for each pair; empty for a plan that nobody measures."""
    found = question.answers.standing(question.plan, question.asof)
    name, title = f"standing-{question.plan.id}", f"{question.plan.title}: where each member stands"
    if found is None:
        return Table(name, title, STANDING, (), ())
    rows = tuple(
        _standing_row(question, found, member, one.outcome) for one in found.outcomes for member in found.members
    )
    used = cells_of(found, [one.outcome for one in found.outcomes if one.scored], found.members)
    return Table(name, title, STANDING, rows, observations_in(cell.figure for cell in used))


def _standing_row(question: Question, found: Standing, member: str, outcome: str) -> Row:
    bundle = question.answers.bundle
    row = score_row(found.scores[member, outcome])
    named = bundle.plans.outcome(outcome)
    # A score rests on the scored indicators alone.
    scored = found.outcome(outcome).indicators if row.score is not None else ()
    used = observations_in(found.cells[member, name].figure for name in scored)
    return {
        **{name: getattr(row, name) for name in row.__struct_fields__},
        "plan": question.plan.id,
        "code": named.code,
        "title": named.title,
        "member_name": bundle.region.member(member).name,
        "last_year": found.last_year,
        **origin_of(question, used),
    }


def cells_table(
    question: Question,
    name: str,
    title: str,
    outcomes: Sequence[str] | None = None,
    members: Sequence[str] | None = None,
) -> Table:
    """The figures used, by indicator and member; also where there is none."""
    found = question.answers.standing(question.plan, question.asof)
    if found is None:
        return Table(name, title, CELLS, (), ())
    chosen = [one.outcome for one in found.outcomes if outcomes is None or one.outcome in outcomes]
    here = [member for member in found.members if members is None or member in members]
    cells = [cell for one in chosen for cell in _ordered(found, one, here)]
    rows = tuple(_cell_row(question, cell) for cell in cells)
    return Table(name, title, CELLS, rows, observations_in(cell.figure for cell in cells))


def _ordered(found: Standing, outcome: str, members: Iterable[str]) -> list[Cell]:
    summary, codes = found.outcome(outcome), tuple(members)
    return [found.cells[code, name] for name in (*summary.indicators, *summary.figures) for code in codes]


def _cell_row(question: Question, cell: Cell) -> Row:
    bundle = question.answers.bundle
    indicator = bundle.measure.by_id[cell.indicator]
    row: dict[str, Any] = {
        "plan": question.plan.id,
        "outcome": indicator.outcome,
        "indicator": indicator.id,
        "name": indicator.name,
        "member": cell.member,
        "member_name": bundle.region.member(cell.member).name,
        "unit": indicator.unit,
        "score": cell.score,
        "percent_of_base_year": cell.base,
        "marks": cell.marks,
        "missing": "" if cell.figure else "no figure",
    }
    if cell.figure is not None:
        figure = figure_row(bundle, cell.figure)
        row |= {name: getattr(figure, name) for name in ("year", "value", "grade", "known", "note")}
    return {**row, **origin_of(question, observations_in([cell.figure]))}


def indicator_table(question: Question, name: str) -> Table:
    """All figures of an indicator, by member and year.

    Raises:
        NotHereError: if there is no such indicator.
    """
    held = question.answers.bundle.measure.by_id
    if name not in held:
        near = _("There is no indicator %s.") % repr(name[:80])
        raise NotHereError(f"{near} {suggest(name, held)}".strip())
    figures = [figure for figure in all_figures(question) if figure.indicator == name]
    rows = tuple(
        {**_fields(question, figure_row(question.answers.bundle, figure)), **origin_of(question, figure.observations)}
        for figure in figures
    )
    title = f"{held[name].name}, {held[name].unit}: {held[name].definition}"
    return Table(f"indicator-{name}", title, FIGURES, rows, observations_in(figures))


def data_table(question: Question, name: str) -> Table:
    """All rows of one file of observations that were known and valid at the time of the question, revisions too.

    Raises:
        NotHereError: if there is no such file.
    """
    facts, asof = question.answers.bundle.measure, question.asof
    table = next((one for one in facts.tables if table_name(one) == name), None)
    if table is None:
        near = _("There is no table of figures %s.") % repr(name[:80])
        raise NotHereError(f"{near} {suggest(name, [table_name(one) for one in facts.tables])}".strip())
    kept = tuple(
        row
        for row in facts.rows_of(table.file)
        if row.year <= asof.valid.year and (asof.known == date.max or is_known(row, asof))
    )
    rows = tuple(
        {**_fields(question, observation_row(question.answers.bundle, row)), **origin_of(question, (row,))}
        for row in kept
    )
    return Table(f"data-{name}", f"{table.attribution} ({table.licence})", FIGURES, rows, kept)


def table_name(table: TableLicence) -> str:
    """The name by which a file of observations is downloaded: that of the file without its ending."""
    return PurePosixPath(table.file).stem


def _fields(question: Question, figure: Any) -> dict[str, Any]:  # noqa: ANN401 - a structure of named fields
    bundle = question.answers.bundle
    found = {name: getattr(figure, name) for name in figure.__struct_fields__}
    return {
        **found,
        "name": bundle.measure.by_id[figure.indicator].name,
        "member_name": bundle.region.member(figure.member).name,
    }


# --- origin, and the file itself -----------------------------------------------------------------------------------------


def origin_of(question: Question, rows: Iterable[Observation]) -> dict[str, Any]:
    """What a row rests on: ids of the sources, who publishes them, the licences, the edition."""
    bundle = question.answers.bundle
    used = tuple(rows)
    names = tuple(dict.fromkeys(row.source for row in used))
    tables = (bundle.measure.table_of(row) for row in used)
    return {
        "source": names,
        "attribution": tuple(dict.fromkeys(_publisher(bundle, name) for name in names)),
        "licence": tuple(dict.fromkeys(table.licence for table in tables if table is not None)),
        "as_of": question.asof.valid,
        "edition": question.answers.edition,
    }


def _publisher(bundle: Bundle, name: str) -> str:
    return bundle.sources[name].organisation if name in bundle.sources else name


def _find(look_up: Callable[[], Any]) -> Any:  # noqa: ANN401 - whatever is looked up
    try:
        return look_up()
    except SerantauError as error:
        raise NotHereError(error.message) from error


def _file(request: HttpRequest, question: Question, form: str, table: Table) -> HttpResponse:
    body = csv_bytes(table.columns, table.rows) if form == CSV else encode(_with_metadata(question, table))
    response = HttpResponse(body, content_type=KINDS[form])
    known = "" if question.asof.known == date.max else f"-known-{question.asof.known}"
    response["Content-Disposition"] = f'attachment; filename="{table.name}-{question.asof.valid}{known}.{form}"'
    if form == CSV:
        # A CSV file has no place for metadata; the JSON twin has all of it.
        twin = f"{quote(request.path.rpartition('.')[0])}.{JSON}{question.query}"
        response["Link"] = f'<{twin}>; rel="describedby"; type="application/json"'
    return response


def _with_metadata(question: Question, table: Table) -> dict[str, Any]:
    return {
        "title": table.title,
        "plan": question.plan.id,
        **figure_head(question, table.observations),
        "columns": table.columns,
        "rows": [{name: row.get(name) for name in table.columns} for row in table.rows],
    }
