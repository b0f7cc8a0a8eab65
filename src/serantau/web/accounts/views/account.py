"""One's own account: role, second factor, devices, sign-ins."""

from __future__ import annotations

from allauth.account.views import reauthenticate
from allauth.mfa.utils import is_mfa_enabled
from allauth.socialaccount.models import SocialAccount
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from serantau.web.accounts.actor import actor_of, running
from serantau.web.accounts.bodies import bodies_today
from serantau.web.accounts.errors import AccountError
from serantau.web.accounts.labels import ROLES, rooms_in_words, ways_in_words
from serantau.web.accounts.roles import STRONG, Role
from serantau.web.accounts.services import sessions
from serantau.web.config.access import signed_in


@signed_in()
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What somebody has here, and where they are signed in."""
    person, actor = request.user, actor_of(request)
    today = timezone.now().date()
    membership = running(person, today)
    role = Role(membership.role) if membership else None
    context = {
        "person": person,
        "membership": membership,
        "role": ROLES[role] if role else "",
        "body": bodies_today(today).name(role, membership.body) if role and membership.body else "",
        "rooms": rooms_in_words(membership.rooms) if membership else "",
        "protected": is_mfa_enabled(person),
        "needs_factor": role in STRONG and not actor.second_factor,
        "devices": sessions.devices(person, request.session.session_key),
        "sign_ins": [(one, ways_in_words(one.how)) for one in sessions.sign_ins(person)],
        "kept_days": sessions.KEPT_DAYS,
        "has_password": person.has_usable_password(),
        "providers": SocialAccount.objects.filter(user=person).count(),
    }
    return render(request, "accounts/home.html", context)


@signed_in()
@require_POST
def end_device(request: HttpRequest, pk: int) -> HttpResponse:
    """Sign out one device."""
    try:
        sessions.end_one(request.user, pk, now=timezone.now())
    except AccountError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("That device is signed out."))
    return redirect("account:home")


@signed_in()
@require_POST
def end_everywhere(request: HttpRequest) -> HttpResponse:
    """Sign out everywhere, here too."""
    sessions.end_all(request.user, now=timezone.now())
    logout(request)
    messages.success(request, _("You are signed out on all devices, this one too."))
    return redirect("account_login")


@signed_in()
@require_safe
def again(request: HttpRequest) -> HttpResponse:
    """For somebody who has neither a password nor a second factor to prove themselves with: sign in once more."""
    return render(request, "accounts/again.html", {"next": safe_next(request)})


@signed_in()
@require_safe
def prove(request: HttpRequest) -> HttpResponse:
    """Where a page sends somebody whose second factor it needs: to prove it, or first to set one up."""
    back = safe_next(request)
    if not is_mfa_enabled(request.user):
        request.session[BACK] = back
        messages.info(request, _("What you opened needs a second factor. Set one up here, then go on."))
        return redirect("mfa_index")
    return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': back})}")


def by_password(request: HttpRequest) -> HttpResponse:
    """Proving with a password, for whoever has no second factor; the others prove with that."""
    if is_mfa_enabled(request.user):
        return redirect(f"{reverse('mfa_reauthenticate')}?{urlencode({'next': safe_next(request)})}")
    return reauthenticate(request)


BACK = "serantau_back"
"""Where somebody wanted to go before they set up a second factor."""


def safe_next(request: HttpRequest) -> str:
    """Where to go on, if it is on this site; else to one's account."""
    wanted = request.GET.get("next", "")
    safe = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if wanted.startswith("/") and safe else reverse("account:home")
