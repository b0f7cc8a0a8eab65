"""Programs of ours that run beside a test."""

from __future__ import annotations

import subprocess
import time
from pathlib import Path

START_SECONDS = 60


def wait_until_it_works(process: subprocess.Popen[str] | subprocess.Popen[bytes]) -> None:
    """Return once the command is at work on its answer, however slow the machine is.

    A command loads NumPy when it begins to compute, long after the interpreter and the
    command line have started; the library then stands in the process's map of memory.
    """
    maps = Path(f"/proc/{process.pid}/maps")
    deadline = time.monotonic() + START_SECONDS
    while time.monotonic() < deadline and process.poll() is None:
        if "_multiarray_umath" in maps.read_text(encoding="utf-8", errors="replace"):
            time.sleep(0.5)
            return
        time.sleep(0.02)
    raise AssertionError(f"after {START_SECONDS} s, or at its end, {process.args} had not begun to compute")
