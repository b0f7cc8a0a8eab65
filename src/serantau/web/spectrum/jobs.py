"""What requests for coordination need done by themselves: runs, deadlines, reminders."""

from __future__ import annotations

from contextlib import suppress
from datetime import UTC, datetime

from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.limits import Silence
from serantau.spectrum.procedure import Stage, reminder_due
from serantau.web.bundles import keeper
from serantau.web.jobs.registry import Arguments, job
from serantau.web.ledger.errors import DoneError
from serantau.web.review.clock import day_of
from serantau.web.spectrum import runs
from serantau.web.spectrum.models import Coordination
from serantau.web.spectrum.services import requests

WAITING = [Stage.SUBMITTED.value, Stage.ACKNOWLEDGED.value]
EVERY_SECONDS = 60
REMIND_SECONDS = 900
MOST = 200


@job("spectrum.compute", attempts=3)
def compute(args: Arguments, now: datetime) -> None:
    """Compute the field strengths of a draft; a run that was cut off goes on where it was."""
    held = Coordination.objects.filter(pk=args["coordination"], run=args["run"], asked_at__isnull=False).first()
    if held is None:
        return
    answers = keeper().answers()
    try:
        findings, said = runs.compute(held, answers.bundle.spectrum, day_of(now))
    except SpectrumError as error:
        requests.fail_run(held.pk, held.run, str(error), datetime.now(UTC))
    else:
        requests.finish_run(held.pk, held.run, findings, said, answers.edition, datetime.now(UTC))
    runs.clear(held)


@job("spectrum.close", every=EVERY_SECONDS)
def close(args: Arguments, now: datetime) -> None:
    """See to deadlines that have passed."""
    passed = Coordination.objects.filter(stage__in=WAITING, due_at__lt=now, silence=Silence.APPROVES.value)
    for number in list(passed.order_by("due_at").values_list("pk", flat=True)[:MOST]):
        requests.close_due(number, now)


@job("spectrum.remind", every=REMIND_SECONDS)
def remind(args: Arguments, now: datetime) -> None:
    """Remind those who have not answered."""
    waiting = Coordination.objects.filter(stage__in=WAITING).defer("findings", "border")
    for held in waiting.order_by("due_at")[:MOST]:
        name = reminder_due(held.outline(), held.terms(), now, held.reminded)
        if name is not None:
            with suppress(DoneError):  # another process was quicker
                requests.remind(held.pk, name, now)
