"""Files that people attach: what they are by their content, and where they lie."""

from __future__ import annotations

import contextlib
import hashlib
import io
import os
import re
import secrets
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.utils.translation import gettext as _

from serantau.review import ReviewError

FOLDER = "attachments"
MOST_BYTES = 10 * 1024**2
MOST_FILES = 20
"""Files of one submission."""
MOST_MEMBERS = 500
PLACE = re.compile(r"[0-9a-f]{48}")

PDF, PNG, JPEG = "application/pdf", "image/png", "image/jpeg"
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
DOCX = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"
TEXT = "text/plain"
ENDINGS = {PDF: "pdf", PNG: "png", JPEG: "jpg", XLSX: "xlsx", DOCX: "docx", TEXT: "txt"}
_BEGINNINGS = ((b"%PDF-", PDF), (b"\x89PNG\r\n\x1a\n", PNG), (b"\xff\xd8\xff", JPEG))
_UNFIT = re.compile(r"[^\w .,()+-]", re.ASCII)


@dataclass(frozen=True)
class Kept:
    """A file that was put away.

    Attributes:
        place: Random name within the folder.
        name: Its own name, cleaned, with the ending that its content has.
    """

    place: str
    name: str
    media_type: str
    size: int
    digest: str


def media_type_of(content: bytes) -> str:
    """What a file is, by its content alone.

    Raises:
        ReviewError: if it is none of the kinds that are taken.
    """
    for beginning, kind in _BEGINNINGS:
        if content.startswith(beginning):
            return kind
    if content.startswith(b"PK\x03\x04"):
        return _office(content)
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError:
        text = "\0"
    if text.strip() and not any((letter < " " and letter not in "\t\r\n") or letter == "\x7f" for letter in text):
        return TEXT
    raise ReviewError(_("This is no file that is taken here. Attach a PDF, PNG, JPEG, XLSX, DOCX or plain text."))


def _office(content: bytes) -> str:
    with contextlib.suppress(zipfile.BadZipFile, OSError, ValueError), zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        if len(names) <= MOST_MEMBERS and not any("vba" in name.lower() for name in names):
            for folder, kind in (("xl/", XLSX), ("word/", DOCX)):
                if "[Content_Types].xml" in names and any(name.startswith(folder) for name in names):
                    return kind
    raise ReviewError(_("This archive is no workbook or document without macros. Attach a PDF, XLSX or DOCX."))


def clean_name(name: str, media_type: str) -> str:
    """A file's own name without folders and signs that mean something to a computer, ending as its content says.

    >>> clean_name("../../etc/pass<wd>.exe", "application/pdf")
    'pass_wd_.pdf'
    """
    last = name.replace("\\", "/").rpartition("/")[2]
    stem = _UNFIT.sub("_", last.rpartition(".")[0] or last).strip(" .")[:120] or "file"
    return f"{stem}.{ENDINGS[media_type]}"


def folder() -> Path:
    """Where attachments lie: in the data folder, which no server serves."""
    return Path(settings.SERANTAU_DATA) / FOLDER


def path_of(place: str) -> Path:
    """The file of a place.

    Raises:
        ReviewError: if it is no place of ours.
    """
    if not PLACE.fullmatch(place):
        raise ReviewError(_("There is no such file."))
    return folder() / place[:2] / place


@contextlib.contextmanager
def put_away(name: str, content: bytes) -> Iterator[Kept]:
    """Put a file away for the block; it is removed again if the block fails.

    Raises:
        ReviewError: if it is empty, too large, or of no kind that is taken.
    """
    if not content:
        raise ReviewError(_("The file is empty."))
    if len(content) > MOST_BYTES:
        raise ReviewError(_("The file is larger than %(most)d MB.") % {"most": MOST_BYTES // 1024**2})
    media_type = media_type_of(content)
    place = secrets.token_hex(24)
    path = path_of(place)
    path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(handle, "wb") as stream:
        stream.write(content)
        stream.flush()
        os.fsync(stream.fileno())
    digest = f"sha256:{hashlib.sha256(content).hexdigest()}"
    try:
        yield Kept(place, clean_name(name, media_type), media_type, len(content), digest)
    except BaseException:
        path.unlink(missing_ok=True)
        raise
