"""The real server process, as ``make run`` starts it."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.support.ports import free_port

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[2]
START_SECONDS = 60
STOP_SECONDS = 10


@dataclass(frozen=True)
class LiveSite:
    """A site that answers at ``url`` (no slash at the end); ``output()`` is what its process has printed."""

    url: str
    log: Path
    process: subprocess.Popen[bytes]

    def output(self) -> str:
        """Everything the server has printed so far."""
        return self.log.read_text(encoding="utf-8", errors="replace")


@contextlib.contextmanager
def live_site(
    region: Path | str | None = None,
    database_url: str | None = None,
    arguments: tuple[str, ...] = (),
    environment: dict[str, str] | None = None,
) -> Iterator[LiveSite]:
    """Serve a region until the block ends.

    Args:
        region: The folder of facts; None for the region that is shipped.
        database_url: A database; None for an SQLite file of its own.
        arguments: More words for ``serantau serve``.
        environment: More variables for the process.
    """
    port = free_port()
    command = [sys.executable, "-m", "serantau", "serve", "--port", str(port), *arguments]
    if region is not None:
        command += ["--region", str(region)]
    with tempfile.TemporaryDirectory(prefix="serantau-site-") as folder:
        data = Path(folder)
        # As `make run` starts it: none of the settings that tests inside this process have.
        inherited = {name: value for name, value in os.environ.items() if not name.startswith(("SERANTAU_", "DJANGO_"))}
        variables = {
            **inherited,
            "SERANTAU_DATA": folder,
            "DATABASE_URL": database_url or f"sqlite:///{data / 'site.sqlite3'}",
            **(environment or {}),
        }
        log = data / "server.log"
        with log.open("wb") as output:
            # A session of its own, so that the server's workers end with it.
            process = subprocess.Popen(
                command,
                cwd=ROOT,
                env=variables,
                stdin=subprocess.DEVNULL,
                stdout=output,
                stderr=subprocess.STDOUT,
                start_new_session=True,
            )
        site = LiveSite(url=f"http://127.0.0.1:{port}", log=log, process=process)
        try:
            _wait(site)
            yield site
        except BaseException:
            # Shown by pytest under "Captured stdout" of the test that failed.
            print(f"--- output of {' '.join(command)}\n{site.output()}")  # noqa: T201
            raise
        finally:
            _stop(process)


def _wait(site: LiveSite) -> None:
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline:
        if site.process.poll() is not None:
            pytest.fail(f"the server ended with {site.process.returncode}:\n{site.output()}", pytrace=False)
        try:
            with urllib.request.urlopen(site.url, timeout=30):
                return
        except urllib.error.HTTPError as refused:
            with refused:
                return  # it answers; whether the answer is right is the test's business
        except OSError:
            time.sleep(0.1)
    pytest.fail(f"the server did not answer within {START_SECONDS} s:\n{site.output()}", pytrace=False)


def _stop(process: subprocess.Popen[bytes]) -> None:
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGTERM)
    with contextlib.suppress(subprocess.TimeoutExpired):
        process.wait(STOP_SECONDS)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
