"""What is kept no longer than it is needed: notices, questions and turns of a rota that are long over.

An observable may be somebody's address. What was learned of it stands in cases, which members keep as records.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from serantau.ledger import Event
from serantau.web.cooperation.models import Notice, Question, Shift
from serantau.web.ledger.changes import change

KEPT = timedelta(days=365)
"""How long a notice and a question are kept after they ended."""


def tidy(now: datetime) -> int:
    """Erase what is long over.

    Returns:
        How many rows.
    """
    old = [
        Notice.objects.filter(ended_at__lt=now - KEPT),
        Question.objects.filter(due_at__lt=now - KEPT),
        Shift.objects.filter(ends_at__lt=now - KEPT),
    ]
    if not any(rows.exists() for rows in old):
        return 0
    with change(Event.COOPERATION_TIDIED, actor="system", subject="cooperation", now=now) as record:
        counts = [rows.count() for rows in old]
        for rows in old:
            rows.delete()
        record.say(notices=counts[0], questions=counts[1], turns=counts[2])
    return sum(counts)
