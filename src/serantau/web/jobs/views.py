"""What gave up: the dead letters, for those who can do something about it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from serantau.web.accounts.actor import actor_of
from serantau.web.accounts.roles import Role
from serantau.web.config.access import access
from serantau.web.jobs.models import Job, State
from serantau.web.jobs.running import retry

MOST = 100
LATE = timedelta(minutes=15)
"""A job that is due for so long shows that nobody runs them."""


@access(Role.SECRETARIAT, Role.AUDITOR)
@require_safe
def index(request: HttpRequest) -> HttpResponse:
    """How much waits, whether it is run, and what gave up."""
    now = datetime.now(UTC)
    waiting = Job.objects.filter(state__in=(State.QUEUED, State.RUNNING))
    context = {
        "dead": Job.objects.filter(state=State.DEAD).order_by("-id")[:MOST],
        "waiting": waiting.count(),
        "late": waiting.filter(state=State.QUEUED, run_at__lt=now - LATE).count(),
        "decides": Role.SECRETARIAT in actor_of(request).roles,
    }
    return render(request, "jobs/index.html", context)


@access(Role.SECRETARIAT)
@require_POST
def again(request: HttpRequest, number: int) -> HttpResponse:
    """Give one that gave up another series of attempts."""
    if retry(number, datetime.now(UTC)):
        messages.success(request, _("It will be tried again."))
    else:
        messages.error(request, _("There is no such job that gave up."))
    return HttpResponseRedirect(reverse("jobs:index"), status=303)
