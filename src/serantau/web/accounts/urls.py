"""Routes of accounts. Those of allauth are named one by one, each with its rule: what is not named does not exist."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from functools import wraps
from typing import Any

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.mfa.webauthn import views as webauthn
from allauth.socialaccount import views as social
from csp.constants import SELF
from csp.decorators import csp_update
from django.http import HttpRequest, HttpResponse
from django.urls import include, path, register_converter
from django.utils import timezone

from serantau.web.accounts import social as oidc
from serantau.web.accounts.addresses import client_address, counted
from serantau.web.accounts.models import clean_email
from serantau.web.accounts.services import limits
from serantau.web.accounts.services.limits import insist_below
from serantau.web.accounts.views import account as own
from serantau.web.accounts.views import approvals, invitations, machines, people
from serantau.web.config.access import Role, access, signed_in

View = Callable[..., HttpResponse]
Limits = Sequence[tuple[limits.Limit, Callable[[HttpRequest], object]]]


class Base36:
    """A number in base 36, as links to set a new password carry it."""

    regex = "[0-9A-Za-z]{1,13}"

    def to_python(self, value: str) -> str:
        """As it is."""
        return value

    def to_url(self, value: str) -> str:
        """As it is."""
        return value


register_converter(Base36, "base36")


def _for_all(view: View, *, script: bool = False, limits: Limits = ()) -> View:
    """A page of somebody who is on the way in or out."""
    return access(Role.PUBLIC, private=True)(_own_function(view, script, limits))


def _own(view: View, *, script: bool = False, limits: Limits = ()) -> View:
    """A page of whoever is signed in."""
    return signed_in()(_own_function(view, script, limits))


def _own_function(view: View, script: bool, limits: Limits) -> View:  # noqa: FBT001 - called by the two above
    """A function of ours around one of allauth's: the rule is written on it, tries are counted, one script may run."""
    inner = csp_update(WITH_SCRIPT)(view) if script else view

    @wraps(view)
    def called(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:  # noqa: ANN401
        if request.method == "POST":
            for limit, who in limits:
                insist_below(limit, who(request), now=timezone.now())
        return inner(request, *args, **kwargs)

    return called


def _network(request: HttpRequest) -> object:
    return counted(client_address(request))


def _person(request: HttpRequest) -> object:
    return request.user.pk


def _address(request: HttpRequest) -> object:
    return clean_email(request.POST.get("email", ""))


WITH_SCRIPT = {"script-src": [SELF], "connect-src": [SELF]}
"""The one script of the site asks the browser for a passkey; nothing else may run, there or anywhere."""

PASSKEY = ((limits.PASSKEY, _network),)
PROVIDER = ((limits.PROVIDER, _network),)
PASSWORD = ((limits.PASSWORD_CHANGE, _person),)
RESET = ((limits.RESET_NETWORK, _network), (limits.RESET_ACCOUNT, _address))
LETTERS = ((limits.MAIL, _person),)


allauth = [
    path("login/", _for_all(account.login, script=True), name="account_login"),
    path("logout/", _for_all(account.logout), name="account_logout"),
    path("inactive/", _for_all(account.account_inactive), name="account_inactive"),
    # It says that there is no open sign-up.
    path("signup/", _for_all(account.signup), name="account_signup"),
    path("reauthenticate/", _own(own.by_password), name="account_reauthenticate"),
    path("email/", _own(account.email, limits=LETTERS), name="account_email"),
    path("confirm-email/", _for_all(account.email_verification_sent), name="account_email_verification_sent"),
    path("confirm-email/<str:key>/", _for_all(account.confirm_email), name="account_confirm_email"),
    path("password/change/", _own(account.password_change, limits=PASSWORD), name="account_change_password"),
    path("password/set/", _own(account.password_set, limits=PASSWORD), name="account_set_password"),
    path("password/reset/", _for_all(account.password_reset, limits=RESET), name="account_reset_password"),
    path("password/reset/done/", _for_all(account.password_reset_done), name="account_reset_password_done"),
    path(
        "password/reset/key/<base36:uidb36>-<str:key>/",
        _for_all(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/key/done/",
        _for_all(account.password_reset_from_key_done),
        name="account_reset_password_from_key_done",
    ),
    path("second-factor/", _own(mfa.index), name="mfa_index"),
    # Between the password and the session there is no account yet.
    path("second-factor/authenticate/", _for_all(mfa.authenticate, script=True), name="mfa_authenticate"),
    path("second-factor/reauthenticate/", _own(mfa.reauthenticate, script=True), name="mfa_reauthenticate"),
    path("second-factor/app/", _own(totp.activate_totp), name="mfa_activate_totp"),
    path("second-factor/app/remove/", _own(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("second-factor/codes/", _own(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("second-factor/codes/generate/", _own(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("second-factor/codes/download/", _own(recovery.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("second-factor/keys/", _own(webauthn.list_webauthn), name="mfa_list_webauthn"),
    path("second-factor/keys/add/", _own(webauthn.add_webauthn, script=True), name="mfa_add_webauthn"),
    path("second-factor/keys/<int:pk>/", _own(webauthn.edit_webauthn), name="mfa_edit_webauthn"),
    path("second-factor/keys/<int:pk>/remove/", _own(webauthn.remove_webauthn), name="mfa_remove_webauthn"),
    path(
        "second-factor/keys/reauthenticate/",
        _own(webauthn.reauthenticate_webauthn, script=True),
        name="mfa_reauthenticate_webauthn",
    ),
    path(
        "second-factor/keys/login/",
        _for_all(webauthn.login_webauthn, script=True, limits=PASSKEY),
        name="mfa_login_webauthn",
    ),
    path("provider/cancelled/", _for_all(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("provider/error/", _for_all(social.login_error), name="socialaccount_login_error"),
    path("provider/signup/", _for_all(social.signup), name="socialaccount_signup"),
    path("provider/", _own(social.connections), name="socialaccount_connections"),
    path("provider/<str:provider_id>/login/", _for_all(oidc.login, limits=PROVIDER), name="openid_connect_login"),
    path("provider/<str:provider_id>/callback/", _for_all(oidc.callback), name="openid_connect_callback"),
]

ours = [
    path("account/", own.home, name="home"),
    path("account/prove/", own.prove, name="prove"),
    path("account/again/", own.again, name="again"),
    path("account/devices/<int:pk>/end/", own.end_device, name="end-device"),
    path("account/devices/end/", own.end_everywhere, name="end-everywhere"),
    path("invitations/accept/", invitations.accept, name="accept"),
    path("invitations/<str:secret>/", invitations.open_link, name="invitation"),
    path("people/", people.listing, name="people"),
    path("people/invite/", people.invite, name="invite"),
    path("people/<int:pk>/end/", people.end, name="end-role"),
    path("people/invitations/<int:pk>/revoke/", people.revoke, name="revoke-invitation"),
    path("machines/", machines.listing, name="machines"),
    path("machines/<int:pk>/", machines.one, name="machine"),
    path("machines/<int:pk>/end/", machines.end, name="end-machine"),
    path("machines/tokens/<int:pk>/revoke/", machines.revoke, name="revoke-token"),
    path("approvals/", approvals.listing, name="approvals"),
    path("approvals/<int:pk>/approve/", approvals.approve, name="approve"),
    path("approvals/<int:pk>/refuse/", approvals.refuse, name="refuse"),
    path("approvals/<int:pk>/withdraw/", approvals.withdraw, name="withdraw-approval"),
]

urlpatterns = [
    path("accounts/", include(allauth)),
    path("", include((ours, "account"))),
]
