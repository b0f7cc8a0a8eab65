"""Opening and accepting an invitation."""

from __future__ import annotations

from allauth.account.internal.flows.login import perform_login, record_authentication
from allauth.account.models import Login
from allauth.socialaccount.adapter import get_adapter
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from serantau.web.accounts.addresses import client_address, counted
from serantau.web.accounts.bodies import bodies_today
from serantau.web.accounts.errors import AccountError
from serantau.web.accounts.forms import AcceptForm
from serantau.web.accounts.labels import ROLES, rooms_in_words
from serantau.web.accounts.models import Invitation, Person
from serantau.web.accounts.pending import forget_invitation, pending_invitation, remember_invitation
from serantau.web.accounts.roles import STRONG, Role
from serantau.web.accounts.secrets import digest_of
from serantau.web.accounts.services import limits, people
from serantau.web.config.access import access

LONGEST_SECRET = 100


@access(Role.PUBLIC, private=True)
@require_safe
def open_link(request: HttpRequest, secret: str) -> HttpResponse:
    """The link of the letter: take the secret out of the address, so that it is in no history and no log."""
    now = timezone.now()
    limits.insist_below(limits.INVITATION_TRY, counted(client_address(request)), now=now)
    digest = digest_of(secret[:LONGEST_SECRET])
    if people.open_invitation(digest, now=now) is None:
        return render(request, "accounts/invitation_gone.html", {}, status=404)
    remember_invitation(request, digest)
    return redirect("account:accept")


@access(Role.PUBLIC, private=True)
@require_http_methods(["GET", "HEAD", "POST"])
def accept(request: HttpRequest) -> HttpResponse:
    """Say who one is, or take up the role with the account one has."""
    invitation = pending_invitation(request)
    if invitation is None:
        return render(request, "accounts/invitation_gone.html", {}, status=404)
    known = Person.objects.filter(email=invitation.email).exists()
    if request.user.is_authenticated:
        return _as_known(request, invitation)
    form = AcceptForm(request.POST or None, email=invitation.email, initial={"name": invitation.name})
    if request.method == "POST" and not known and form.is_valid():
        try:
            return _as_new(request, invitation, form)
        except AccountError as error:
            form.add_error(None, error.message)
    context = {**_offer(invitation), "form": form, "known": known, "providers": get_adapter().list_providers(request)}
    return render(request, "accounts/accept.html", context)


def _as_new(request: HttpRequest, invitation: Invitation, form: AcceptForm) -> HttpResponse:
    name, password = form.cleaned_data["name"], form.cleaned_data["password1"]
    person = people.accept_as_new(invitation, name=name, password=password, now=timezone.now())
    forget_invitation(request)
    record_authentication(request, person, "password", email=person.email)
    messages.success(request, _("Welcome. Your account is made."))
    needs_factor = Role(invitation.role) in STRONG
    after = reverse("account:prove") if needs_factor else reverse("account:home")
    return perform_login(request, Login(user=person, email=person.email, redirect_url=after))


def _as_known(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    other = request.user.email != invitation.email
    if request.method == "POST" and not other:
        try:
            people.accept_as_known(invitation, request.user, now=timezone.now())
        except AccountError as error:
            messages.error(request, error.message)
            return redirect("account:accept")
        forget_invitation(request)
        messages.success(request, _("Your new role holds from now on."))
        return redirect("account:home")
    return render(request, "accounts/accept_known.html", {**_offer(invitation), "other": other})


def _offer(invitation: Invitation) -> dict[str, object]:
    role = Role(invitation.role)
    bodies = bodies_today(timezone.now().date())
    return {
        "invitation": invitation,
        "role": ROLES[role],
        "body": bodies.name(role, invitation.body) if invitation.body else "",
        "rooms": rooms_in_words(invitation.rooms),
        "needs_factor": role in STRONG,
    }
