"""Have you seen this? Asking, answering, and what came of it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serantau.defend.questions import Says, seen_by_asker
from serantau.web.cooperation import rules, words
from serantau.web.cooperation.models import Question
from serantau.web.cooperation.readers import reader_of
from serantau.web.cooperation.services import questions as services
from serantau.web.cooperation.views.work import (
    Refusal,
    attempt,
    certs,
    done,
    names,
    needed_label,
    officer,
    show,
    whole_number,
)

PAGE = 50
FIELDS = ("kind", "value", "words", "label", "hours", "whom")


@certs
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The questions that the own member asked or was asked."""
    actor, now = officer(request), timezone.now()
    page = Paginator(rules.questions(actor), PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    rows = list(Question.objects.filter(pk__in=[one.pk for one in page.object_list]).prefetch_related("asked"))
    said = names(request)
    found = []
    for one in rows:
        mine = next((row for row in one.asked.all() if row.member == actor.member), None)
        state = words.SAYS[Says(mine.says)] if mine else ""
        found.append((one, said.get(one.asker, one.asker), state, one.matter().is_open(now)))
    return show(request, "cooperation/questions.html", {"questions": found, "listing": page, "state": ""})


@certs
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Ask."""
    actor, now = officer(request), timezone.now()
    given = {name: request.POST.get(name, "")[:5000] for name in FIELDS}
    chosen = request.POST.getlist("members")
    others = services.others(actor.member, now)
    refusal = None
    if request.method == "POST":
        made: list[Question] = []

        def command() -> None:
            asked = tuple(others) if given["whom"] == "all" else tuple(chosen)
            label, hours = needed_label(given["label"]), whole_number(given["hours"])
            wanted = services.Wanted(given["kind"], given["value"], given["words"], label, asked, hours)
            made.append(services.ask(actor, wanted, now))

        refusal = attempt(request, command)
        if made:
            return done(request, _("Asked."), reverse("cooperation:question", args=[made[0].ref]))
    else:
        given |= {"hours": "72", "label": "2", "whom": "all"}
    level = reader_of(actor).clearance
    context = {
        "given": given,
        "chosen": chosen,
        "refusal": refusal,
        "others": list(others.items()),
        "labels": [(str(one.value), one.label) for one in words.CLEARANCES if one <= level],
    }
    return show(request, "cooperation/new_question.html", context, refusal[0] if refusal else 200)


@certs
@require_safe
def question(request: HttpRequest, ref: str) -> HttpResponse:
    """One question: with what the asker may see of the answers, or with the own answer."""
    return _page(request, rules.find_question(officer(request), ref))


def _page(request: HttpRequest, held: Question, refusal: Refusal | None = None) -> HttpResponse:
    actor, now, said = officer(request), timezone.now(), names(request)
    matter = held.matter()
    asks = held.asker == actor.member
    rows = {one.member: one for one in held.asked.all()}
    mine = None if asks else rows.get(actor.member)
    context: dict[str, Any] = {
        "held": held,
        "asker": said.get(held.asker, held.asker),
        "asks": asks,
        "open": matter.is_open(now),
        "ends": matter.ends,
        "mine": mine,
        "my_answer": words.SAYS[Says(mine.says)] if mine else "",
        "answers": [(one.value, text) for one, text in words.ANSWERS.items()],
        "given": request.POST if refusal else {},
        "refusal": refusal,
    }
    if asks:
        seen = seen_by_asker(matter, now)
        context |= {
            "named": [
                (said.get(one.member, one.member), words.SAYS[one.says], rows[one.member].words) for one in seen.named
            ],
            "silent": [said.get(one, one) for one in seen.silent],
            "somebody": seen.somebody,
        }
    return show(request, "cooperation/question.html", context, refusal[0] if refusal else 200)


@certs
@require_POST
def answer(request: HttpRequest, ref: str) -> HttpResponse:
    """Answer, or refuse to."""
    actor = officer(request)
    rules.find_question(actor, ref)
    says = next((one for one in words.ANSWERS if one.value == request.POST.get("says")), None)
    named = request.POST.get("named") == "yes"
    if says is None:
        return _page(request, rules.find_question(actor, ref), (400, _("Choose one of the answers."), ()))
    text, now = request.POST.get("text", ""), timezone.now()
    refusal = attempt(request, lambda: services.answer(actor, ref, says, text, now, named=named))
    if refusal:
        return _page(request, rules.find_question(actor, ref), refusal)
    return done(request, _("Your member's answer was taken."), reverse("cooperation:question", args=[ref]))


@certs
@require_POST
def close(request: HttpRequest, ref: str) -> HttpResponse:
    """End a question."""
    actor = officer(request)
    rules.find_question(actor, ref)
    refusal = attempt(request, lambda: services.close(actor, ref, timezone.now()))
    if refusal:
        return _page(request, rules.find_question(actor, ref), refusal)
    return done(request, _("The question has ended."), reverse("cooperation:question", args=[ref]))
