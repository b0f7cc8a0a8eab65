"""Holdings, common megahertz and policy as files."""

from __future__ import annotations

from collections.abc import Sequence

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.review.reading import columns_of
from serantau.spectrum.harmonise import radio_of
from serantau.spectrum.model import Holding, holdings_at
from serantau.web.api.rows import encode, head
from serantau.web.api.tables import Row, csv_bytes
from serantau.web.config.access import Role, access
from serantau.web.measure.downloads import CSV
from serantau.web.measure.downloads import KINDS as KINDS_OF_FILE
from serantau.web.site.answering import answering
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import Question
from serantau.web.spectrum import choosing
from serantau.web.spectrum.asking import bands_of, facts_of, members_of, policies_of
from serantau.web.spectrum.kinds import KINDS, kind_of

HOLDINGS = (
    *("id", "member", "bands", "state", "holder", "group", "uplink_low_mhz", "uplink_high_mhz", "downlink_low_mhz"),
    *("downlink_high_mhz", "total_mhz", "duplex", "technology", "area", "price", "holds", "source", "grade"),
    *("valid_from", "valid_to", "known", "note", "edition"),
)
COMMON = (
    *("band", "lower_mhz", "reported_mhz", "upper_mhz", "known_ranges", "reported_ranges", "possible_ranges"),
    *("narrowing", "edition"),
)
POLICY = (
    *("id", "member", "dimension", "topic", "value", "number", "unit", "source", "grade", "valid_from", "valid_to"),
    *("known", "note", "edition"),
)


@access(Role.PUBLIC)
@answering()
def holdings_file(request: HttpRequest, question: Question, form: str) -> HttpResponse:
    """Ranges and amounts that hold on the day, or may."""
    members = {one.id for one in members_of(question)}
    rows = []
    for held in holdings_at(facts_of(question), question.asof):
        if held.fact.member not in members:
            continue
        row: Row = {name: getattr(held.fact, name, None) for name in HOLDINGS}
        total = getattr(held.fact, "total_mhz", None)
        if isinstance(held.fact, Holding):
            total = sum(part.width for part in held.fact.occupied)
        own = {"bands": bands_of(held), "holds": held.holds, "total_mhz": total, "edition": question.answers.edition}
        rows.append({**row, **own})
    return _file(question, form, "spectrum-holdings", HOLDINGS, rows, {str(row["source"]) for row in rows})


@access(Role.PUBLIC)
@answering(named=choosing.names, costly=True)
def common_file(request: HttpRequest, question: Question, form: str) -> HttpResponse:
    """Megahertz common to all members, or to those chosen, band by band."""
    choice = choosing.chosen(question)
    holdings = choice.holdings(question)
    rows: list[Row] = [
        {
            "band": one.radio.name,
            "lower_mhz": one.amount.lower,
            "reported_mhz": one.amount.reported,
            "upper_mhz": one.amount.upper,
            "known_ranges": tuple(map(str, one.known)),
            "reported_ranges": tuple(map(str, one.reported)),
            "possible_ranges": tuple(map(str, one.possible)),
            "narrowing": tuple(f"{member}: {mhz:g}" for member, mhz in one.narrowing.items()),
            "edition": question.answers.edition,
        }
        for one in (holdings.common(radio_of(band)) for band in choice.bands)
    ]
    members = {one.id for one in choice.members}
    sources = {
        held.fact.source for held in holdings_at(facts_of(question), question.asof) if held.fact.member in members
    }
    return _file(question, form, "spectrum-common", COMMON, rows, sources)


@access(Role.PUBLIC)
@answering()
def policy_file(request: HttpRequest, question: Question, form: str) -> HttpResponse:
    """Policy records."""
    rows: list[Row] = [
        {**{name: getattr(one, name, None) for name in POLICY}, "edition": question.answers.edition}
        for one in policies_of(question)
    ]
    return _file(question, form, "spectrum-policy", POLICY, rows, {str(row["source"]) for row in rows})


def _file(
    question: Question, form: str, name: str, columns: Sequence[str], rows: Sequence[Row], sources: set[str]
) -> HttpResponse:
    if form == CSV:
        body = csv_bytes(columns, rows)
    else:
        body = encode({**head(question, sources=sources), "columns": columns, "rows": rows})
    response = HttpResponse(body, content_type=KINDS_OF_FILE[form])
    response["Content-Disposition"] = f'attachment; filename="{name}-{question.asof.valid}.{form}"'
    return response


@access(Role.PUBLIC)
@answering()
def template(request: HttpRequest, question: Question, table: str = "holdings") -> HttpResponse:
    """The table that a regulator fills in: headings alone, CSV."""
    kind = kind_of(table)
    if kind is None:
        names = ", ".join(one.name.partition(".")[2] for one in KINDS)
        raise NotHereError(_("There is no such table. There are: %s.") % names, {"/spectrum/": _("Spectrum")})
    name = kind.name.replace(".", "-")
    response = HttpResponse(csv_bytes(columns_of(kind), []), content_type=KINDS_OF_FILE[CSV])
    response["Content-Disposition"] = f'attachment; filename="{name}.csv"'
    return response
