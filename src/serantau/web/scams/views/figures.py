"""The public figures: a page, CSV and JSON."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from serantau.defend.scams.suppression import SMALL
from serantau.web.accounts.roles import Role
from serantau.web.config.access import access
from serantau.web.scams import words
from serantau.web.scams.months import Shown, as_csv, as_plain, published
from serantau.web.scams.views.work import bundle_of, everybody, show

opened = access(Role.PUBLIC)


@everybody
@require_safe
def page(request: HttpRequest) -> HttpResponse:
    """The latest month, or the one that is asked for, and the totals of all."""
    held = published()
    chosen = next((one for one in held if one.month == request.GET.get("month")), held[0] if held else None)
    names = {one.id: one.name for one in bundle_of(request).region.members}
    context = {
        "months": held,
        "chosen": chosen,
        "columns": [words.SHORT_HARMS[harm] for harm in chosen.harms] if chosen else [],
        "rows": _rows(chosen, names) if chosen else [],
        "things": [(words.THINGS[thing], count) for thing, count in chosen.things.items()] if chosen else [],
        "small": SMALL,
    }
    return show(request, "scams/figures.html", context)


def _rows(chosen: Shown, names: dict[str, str]) -> list[tuple[str, tuple[int | None, ...]]]:
    labels = [*(names.get(code, code) for code in chosen.members), _("All members")]
    return list(zip(labels, chosen.counts, strict=True))


@opened
@require_safe
def table(request: HttpRequest) -> HttpResponse:
    """Every figure as CSV."""
    response = HttpResponse(as_csv(published()), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = 'attachment; filename="scam-reports.csv"'
    return response


@opened
@require_safe
def data(request: HttpRequest) -> HttpResponse:
    """Every figure as JSON."""
    return JsonResponse(as_plain(published()))
