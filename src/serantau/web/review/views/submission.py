"""The page of a submission: its records, files and messages, and everything that may be done with it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from serantau.bundle import Bundle
from serantau.facts.sheets import write_workbook
from serantau.review import Act, FactKind, State
from serantau.review.fields import fields_of, given_of
from serantau.review.reading import columns_of
from serantau.web.accounts.actor import Actor, actor_of
from serantau.web.api.tables import csv_bytes
from serantau.web.review import attachments
from serantau.web.review.kinds import choices_of, kind_named, kinds_of
from serantau.web.review.models import Item, Submission
from serantau.web.review.rules import find, nothing_here, steps_for
from serantau.web.review.services import decisions, drafts
from serantau.web.review.views.desk import address_of
from serantau.web.review.views.work import PAGE, attempt, done, parties, party_names, readers, show, whole_number
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import ask

SAID = {
    Act.SUBMIT: gettext_lazy("Sent in. The secretariat sees it now."),
    Act.ANSWER: gettext_lazy("Answered, and sent in again."),
    Act.QUESTION: gettext_lazy("Sent back with your question."),
    Act.COMMENT: gettext_lazy("Said."),
    Act.ACCEPT: gettext_lazy("Accepted: its facts count from today on."),
    Act.REFUSE: gettext_lazy("Refused."),
    Act.WITHDRAW: gettext_lazy("Withdrawn."),
    Act.RETRACT: gettext_lazy("Asked. It counts no more when a second person of the secretariat approves."),
}
BUTTONS = {
    Act.SUBMIT: gettext_lazy("Send in"),
    Act.ANSWER: gettext_lazy("Answer and send in again"),
    Act.QUESTION: gettext_lazy("Send back with this question"),
    Act.COMMENT: gettext_lazy("Say this"),
    Act.ACCEPT: gettext_lazy("Accept"),
    Act.REFUSE: gettext_lazy("Refuse, for this reason"),
    Act.WITHDRAW: gettext_lazy("Withdraw"),
    Act.RETRACT: gettext_lazy("Ask that it be taken back"),
}
Command = Callable[[Actor, int, str, int], object]


@readers
@require_safe
def submission(request: HttpRequest, number: int) -> HttpResponse:
    """One submission."""
    return page(request, find(actor_of(request), number))


def page(
    request: HttpRequest, held: Submission, refusal: tuple[int, str, Any] | None = None, said: str = "", act: str = ""
) -> HttpResponse:
    """The page of a submission, with what was refused on it."""
    actor = actor_of(request)
    steps = [step for step in steps_for(actor, held) if step.act is not Act.EDIT]
    may_edit = any(step.act is Act.EDIT for step in steps_for(actor, held))
    listing = Paginator(held.items.all(), PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    context = {
        "held": held,
        "member_name": party_names(request).get(held.party, held.party),
        "groups": _groups(list(listing.object_list), ask(request).answers.bundle),
        "listing": listing,
        "files": list(held.attachments.all()),
        "thread": list(held.messages.select_related("by")),
        "steps": [(step, BUTTONS[step.act], step.act.value == act) for step in steps],
        "wordless": [(step, BUTTONS[step.act]) for step in steps if not step.words],
        "worded": [(step, BUTTONS[step.act]) for step in steps if step.words],
        "may_edit": may_edit,
        "kinds": kinds_of(held.room, partners=bool(held.partner)) if may_edit else (),
        "all_kinds": kinds_of(held.room, partners=bool(held.partner)),
        "refusal": refusal,
        "said": said,
        "decided": held.at in {State.ACCEPTED, State.REFUSED, State.WITHDRAWN},
        "most_bytes": attachments.MOST_BYTES // 1024**2,
        "entries": list(held.entries.all()),
    }
    return show(request, "review/submission.html", context, refusal[0] if refusal else 200)


def _groups(items: list[Item], bundle: Bundle) -> list[tuple[FactKind, list[str], list[tuple[Item, list[str]]]]]:
    """Records by kind, each with its cells under the headings that any of them fills."""
    found = []
    for name in dict.fromkeys(item.kind for item in items):
        kind = kind_named(name)
        fields = fields_of(kind)
        words = {one.name: dict(choices_of(one.refers, bundle)) for one in fields if one.refers}
        mine = [(item, given_of(fields, item.raw)) for item in items if item.kind == name]
        columns = [one for one in fields if any(_cell(given, one.name) for _, given in mine)]
        rows = [(item, [_cell(given, one.name, words.get(one.name)) for one in columns]) for item, given in mine]
        found.append((kind, [_(one.label) for one in columns], rows))
    return found


def _cell(given: Mapping[str, str], column: str, words: Mapping[str, str] | None = None) -> str:
    """What a record says under a heading, in words where it names something."""
    if column in given:
        return (words or {}).get(given[column], given[column])
    return "; ".join(text for name, text in given.items() if name.startswith(f"{column}-"))


@parties
@require_POST
def do(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Do something with a submission."""
    actor = actor_of(request)
    held = find(actor, number)
    command = _COMMANDS.get(act)
    if act == Act.RETRACT.value and not actor.fresh:
        back = urlencode({"next": address_of(held.pk)})
        return HttpResponseRedirect(f"{reverse('mfa_reauthenticate')}?{back}", status=303)
    if command is None:
        raise nothing_here()
    text, version = request.POST.get("text", ""), whole_number(request.POST.get("version"))
    refusal = attempt(lambda: command(actor, number, text, version))
    if refusal is not None:
        return page(request, find(actor, number), refusal, text, act)
    return done(request, str(SAID[Act(act)]), address_of(held.pk))


