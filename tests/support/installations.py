"""Real processes of Serantau on a database of their own: commands, and programs that use the site's code."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from pathlib import Path

import psycopg

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True)
class Installation:
    """A data folder and a database; every process started here shares them.

    Attributes:
        data: The data folder.
        database: The database's address.
        more: More variables of the environment.
    """

    data: Path
    database: str
    more: dict[str, str] = field(default_factory=dict)

    @classmethod
    def on_sqlite(cls, folder: Path, **more: str) -> Installation:
        """An installation on an SQLite file in its folder."""
        return cls(folder, f"sqlite:///{folder / 'site.sqlite3'}", more)

    def environment(self) -> dict[str, str]:
        """Variables for a process: none of those that the tests themselves run with."""
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SERANTAU_", "DJANGO_"))}
        return {
            **inherited,
            "PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "src")]),
            "SERANTAU_DATA": str(self.data),
            "DATABASE_URL": self.database,
            "SERANTAU_DEBUG": "1",
            **self.more,
        }

    def start(self, words: Sequence[str], **options: object) -> subprocess.Popen[str]:
        """Start a program of ours: the words after ``python``."""
        return subprocess.Popen(
            [sys.executable, *words],
            cwd=ROOT,
            env=self.environment(),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            start_new_session=True,
            **options,
        )

    def command(self, *words: str, code: int = 0) -> str:
        """Run ``serantau`` to its end; what it printed."""
        process = self.start(["-m", "serantau", *words])
        output, _ = process.communicate(timeout=120)
        assert process.returncode == code, f"serantau {' '.join(words)} ended with {process.returncode}:\n{output}"
        return output

    def ask(self, sql: str) -> object:
        """Run a statement and commit; the first value of its answer, if it has one."""
        if self.database.startswith("sqlite"):
            held = sqlite3.connect(self.database.removeprefix("sqlite:///"), timeout=20)
            try:
                with held:
                    row = held.execute(sql).fetchone()
            finally:
                held.close()
        else:
            with psycopg.connect(self.database) as connection:
                cursor = connection.execute(sql)
                row = cursor.fetchone() if cursor.description else None
        return row and row[0]


def wait_for(found: Callable[[], object], seconds: float = 30) -> None:
    """Look again and again until something is so."""
    deadline = time.monotonic() + seconds
    while not found():
        assert time.monotonic() < deadline, "it did not come to be so in time"
        time.sleep(0.05)
