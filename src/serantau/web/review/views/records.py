"""Filling a submission: the form of a record, files with many records, files that show something."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serantau.review import Act, Context, FactKind, ReviewError
from serantau.review.fields import fields_of, given_of, raw_of
from serantau.review.reading import UPLOAD, Preview, preview, template
from serantau.web.accounts.actor import actor_of
from serantau.web.ledger.errors import DoneError
from serantau.web.review import attachments
from serantau.web.review.clock import day_of
from serantau.web.review.forms import shown_fields
from serantau.web.review.kinds import kind_named
from serantau.web.review.models import Item, Submission
from serantau.web.review.rules import find, nothing_here, require
from serantau.web.review.services import drafts
from serantau.web.review.views.desk import address_of
from serantau.web.review.views.submission import page
from serantau.web.review.views.work import attempt, done, new_key, readers, refused, show, submitters, whole_number
from serantau.web.site.question import ask

SHOWN_ROWS = 20
"""Good rows that a preview shows; the rest are counted."""


def _editable(request: HttpRequest, number: int) -> Submission:
    actor = actor_of(request)
    held = find(actor, number)
    require(actor, Act.EDIT, held)
    return held


@submitters
@require_http_methods(["GET", "HEAD", "POST"])
def add(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """Add a record by its form."""
    held, wanted = _editable(request, number), _kind_of(number, kind, request)
    if request.method == "POST":
        raw = raw_of(fields_of(wanted), request.POST)
        problems = wanted.read(raw, Context(held.party, held.pk, day_of(timezone.now())))[1]
        if problems:
            return _form(request, held, wanted, request.POST.dict(), problems, status=400)
        once = request.POST.get("once", "")
        try:
            refusal = attempt(
                lambda: drafts.add_records(actor_of(request), number, wanted, [raw], timezone.now(), once)
            )
        except DoneError:
            return redirect(address_of(number))
        if refusal:
            return _form(request, held, wanted, request.POST.dict(), [("", refusal[1], "")], status=refusal[0])
        return done(request, _("The record was added."), address_of(number))
    given = {"action": request.GET.get("action", "")[:80], "year": request.GET.get("year", "")[:4]}
    if held.round is not None and not given["year"]:
        given["year"] = str(held.round.year)
    return _form(request, held, wanted, {name: text for name, text in given.items() if text}, [])


@submitters
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int, position: int) -> HttpResponse:
    """Change a record by its form."""
    held = _editable(request, number)
    item = _item(held, position)
    wanted = kind_named(item.kind)
    if request.method == "POST":
        raw = raw_of(fields_of(wanted), request.POST)
        version = whole_number(request.POST.get("version"))
        problems = wanted.read(raw, Context(held.party, held.pk, day_of(timezone.now())))[1]
        if problems:
            return _form(request, held, wanted, request.POST.dict(), problems, item, status=400)
        refusal = attempt(
            lambda: drafts.replace_record(actor_of(request), number, position, raw, version, timezone.now())
        )
        if refusal:
            return _form(request, held, wanted, request.POST.dict(), [("", refusal[1], "")], item, status=refusal[0])
        return done(request, _("The record was changed."), address_of(number))
    return _form(request, held, wanted, given_of(fields_of(wanted), item.raw), [], item)


@submitters
@require_POST
def remove(request: HttpRequest, number: int, position: int) -> HttpResponse:
    """Take a record out."""
    _item(_editable(request, number), position)
    refusal = attempt(lambda: drafts.remove_record(actor_of(request), number, position, timezone.now()))
    return _back(request, number, refusal, _("The record was taken out."))


def _form(
    request: HttpRequest,
    held: Submission,
    kind: FactKind,
    given: dict[str, str],
    problems: list[tuple[str, str, str]],
    item: Item | None = None,
    status: int = 200,
) -> HttpResponse:
    bundle = ask(request).answers.bundle
    files = list(held.attachments.values_list("digest", "name"))
    fields = shown_fields(kind, bundle, given, problems, files)
    names = {one.field.name for one in fields}
    context = {
        "held": held,
        "kind": kind,
        "fields": fields,
        "item": item,
        "once": given.get("once") or new_key(),
        "general": [f"{what} {fix}".strip() for path, what, fix in problems if path.partition(".")[0] not in names],
        "wrong": [
            (
                f"field-{path.replace('.', '-')}" if path in names else f"field-{path.partition('.')[0]}",
                path,
                f"{what} {fix}".strip(),
            )
            for path, what, fix in problems
            if path.partition(".")[0] in names
        ],
    }
    return show(request, "review/record.html", context, status)


@submitters
@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: HttpRequest, number: int, kind: str) -> HttpResponse:
    """Check a file with many records; a good one waits to be taken in."""
    held, wanted = _editable(request, number), _kind_of(number, kind, request)
    if request.method != "POST":
        return _upload_page(request, held, wanted)
    file = request.FILES.get("file")
    if file is None:
        return _upload_page(request, held, wanted, refusal=(400, _("Choose a file first."), ()))
    if file.size > UPLOAD.file_bytes:
        words = _("The file is larger than %(most)d MB. Send it in parts.") % {"most": UPLOAD.file_bytes // 1024**2}
        return _upload_page(request, held, wanted, refusal=(413, words, ()))
    name = attachments.clean_name(file.name or "", attachments.TEXT).removesuffix(".txt")
    try:
        content = file.read()
        found = preview(wanted, file.name or "", content, Context(held.party, held.pk, day_of(timezone.now())))
        pending = drafts.hold_file(actor_of(request), number, found, name, timezone.now()) if found.good else None
    except ReviewError as error:
        return _upload_page(request, held, wanted, refusal=refused(error))
    return _upload_page(request, held, wanted, found=found, pending=pending, name=name)


def _upload_page(
    request: HttpRequest,
    held: Submission,
    kind: FactKind,
    *,
    refusal: tuple[int, str, object] | None = None,
    found: Preview | None = None,
    pending: object = None,
    name: str = "",
) -> HttpResponse:
    columns: list[str] = []
    rows: list[tuple[int, list[str]]] = []
    if found is not None:
        given = [(number, given_of(fields_of(kind), raw)) for number, raw in found.rows[:SHOWN_ROWS]]
        columns = list(dict.fromkeys(column for _number, row in given for column in row))
        rows = [(number, [row.get(column, "") for column in columns]) for number, row in given]
    status = refusal[0] if refusal else (400 if found is not None and not found.good else 200)
    context = {
        "held": held,
        "kind": kind,
        "refusal": refusal,
        "found": found,
        "pending": pending,
        "name": name,
        "columns": columns,
        "rows": rows,
        "more_rows": max(0, len(found.rows) - SHOWN_ROWS) if found else 0,
        "most_bytes": UPLOAD.file_bytes // 1024**2,
        "most_rows": UPLOAD.rows - 1,
    }
    return show(request, "review/upload.html", context, status)


@submitters
@require_POST
def take(request: HttpRequest, number: int) -> HttpResponse:
    """Take a checked file in."""
    _editable(request, number)
    pending = whole_number(request.POST.get("pending"))
    taken: list[int] = []
    refusal = attempt(lambda: taken.append(drafts.take_file(actor_of(request), number, pending, timezone.now())))
    count = taken[0] if taken else 0
    words = ngettext("%(count)d record was added.", "%(count)d records were added.", count) % {"count": count}
    return _back(request, number, refusal, words)


@readers
@require_safe
def blank(request: HttpRequest, kind: str) -> HttpResponse:
    """A workbook to fill in."""
    response = HttpResponse(template(kind_named(kind)), content_type=attachments.XLSX)
    response["Content-Disposition"] = f'attachment; filename="{kind}.xlsx"'
    return response


@submitters
@require_POST
def attach(request: HttpRequest, number: int) -> HttpResponse:
    """Attach a file that shows something."""
    _editable(request, number)
    file = request.FILES.get("file")
    if file is None:
        return _back(request, number, (400, _("Choose a file first."), ()), "")
    if file.size > attachments.MOST_BYTES:
        words = _("The file is larger than %(most)d MB.") % {"most": attachments.MOST_BYTES // 1024**2}
        return _back(request, number, (413, words, ()), "")
    content = file.read()
    refusal = attempt(lambda: drafts.attach(actor_of(request), number, file.name or "", content, timezone.now()))
    return _back(request, number, refusal, _("The file was attached."))


@submitters
@require_POST
def detach(request: HttpRequest, number: int, file: int) -> HttpResponse:
    """Take an attached file out."""
    held = _editable(request, number)
    if not held.attachments.filter(pk=file).exists():
        raise nothing_here()
    refusal = attempt(lambda: drafts.detach(actor_of(request), number, file, timezone.now()))
    return _back(request, number, refusal, _("The file was taken out."))


@readers
@require_safe
def attachment(request: HttpRequest, number: int, file: int) -> HttpResponse:
    """An attached file, to be saved and never shown in place."""
    held = find(actor_of(request), number).attachments.filter(pk=file).first()
    if held is None:
        raise nothing_here()
    path = attachments.path_of(held.place)
    if not path.is_file():
        raise nothing_here()
    # At most a few MB, so it is read whole. The name is letters, digits and a few signs by now: it can stand in a header.
    response = HttpResponse(path.read_bytes(), content_type=held.media_type)
    response["Content-Disposition"] = f'attachment; filename="{held.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    return response


def _kind_of(number: int, name: str, request: HttpRequest) -> FactKind:
    kind = kind_named(name)
    held = find(actor_of(request), number)
    if kind.room != held.room or kind.partners is not bool(held.partner):
        raise nothing_here()
    return kind


def _item(held: Submission, position: int) -> Item:
    item = held.items.filter(position=position).first()
    if item is None:
        raise nothing_here()
    return item


def _back(request: HttpRequest, number: int, refusal: tuple[int, str, object] | None, words: str) -> HttpResponse:
    if refusal is not None:
        return page(request, find(actor_of(request), number), refusal)
    return done(request, words, address_of(number))
