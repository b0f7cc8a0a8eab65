"""Secrets that we hand out once, and the digests that we keep of them."""

from __future__ import annotations

import hashlib
import secrets

BYTES = 32
"""256 bits: nobody guesses one, so a plain digest is enough to keep."""

PREFIX = "srt_"
"""How a token of a machine account begins, so that a leaked one is recognised."""

SHOWN = 8
"""Letters of a token that stay visible in lists."""


def new_secret() -> str:
    """A new secret, fit for an address."""
    return secrets.token_urlsafe(BYTES)


def new_token() -> str:
    """A new token of a machine account."""
    return PREFIX + new_secret()


def digest_of(secret: str) -> str:
    """What is kept of a secret.

    >>> len(digest_of("anything"))
    64
    """
    return hashlib.sha256(secret.encode()).hexdigest()


def hint_of(token: str) -> str:
    """The part of a token that stays visible.

    >>> hint_of("srt_AbCdEfGhIjKl")
    'srt_AbCdEfGh'
    """
    return token[: len(PREFIX) + SHOWN]
