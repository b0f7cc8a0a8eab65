"""The key that signs the ledger's heads: from the environment, or a development key made in the data folder."""

from __future__ import annotations

import contextlib
import os
import secrets
from pathlib import Path

from django.core.exceptions import ImproperlyConfigured

from serantau.ledger.notes import PRIVATE, NoteError, PrivateKey

FILE = "development-ledger-key"
DEVELOPMENT_NAME = "development/"
MAKE_ONE = "`serantau ledger key your.host/ledger` makes one."


def signing_key(given: str, data: Path, *, development: bool) -> PrivateKey:
    """The key to sign with.

    Args:
        given: What the environment says: the key itself, or the path of a file that holds it; may be empty.
        data: The data folder.
        development: Whether a development key will do.

    Raises:
        ImproperlyConfigured: if what is set is no key; outside development, if nothing is set or a development key.
    """
    if not given and development:
        return _development_key(data)
    if not given:
        raise ImproperlyConfigured(
            "SERANTAU_LEDGER_KEY is not set, and SERANTAU_DEBUG is off. The ledger is signed with it, so that others can "
            f"check it. Set it to a key of your own, or to the path of a file that holds one: {MAKE_ONE}"
        )
    try:
        text = given if given.startswith(PRIVATE) else Path(given).read_text(encoding="ascii")
        key = PrivateKey.parse(text)
    except (OSError, UnicodeDecodeError) as error:
        raise ImproperlyConfigured(f"SERANTAU_LEDGER_KEY names no file that can be read: {error}. {MAKE_ONE}") from None
    except NoteError as error:
        raise ImproperlyConfigured(f"SERANTAU_LEDGER_KEY: {error.message} {MAKE_ONE}") from None
    if key.name.startswith(DEVELOPMENT_NAME) and not development:
        raise ImproperlyConfigured(
            f"SERANTAU_LEDGER_KEY is a development key, and SERANTAU_DEBUG is off. Use one of your own: {MAKE_ONE}"
        )
    return key


def make_key(name: str) -> PrivateKey:
    """A new key for a ledger."""
    return PrivateKey(name, secrets.token_bytes(32))


def _development_key(data: Path) -> PrivateKey:
    path = data / FILE
    held = _read(path)
    if held is not None:
        return held
    made = make_key(f"{DEVELOPMENT_NAME}{secrets.token_hex(8)}")
    # Two processes may start at once: the one that links its file first wins, and the other reads it.
    draft = data / f".{FILE}.{os.getpid()}.{secrets.token_hex(4)}"
    with contextlib.suppress(OSError):
        data.mkdir(parents=True, exist_ok=True)
        draft.touch(mode=0o600, exist_ok=False)
        draft.write_text(made.text(), encoding="ascii")
        with contextlib.suppress(FileExistsError):
            path.hardlink_to(draft)
        draft.unlink()
    return _read(path) or made


def _read(path: Path) -> PrivateKey | None:
    with contextlib.suppress(OSError, UnicodeDecodeError, NoteError):
        return PrivateKey.parse(path.read_text(encoding="ascii"))
    return None
