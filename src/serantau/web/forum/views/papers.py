"""The page of a paper: its text, what changed, comments, where the members stand, and everything that may be done."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from datetime import date
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serantau.forum import (
    Act,
    Command,
    ForumError,
    Matter,
    Mode,
    Party,
    Say,
    Stage,
    Verb,
    differences,
    paragraphs,
    verdict,
)
from serantau.web.accounts.actor import Actor, actor_of
from serantau.web.accounts.roles import Role
from serantau.web.forum import agreements, words
from serantau.web.forum.models import Body, Comment, Meeting, Paper, PositionDraft, Version
from serantau.web.forum.rules import acts_of, find, is_inside, party_of, readable
from serantau.web.forum.services import papers as services
from serantau.web.forum.services import publishing
from serantau.web.forum.views.desk import find_body
from serantau.web.forum.views.work import (
    Refusal,
    attempt,
    delegations,
    done,
    everybody,
    inside,
    names,
    now_of,
    secretariat,
    show,
    there,
    whole_number,
)
from serantau.web.plan.models import Milestone
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import ask

ROWS = 6
"""Commitments that one form shows."""
NO_PARAGRAPH = 2_001
"""One more than a text may have."""
PARTS = ("text", "owner", "action", "due", "outcome")
"""Fields of a commitment."""


@everybody
@require_safe
def paper(request: HttpRequest, number: int) -> HttpResponse:
    """One paper."""
    return page(request, find(actor_of(request), number))


def page(
    request: HttpRequest, held: Paper, refusal: Refusal | None = None, given: Mapping[str, str] | None = None
) -> HttpResponse:
    """The page of a paper, with what was refused on it."""
    actor, now = actor_of(request), timezone.now()
    matter = now_of(held, now)
    versions = [one for one in held.versions.all() if one.circulated_at or party_of(actor) is Party.SECRETARIAT]
    current = next((one for one in versions if one.number == held.version), None)
    sees = is_inside(actor)
    acts = acts_of(actor, matter.stage) if held.body.rules else ()
    said = names(request)
    region = ask(request).answers.bundle.region
    mine = matter.of(actor.member) if actor.member else None
    comments = list(held.comments.filter(version=held.version).select_related("by")) if sees else []
    context: dict[str, Any] = {
        "held": held,
        "given": given or {},
        "matter": matter,
        "stage": words.STAGES[matter.stage],
        "verb": words.VERBS[matter.verb],
        "mode": words.MODES[matter.mode] if matter.mode else "",
        "due": there(held.body, matter.due),
        "open": matter.stage is Stage.CONSULTATION,
        "version": current,
        "versions": versions,
        "instrument": agreements.title_of(held.instrument),
        "would_allow": agreements.title_of(held.lets_outside),
        "formula": _formula(actor, held),
        "calls": list(held.consultations.all()),
        "sees": sees,
        "text": _text(current, comments),
        "general": [one for one in comments if one.paragraph == 0],
        "positions": _positions(matter, said) if sees else [],
        "blocking": _blocking(held, matter, said) if sees else "",
        "signatories": [said.get(code, code) for code in matter.eligible],
        "outside": [said.get(code, code) for code in sorted(matter.out)],
        "commitments": [_commitment(request, one) for one in (current.commitments if current else [])],
        "milestones": list(Milestone.objects.filter(subject=held.reference)) if held.at is Stage.PUBLISHED else [],
        "names": said,
        "buttons": [(act, words.BUTTONS[act]) for act in acts if act in words.BUTTONS and _fits(act, matter)],
        "may": {act.name.lower(): True for act in acts},
        "may_speak": Act.SAY in acts and mine is not None and actor.member not in matter.out,
        "may_draft": party_of(actor) is Party.MEMBER and mine is not None and matter.stage in _DRAFTED,
        "mine": words.SAYS[mine.say] if mine else "",
        "draft": _own_draft(actor, held),
        "says": [(one.value, words.SAYS[one]) for one in words.SPOKEN],
        "modes": [(one.value, text) for one, text in words.MODES.items()],
        "silent": [(code, said.get(code, code)) for code in matter.eligible if _silent(matter, code)],
        "plenary": matter.mode is Mode.PLENARY,
        "paragraph_count": len(paragraphs(current.text)) if current else 0,
        "shares": [said.get(one.partner, one.partner) for one in held.shares.all()] if sees else [],
        "partners": [(one.id, one.name) for one in region.partners],
        "publishable": matter.stage is Stage.DECIDED and party_of(actor) is Party.SECRETARIAT,
        "head": Role.HEAD_OF_DELEGATION in actor.roles,
        "refusal": refusal,
        "now": now,
    }
    return show(request, "forum/paper.html", context, refusal[0] if refusal else 200)


DECIDED = [Stage.DECIDED.value, Stage.PUBLISHED.value]
_DRAFTED = {Stage.CIRCULATED, Stage.CONSULTATION}


def _own_draft(actor: Actor, held: Paper) -> PositionDraft | None:
    """What the own member considers; of another's there is nothing to be seen anywhere."""
    if party_of(actor) is not Party.MEMBER:
        return None
    return PositionDraft.objects.filter(paper=held, member=actor.member).select_related("by").first()


