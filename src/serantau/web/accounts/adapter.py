"""How allauth behaves on this site: by invitation only, our limits, our letters, our addresses."""

from __future__ import annotations

import base64
import logging
import smtplib
import time
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.authentication import get_authentication_records
from allauth.core import context
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from allauth.mfa.utils import is_mfa_enabled
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.core.mail import EmailMessage
from django.forms import ValidationError
from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from serantau.web.accounts.addresses import UNKNOWN, client_address, counted
from serantau.web.accounts.errors import too_many
from serantau.web.accounts.links import absolute
from serantau.web.accounts.models import Person, clean_email
from serantau.web.accounts.qr import qr_svg
from serantau.web.accounts.services import limits, sessions

log = logging.getLogger(__name__)


class AccountAdapter(DefaultAccountAdapter):
    """Signing in with e-mail and password."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody makes an account for themselves."""
        return False

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that our own limits go by."""
        address = client_address(request)
        return "0.0.0.0" if address == UNKNOWN else address  # noqa: S104 - a table wants an address, and there is none

    # --- limits ---

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:  # noqa: ANN401
        """Check a password, within the limits; what fails is remembered for the owner of the account."""
        email = clean_email(str(credentials.get("email", "")))
        network, now = counted(client_address(request)), timezone.now()
        tries = (
            (limits.SIGN_IN_HERE, (email, network)),
            (limits.SIGN_IN_ANYWHERE, (email,)),
            (limits.SIGN_IN_NETWORK, (network,)),
        )
        # Counted beforehand, so that many at once do not slip through; taken back if it succeeds.
        if wait := max(limits.hit(limit, *who, now=now) for limit, who in tries):
            raise ValidationError(too_many(wait), code="too_many")
        person = super().authenticate(request, **credentials)
        if person is None:
            _remember_failure(request, email)
            return None
        for limit, who in tries:
            limits.take_back(limit, *who, now=now)
        return person

    # --- proving again ---

    def get_reauthentication_methods(self, user: Person) -> list[dict[str, Any]]:
        """Whoever has a second factor proves with it; a password alone is not enough any more."""
        methods = super().get_reauthentication_methods(user)
        strong = [one for one in methods if one["id"].startswith("mfa_")]
        if strong or methods:
            return strong or methods
        return [{"id": "again", "description": _("Sign in again"), "url": reverse("account:again")}]

    def is_reauthentication_required(self, *, app: str, **kwargs: Any) -> bool:  # noqa: ANN401
        """Not for somebody who proved who they are a short while ago, with the second factor if they have one."""
        request = context.request
        records = get_authentication_records(request, request.user)
        if is_mfa_enabled(request.user):
            records = [one for one in records if one["method"] == "mfa"]
        oldest = time.time() - 60 * settings.SERANTAU_FRESH_MINUTES
        return not any(one["at"] >= oldest for one in records)

    # --- letters ---

    def format_email_subject(self, subject: str) -> str:
        """One line, beginning with the name of the site."""
        return f"Serantau: {' '.join(str(subject).split())}"

    def render_mail(self, *args: Any, **kwargs: Any) -> EmailMessage:  # noqa: ANN401
        """Plain text only: nothing to load, nothing to hide a link behind."""
        return super().render_mail(*args, **kwargs)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send, and let no failure of the mail server become an error page that tells who has an account."""
        try:
            super().send_mail(template_prefix, email, context)
        except (OSError, smtplib.SMTPException) as error:
            log.error("a letter (%s) could not be sent: %s", template_prefix, type(error).__name__)  # noqa: TRY400

    def get_email_confirmation_url(self, request: HttpRequest, emailconfirmation: Any) -> str:  # noqa: ANN401
        """On the address that the settings name, whatever the request says."""
        return absolute(reverse("account_confirm_email", args=[emailconfirmation.key]))

    def get_reset_password_from_key_url(self, key: str) -> str:
        """On the address that the settings name, whatever the request says."""
        uid, _dash, rest = key.partition("-")
        return absolute(reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": rest}))


def _remember_failure(request: HttpRequest, email: str) -> None:
    person = Person.objects.filter(email=email).first()
    if person is not None:
        sessions.remember(
            person,
            succeeded=False,
            how=["password"],
            address=client_address(request),
            agent=request.headers.get("User-Agent", ""),
            now=timezone.now(),
        )


class MfaAdapter(DefaultMFAAdapter):
    """Second factors: their secrets are encrypted in the database."""

    def encrypt(self, text: str) -> str:
        """Encrypt with a key that is derived from the site's secret."""
        return _cipher().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Decrypt with the present key, or an earlier one that SERANTAU_OLD_SECRET_KEYS names."""
        try:
            return _cipher().decrypt(encrypted_text.encode()).decode()
        except InvalidToken:
            log.error(  # noqa: TRY400 - the traceback would tell nothing more
                "a second factor cannot be read: the site's secret has changed. Name the old one in "
                "SERANTAU_OLD_SECRET_KEYS, or let the person set up a new factor"
            )
            return ""

    def build_totp_svg(self, url: str) -> str:
        """The picture to be scanned, as an element of the page: no style, nothing loaded."""
        return qr_svg(url, _("Code to scan with the authenticator app"))

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """The site as a passkey knows it."""
        return {"id": context.request.get_host().partition(":")[0], "name": "Serantau"}

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """Any may go: what needs a second factor is then refused until there is one again."""
        return True


def _cipher() -> MultiFernet:
    return MultiFernet([Fernet(_key(secret)) for secret in (settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)])


def _key(secret: str) -> bytes:
    derived = HKDF(SHA256(), 32, salt=None, info=b"serantau second factors").derive(secret.encode())
    return base64.urlsafe_b64encode(derived)
