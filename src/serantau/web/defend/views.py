"""Pages around TAXII: how to connect, and accounts with what they may do."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.db.models import Count, Max, Q, QuerySet, Sum
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serantau.defend.model import Tlp
from serantau.defend.taxii.v21.paths import API_ROOT, ROOT
from serantau.defend.taxii.v21.resources import MOST_BODY
from serantau.web.accounts.actor import Actor, actor_of
from serantau.web.accounts.bodies import bodies_today
from serantau.web.accounts.errors import AccountError
from serantau.web.accounts.policy import About, Act, may
from serantau.web.accounts.roles import Role, Room
from serantau.web.accounts.services import machines
from serantau.web.config.access import access
from serantau.web.defend.accounts import Right
from serantau.web.defend.forms import CertificateForm, NewAccountForm, TermsForm, initial
from serantau.web.defend.lanes import planned_collections
from serantau.web.defend.models import Certificate, TaxiiAccount
from serantau.web.defend.services import accounts as service

MANAGERS = (Role.HEAD_OF_DELEGATION, Role.SECRETARIAT)
READERS = (*MANAGERS, Role.AUDITOR)
WEEK = timedelta(days=7)


@access(Role.PUBLIC)
@require_safe
def connect(request: HttpRequest) -> HttpResponse:
    """How to connect MISP, OpenCTI, Sentinel and plain Python."""
    base = f"{request.scheme}://{request.get_host()}"
    context = {
        "discovery": base + ROOT,
        "root": base + API_ROOT,
        "collections": sorted(planned_collections(), key=lambda plan: (bool(plan.member), plan.alias)),
        "most": MOST_BODY // 1024**2,
        "key": "KEY",
    }
    return render(request, "defend/connect.html", context)


@access(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def accounts(request: HttpRequest) -> HttpResponse:
    """All accounts within reach; POST makes one."""
    actor, now = actor_of(request), timezone.now()
    bodies = bodies_today(now.date())
    member = actor.member or (request.POST.get("member") or request.GET.get("member") or "")
    manages = member in bodies.members and _manages(actor, member)
    form = None
    if manages:
        begin = initial(service.default_rights(member), Tlp.GREEN, Tlp.CLEAR)
        form = NewAccountForm(request.POST or None, initial=begin, **_offered(actor, member))
        if request.method == "POST" and form.is_valid():
            try:
                row = _make(actor, member, form, now)
            except (AccountError, service.FieldError) as error:
                form.add_error(error.field if error.field in form.fields else None, error.message)
            else:
                return redirect("defend:account", pk=row.pk)
    rows = _within(actor).annotate(
        envelopes=Count("statuses", filter=Q(statuses__at__gte=now - WEEK), distinct=True),
    )
    context = {
        "rows": [_shown(row, bodies.members) for row in rows.order_by("machine__member", "login")],
        "form": form,
        "member": member,
        "members": [] if actor.member or Role.SECRETARIAT not in actor.roles else list(bodies.members.items()),
    }
    return render(request, "defend/accounts.html", context)


def _make(actor: Actor, member: str, form: NewAccountForm, now: object) -> TaxiiAccount:
    login, terms = form.cleaned_data["login"], form.terms()
    service.check(actor, member, login, terms)
    machine = machines.make_account(actor, member, login, bodies_today(now.date()), now=now)
    return service.make(actor, machine, login, terms, now)


@access(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def account(request: HttpRequest, pk: int) -> HttpResponse:
    """One account with its use; POST changes what it may do."""
    actor, now = actor_of(request), timezone.now()
    row = get_object_or_404(_within(actor), pk=pk)
    member = row.machine.member
    held = {one.alias: Right(one.can_read, one.can_write) for one in row.rights.all()}
    begin = initial(held, Tlp(row.clearance), None if row.attribution is None else Tlp(row.attribution))
    form = TermsForm(request.POST or None, initial=begin, **_offered(actor, member))
    if request.method == "POST" and form.is_valid():
        try:
            service.alter(actor, row, form.terms(), now)
        except service.FieldError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            messages.success(request, _("It holds from the account's next request on."))
            return redirect("defend:account", pk=row.pk)
    use = row.statuses.filter(at__gte=now - WEEK).aggregate(
        envelopes=Count("pk"), kept=Sum("successes"), failed=Sum("failures"), last=Max("at")
    )
    context = {
        "row": _shown(row, bodies_today(now.date()).members),
        "form": form,
        "certificates": row.certificates.filter(revoked_at=None),
        "certificate_form": CertificateForm(),
        "use": use,
        "can_manage": row.machine.ended_at is None and _manages(actor, member),
    }
    return render(request, "defend/account.html", context)


@access(*MANAGERS)
@require_POST
def add_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an account be known by a client certificate."""
    actor = actor_of(request)
    row = get_object_or_404(_within(actor), pk=pk)
    try:
        service.add_certificate(actor, row, request.POST.get("certificate", "")[:20_000], timezone.now())
    except service.FieldError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The account is known by this certificate now."))
    return redirect("defend:account", pk=pk)


@access(*MANAGERS)
@require_POST
def revoke_certificate(request: HttpRequest, pk: int) -> HttpResponse:
    """Let an account be known by a certificate no more."""
    actor = actor_of(request)
    held = get_object_or_404(Certificate.objects.select_related("account__machine"), account__in=_within(actor), pk=pk)
    service.revoke_certificate(actor, held, timezone.now())
    messages.success(request, _("The certificate is revoked."))
    return redirect("defend:account", pk=held.account_id)


def _within(actor: Actor) -> QuerySet[TaxiiAccount]:
    """Accounts that the actor may see at all."""
    rows = TaxiiAccount.objects.select_related("machine").prefetch_related("rights", "machine__tokens__use")
    if Room.DEFEND not in actor.rooms:
        return rows.none()
    if actor.roles & {Role.SECRETARIAT, Role.AUDITOR}:
        return rows
    return rows.filter(machine__member=actor.member) if actor.member else rows.none()


def _manages(actor: Actor, member: str) -> bool:
    """Whether the actor may change something here, once their second factor is fresh."""
    answer = may(actor, Act.MANAGE_MACHINES, About(member=member, room=Room.DEFEND))
    return bool(answer) or answer.reason.curable


def _offered(actor: Actor, member: str) -> dict[str, object]:
    plans = sorted(planned_collections(), key=lambda plan: plan.alias)
    return {
        "ceiling": service.ceiling_for(actor, member),
        "readable": [plan.alias for plan in plans],
        "writable": [plan.alias for plan in plans if plan.may_write(member)],
    }


def _shown(row: TaxiiAccount, members: dict[str, str]) -> dict[str, object]:
    times = [token.use.at for token in row.machine.tokens.all() if getattr(token, "use", None)]
    return {
        "pk": row.pk,
        "login": row.login,
        "machine": row.machine_id,
        "member": members.get(row.machine.member, row.machine.member),
        "clearance": Tlp(row.clearance).label,
        "named": "" if row.attribution is None else Tlp(row.attribution).label,
        "rights": list(row.rights.all()),
        "used": max(times, default=None),
        "ended": row.machine.ended_at,
        "envelopes": getattr(row, "envelopes", 0),
    }
