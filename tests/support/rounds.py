"""A scripted round on the ledger, for tests that kill it, crowd it, or back it up.

A round is a module with ``step(number)``, which does one command and says nothing if it was done before, and
``problems(done)``, which looks at the database afterwards. This module is itself such a round: each step is one change
that writes a job, an event and a mail together. Run as a program it does steps until it is stopped, and prints the
number of each step once it is saved::

    python -m tests.support.rounds MODULE FIRST COUNT [HEAD]

With HEAD it signs the ledger at the end and writes the head to that file.
"""

from __future__ import annotations

import importlib
import sys
import time
from datetime import UTC, datetime
from pathlib import Path
from types import ModuleType

PATIENCE_SECONDS = 120


def step(number: int) -> None:
    """One command: an event, and two rows that must come and go with it."""
    from serantau.ledger import Event
    from serantau.web.jobs.models import Mail
    from serantau.web.jobs.port import defer
    from serantau.web.ledger.changes import change

    now = datetime.now(UTC)
    key = f"step {number}"
    subject = f"submission {number}"
    with change(Event.SUBMISSION_SUBMITTED, actor="system", subject=subject, now=now, once=key) as record:
        Mail.objects.create(
            message_id=key, sender="a@example.org", recipients=[], subject="x", text="x", made_at=now, sent_at=now
        )
        defer("jobs.forget", run_at=now, key=key)
        record.say(number=number)


def problems(done: set[int]) -> list[str]:
    """What is wrong after steps were done, some of them perhaps half: nothing may be.

    Args:
        done: Steps that were reported as saved.
    """
    from serantau.ledger import Event
    from serantau.web.jobs.models import Job, Mail
    from serantau.web.ledger.models import Event as Row

    submitted = Row.objects.filter(event=Event.SUBMISSION_SUBMITTED.value)
    events = list(submitted.values_list("details__number", flat=True))
    mails = {int(name.split()[1]) for name in Mail.objects.values_list("message_id", flat=True)}
    jobs = {int(key.split()[1]) for key in Job.objects.filter(key__startswith="step").values_list("key", flat=True)}
    found = []
    if len(events) != len(set(events)):
        found.append("a step was applied twice")
    if not set(events) == mails == jobs:
        found.append("a step was applied in part")
    if lost := sorted(done - set(events)):
        found.append(f"steps that were reported as saved are lost: {lost}")
    return found


def all_problems(module: str, done: set[int]) -> list[str]:
    """What the round says, and what the ledger says of itself."""
    from serantau.web.ledger.checking import check

    return [*importlib.import_module(module).problems(done), *check()]


def patiently(number: int, module: ModuleType) -> int:
    """Do a step, and again when others were in the way; how often that was. What was done before counts as done."""
    from serantau.web.ledger.errors import BusyError, DoneError

    deadline = time.monotonic() + PATIENCE_SECONDS
    for tries in range(10_000):
        try:
            module.step(number)
        except DoneError:
            return tries
        except BusyError:
            if time.monotonic() > deadline:
                raise
            time.sleep(0.01 * (1 + number % 7))
        else:
            return tries
    return -1


def main() -> None:
    """Do the steps and report each."""
    from serantau.web.config.start import prepare

    prepare()
    module = importlib.import_module(sys.argv[1])
    first, count = int(sys.argv[2]), int(sys.argv[3])
    print("ready", flush=True)  # noqa: T201 - read by the test
    for number in range(first, first + count):
        patiently(number, module)
        print(number, flush=True)  # noqa: T201 - read by the test
    if len(sys.argv) > 4:
        from serantau.web.ledger.signing import sign

        Path(sys.argv[4]).write_text(sign(datetime.now(UTC)).note, encoding="utf-8")


if __name__ == "__main__":
    main()