def _formula(actor: Actor, held: Paper) -> Paper | None:
    """The decision that lets members stay outside, for those who may read it."""
    if held.formula_id is None:
        return None
    return readable(actor).filter(pk=held.formula_id).first()


def _fits(act: Act, matter: Matter) -> bool:
    """Whether a button makes sense in the way in which consensus is sought."""
    if act is Act.EXTEND:
        return matter.mode is Mode.AD_REFERENDUM
    return act is not Act.CONCLUDE or matter.mode is Mode.PLENARY


def _silent(matter: Matter, code: str) -> bool:
    held = matter.of(code)
    return held is not None and held.say is Say.NOTHING


def _text(current: Version | None, comments: list[Comment]) -> list[tuple[int, str, list[Comment]]]:
    """The paragraphs, each with what was said about it."""
    held = enumerate(paragraphs(current.text) if current else (), start=1)
    return [(number, text, [one for one in comments if one.paragraph == number]) for number, text in held]


def _positions(matter: Matter, said: dict[str, str]) -> list[tuple[str, str, str, bool]]:
    return [
        (said.get(one.member, one.member), words.SAYS[one.say], one.text, one.member in matter.out)
        for one in matter.positions
    ]


def _blocking(held: Paper, matter: Matter, said: dict[str, str]) -> str:
    """Who stands in the way, in words; empty if nobody does or the body has no rules."""
    rules = held.body.procedure()
    if rules is None or matter.stage not in {Stage.CONSULTATION, Stage.NO_CONSENSUS}:
        return ""
    found = verdict(matter, rules).blocking
    return "; ".join(f"{said.get(member, member)}: {words.SAYS[say]}" for member, say in found)


def _commitment(request: HttpRequest, raw: dict[str, str]) -> dict[str, str]:
    plans = ask(request).answers.bundle.plans
    action = next((one for one in plans.all_actions if one.id == raw["action"]), None)
    return {
        **raw,
        "owner_name": names(request).get(raw["owner"], ""),
        "action_title": f"{action.code} {action.title}" if action else "",
        "outcome_title": _outcome_title(request, raw.get("outcome", "")),
    }


def _outcome_title(request: HttpRequest, name: str) -> str:
    outcomes = ask(request).answers.bundle.plans.all_outcomes
    found = next((one for one in outcomes if one.id == name), None) if name else None
    return f"{found.code} {found.title}" if found else ""


# --- what is done with a paper ------------------------------------------------------------------------------------------------


Making = Callable[[Any], Command]
COMMANDS: dict[str, Making] = {
    "circulate": lambda _post: Command(Act.CIRCULATE, Party.SECRETARIAT),
    "extend": lambda _post: Command(Act.EXTEND, Party.SECRETARIAT),
    "conclude": lambda _post: Command(Act.CONCLUDE, Party.SECRETARIAT),
    "decide": lambda _post: Command(Act.DECIDE, Party.SECRETARIAT),
    "refer": lambda _post: Command(Act.REFER, Party.SECRETARIAT),
    "withdraw": lambda _post: Command(Act.WITHDRAW, Party.SECRETARIAT),
    "open": lambda post: Command(Act.OPEN, Party.SECRETARIAT, mode=_mode(post.get("mode", ""))),
    "absence": lambda post: Command(Act.NOTE_ABSENCE, Party.SECRETARIAT, member=post.get("member", "")[:80]),
}
"""What the secretariat does, by the last part of the address."""


@secretariat
@require_POST
def do(request: HttpRequest, number: int, act: str) -> HttpResponse:
    """Do something with a paper."""
    held = find(actor_of(request), number)
    if act not in COMMANDS:
        raise NotHereError(_("There is no such act."))
    command = COMMANDS[act](request.POST)
    return _acted(request, held, command)


@delegations
@require_POST
def position(request: HttpRequest, number: int) -> HttpResponse:
    """Take a position for the own member, keep it as a draft, or stay outside."""
    actor = actor_of(request)
    held = find(actor, number)
    wish, text = request.POST.get("wish", ""), request.POST.get("text", "")
    if wish == "outside":
        return _acted(request, held, Command(Act.OPT_OUT, Party.MEMBER))
    say = next((one for one in words.SPOKEN if one.value == request.POST.get("say")), None)
    if say is None:
        return page(request, held, (400, _("Choose where your member stands."), ()), request.POST)
    if wish == "draft":
        refusal = attempt(request, lambda: services.draft_position(actor, number, say, text, timezone.now()))
        if refusal:
            return page(request, held, refusal, request.POST)
        return done(request, _("Kept as a draft. Nobody but your own member sees it."), address_of(number))
    return _acted(request, held, Command(Act.SAY, Party.MEMBER, say=say, text=text))


