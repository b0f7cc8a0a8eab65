"""The page of milestones: what decisions have somebody do, by when, and what became of it."""

from __future__ import annotations

from datetime import date

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from serantau.plan import PlanError
from serantau.web.accounts.actor import actor_of
from serantau.web.accounts.roles import Role
from serantau.web.config.access import access
from serantau.web.plan import services
from serantau.web.plan.models import STATES, Milestone
from serantau.web.review.views.work import done, show, whole_number
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import ask, day_now

PAGE = 100


@access(Role.PUBLIC, private=True)
@require_safe
def milestones(request: HttpRequest) -> HttpResponse:
    """Every milestone, the earliest due first."""
    return _page(request)


def _page(request: HttpRequest, refusal: tuple[int, str, object] | None = None) -> HttpResponse:
    actor = actor_of(request)
    bundle = ask(request).answers.bundle
    actions = {one.id: one for one in bundle.plans.all_actions}
    held = Milestone.objects.order_by("due", "pk")
    state = request.GET.get("state", "")
    if state in STATES:
        held = held.filter(state=state)
    page = Paginator(held, PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    today = day_now()
    context = {
        "rows": page.object_list,
        "names": {one.id: one.name for one in bundle.region.members},
        "actions": actions,
        "late": {one.pk for one in page.object_list if one.state == "open" and one.due and one.due < today},
        "mine": [one for one in page.object_list if one.state == "open" and services.may_change(actor, one)],
        "listing": page,
        "states": STATES,
        "state": state,
        "member": "",
        "refusal": refusal,
    }
    return show(request, "plan/milestones.html", context, refusal[0] if refusal else 200)


@access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT)
@require_POST
def change(request: HttpRequest, number: int) -> HttpResponse:
    """Move a milestone, or say that it is done or dropped."""
    actor, now = actor_of(request), timezone.now()
    if not Milestone.objects.filter(pk=number).exists():
        raise NotHereError(_("There is no such milestone."), {reverse("plan:milestones"): _("Milestones")})
    wish, reason = request.POST.get("wish", ""), request.POST.get("reason", "")
    try:
        if wish == "move":
            services.move_milestone(actor, number, _due(request.POST.get("due", "")), reason, now)
        else:
            services.end_milestone(actor, number, wish, reason, now)
    except PlanError as error:
        return _page(request, (400, error.message, ()))
    return done(request, _("Entered."), reverse("plan:milestones"))


def _due(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise PlanError(_("The new date is none. Write it as 2027-03-31.")) from error
