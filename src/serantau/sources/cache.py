"""Answers kept on disk, one file each, written whole or not at all."""

from __future__ import annotations

import hashlib
import json
import os
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path

from serantau.sources.errors import SourceError

_FORMAT = 1


@dataclass(frozen=True)
class Kept:
    """A kept answer and what is needed to ask whether it still holds.

    Attributes:
        url: Address that was asked.
        final_url: Address that answered, after redirects.
        media_type: Content type without parameters.
        etag: Validator of RFC 9110 section 8.8.3, or empty.
        last_modified: Validator of RFC 9110 section 8.8.2, or empty.
        content: The decoded body.
    """

    url: str
    final_url: str
    media_type: str
    etag: str
    last_modified: str
    content: bytes


class Cache:
    """A folder of kept answers.

    One file holds one answer: a line of JSON with its address, validators and
    the digest of its body, then the body. A file whose digest is wrong counts
    as absent, so a damaged disk costs one more request and never a wrong figure.
    """

    def __init__(self, folder: Path) -> None:
        """Use a folder; it is made when the first answer is kept."""
        self.folder = folder

    def get(self, key: str) -> Kept | None:
        """The answer kept under a key, or None."""
        try:
            raw = self._path(key).read_bytes()
        except OSError:
            return None
        head, separator, content = raw.partition(b"\n")
        try:
            fields = json.loads(head)
            if not separator or fields.pop("format") != _FORMAT or fields.pop("key") != key:
                return None
            if fields.pop("sha256") != hashlib.sha256(content).hexdigest():
                return None
            return Kept(content=content, **fields)
        except (ValueError, KeyError, TypeError, AttributeError):
            return None

    def put(self, key: str, kept: Kept) -> None:
        """Keep an answer.

        Raises:
            SourceError: if the folder cannot be written.
        """
        fields = {name: value for name, value in asdict(kept).items() if name != "content"}
        digest = hashlib.sha256(kept.content).hexdigest()
        head = json.dumps({"format": _FORMAT, "key": key, "sha256": digest, **fields})
        write_whole(self._path(key), head.encode() + b"\n" + kept.content)

    def _path(self, key: str) -> Path:
        return self.folder / f"{hashlib.sha256(key.encode()).hexdigest()}.answer"


def write_whole(path: Path, content: bytes) -> None:
    """Write a file so that a reader sees the old content or the new, never a part.

    Raises:
        SourceError: if it cannot be written; the old content is then untouched.
    """
    temporary: str | None = None
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle, temporary = tempfile.mkstemp(prefix=".unfinished-", dir=path.parent)
        with os.fdopen(handle, "wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        # mkstemp makes private files; a table of facts keeps the permissions it had.
        Path(temporary).chmod(path.stat().st_mode & 0o777 if path.exists() else 0o644)
        Path(temporary).replace(path)
    except OSError as error:
        if temporary is not None:
            Path(temporary).unlink(missing_ok=True)
        raise SourceError(f"{path} cannot be written: {error.strerror}. Nothing was changed.") from error
