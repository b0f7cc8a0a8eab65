"""Identity providers of ministries: one file, named by the environment, read once at the start.

[[provider]]
id = "asterra"                                  # in addresses; never changed once people use it
name = "Government of Asterra"                  # on the button
issuer = "https://login.example.org"            # its discovery document lies below
client_id = "serantau"
secret = "env:SERANTAU_OIDC_ASTERRA_SECRET"     # or the secret itself
member = "QAA"                                  # only for people of this member; leave it out for no limit
private = false                                 # true for a provider inside an own network
"""

from __future__ import annotations

import os
import tomllib
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.core.exceptions import ImproperlyConfigured

from serantau.base import is_identifier

NEEDED = ("id", "name", "issuer", "client_id", "secret")
KNOWN = {*NEEDED, "member", "private", "scope"}
ENVIRONMENT = "env:"
BIGGEST_FILE = 100_000


def providers_from(path: str) -> list[dict[str, Any]]:
    """The providers of a file, as allauth wants them; none where no file is named.

    Raises:
        ImproperlyConfigured: saying what is wrong with which provider.
    """
    if not path:
        return []
    file = Path(path)
    try:
        if file.stat().st_size > BIGGEST_FILE:
            raise ImproperlyConfigured(f"SERANTAU_OIDC_FILE: {path} is larger than {BIGGEST_FILE} bytes.")
        read = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ImproperlyConfigured(f"SERANTAU_OIDC_FILE: {path} cannot be read as TOML: {error}") from error
    rows = read.get("provider", [])
    if set(read) - {"provider"} or not isinstance(rows, list):
        raise ImproperlyConfigured(f"SERANTAU_OIDC_FILE: {path} holds more than a list of [[provider]].")
    names = [str(row.get("id")) for row in rows]
    if len(set(names)) < len(names):
        raise ImproperlyConfigured(f"SERANTAU_OIDC_FILE: {path} names a provider twice: {', '.join(names)}.")
    return [_app(path, row) for row in rows]


def _app(path: str, row: dict[str, Any]) -> dict[str, Any]:
    where = f"SERANTAU_OIDC_FILE: {path}: provider {row.get('id', '?')!r}"
    lacking = [name for name in NEEDED if not isinstance(row.get(name), str) or not row[name].strip()]
    if lacking:
        raise ImproperlyConfigured(f"{where} lacks {', '.join(lacking)}.")
    if strange := sorted(set(row) - KNOWN):
        raise ImproperlyConfigured(
            f"{where} has the unknown key {strange[0]!r}. Known are: {', '.join(sorted(KNOWN))}."
        )
    if not is_identifier(row["id"]):
        raise ImproperlyConfigured(f"{where}: an id has letters, digits, '_', '.' and '-' only.")
    issuer = urlsplit(row["issuer"])
    if issuer.scheme != "https" and not row.get("private"):
        raise ImproperlyConfigured(f"{where}: the issuer must begin with https://, unless it is private.")
    return {
        "provider_id": row["id"],
        "name": row["name"],
        "client_id": row["client_id"],
        "secret": _secret(where, row["secret"]),
        "settings": {
            "server_url": row["issuer"].rstrip("/"),
            "scope": row.get("scope", ["openid", "profile", "email"]),
            "oauth_pkce_enabled": True,
            "member": row.get("member", ""),
            "private": bool(row.get("private")),
        },
    }


def _secret(where: str, text: str) -> str:
    if not text.startswith(ENVIRONMENT):
        return text
    name = text.removeprefix(ENVIRONMENT)
    if not os.environ.get(name):
        raise ImproperlyConfigured(f"{where}: the environment has no {name}, which should hold the secret.")
    return os.environ[name]
