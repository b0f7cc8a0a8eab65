"""Where mails go: a server named by the environment, or the log."""

from __future__ import annotations

from dataclasses import dataclass
from urllib.parse import unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

PORTS = {"smtp": 587, "smtps": 465}
EXAMPLE = "Write it like smtp://user:password@mail.example.org:587, or smtps://... for encryption from the start."
NOBODY = "serantau@localhost"


@dataclass(frozen=True, repr=False)
class MailServer:
    """A server that takes our mails; without a host, the log does.

    Attributes:
        host: Name of the server.
        port: Its port.
        user: Whom to sign in as; empty for nobody.
        password: Its password.
        tls: ``start`` (STARTTLS) or ``wrapped`` (from the start); ``none`` for this machine only.
        sender: Address that mails come from.
    """

    host: str = ""
    port: int = 0
    user: str = ""
    password: str = ""
    tls: str = "start"
    sender: str = NOBODY


def mail_server(address: str, sender: str) -> MailServer:
    """Read SERANTAU_SMTP and SERANTAU_MAIL_FROM.

    Raises:
        ImproperlyConfigured: if the address is none, or the sender is missing.
    """
    if not address:
        return MailServer(sender=sender or NOBODY)
    parts = urlsplit(address)
    try:
        port = parts.port or PORTS.get(parts.scheme, 0)
    except ValueError:
        port = 0
    if not parts.hostname or parts.scheme not in PORTS or not port or parts.path.strip("/") or parts.query:
        raise ImproperlyConfigured(f"SERANTAU_SMTP is no address of a mail server. {EXAMPLE}")
    if "@" not in sender:
        raise ImproperlyConfigured("SERANTAU_MAIL_FROM is not set. Set it to the address that mails are to come from.")
    here = parts.hostname in {"127.0.0.1", "::1", "localhost"}
    tls = "wrapped" if parts.scheme == "smtps" else "none" if here and not parts.username else "start"
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    return MailServer(parts.hostname, port, user, password, tls, sender)
