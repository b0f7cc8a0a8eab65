"""One policy of the exchange: the record, who took it over, and what the others asked."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from serantau.base import SerantauError
from serantau.forum import ForumError
from serantau.forum.registers import Policy, Register
from serantau.registers import HeldEntry
from serantau.web.accounts.actor import actor_of
from serantau.web.config.access import Role, access
from serantau.web.registers.models import PolicyQuestion
from serantau.web.registers.rules import find, may_answer, may_ask, readable
from serantau.web.registers.services import questions as services
from serantau.web.registers.shown import Names, address_of
from serantau.web.registers.views.pages import entry_context, find_entry
from serantau.web.review.views.work import done, show
from serantau.web.site.question import Question, ask

MOST_SHOWN = 200
Refusal = tuple[int, str, object]

speakers = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION)
answerers = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT)


@access(Role.PUBLIC, private=True)
@require_safe
def policy(request: HttpRequest, key: str) -> HttpResponse:
    """A policy. What was asked and not answered yet is shown to members and the secretariat alone."""
    question = ask(request)
    return _page(request, question, find_entry(question, Register.POLICIES, key))


def _page(
    request: HttpRequest, question: Question, held: HeldEntry, refusal: Refusal | None = None, said: str = ""
) -> HttpResponse:
    actor = actor_of(request)
    names = Names.of(question.answers.bundle)
    asked = list(readable(actor).filter(policy=held.key)[:MOST_SHOWN])
    context = {
        **entry_context(question, held),
        "query": question.query,
        "edition": question.answers.edition,
        "questions": [
            (
                one,
                names.party(one.member),
                names.party(one.owner),
                one.answered_at is None and may_answer(actor, one.owner),
            )
            for one in asked
        ],
        "may_ask": may_ask(actor, held.owner),
        "refusal": refusal,
        "said": said,
    }
    return show(request, "registers/policy.html", context, refusal[0] if refusal else 200)


@speakers
@require_POST
def ask_owner(request: HttpRequest, key: str) -> HttpResponse:
    """Ask the owner of a policy something."""
    question = ask(request)
    held = find_entry(question, Register.POLICIES, key)
    assert isinstance(held.entry, Policy), "the register of policies holds policies"
    entry, text = held.entry, request.POST.get("text", "")
    try:
        services.ask_owner(actor_of(request), entry, held.key, text, timezone.now())
    except ForumError as error:
        return _page(request, question, held, _refused(error), text)
    said = _("Asked. Members and the secretariat see it; everybody does once it is answered.")
    return done(request, said, address_of(Register.POLICIES, held.key))


@answerers
@require_POST
def answer(request: HttpRequest, number: int) -> HttpResponse:
    """Answer a question for the owner of the policy."""
    asked: PolicyQuestion = find(actor_of(request), number)
    text = request.POST.get("text", "")
    try:
        services.answer(actor_of(request), number, text, timezone.now())
    except ForumError as error:
        question = ask(request)
        return _page(request, question, find_entry(question, Register.POLICIES, asked.policy), _refused(error), text)
    said = _("Answered. Question and answer are public now.")
    return done(request, said, address_of(Register.POLICIES, asked.policy))


def _refused(error: SerantauError) -> Refusal:
    return 400, error.message, ()