def _acted(request: HttpRequest, held: Paper, command: Command) -> HttpResponse:
    revision = whole_number(request.POST.get("revision"))
    actor = actor_of(request)
    refusal = attempt(request, lambda: services.act(actor, held.pk, command, revision, timezone.now()))
    if refusal:
        return page(request, find(actor, held.pk), refusal, request.POST)
    return done(request, str(words.DONE[command.act]), address_of(held.pk))


def _mode(text: str) -> Mode | None:
    return next((one for one in Mode if one.value == text), None)


@inside
@require_POST
def comment(request: HttpRequest, number: int) -> HttpResponse:
    """Say something about a paragraph."""
    actor = actor_of(request)
    held = find(actor, number)
    # What is no number names no paragraph, and not the whole.
    named = request.POST.get("paragraph", "").strip() or "0"
    paragraph = min(whole_number(named), NO_PARAGRAPH) if named.isdecimal() else NO_PARAGRAPH
    text = request.POST.get("text", "")
    refusal = attempt(request, lambda: services.comment(actor, number, paragraph, text, timezone.now()))
    if refusal:
        return page(request, held, refusal, request.POST)
    return done(request, _("Said."), f"{address_of(number)}#paragraph-{paragraph}")


@secretariat
@require_POST
def share(request: HttpRequest, number: int) -> HttpResponse:
    """Show the text to a partner."""
    actor = actor_of(request)
    held = find(actor, number)
    refusal = attempt(request, lambda: services.share(actor, number, request.POST.get("partner", ""), timezone.now()))
    if refusal:
        return page(request, held, refusal, request.POST)
    return done(
        request, _("The partner's observers see its text now, and neither positions nor comments."), address_of(number)
    )


@secretariat
@require_POST
def publish(request: HttpRequest, number: int) -> HttpResponse:
    """Ask that a decision be published."""
    actor = actor_of(request)
    held = find(actor, number)
    refusal = attempt(request, lambda: publishing.ask_to_publish(actor, number, timezone.now()))
    if refusal:
        return page(request, held, refusal)
    return done(request, _("Asked. It is published when a second person approves."), address_of(number))


# --- writing ------------------------------------------------------------------------------------------------------------------


@secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def begin(request: HttpRequest, body: int) -> HttpResponse:
    """Begin a paper before a body."""
    held = find_body(body)
    if request.method != "POST":
        return _form(request, held, None, {"verb": Verb.ADOPTED.value})
    made: list[Paper] = []
    refusal = attempt(
        request, lambda: made.append(services.begin(actor_of(request), held, _draft(request), timezone.now()))
    )
    if refusal:
        return _form(request, held, None, request.POST.dict(), refusal)
    return done(request, _("The paper is a draft: nobody but the secretariat sees it."), address_of(made[0].pk))


@secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, number: int) -> HttpResponse:
    """Write a draft anew, or circulate a changed text as a new version."""
    actor = actor_of(request)
    held = find(actor, number)
    if request.method != "POST":
        return _form(request, held.body, held, _given(held))
    revision, now = whole_number(request.POST.get("revision")), timezone.now()
    if held.at is Stage.DRAFT:
        refusal = attempt(request, lambda: services.edit(actor, number, _draft(request), revision, now))
        said = _("The draft was changed.")
    else:
        post = request.POST
        refusal = attempt(
            request,
            lambda: services.revise(
                actor, number, post.get("text", ""), post.get("why", ""), _commitments(post), revision, now
            ),
        )
        said = str(words.DONE[Act.REVISE])
    if refusal:
        return _form(request, held.body, held, request.POST.dict(), refusal)
    return done(request, said, address_of(number))


