"""Machine accounts of a member, and their tokens."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from serantau.web.accounts.actor import Actor, actor_of
from serantau.web.accounts.bodies import bodies_today
from serantau.web.accounts.errors import AccountError
from serantau.web.accounts.forms import MachineForm, TokenForm
from serantau.web.accounts.labels import scope_in_words
from serantau.web.accounts.models import MachineAccount, Token
from serantau.web.accounts.policy import About, Act, may
from serantau.web.accounts.roles import Role
from serantau.web.accounts.services import machines
from serantau.web.config.access import access

MANAGERS = (Role.HEAD_OF_DELEGATION, Role.SECRETARIAT)
READERS = (*MANAGERS, Role.AUDITOR)


@access(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def listing(request: HttpRequest) -> HttpResponse:
    """All machine accounts within reach; POST makes one."""
    actor, now = actor_of(request), timezone.now()
    bodies = bodies_today(now.date())
    form = MachineForm(request.POST or None, members=[] if actor.member else list(bodies.members.items()))
    if request.method == "POST" and form.is_valid():
        member = actor.member or form.cleaned_data["member"]
        try:
            account = machines.make_account(actor, member, form.cleaned_data["name"], bodies, now=now)
        except AccountError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            return redirect("account:machine", pk=account.pk)
    found = MachineAccount.objects.filter(_reach(actor), ended_at=None).order_by("member", "name")
    context = {
        "rows": [(one, bodies.members.get(one.member, one.member)) for one in found],
        "form": form,
        "can_manage": _manages(actor, actor.member),
    }
    return render(request, "accounts/machines.html", context)


@access(*READERS)
@require_http_methods(["GET", "HEAD", "POST"])
def one(request: HttpRequest, pk: int) -> HttpResponse:
    """One machine account; POST makes a token and shows it, this once."""
    actor, now = actor_of(request), timezone.now()
    account = get_object_or_404(MachineAccount, _reach(actor), pk=pk)
    form, made = TokenForm(request.POST or None), None
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            made = machines.make_token(actor, account, given["scopes"], given["days"], now=now)
        except AccountError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
        else:
            form = TokenForm()
    form.fields["scopes"].choices = [(scope, scope_in_words(scope)) for scope in machines.GRANTABLE]
    tokens = account.tokens.select_related("use", "made_by").order_by("-made_at")
    context = {
        "account": account,
        "member": bodies_today(now.date()).members.get(account.member, account.member),
        "tokens": [_shown(token, now) for token in tokens],
        "made": made,
        "header": "Authorization: Bearer",
        "form": form,
        "can_manage": account.ended_at is None and _manages(actor, account.member),
    }
    return render(request, "accounts/machine.html", context)


@access(*MANAGERS)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End a machine account with its tokens."""
    actor = actor_of(request)
    account = get_object_or_404(MachineAccount, _reach(actor), pk=pk)
    try:
        machines.end_account(actor, account, now=timezone.now())
    except AccountError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The machine account has ended, and its tokens with it."))
    return redirect("account:machines")


@access(*MANAGERS)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Revoke a token."""
    actor = actor_of(request)
    within = MachineAccount.objects.filter(_reach(actor))
    token = get_object_or_404(Token.objects.select_related("account"), account__in=within, pk=pk)
    try:
        machines.revoke_token(actor, token, now=timezone.now())
    except AccountError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The token is revoked."))
    return redirect("account:machine", pk=token.account_id)


def _reach(actor: Actor) -> Q:
    """Whose accounts the actor may see at all."""
    if actor.roles & {Role.SECRETARIAT, Role.AUDITOR}:
        return Q()
    return Q(member=actor.member) if actor.member else Q(pk=None)


def _manages(actor: Actor, member: str) -> bool:
    """Whether the actor may change something here, once their second factor is fresh."""
    answer = may(actor, Act.MANAGE_MACHINES, About(member=member))
    return bool(answer) or answer.reason.curable


def _shown(token: Token, now: object) -> dict[str, object]:
    state = _("holds")
    if token.revoked_at:
        state = _("revoked")
    elif token.expires_at <= now:
        state = _("over its time")
    return {
        "token": token,
        "scopes": [scope_in_words(scope) for scope in token.scopes.split()],
        "used": getattr(token, "use", None),
        "state": state,
        "holds": not token.revoked_at and token.expires_at > now,
    }
