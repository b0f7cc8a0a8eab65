"""The files of the project, for the tests that hold rules over all of them."""

from __future__ import annotations

import subprocess
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
BINARY = {".png", ".jpg", ".ico", ".woff", ".woff2", ".ttf", ".otf", ".pdf", ".xlsx", ".docx", ".parquet"}


@cache
def project_files() -> tuple[Path, ...]:
    """Every file that is, or would be, in the repository; from an unpacked archive, every file git would not ignore."""
    command = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    try:
        listed = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=True).stdout.split("\0")
        paths = [ROOT / name for name in listed if name]
    except (OSError, subprocess.CalledProcessError):
        folders = ("src", "tests", "bench", "docs", "scripts", "requirements")
        paths = [path for folder in folders for path in (ROOT / folder).rglob("*") if "__pycache__" not in path.parts]
        paths += [
            ROOT / name for name in ("Makefile", "pyproject.toml", "README.md", "CONTRIBUTING.md", "CHANGELOG.md")
        ]
    return tuple(sorted(path for path in paths if path.is_file()))


def text_files() -> tuple[Path, ...]:
    """Every file a person reads."""
    return tuple(path for path in project_files() if path.suffix not in BINARY)


def python_files() -> tuple[Path, ...]:
    """Every Python module and program."""
    return tuple(path for path in project_files() if path.suffix == ".py")


def relative(path: Path) -> str:
    """The path as a message shows it."""
    return path.relative_to(ROOT).as_posix()


def read(path: Path) -> str:
    """The text of a file."""
    return path.read_text(encoding="utf-8")
