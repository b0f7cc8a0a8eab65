"""The ledger: appends in the engine and in the database, proofs from a log of a million events.

The database is an SQLite file in a folder of its own, durable as in the site (WAL, ``synchronous=FULL``).
"""

from __future__ import annotations

import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

from _harness import Figure, cpu_now, cpu_seconds, run

NOW = datetime(2026, 3, 1, tzinfo=UTC)
PEER = Path(__file__).parent / "peers" / "merkle.py"
MILLION = 1_000_000
BATCH = 20_000
SINGLES = 1_000
PROOFS = 2_000


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as the harness calls it
    """Measure the engine, then the database."""
    with tempfile.TemporaryDirectory(prefix="serantau-bench-") as folder:
        _open(folder)
        theirs = _peer(20_000 if quick else 100_000)
        yield _tree(theirs, 20_000 if quick else 100_000)
        yield from _database(theirs, quick=quick)


def _open(folder: str) -> None:
    os.environ.update(
        {"SERANTAU_DATA": folder, "SERANTAU_DEBUG": "1", "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3"}
    )
    from serantau.web.config.start import prepare

    prepare()


def _peer(leaves: int) -> dict[str, float]:
    command = [sys.executable, PEER, str(leaves), "200"]
    return json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)


def _tree(theirs: dict[str, float], leaves: int) -> Figure:
    from serantau.ledger import Frontier, leaf_hash

    entries = [number.to_bytes(32, "big") for number in range(leaves)]

    def grow() -> None:
        frontier = Frontier()
        for entry in entries:
            frontier, _ = frontier.append(leaf_hash(entry))

    seconds = cpu_seconds(grow, 3)
    return Figure(
        "leaves appended to a tree", leaves / seconds, "per CPU-second", "pymerkle", theirs["appends"] / seconds
    )


def _database(theirs: dict[str, float], *, quick: bool) -> Iterator[Figure]:
    first = _batch(BATCH)
    yield Figure("events appended in batches, hashed and stored", BATCH / first, "per CPU-second")
    cpu, clock = _singles()
    yield Figure("single durable changes", cpu, "per CPU-second")
    disk = _disk()
    # Each waits for the disk, so the disk says how many there can be.
    yield Figure("single durable changes, by the clock", clock, "per second", "a bare write and fsync", clock / disk)
    if not quick:
        for _ in range(MILLION // 50_000):
            _batch(50_000)
        milliseconds = _proofs() * 1e3
        yield Figure(
            "inclusion proof in a log of 1,000,000",
            milliseconds,
            "ms",
            "pymerkle, in memory",
            theirs["proof"] * 1e3 / milliseconds,
        )


def _batch(number: int) -> float:
    """CPU seconds to append so many events in one transaction."""
    from django.db import transaction

    from serantau.ledger import Entry, Event, new_salt
    from serantau.web.ledger.append import Recorded, append
    from serantau.web.ledger.guard import writes_permitted

    start = cpu_now()
    recorded = [
        Recorded(
            Entry(Event.SUBMISSION_SUBMITTED, "person 17", f"submission {place}", NOW, {"member": "QAA"}), new_salt()
        )
        for place in range(number)
    ]
    with writes_permitted(), transaction.atomic():
        append(recorded)
    return cpu_now() - start


def _singles() -> tuple[float, float]:
    """Changes one after the other, each on the disk before the next: a CPU-second, and a second of the clock."""
    from serantau.ledger import Event
    from serantau.web.ledger.changes import change

    cpu, clock = [], []
    for _ in range(3):
        spent, begun = cpu_now(), time.perf_counter()
        for place in range(SINGLES):
            with change(
                Event.SUBMISSION_SUBMITTED, actor="person 17", subject=f"submission {place}", now=NOW
            ) as record:
                record.say(member="QAA")
        cpu.append(SINGLES / (cpu_now() - spent))
        clock.append(SINGLES / (time.perf_counter() - begun))
    return statistics.median(cpu), statistics.median(clock)


def _disk() -> float:
    """What this disk makes possible: writes of a page a second, each on the disk before the next."""
    block = os.urandom(4096)
    with (Path(os.environ["SERANTAU_DATA"]) / "disk").open("wb", buffering=0) as file:
        begun = time.perf_counter()
        for _ in range(SINGLES):
            file.write(block)
            os.fsync(file.fileno())
        return SINGLES / (time.perf_counter() - begun)


def _proofs() -> float:
    """CPU seconds of one inclusion proof, read from the database."""
    from serantau.web.ledger import store

    size = store.frontier().size
    assert size > MILLION

    def prove() -> None:
        for number in range(PROOFS):
            store.inclusion(number * 7919 % MILLION, MILLION)

    return cpu_seconds(prove, 3) / PROOFS


if __name__ == "__main__":
    run(figures)
