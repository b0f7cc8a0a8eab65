"""The edition: which facts an answer rests on."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass


@dataclass(frozen=True)
class Edition:
    """Digest of the bundle and the number of accepted submissions.

    >>> Edition.of({"region.yaml": b"x"}).label
    'f58e38a6312a+0'
    """

    digest: str
    submissions: int = 0

    @classmethod
    def of(cls, files: Mapping[str, bytes], submissions: int = 0) -> Edition:
        """Digest files by relative path and content, independent of their order on disk."""
        total = hashlib.sha256()
        for path in sorted(files):
            name = path.encode()
            content = hashlib.sha256(files[path]).digest()
            total.update(len(name).to_bytes(4, "big") + name + content)
        return cls(total.hexdigest(), submissions)

    @property
    def label(self) -> str:
        """Short form for people: twelve hexadecimal digits, ``+``, accepted submissions."""
        return f"{self.digest[:12]}+{self.submissions}"
