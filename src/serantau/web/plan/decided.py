"""What decisions added to the plan: new actions by outcome, milestones by action, each with owner, date and paper."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from itertools import groupby

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.views.decorators.http import require_safe

from serantau.web.accounts.roles import Role
from serantau.web.config.access import access
from serantau.web.plan.models import Milestone
from serantau.web.review.views.work import show, whole_number
from serantau.web.site.question import ask, day_now

PAGE = 100


@access(Role.PUBLIC, private=True)
@require_safe
def decided(request: HttpRequest) -> HttpResponse:
    """New actions and milestones. They come from the site's decisions and not from the facts, so no edition names them."""
    plans = ask(request).answers.bundle.plans
    held = Milestone.objects.order_by("-outcome", "action", "due", "pk")
    page = Paginator(held, PAGE).get_page(whole_number(request.GET.get("page")) or 1)
    rows = list(page.object_list)
    today = day_now()
    context = {
        "new": _grouped((one for one in rows if one.outcome), "outcome", {one.id: one for one in plans.all_outcomes}),
        "under": _grouped(
            (one for one in rows if not one.outcome), "action", {one.id: one for one in plans.all_actions}
        ),
        "late": {one.pk for one in rows if one.state == "open" and one.due and one.due < today},
        "listing": page,
        "state": "",
        "member": "",
    }
    return show(request, "plan/decided.html", context)


def _grouped(
    rows: Iterable[Milestone], field: str, facts: Mapping[str, object]
) -> list[tuple[str, object | None, list[Milestone]]]:
    """Rows by the outcome or action that they belong to, in the order of the rows; None where there is none."""
    groups = groupby(rows, key=lambda one: str(getattr(one, field)))
    return [(f"{field}-{at}", facts.get(name), list(held)) for at, (name, held) in enumerate(groups, start=1)]
