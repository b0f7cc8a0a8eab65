"""Shared cases: the list, opening one, its page, and everything that may be done to it."""

from __future__ import annotations

from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serantau.defend.incidents import Act, Party, Sight, Stage, Standing, TaskState, acts_for, party_of
from serantau.defend.incidents import Case as Matter
from serantau.defend.model import Tlp
from serantau.web.cooperation import rules, words
from serantau.web.cooperation.models import Case, Entry
from serantau.web.cooperation.readers import is_observer, is_officer, officers, reader_of
from serantau.web.cooperation.services import cases as services
from serantau.web.cooperation.views.work import (
    Actor,
    PermissionDenied,
    Refusal,
    actor_of,
    attempt,
    certs,
    day_of_form,
    done,
    label_of,
    members,
    moment_of_form,
    names,
    needed_label,
    officer,
    onlookers,
    show,
    whole_number,
)
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import ask

PAGE = 50
SHOWN = 100
"""Entries on one page of a timeline."""


@onlookers
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """The cases of which whoever asks may know."""
    actor = actor_of(request)
    if not (is_officer(actor) or is_observer(actor)):
        raise PermissionDenied
    page = Paginator(rules.cases(actor), PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    said = names(request)
    rows = list(Case.objects.filter(pk__in=[one.pk for one in page.object_list]).prefetch_related("standings"))
    context = {
        "cases": [
            (one, _shown_title(actor, one), said.get(one.lead, one.lead), words.STAGES[Stage(one.stage)])
            for one in rows
        ],
        "listing": page,
        "state": "",
    }
    return show(request, "cooperation/cases.html", context)


def _shown_title(actor: Actor, case: Case) -> str:
    """The title; empty for a TLP:RED case to which the own member is only invited."""
    standing = next((one.standing for one in case.standings.all() if one.member == actor.member), "")
    return "" if case.tlp == Tlp.RED and standing == Standing.INVITED.value else case.title


@certs
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    """Open a case, perhaps on a notice."""
    actor = officer(request)
    given = {name: request.POST.get(name, "")[:5000] for name in ("title", "label", "text", "notice")}
    refusal = None
    notice = None
    if request.method == "POST":
        made: list[Case] = []

        def command() -> None:
            label = needed_label(given["label"])
            made.append(
                services.open_case(actor, given["title"], label, given["text"], given["notice"], timezone.now())
            )

        refusal = attempt(request, command)
        if made:
            said = _("The case is open. Your member leads it; invite others.")
            return done(request, said, reverse("cooperation:case", args=[made[0].ref]))
    else:
        ref = request.GET.get("notice", "")
        notice = rules.find_notice(actor, ref) if ref else None
        given["notice"], given["label"] = ref, str(notice.level if notice else Tlp.AMBER.value)
        given["title"] = f"{notice.kind}: {notice.value}"[:200] if notice else ""
    context = {"given": given, "refusal": refusal, "labels": _labels(actor)}
    return show(request, "cooperation/new_case.html", context, refusal[0] if refusal else 200)


def _labels(actor: Actor) -> list[tuple[str, str]]:
    """Labels that somebody can give: those that they may read themselves; TLP:RED from TLP:AMBER+STRICT on."""
    level = reader_of(actor).clearance
    return [(str(one.value), one.label) for one in words.LABELS if min(one, Tlp.AMBER_STRICT) <= level]


@onlookers
@require_safe
def case(request: HttpRequest, ref: str) -> HttpResponse:
    """One case."""
    return _page(request, rules.find_case(actor_of(request), ref))


def _page(request: HttpRequest, held: Case, refusal: Refusal | None = None) -> HttpResponse:
    actor = actor_of(request)
    matter = held.matter()
    seen = rules.sight_of(actor, held)
    all_, observer = seen is Sight.ALL, is_observer(actor)
    said = names(request)
    entries = Paginator(rules.entries(actor, held, seen), SHOWN)
    page = entries.get_page(whole_number(request.GET.get("page")) or entries.num_pages)
    acts = set() if observer else set(acts_for(matter, actor.member))
    context: dict[str, Any] = {
        "held": held,
        "title": held.title if observer or rules.titled(actor, held, seen) else "",
        "stage": words.STAGES[matter.stage],
        "lead": said.get(held.lead, held.lead),
        "all": all_,
        "invited": seen is Sight.INVITATION,
        "left": seen is Sight.OWN,
        "members": [(code, said.get(code, code), words.STANDINGS[standing]) for code, standing in matter.members]
        if all_
        else [],
        "partners": [said.get(one, one) for one in sorted(matter.partners)] if all_ else [],
        "entries": [_entry(one, said, actor, observer=observer) for one in page.object_list],
        "listing": page,
        "tasks": _tasks(held, matter, actor, said) if all_ else [],
        "notes": [] if observer else list(held.notes.filter(member=actor.member).select_related("by")),
        "acts": {one.name.lower(): True for one in acts},
        "leads": not observer and party_of(matter, actor.member) is Party.LEAD,
        "lead_offered": matter.offered_lead == actor.member,
        "lead_offered_to": said.get(matter.offered_lead, matter.offered_lead) if all_ else "",
        "proposed": Tlp(held.proposed).label if held.proposed >= 0 and actor.member in matter.contributors else "",
        "lacking": [said.get(one, one) for one in matter.lacking] if all_ else [],
        "asked": actor.member in matter.lacking,
        "stricter": [one for one in _labels(actor) if int(one[0]) > held.tlp] if all_ else [],
        "looser": [(str(one.value), one.label) for one in words.LABELS if one < held.tlp] if all_ else [],
        "invitable": _invitable(request, held) if Act.INVITE in acts else [],
        "invitations": [(c, said.get(c, c)) for c, s in matter.members if s is Standing.INVITED]
        if Act.REVOKE in acts
        else [],
        "others": [(one, said.get(one, one)) for one in matter.joined if one != actor.member] if all_ else [],
        "others_and_own": [(one, said.get(one, one)) for one in matter.joined] if all_ else [],
        "admittable": _admittable(request, matter) if Act.ADMIT in acts and matter.tlp < Tlp.RED else [],
        "looking": [(one, said.get(one, one)) for one in sorted(matter.partners)] if Act.DISMISS in acts else [],
        "colleagues": _colleagues(actor, held) if all_ else [],
        "red": matter.tlp is Tlp.RED,
        "given": request.POST if refusal else {},
        "refusal": refusal,
        **{f"button_{one.name.lower()}": text for one, text in words.BUTTONS.items()},
    }
    return show(request, "cooperation/case.html", context, refusal[0] if refusal else 200)


def _invitable(request: HttpRequest, held: Case) -> list[tuple[str, str]]:
    inside = {one.member for one in held.standings.all() if one.standing in {"invited", "joined"}}
    return [one for one in members(request) if one[0] not in inside]


def _admittable(request: HttpRequest, matter: Matter) -> list[tuple[str, str]]:
    partners = ask(request).answers.bundle.region.partners
    return [(one.id, one.name) for one in partners if one.id not in matter.partners]


def _colleagues(actor: Actor, held: Case) -> list[tuple[int, str]]:
    """People of the own member who could be named for the case and are not."""
    named = set(held.readers.values_list("person_id", flat=True))
    own = officers(timezone.now().date(), [actor.member]).get(actor.member, [])
    need = min(Tlp(held.tlp), Tlp.AMBER_STRICT)
    return [(one.person.pk, str(one.person)) for one in own if one.person.pk not in named and one.clearance >= need]


def _entry(one: Entry, said: dict[str, str], actor: Actor, *, observer: bool) -> dict[str, Any]:
    return {
        "row": one,
        "member": said.get(one.member, one.member),
        "who": "" if observer else one.by.name,
        "did": words.entry(one.act, said.get(one.target, one.target), one.label, one.task),
        "own": one.member == actor.member and one.act in {"write", "opened"},
    }


def _tasks(held: Case, matter: Matter, actor: Actor, said: dict[str, str]) -> list[dict[str, Any]]:
    found = []
    open_case = matter.stage is Stage.OPEN
    for one in held.tasks.all():
        task = one.matter()
        live = open_case and task.state is TaskState.OPEN
        mine, offered = task.owner == actor.member, task.offered == actor.member
        leads = actor.member == matter.lead
        found.append(
            {
                "row": one,
                "state": words.TASKS[task.state],
                "owner": said.get(task.owner, task.owner),
                "offered": said.get(task.offered, task.offered),
                "takable": live and (offered or (not task.owner and not task.offered)),
                "givable": live and (mine or (leads and not task.owner)),
                "returnable": live and (mine or offered),
                "finishable": live and mine,
                "droppable": live and leads,
            }
        )
    return found


@certs
@require_POST
def do(request: HttpRequest, ref: str, act: str) -> HttpResponse:
    """Do something to a case."""
    actor = officer(request)
    rules.find_case(actor, ref)
    kind = next((one for one in Act if one.name.lower().replace("_", "-") == act), None)
    if kind is None:
        raise NotHereError(_("There is no such act."))
    revision, now = whole_number(request.POST.get("revision")), timezone.now()
    refusal = attempt(request, lambda: services.act(actor, ref, _wish(kind, request), revision, now))
    if not refusal:
        gone = rules.cases(actor).filter(ref=ref).first() is None
        said = _("Done.")
        return done(request, said, reverse("cooperation:cases") if gone else reverse("cooperation:case", args=[ref]))
    return _page(request, rules.find_case(actor, ref), refusal)


def _wish(kind: Act, request: HttpRequest) -> services.Wish:
    """What a form wants.

    Raises:
        DefendError: if a field is wrong.
    """
    post = request.POST
    happened = post.get("happened", "").strip()
    return services.Wish(
        kind,
        target=post.get("target", "")[:80],
        label=label_of(post.get("label")),
        task=whole_number(post.get("task")),
        entry=whole_number(post.get("entry")),
        text=post.get("text", ""),
        due=day_of_form(post.get("due", "")),
        happened=moment_of_form(happened) if happened else None,
        person=whole_number(post.get("person")),
    )


@certs
@require_POST
def note(request: HttpRequest, ref: str) -> HttpResponse:
    """Note something for the own member alone."""
    actor = officer(request)
    rules.find_case(actor, ref)
    refusal = attempt(request, lambda: services.note(actor, ref, request.POST.get("text", ""), timezone.now()))
    if refusal:
        return _page(request, rules.find_case(actor, ref), refusal)
    return done(request, _("Noted. Nobody but your own member sees it."), reverse("cooperation:case", args=[ref]))
