"""What waits for a second person, and what became of what did."""

from __future__ import annotations

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from serantau.web.accounts.actor import Actor, actor_of
from serantau.web.accounts.errors import AccountError
from serantau.web.accounts.labels import ACTS
from serantau.web.accounts.models import Approval
from serantau.web.accounts.policy import Act
from serantau.web.accounts.roles import Role
from serantau.web.accounts.services import approvals
from serantau.web.accounts.services.people import Sent
from serantau.web.accounts.views.people import tell_invited
from serantau.web.config.access import access

LATEST = 30


@access(Role.SECRETARIAT, Role.AUDITOR)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """What waits, and the latest that was decided."""
    actor, now = actor_of(request), timezone.now()
    decided = Approval.objects.exclude(outcome="").select_related("asked_by", "decided_by").order_by("-decided_at")
    context = {
        "waiting": [(one, ACTS[Act(one.act)], one.asked_by_id == actor.id) for one in approvals.waiting(now=now)],
        "decided": [(one, ACTS[Act(one.act)], outcome(one)) for one in decided[:LATEST]],
        "decides": Role.SECRETARIAT in actor.roles,
        "hours": approvals.OPEN_HOURS,
    }
    return render(request, "accounts/approvals.html", context)


@access(Role.SECRETARIAT)
@require_POST
def approve(request: HttpRequest, pk: int) -> HttpResponse:
    """Approve, and have it done."""

    def do(actor: Actor, approval: Approval) -> None:
        done = approvals.approve(actor, approval, now=timezone.now())
        if isinstance(done.result, Sent):
            tell_invited(request, done.result)
        messages.success(request, _("Approved, and done."))

    return _decide(request, pk, do)


@access(Role.SECRETARIAT)
@require_POST
def refuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Refuse; nothing is done."""

    def do(actor: Actor, approval: Approval) -> None:
        approvals.refuse(actor, approval, now=timezone.now())
        messages.success(request, _("Refused. Nothing was done."))

    return _decide(request, pk, do)


@access(Role.SECRETARIAT)
@require_POST
def withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back what one asked for."""

    def do(actor: Actor, approval: Approval) -> None:
        approvals.withdraw(actor, approval, now=timezone.now())
        messages.success(request, _("Taken back."))

    return _decide(request, pk, do)


def _decide(request: HttpRequest, pk: int, do: Callable[[Actor, Approval], None]) -> HttpResponse:
    approval = get_object_or_404(Approval, pk=pk)
    try:
        do(actor_of(request), approval)
    except AccountError as error:
        messages.error(request, error.message)
    return redirect("account:approvals")


def outcome(approval: Approval) -> str:
    """What became of it, in words."""
    return {
        "approved": _("approved"),
        "refused": _("refused"),
        "withdrawn": _("taken back"),
        "expired": _("its time was over"),
    }.get(approval.outcome, approval.outcome)