def _form(
    request: HttpRequest, body: Body, held: Paper | None, given: dict[str, str], refusal: Refusal | None = None
) -> HttpResponse:
    bundle = ask(request).answers.bundle
    rows = [
        {name: given.get(f"{name}-{number}", "") for name in PARTS} | {"number": number}
        for number in range(1, ROWS + 1)
    ]
    context = {
        "body": body,
        "held": held,
        "given": given,
        "refusal": refusal,
        "draft": held is None or held.at is Stage.DRAFT,
        "verbs": [(one.value, text) for one, text in words.VERBS.items()],
        "meetings": list(Meeting.objects.filter(body=body)[:50]),
        "formulas": list(Paper.objects.filter(body=body, stage__in=DECIDED).exclude(lets_outside="")[:50]),
        "agreements": [(one.id, one.title) for one in agreements.held()],
        "flexible": [(one.id, one.title) for one in agreements.held() if agreements.lets_outside(one.id)],
        "rows": rows,
        "members": [(one.id, one.name) for one in bundle.region.members],
        "actions": [(one.id, f"{one.code} {one.title}") for one in bundle.plans.all_actions],
        "outcomes": [(one.id, f"{one.code} {one.title}") for one in bundle.plans.all_outcomes],
    }
    return show(request, "forum/write.html", context, refusal[0] if refusal else 200)


def _given(held: Paper) -> dict[str, str]:
    version = held.current()
    assert version is not None, "a paper has a text from its beginning"
    found = {
        "title": held.title,
        "verb": held.verb,
        "meeting": str(held.meeting_id or ""),
        "instrument": held.instrument,
        "lets_outside": held.lets_outside,
        "formula": str(held.formula_id or ""),
        "text": version.text,
        "revision": str(held.revision),
    }
    for number, one in enumerate(version.commitments, start=1):
        found |= {f"{name}-{number}": one.get(name, "") for name in PARTS}
    return found


def _draft(request: HttpRequest) -> services.Draft:
    """The paper that a form describes.

    Raises:
        ForumError: if a field is wrong.
    """
    post = request.POST
    verb = next((one for one in Verb if one.value == post.get("verb")), None)
    if verb is None:
        raise ForumError(_("Choose what the body is asked to do."))
    return services.Draft(
        title=post.get("title", ""),
        verb=verb,
        text=post.get("text", ""),
        meeting=Meeting.objects.filter(pk=whole_number(post.get("meeting"))).first(),
        instrument=post.get("instrument", ""),
        lets_outside=post.get("lets_outside", ""),
        formula=Paper.objects.filter(pk=whole_number(post.get("formula"))).first(),
        commitments=_commitments(post),
    )


def _commitments(post: Mapping[str, str]) -> list[services.Commitment]:
    found = []
    for number in range(1, ROWS + 1):
        text = post.get(f"text-{number}", "").strip()
        if text:
            due = _due(post.get(f"due-{number}", ""), number)
            found.append(
                services.Commitment(
                    text,
                    post.get(f"owner-{number}", ""),
                    post.get(f"action-{number}", ""),
                    due,
                    post.get(f"outcome-{number}", ""),
                )
            )
    return found


def _due(text: str, number: int) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise ForumError(
            _("Commitment %(number)d: the due date is no date. Write it as 2027-03-31.") % {"number": number}
        ) from error


# --- versions -----------------------------------------------------------------------------------------------------------------


@everybody
@require_safe
def version(request: HttpRequest, number: int, version: int) -> HttpResponse:
    """An earlier version: its text, what was said about it, and where the members stood on it in the end."""
    actor = actor_of(request)
    held = find(actor, number)
    found = held.versions.filter(number=version).exclude(circulated_at=None).first()
    if found is None or not is_inside(actor):
        raise NotHereError(_("There is no such version."), {address_of(number): held.title})
    comments = list(held.comments.filter(version=version).select_related("by"))
    named, last = names(request), {one.member: one for one in held.positions.filter(version=version).order_by("pk")}
    context = {
        "held": held,
        "version": found,
        "text": _text(found, comments),
        "general": [one for one in comments if one.paragraph == 0],
        "positions": [
            (named.get(code, code), words.SAYS[Say(last[code].say) if code in last else Say.NOTHING], last.get(code))
            for code in found.eligible
        ],
        "commitments": [_commitment(request, one) for one in found.commitments],
    }
    return show(request, "forum/version.html", context)


@everybody
@require_safe
def compare(request: HttpRequest, number: int, before: int, after: int) -> HttpResponse:
    """What differs between two versions."""
    actor = actor_of(request)
    held = find(actor, number)
    seen = {one.number: one for one in held.versions.exclude(circulated_at=None)}
    if not (before in seen and after in seen and is_inside(actor)):
        raise NotHereError(_("There are no such two versions."), {address_of(number): held.title})
    found = differences(seen[before].text, seen[after].text)
    context = {
        "held": held,
        "before": seen[before],
        "after": seen[after],
        "rows": found,
        "changed": [one for one in found if one.change.value != "kept"],
        "commitments": (
            [_commitment(request, one) for one in seen[before].commitments],
            [_commitment(request, one) for one in seen[after].commitments],
        ),
    }
    return show(request, "forum/compare.html", context)


def address_of(number: int) -> str:
    """Address of a paper's page."""
    return reverse("forum:paper", args=[number])
