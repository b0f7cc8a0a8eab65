"""Many writers at once: threads with connections of their own, each doing steps of a round. A program for tests.

    python -m tests.support.crowd MODULE WRITERS STEPS

Every step is also asked for a second time by another writer, as when somebody presses a button twice. Prints how often
a writer had to try again, and what was wrong at the end.
"""

from __future__ import annotations

import importlib
import json
import sys
import threading
from collections import Counter

from serantau.web.config.start import prepare
from tests.support.rounds import all_problems, patiently


def main() -> None:
    """Let them all write at the same moment."""
    prepare()
    from django.db import connection

    name, writers, steps = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    module = importlib.import_module(name)
    begin = threading.Barrier(writers)
    again: Counter[str] = Counter()
    failures: list[str] = []

    def write(writer: int) -> None:
        begin.wait()
        try:
            for place in range(steps):
                again["tries"] += patiently(writer * steps + place, module)
                # The neighbour's step, as if its button had been pressed twice.
                patiently((writer + 1) % writers * steps + place, module)
        except Exception as error:  # noqa: BLE001 - told at the end
            failures.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(writers)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    problems = all_problems(name, set(range(writers * steps)))
    print(json.dumps({"tried_again": again["tries"], "failures": failures, "problems": problems}))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()