_COMMANDS: dict[str, Command] = {
    Act.SUBMIT.value: lambda actor, number, _text, version: drafts.submit(actor, number, version, timezone.now()),
    Act.ANSWER.value: lambda actor, number, text, version: drafts.answer(actor, number, text, version, timezone.now()),
    Act.WITHDRAW.value: lambda actor, number, _text, _version: drafts.withdraw(actor, number, timezone.now()),
    Act.QUESTION.value: lambda actor, number, text, version: decisions.question(
        actor, number, text, version, timezone.now()
    ),
    Act.COMMENT.value: lambda actor, number, text, version: decisions.comment(
        actor, number, text, version, timezone.now()
    ),
    Act.REFUSE.value: lambda actor, number, text, version: decisions.refuse(
        actor, number, text, version, timezone.now()
    ),
    Act.RETRACT.value: lambda actor, number, text, _v: decisions.ask_retract(actor, number, text, timezone.now()),
    Act.ACCEPT.value: lambda actor, number, _text, version: decisions.accept(actor, number, version, timezone.now()),
}


@readers
@require_safe
def records(request: HttpRequest, number: int, kind: str, form: str) -> HttpResponse:
    """The records of one kind as a table to take away: text that no spreadsheet runs."""
    held = find(actor_of(request), number)
    wanted = kind_named(kind)
    columns = columns_of(wanted)
    rows = [_flat(wanted, item.raw) for item in held.items.filter(kind=kind)]
    more = [name for row in rows for name in row if name not in columns]
    columns = (*columns, *dict.fromkeys(more))
    if form == "csv":
        return _file(csv_bytes(columns, rows), "text/csv; charset=utf-8; header=present", f"{held.pk}-{kind}.csv")
    if form == "xlsx":
        guide = [f"{wanted.title}, submission {held.pk}"]
        sheet = {wanted.name.rpartition(".")[2]: (columns, rows)}
        return _file(write_workbook(guide, sheet), attachments.XLSX, f"{held.pk}-{kind}.xlsx")
    raise NotHereError(_("There is no such file. Ask for csv or xlsx."))


def _flat(kind: FactKind, raw: dict[str, Any]) -> dict[str, str]:
    """A record under the headings of its table: ``evidence.1.title``."""
    return {_heading(name): text for name, text in given_of(fields_of(kind), raw).items()}


def _heading(name: str) -> str:
    parts = name.split("-")
    return ".".join(str(int(part) + 1) if part.isdecimal() else part for part in parts)


def _file(content: bytes, media_type: str, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type=media_type)
    response["Content-Disposition"] = f'attachment; filename="submission-{name}"'
    return response
