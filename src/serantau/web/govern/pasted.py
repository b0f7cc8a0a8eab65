"""A small inventory of transfers: pasted or chosen, decided in memory, kept nowhere."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Any

from django.core.files.uploadhandler import MemoryFileUploadHandler
from django.http import HttpRequest, HttpResponse
from django.middleware.csrf import get_token
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt, csrf_protect
from django.views.decorators.http import require_http_methods

from serantau.base import SerantauError
from serantau.govern import Decision
from serantau.govern.pasted import MOST_BYTES, MOST_ROWS, Decided, decide_text
from serantau.web.config.access import Role, access
from serantau.web.govern.asking import Room, room
from serantau.web.govern.parts import frame_of, profile_choices, sets
from serantau.web.govern.words import decision_mark, decision_word
from serantau.web.site.frame import page
from serantau.web.site.question import ask

FIXED = ("sector", "exporter", "recipient")
MOST_BODY = MOST_BYTES * 3 + 20_000
"""Bytes of a form: letters may take three of them each on the way."""

SHOWN = 20


@access(Role.PUBLIC, private=True)
@csrf_exempt
@require_http_methods(["GET", "HEAD", "POST"])
def inventory(request: HttpRequest) -> HttpResponse:
    """The form, and its answer.

    Exempt here and protected below: the upload handler has to be set before anything reads the form, and checking the
    token reads it. The handler keeps files in memory; nothing is written to disk.
    """
    if request.method == "POST" and int(request.META.get("CONTENT_LENGTH") or 0) > MOST_BODY:
        request.method = "GET"
        text = _("The table is larger than %(size)d kB; `serantau govern bulk` takes any size.")
        return _shown(request, {"problem": text % {"size": MOST_BYTES // 1000}}, 413)
    request.upload_handlers = [MemoryFileUploadHandler(request)]
    return _inventory(request)


@csrf_protect
def _inventory(request: HttpRequest) -> HttpResponse:
    if request.method != "POST":
        return _shown(request, {})
    found = room(ask(request))
    try:
        text = _text(request)
        fixed = {name: request.POST.get(name, "") for name in FIXED}
        table = found.decider.table(found.question.asof)
        rows = [_row(found, one) for one in decide_text(table, text, {k: v for k, v in fixed.items() if v})]
    except SerantauError as error:
        problems = [str(problem) for problem in error.problems]
        more = len(problems) - SHOWN
        context = {"problem": error.message, "problems": problems[:SHOWN], "more": max(0, more)}
        return _shown(request, {**context, "text": request.POST.get("table", "")[:MOST_BYTES]}, 400)
    return _shown(request, {"rows": rows, "counts": _counts(rows), "text": text})


def _text(request: HttpRequest) -> str:
    """The file if one was chosen, else what was pasted."""
    chosen = request.FILES.get("file")
    if chosen is None:
        return request.POST.get("table", "")
    try:
        return chosen.read(MOST_BODY).decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SerantauError(_("The file is not UTF-8. Save it as CSV in UTF-8.")) from error


@dataclass(frozen=True)
class RowView:
    """A row of the answer."""

    name: str
    cells: tuple[str, ...]
    decision: Decision
    mark: str
    word: str
    missing: list[list[str]]
    rules: tuple[tuple[str, bool], ...]
    confidence: str


def _row(found: Room, one: Decided) -> RowView:
    return RowView(
        name=one.id or str(one.line),
        cells=tuple(one.cells.get(name, "") for name in ("origin", "destination", "data")),
        decision=one.decision,
        mark=decision_mark(one.decision),
        word=decision_word(one.decision),
        missing=sets(found.law, one.reason.missing),
        rules=tuple((rule, rule in found.law.by_id) for rule in one.reason.rules),
        confidence=one.reason.confidence.value if one.reason.confidence else "",
    )


def _counts(rows: list[RowView]) -> list[tuple[str, str, str, int]]:
    held = dict.fromkeys(row.decision for row in rows)
    return [
        (one.value, decision_mark(one), decision_word(one), sum(row.decision is one for row in rows)) for one in held
    ]


def _shown(request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
    question = ask(request)
    found = room(question)
    chosen = [
        replace(one, value=request.POST.get(one.name, one.value)) for one in profile_choices(found) if one.name in FIXED
    ]
    limits = {"most_rows": MOST_ROWS, "most_kilobytes": MOST_BYTES // 1000}
    response = page(
        request,
        question,
        "govern/inventory.html",
        {**frame_of(found), "choices": chosen, "csrf": get_token(request), **limits, **context},
    )
    response.status_code = status
    response["Cache-Control"] = "no-store"
    return response
