"""Catalogues of the interface: one `TAG.po` for each language, read by Babel and compiled where they are needed.

No compiled file is kept beside the source and no tool of GNU gettext is wanted. Programs that answer one person read a
catalogue into memory (:func:`speak`); the site, which hands them to Django, has all of them compiled into a folder of
its own (:func:`compile_catalogues`), named by their content, so that several processes may do it at once.
"""

from __future__ import annotations

import hashlib
import io
import tempfile
from collections.abc import Mapping
from functools import lru_cache
from gettext import GNUTranslations
from pathlib import Path
from typing import TYPE_CHECKING

from serantau.base import SerantauError, suggest
from serantau.languages.words import ENGLISH, Words

if TYPE_CHECKING:
    from babel.messages.catalog import Catalog

SHIPPED = Path(__file__).parent / "catalogues"
SOURCE = "en"
"""The language of the source: it needs no catalogue."""
DOMAIN = "django"
MOST_BYTES = 8_000_000


class LanguageError(SerantauError):
    """A language that there is not, or a catalogue that cannot be read."""


def catalogue_paths(region: Path | None = None) -> dict[str, Path]:
    """The catalogues by tag: those that ship, and those in the region's own folder ``languages``."""
    found = {path.stem: path for path in sorted(SHIPPED.glob("*.po"))}
    if region is not None:
        found |= {path.stem: path for path in sorted((region / "languages").glob("*.po"))}
    return found


def catalogue_tags(region: Path | None = None) -> tuple[str, ...]:
    """The languages that can be spoken, the source's first."""
    return (SOURCE, *(tag for tag in catalogue_paths(region) if tag != SOURCE))


def speak(tag: str, region: Path | None = None) -> Words:
    """The words of a language.

    Args:
        tag: BCP 47 tag.
        region: The region's folder, which may hold catalogues of its own.

    Raises:
        LanguageError: if there is no such catalogue, or it cannot be read.
    """
    if tag == SOURCE:
        return ENGLISH
    paths = catalogue_paths(region)
    if tag not in paths:
        tags = catalogue_tags(region)
        raise LanguageError(f"There is no catalogue for the language {tag!r}. {suggest(tag, tags)}".strip())
    return Words(tag, _translations(paths[tag], paths[tag].stat().st_mtime_ns))


def compile_catalogues(paths: Mapping[str, Path], folder: Path) -> Path:
    """Compile catalogues into a folder that Django can be pointed to.

    Args:
        paths: Catalogues by tag.
        folder: Where the compiled ones are kept; a subfolder named by their content is made once.

    Returns:
        The subfolder, with ``TAG/LC_MESSAGES/django.mo``.

    Raises:
        LanguageError: if a catalogue cannot be read.
    """
    contents = {tag: path.read_bytes() for tag, path in sorted(paths.items())}
    digest = hashlib.sha256(b"\0".join(tag.encode() + b"\0" + body for tag, body in contents.items())).hexdigest()
    made = folder / digest[:16]
    if made.is_dir():
        return made
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=folder, prefix="making-") as scratch:
        whole = Path(scratch) / "whole"
        whole.mkdir()
        for tag, path in sorted(paths.items()):
            place = whole / _locale_name(tag) / "LC_MESSAGES"
            place.mkdir(parents=True)
            (place / f"{DOMAIN}.mo").write_bytes(compiled(read_catalogue(path)))
        try:
            whole.rename(made)
        except OSError:
            if not made.is_dir():  # another process was faster, or the folder cannot be written
                raise
    return made


def read_catalogue(path: Path) -> Catalog:
    """Read one `.po` file.

    Raises:
        LanguageError: if it is too large or is none.
    """
    from babel.messages.pofile import PoFileError, read_po

    size = path.stat().st_size
    if size > MOST_BYTES:
        raise LanguageError(f"{path.name} has {size} bytes; a catalogue has at most {MOST_BYTES}.")
    try:
        return read_po(io.BytesIO(path.read_bytes()), locale=None, domain=DOMAIN, abort_invalid=True)
    except (PoFileError, UnicodeDecodeError, ValueError) as error:
        raise LanguageError(
            f"{path.name} is no catalogue of messages: {error}. Compare it with another .po file."
        ) from error


def compiled(catalogue: Catalog) -> bytes:
    """The catalogue as gettext reads it; doubtful (fuzzy) messages are left out."""
    from babel.messages.mofile import write_mo

    out = io.BytesIO()
    write_mo(out, catalogue, use_fuzzy=False)
    return out.getvalue()


@lru_cache(maxsize=64)
def _translations(path: Path, _changed: int) -> GNUTranslations:
    return GNUTranslations(io.BytesIO(compiled(read_catalogue(path))))


def _locale_name(tag: str) -> str:
    """The name by which Django looks a language up: ``zh-hant`` is ``zh_Hant``."""
    language, _, rest = tag.lower().partition("-")
    return f"{language}_{rest.title() if len(rest) > 2 else rest.upper()}" if rest else language
