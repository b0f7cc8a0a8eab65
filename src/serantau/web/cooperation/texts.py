"""Text that forms bring: trimmed, without control signs, bounded."""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from serantau.defend.errors import DefendError
from serantau.review.kinds import plain_text

LONGEST_LINE = 200
LONGEST_WORDS = 4000
LONGEST_VALUE = 2000


def line(text: str, name: str, most: int = LONGEST_LINE) -> str:
    """One line that a form must have.

    Raises:
        DefendError: if it is missing or too long.
    """
    kept = " ".join(plain_text(text).split())
    if not kept or len(kept) > most:
        raise DefendError(
            _("The %(name)s is missing, or longer than %(most)d characters.") % {"name": name, "most": most}
        )
    return kept


def words(text: str, name: str, *, needed: bool = True) -> str:
    """Some text.

    Raises:
        DefendError: if it is too long, or missing where it is needed.
    """
    kept = plain_text(text).strip()
    if (needed and not kept) or len(kept) > LONGEST_WORDS:
        raise DefendError(
            _("The %(name)s is missing, or longer than %(most)d characters.") % {"name": name, "most": LONGEST_WORDS}
        )
    return kept


def address(text: str) -> str:
    """A mail address, or nothing.

    Raises:
        DefendError: if it is none.
    """
    kept = text.strip()
    if kept:
        try:
            validate_email(kept)
        except ValidationError as error:
            raise DefendError(_("%(text)s is no mail address.") % {"text": kept[:80]}) from error
    return kept


def key_text(text: str, most: int) -> str:
    """A public key as OpenPGP writes it (RFC 9580, section 6.2), or nothing. It is kept for people, and not read.

    Raises:
        DefendError: if it does not begin and end like one, holds a private key, or is too long.
    """
    kept = plain_text(text).strip()
    if not kept:
        return ""
    whole = kept.startswith("-----BEGIN PGP PUBLIC KEY BLOCK-----") and kept.endswith(
        "-----END PGP PUBLIC KEY BLOCK-----"
    )
    if not whole or len(kept) > most or "PRIVATE KEY" in kept:
        raise DefendError(_("The PGP key is to be a whole public key block, as programs export it with --armor."))
    return kept
