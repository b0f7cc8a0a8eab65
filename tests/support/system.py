"""Finds the system programs the tests drive: Chromium and the PostgreSQL server.

Run as a program it prints the Debian package of each that is missing, or, with
``--explain``, what a person has to install.
"""

from __future__ import annotations

import os
import re
import shutil
import sys
from pathlib import Path

SERVER_PROGRAMS = ("initdb", "postgres", "pg_ctl")
BROWSERS = ("chromium", "google-chrome-stable", "google-chrome", "chromium-browser", "microsoft-edge-stable")

NEEDS = {
    "chromium": """\
Chromium is missing: the browser tests drive it.
  Debian:  sudo apt install chromium
  Ubuntu:  the package is a stub for a snap, which tests cannot drive. Take Playwright's own build,
             .venv/bin/python -m playwright install --with-deps chromium
           or install Google Chrome from its .deb file. Any other Chromium: SERANTAU_CHROMIUM=/path/to/chromium""",
    "postgresql": """\
The PostgreSQL server programs (initdb, postgres, pg_ctl) are missing: the tests start a server of their own.
  Debian, Ubuntu:  sudo apt install postgresql
  Elsewhere:       install PostgreSQL 14 or newer and put the folder of initdb on the PATH""",
}


def find_postgres() -> Path | None:
    """The folder with the newest installed server's programs."""
    debian = Path("/usr/lib/postgresql").glob("*/bin")
    newest_first = sorted(debian, key=lambda folder: _version(folder.parent.name), reverse=True)
    on_path = shutil.which("initdb")
    folders = [*newest_first, *([Path(on_path).resolve().parent] if on_path else [])]
    return next((folder for folder in folders if all((folder / name).exists() for name in SERVER_PROGRAMS)), None)


def find_chromium() -> Path | None:
    """A Chromium that can be driven: the named one, the system's, or Playwright's own build."""
    named = os.environ.get("SERANTAU_CHROMIUM")
    if named:
        return Path(named) if Path(named).exists() else None
    for name in BROWSERS:
        found = shutil.which(name)
        if found and not _is_snap(Path(found)):
            return Path(found)
    downloaded = Path.home().glob(".cache/ms-playwright/chromium-*/chrome-linux*/chrome")
    return max(downloaded, default=None)


def missing() -> list[str]:
    """The Debian packages that would fill what is missing."""
    return [
        package for package, found in (("chromium", find_chromium()), ("postgresql", find_postgres())) if found is None
    ]


def _version(name: str) -> tuple[int, ...]:
    return tuple(int(part) for part in re.findall(r"\d+", name))


def _is_snap(program: Path) -> bool:
    """Whether this is a snap, or Ubuntu's script that only points to one."""
    if program.is_relative_to("/snap") or program.resolve().name == "snap":
        return True
    return b"/snap/bin" in program.read_bytes()[:8192]


if __name__ == "__main__":
    lacking = missing()
    print("\n\n".join(NEEDS[package] for package in lacking) if "--explain" in sys.argv else "\n".join(lacking))  # noqa: T201 - a program's answer
