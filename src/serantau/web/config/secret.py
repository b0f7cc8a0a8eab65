"""The secret that signs: from the environment, or a development secret made in the data folder."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

PREFIX = "development-"
FILE = "development-secret"
SHORTEST = 32


def secret_key(given: str, data: Path, *, development: bool) -> str:
    """The secret to sign with.

    Args:
        given: What the environment says; may be empty.
        data: The data folder.
        development: Whether a development secret will do.

    Raises:
        ImproperlyConfigured: outside development, without a secret of its own.
    """
    if development:
        return given or _development_secret(data)
    if not given:
        raise ImproperlyConfigured(
            "SERANTAU_SECRET_KEY is not set, and SERANTAU_DEBUG is off. Set it to a secret of your own, at least "
            f"{SHORTEST} characters; this makes one: python -c 'import secrets; print(secrets.token_urlsafe(50))'"
        )
    if given.startswith(PREFIX):
        raise ImproperlyConfigured(
            "SERANTAU_SECRET_KEY is a development secret, and SERANTAU_DEBUG is off. Set a secret of your own."
        )
    if len(given) < SHORTEST:
        raise ImproperlyConfigured(f"SERANTAU_SECRET_KEY is shorter than {SHORTEST} characters. Make a longer one.")
    return given


def old_secrets(given: str) -> list[str]:
    """Secrets used before, the newest first.

    Raises:
        ImproperlyConfigured: if one is too short to have been a secret of ours.
    """
    found = [one.strip() for one in given.split(",") if one.strip()]
    if any(len(one) < SHORTEST for one in found):
        raise ImproperlyConfigured(f"SERANTAU_OLD_SECRET_KEYS holds one shorter than {SHORTEST} characters.")
    return found


def proxy_secret(given: str) -> str:
    """What the proxy in front shows to be believed; empty where nothing is to be believed.

    Raises:
        ImproperlyConfigured: if it is too short to be none that is guessed.
    """
    if given and len(given) < SHORTEST:
        raise ImproperlyConfigured(
            f"SERANTAU_PROXY_SECRET is shorter than {SHORTEST} characters. Make a longer one, and tell the proxy."
        )
    return given


def public_address(given: str) -> str:
    """The site's public address, with a slash at its end; empty where none is given.

    Raises:
        ImproperlyConfigured: if it is none.
    """
    if not given.strip():
        return ""
    parts = urlsplit(given.strip())
    if parts.scheme not in {"http", "https"} or not parts.hostname or parts.query or parts.fragment or parts.username:
        raise ImproperlyConfigured(
            f"SERANTAU_URL={given[:80]} is no address of a site, such as https://plan.example.org"
        )
    return f"{parts.scheme}://{parts.netloc}{parts.path.rstrip('/')}/"


def _development_secret(data: Path) -> str:
    path = data / FILE
    with contextlib.suppress(OSError):
        held = path.read_text(encoding="ascii").strip()
        if held.startswith(PREFIX):
            return held
    made = PREFIX + secrets.token_urlsafe(50)
    # On a data folder that cannot be written the secret lives as long as the process.
    with contextlib.suppress(OSError):
        data.mkdir(parents=True, exist_ok=True)
        beside = path.with_name(f"{FILE}.{os.getpid()}")
        beside.touch(mode=0o600)
        beside.write_text(made + "\n", encoding="ascii")
        beside.replace(path)
        return path.read_text(encoding="ascii").strip()
    return made
