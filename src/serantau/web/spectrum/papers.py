"""Files of a request for coordination: its records and answers as tables, what was found, the map, the report."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from serantau.languages import SOURCE
from serantau.web.accounts.actor import actor_of
from serantau.web.api.tables import csv_bytes
from serantau.web.reports.turns import turn
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import ask
from serantau.web.spectrum.desk import members, moment, names_of, registered_of
from serantau.web.spectrum.models import Coordination
from serantau.web.spectrum.rules import find, require_work

CSV = "text/csv; charset=utf-8"
GEOJSON = "application/geo+json"
FIELDS = (
    *("id", "latitude", "longitude", "height_m", "frequency_mhz", "bandwidth_mhz", "erp_dbw", "polarisation"),
    *("azimuth_deg", "beamwidth_deg", "front_to_back_db", "synchronised", "preferential"),
)
"""Fields of a transmitter, in the order in which the guide names them."""
ANSWERED = ("standing", "by_silence", "reason", "margin_db", "limit")
MOST_REGISTERED = 20_000


@members
@require_safe
def file(request: HttpRequest, number: int, name: str) -> HttpResponse:
    """One file."""
    held = find(actor_of(request), number, whole=True)
    if name not in MAKERS:
        raise NotHereError(_("There is no such file."), {f"/spectrum/coordination/{number}/": held.title})
    kind, needs_run, make = MAKERS[name]
    if needs_run and held.computed_at is None:
        links = {f"/spectrum/coordination/{number}/": held.title}
        raise NotHereError(_("Nothing was computed yet, so there is no such file."), links)
    response = HttpResponse(make(request, held), content_type=kind)
    shown = "inline" if name.endswith((".svg", ".pdf")) else "attachment"
    response["Content-Disposition"] = f'{shown}; filename="coordination-{number}-{name}"'
    return response


@members
@require_safe
def registered(request: HttpRequest) -> HttpResponse:
    """Every registered record that the own member may read, as CSV."""
    require_work(actor_of(request))
    rows = [
        {
            "sender": one.coordination.member,
            "receiver": one.coordination.neighbour,
            "registered_at": moment(one.registered_at),
            "by_silence": one.silent,
            **_fields(one.raw),
        }
        for one in registered_of(request)[:MOST_REGISTERED]
    ]
    columns = ("sender", "receiver", "registered_at", "by_silence", *FIELDS)
    response = HttpResponse(csv_bytes(columns, rows), content_type=CSV)
    response["Content-Disposition"] = 'attachment; filename="registered.csv"'
    return response


def _fields(raw: Mapping[str, Any]) -> dict[str, Any]:
    return {name: raw.get(name) for name in FIELDS}


def _records(request: HttpRequest, held: Coordination) -> bytes:
    return csv_bytes(FIELDS, [_fields(one.raw) for one in held.stations.all()])


def _standings(request: HttpRequest, held: Coordination) -> bytes:
    rows = [
        {
            **_fields(one.raw),
            "standing": one.standing,
            "by_silence": one.silent,
            "reason": one.reason,
            "margin_db": one.margin_db,
            "limit": one.limit,
        }
        for one in held.stations.all()
    ]
    return csv_bytes((*FIELDS, *ANSWERED), rows)


def _answers(request: HttpRequest, held: Coordination) -> bytes:
    """The table to fill in: the records that wait, each with what helps to answer."""
    shown = ("frequency_mhz", "latitude", "longitude", "height_m", "erp_dbw")
    rows = [
        {"id": one.name, "answer": "", "reason": "", "margin_db": one.margin_db, **{k: one.raw.get(k) for k in shown}}
        for one in held.stations.filter(standing="pending")
    ]
    return csv_bytes(("id", "answer", "reason", "margin_db", *shown), rows)


def _strengths(request: HttpRequest, held: Coordination) -> bytes:
    from serantau.spectrum.coordination import STRENGTH, strength_rows

    return csv_bytes(STRENGTH, strength_rows(held.found()))


def _exceedances(request: HttpRequest, held: Coordination) -> bytes:
    from serantau.spectrum.coordination import EXCEEDANCE, exceedance_rows

    return csv_bytes(EXCEEDANCE, exceedance_rows(held.found()))


def _border(request: HttpRequest, held: Coordination) -> bytes:
    return held.border.encode()


def _geojson(request: HttpRequest, held: Coordination) -> bytes:
    from serantau.spectrum.coordination import geojson

    return json.dumps(geojson(held.found(), held.batch()), ensure_ascii=False).encode()


def _map(request: HttpRequest, held: Coordination) -> bytes:
    from serantau.render.coordination import run_map

    return run_map(held.found(), held.batch(), held.title).encode()


def _report(form: str) -> Callable[[HttpRequest, Coordination], bytes]:
    def make(request: HttpRequest, held: Coordination) -> bytes:
        from serantau.render.coordination import RunPaper, drawn, run_report
        from serantau.render.report import write

        names = names_of(request)
        facts = [
            (_("From"), names.get(held.member, held.member)),
            (_("To"), names.get(held.neighbour, held.neighbour)),
            (_("Computed"), moment(held.computed_at)),
        ]
        if held.sent_at:
            facts += [(_("Sent"), moment(held.sent_at)), (_("Answers are due"), moment(held.due_at))]
        author = ask(request).answers.bundle.region.profile.name
        assert held.computed_at is not None, "asked before"
        day = held.computed_at.date()
        paper = RunPaper(held.title, day, author, held.edition, held.said, held.found(), held.batch(), facts)
        with turn():
            return write(run_report(paper, _, get_language() or SOURCE), form, drawing=drawn)

    return make


PDF = "application/pdf"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
MAKERS: Mapping[str, tuple[str, bool, Callable[[HttpRequest, Coordination], bytes]]] = {
    "records.csv": (CSV, False, _records),
    "standings.csv": (CSV, False, _standings),
    "answers.csv": (CSV, False, _answers),
    "border.geojson": (GEOJSON, False, _border),
    "strengths.csv": (CSV, True, _strengths),
    "exceedances.csv": (CSV, True, _exceedances),
    "map.geojson": (GEOJSON, True, _geojson),
    "map.svg": ("image/svg+xml", True, _map),
    "report.pdf": (PDF, True, _report("pdf")),
    "report.docx": (DOCX, True, _report("docx")),
}
"""Media type, whether it needs a run, and what makes the file."""
