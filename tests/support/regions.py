"""Regions for tests: the invented one, and copies of it with a defect."""

from __future__ import annotations

import shutil
from pathlib import Path

THREELANDS = Path(__file__).parents[1] / "regions" / "threelands"


def copy_of_threelands(folder: Path) -> Path:
    """A copy that a test may spoil."""
    return Path(shutil.copytree(THREELANDS, folder / "threelands"))


def edit(region: Path, name: str, old: str, new: str) -> None:
    """Replace the first occurrence; the old text must be there, or the test tests nothing."""
    path = region / name
    text = path.read_text(encoding="utf-8")
    assert old in text, f"{name} holds no {old!r}"
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def line_of(region: Path, name: str, token: str) -> int:
    """Number of the first line that holds the token."""
    lines = (region / name).read_text(encoding="utf-8").splitlines()
    return next(number for number, line in enumerate(lines, start=1) if token in line)
