"""The first page of the room: what is seen by how many, by type, over time; and the alerts themselves for CERTs."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_safe

from serantau.defend import decay
from serantau.defend.alerts import State
from serantau.defend.figures import LEAST, Figures
from serantau.render.bars import Count, bars
from serantau.web.accounts.actor import actor_of
from serantau.web.accounts.roles import Role
from serantau.web.alerts import store, words
from serantau.web.alerts.models import Alert, WarningList
from serantau.web.alerts.services.correlating import rule
from serantau.web.config.access import access
from serantau.web.cooperation.readers import reader_of
from serantau.web.measure.parts import ChartView
from serantau.web.review.views import work

PAGE = 50
everybody = access(Role.PUBLIC, private=True)
certs = access(Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT)


@dataclass(frozen=True)
class AlertView:
    """A row of the list.

    Attributes:
        score: Its weight now, 0 to 100; None where the alert does not stand.
    """

    alert: Alert
    named: Sequence[str]
    state: str | Promise
    reason: str | Promise
    score: float | None


@everybody
@require_safe
def dashboard(request: HttpRequest) -> HttpResponse:
    """Figures for everybody, from TLP:CLEAR alone; for a member's CERT those of its clearance, and the alerts."""
    actor = actor_of(request)
    reader = reader_of(actor)
    inside = bool(reader.member)
    figures, at = store.figures_for(reader)
    now = timezone.now()
    context = {
        "figures": figures,
        "at": at,
        "inside": inside,
        "signed_in": actor.signed_in,
        "label": reader.clearance.label,
        "least": LEAST,
        "rule": rule(),
        "window": duration(rule().window.total_seconds()),
        "first_to_alert": None if figures.hours_seen is None else duration(figures.hours_seen * 3600),
        "last_to_alert": None if figures.minutes_raised is None else duration(figures.minutes_raised * 60),
        "charts": _charts(figures),
        "reasons": [(words.REASONS.get(why, why), count) for why, count in figures.excluded],
        "listing": None,
    }
    if inside:
        held = store.alerts_for(reader).order_by("-changed_at", "-pk")
        state = request.GET.get("state", "")
        if state in words.STATES:
            held = held.filter(state=state)
        page = Paginator(held, PAGE).get_page(work.whole_number(request.GET.get("page")) or 1)
        names = work.member_names(request)
        context |= {
            "listing": page,
            "alerts": [_view(one, names, now) for one in page.object_list],
            "state": state,
            "states": list(words.STATES.items()),
        }
    return work.show(request, "alerts/dashboard.html", context)


@certs
@require_safe
def warning_lists(request: HttpRequest) -> HttpResponse:
    """What is loaded of lists of what is no threat."""
    rows = list(WarningList.objects.defer("content"))
    return work.show(request, "alerts/lists.html", {"lists": rows})


def _view(one: Alert, names: dict[str, str], now: datetime) -> AlertView:
    stands = one.state == State.OPEN.value
    score = decay.score(one.confidence, one.clock, now, decay.model_of(one.key_type)) if stands else None
    named = [names.get(code, code) for code in one.named]
    return AlertView(one, named, words.STATES[one.state], words.REASONS.get(one.why, ""), score)


def duration(seconds: float) -> str:
    """How long, in the unit that people would say it in."""
    minutes, hours, days = round(seconds / 60), round(seconds / 3600), round(seconds / 86_400)
    if minutes < 120:
        return ngettext("%(number)d minute", "%(number)d minutes", minutes) % {"number": minutes}
    if hours < 72:
        return ngettext("%(number)d hour", "%(number)d hours", hours) % {"number": hours}
    return ngettext("%(number)d day", "%(number)d days", days) % {"number": days}


def _charts(figures: Figures) -> dict[str, ChartView]:
    return {
        "seen_by": _chart(
            _("Observables of the last two windows by the number of members that saw them."),
            (
                (ngettext("%(number)d member", "%(number)d members", members) % {"number": members}, count)
                for members, count in figures.seen_by
            ),
        ),
        "types": _chart(
            _("Observables of the last two windows by type."), ((kind, count) for kind, count, _many in figures.types)
        ),
        "weeks": _chart(
            _("Regional alerts that stand, by the window in which they were raised; each row names its first day."),
            figures.weeks,
        ),
    }


def _chart(caption: str, rows: Iterable[tuple[str, int | None]]) -> ChartView:
    counts = [Count(label, count, _("few") if count is None else str(count)) for label, count in rows]
    return ChartView(mark_safe(bars(caption, counts).decode()), caption)  # noqa: S308 - written element by element by ourselves
