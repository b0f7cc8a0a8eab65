"""Kills a round at a given moment, and looks at what is left.

    left = killed(installation, "tests.support.rounds", after=3, delay=0.002)
    assert left.problems == []

A room plugs its own round in by naming its module; see :mod:`tests.support.rounds` for what a round is.
"""

from __future__ import annotations

import json
import os
import signal
import time
from dataclasses import dataclass

from tests.support.installations import Installation


@dataclass(frozen=True)
class Left:
    """What a killed round left behind.

    Attributes:
        saved: Steps that it had reported as saved.
        problems: What is wrong with the database and the ledger.
    """

    saved: list[int]
    problems: list[str]


def killed(
    installation: Installation, module: str, *, first: int, after: int, delay: float, looking: bool = True
) -> Left:
    """Run a round and end it with SIGKILL.

    Args:
        installation: Where; it may have been killed in before.
        module: The round.
        first: Number of the first step.
        after: Steps to wait for.
        delay: Seconds to wait then: small ones fall into the middle of the next step.
        looking: Whether to look at what is left; else the caller does, after several deaths.
    """
    process = installation.start(["-m", "tests.support.rounds", module, str(first), "1000000"])
    saved: list[int] = []
    assert process.stdout is not None
    for line in process.stdout:
        if line.strip().isdecimal():
            saved.append(int(line))
        if len(saved) == after or (line.strip() == "ready" and not after):
            break
    time.sleep(delay)
    os.killpg(process.pid, signal.SIGKILL)
    rest, _ = process.communicate(timeout=60)
    assert process.returncode == -signal.SIGKILL, rest
    # Whatever it had said before it died counts as saved.
    saved += [int(line) for line in rest.splitlines()[:-1] if line.strip().isdecimal()]
    return Left(saved, look(installation, module, saved) if looking else [])


def look(installation: Installation, module: str, saved: list[int]) -> list[str]:
    """What is wrong, seen by another process."""
    words = ["-m", "tests.support.looking", module, json.dumps(saved)]
    process = installation.start(words)
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    found: list[str] = json.loads(output.splitlines()[-1])
    return found
