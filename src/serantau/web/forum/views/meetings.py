"""The page of a meeting: agenda, papers, participants, report."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serantau.render.report import FORMATS, write
from serantau.web.accounts.actor import Actor, actor_of
from serantau.web.forum import briefs, documents
from serantau.web.forum.models import AgendaItem, Meeting, Paper
from serantau.web.forum.rules import is_inside, readable
from serantau.web.forum.services import meetings as services
from serantau.web.forum.views.desk import find_body, stage_now
from serantau.web.forum.views.work import (
    Refusal,
    attempt,
    done,
    everybody,
    inside,
    moment,
    names,
    secretariat,
    show,
    there,
    whole_number,
)
from serantau.web.reports.turns import turn
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import ask


@everybody
@require_safe
def meeting(request: HttpRequest, number: int) -> HttpResponse:
    """One meeting."""
    return _page(request, _find(number))


def _page(request: HttpRequest, held: Meeting, refusal: Refusal | None = None) -> HttpResponse:
    actor, now = actor_of(request), timezone.now()
    region = ask(request).answers.bundle.region
    said = names(request)
    people = list(held.participants.all()) if is_inside(actor) else []
    context = {
        "held": held,
        "starts": there(held.body, held.starts_at),
        "ends": there(held.body, held.ends_at),
        "host": said.get(held.host, ""),
        "chair": said.get(held.chair, ""),
        "agenda": [(item, one, stage_now(one, now) if one else "") for item, one in _agenda(held, actor)],
        "participants": [(said.get(one.party, one.party), one.name) for one in people],
        "papers": list(readable(actor).filter(body=held.body)[:200]),
        "parties": [(one.id, one.name) for one in (*region.members, *region.partners)],
        "report": held.report if is_inside(actor) else "",
        "briefed": actor.member if is_inside(actor) else "",
        "members": [(one.id, one.name) for one in region.members],
        "refusal": refusal,
    }
    return show(request, "forum/meeting.html", context, refusal[0] if refusal else 200)


@secretariat
@require_http_methods(["GET", "HEAD", "POST"])
def convene(request: HttpRequest, body: int) -> HttpResponse:
    """Convene a meeting of a body."""
    held = find_body(body)
    fields = ("title", "day", "clock", "last_day", "last_clock", "place", "host", "chair")
    given = {name: request.POST.get(name, "").strip()[:1000] for name in fields}
    refusal = None
    if request.method == "POST":
        made: list[Meeting] = []

        def command() -> None:
            asked = services.Convened(
                held,
                given["title"],
                moment(given["day"], given["clock"], held.zone, _("first day")),
                moment(given["last_day"], given["last_clock"], held.zone, _("last day")),
                given["place"],
                given["host"],
                given["chair"],
            )
            made.append(services.convene(actor_of(request), asked, timezone.now()))

        refusal = attempt(request, command)
        if made:
            return done(request, _("The meeting was convened."), reverse("forum:meeting", args=[made[0].pk]))
    else:
        given |= {"clock": "09:00", "last_clock": "17:00"}
    region = ask(request).answers.bundle.region
    context = {
        "body": held,
        "given": given,
        "refusal": refusal,
        "members": [(one.id, one.name) for one in region.members],
    }
    return show(request, "forum/convene.html", context, refusal[0] if refusal else 200)


@secretariat
@require_POST
def change(request: HttpRequest, number: int, what: str) -> HttpResponse:
    """Add an item or a participant, or write the report."""
    held, actor, now = _find(number), actor_of(request), timezone.now()
    post = request.POST
    paper = readable(actor).filter(pk=whole_number(post.get("paper"))).first()
    commands = {
        "agenda": lambda: services.add_item(actor, held, post.get("title", ""), paper, now),
        "participants": lambda: services.name_participant(
            actor, held, post.get("party", ""), post.get("name", ""), now
        ),
        "report": lambda: services.report(actor, held, post.get("text", ""), now),
    }
    if what not in commands:
        raise _none()
    refusal = attempt(request, commands[what])
    if refusal:
        return _page(request, held, refusal)
    return done(request, _("Entered."), reverse("forum:meeting", args=[number]))


@everybody
@require_safe
def document(request: HttpRequest, number: int, kind: str, form: str) -> HttpResponse:
    """The agenda for everybody, the report for those inside, as PDF or DOCX."""
    held, actor = _find(number), actor_of(request)
    if kind not in documents.KINDS or form not in FORMATS or (kind == "report" and not is_inside(actor)):
        raise _none()
    said = names(request)
    people = [(said.get(one.party, one.party), one.name) for one in held.participants.all()]
    made = documents.document(kind, held, _agenda(held, actor), people, ask(request).answers.bundle.region.profile.name)
    with turn():
        content = write(made, form)
    response = HttpResponse(content, content_type=FORMATS[form])
    response["Content-Disposition"] = f'attachment; filename="{kind}-{held.pk}.{form}"'
    return response


@inside
@require_safe
def brief(request: HttpRequest, number: int, form: str) -> HttpResponse:
    """Two pages for a member: its own for a delegation, any member's (without what it considers) for the secretariat."""
    held, actor = _find(number), actor_of(request)
    if not is_inside(actor):
        raise PermissionDenied
    bundle = ask(request).answers.bundle
    member = actor.member or request.GET.get("member", "")
    if form not in FORMATS or member not in {one.id for one in bundle.region.members}:
        raise NotHereError(_("There is no such brief."), {reverse("forum:meeting", args=[number]): held.title})
    made = briefs.brief(bundle, held, member, timezone.now(), actor)
    with turn():
        content = write(made, form)
    response = HttpResponse(content, content_type=FORMATS[form])
    response["Content-Disposition"] = f'attachment; filename="brief-{held.pk}-{member}.{form}"'
    return response


def _agenda(held: Meeting, actor: Actor) -> list[tuple[AgendaItem, Paper | None]]:
    """The items that somebody may see: those without a paper, and those whose paper they may read."""
    items = list(held.agenda.all())
    mine = {one.pk: one for one in readable(actor).filter(pk__in=[one.paper_id for one in items if one.paper_id])}
    return [(one, mine.get(one.paper_id)) for one in items if one.paper_id is None or one.paper_id in mine]


def _find(number: int) -> Meeting:
    held = Meeting.objects.select_related("body").filter(pk=number).first()
    if held is None:
        raise _none()
    return held


def _none() -> NotHereError:
    return NotHereError(_("There is no such meeting."), {"/forum/": _("Meetings and papers")})
