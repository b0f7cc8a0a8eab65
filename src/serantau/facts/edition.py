"""The edition: which facts an answer rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Edition:
    """Digest of the bundle and the number of accepted submissions.

    Attributes:
        digest: Of the region's own files.
        submissions: Number of decisions that let facts in or took them out again.
        accepted: Digest of the files of those decisions; empty without any. It follows from the number as long as no
            database is restored, so people are shown the number, and programs compare both.

    >>> Edition.of({"region.yaml": b"x"}).label
    'f58e38a6312a+0'
    """

    digest: str
    submissions: int = 0
    accepted: str = ""

    @classmethod
    def of(
        cls, files: Mapping[str, bytes], submissions: int = 0, accepted: Mapping[str, bytes] | None = None
    ) -> Edition:
        """Digest files by relative path and content, independent of their order on disk."""
        return cls(_digest(files), submissions, _digest(accepted) if accepted else "")

    @property
    def key(self) -> str:
        """Everything that an answer depends on, in full."""
        return f"{self.digest}+{self.submissions}+{self.accepted}"

    @property
    def label(self) -> str:
        """Short form for people: twelve hexadecimal digits, ``+``, accepted submissions."""
        return f"{self.digest[:12]}+{self.submissions}"


def _digest(files: Mapping[str, bytes]) -> str:
    total = hashlib.sha256()
    for path in sorted(files):
        name = path.encode()
        content = hashlib.sha256(files[path]).digest()
        total.update(len(name).to_bytes(4, "big") + name + content)
    return total.hexdigest()
