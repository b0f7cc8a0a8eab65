"""A reporting round, command by command, for tests that kill it or crowd it (see ``tests/support/rounds.py``).

Six steps make the life of one submission: begun, filled, sent in, questioned, answered, decided. Every fifth is accepted and
changes the edition, the others are refused. A step whose turn has not come, or is over, does nothing.
"""

from __future__ import annotations

import contextlib
import functools
import threading
from collections import Counter
from datetime import UTC, datetime

PHASES = ("begun", "edited", "submitted", "questioned", "answered", "decided")
ACCEPTED_EVERY = 5
AFTER = {1: ("draft",), 2: ("draft",), 3: ("submitted",), 4: ("questioned",), 5: ("submitted",)}
"""In which state a submission takes a step."""


_people = threading.Lock()


def actors():
    """The two who act; one thread makes them, the others wait."""
    with _people:
        return _actors()


@functools.cache
def _actors():
    """A focal point and somebody of the secretariat, made by whoever comes first."""
    from django.db import IntegrityError

    from serantau.web.accounts.actor import actor_for
    from serantau.web.accounts.models import Person
    from serantau.web.accounts.roles import Role
    from tests.support.people import make_person

    found = []
    for email, role, body in (
        ("focal@example.org", Role.FOCAL_POINT, "QAA"),
        ("secretary@example.org", Role.SECRETARIAT, ""),
    ):
        person = Person.objects.filter(email=email).first()
        if person is None:
            from django.db import transaction

            with contextlib.suppress(IntegrityError), transaction.atomic():
                make_person(role, body, email=email)
            person = Person.objects.get(email=email)
        found.append(actor_for(person, second_factor=True, fresh=True, today=datetime.now(UTC).date()))
    return found


def step(number: int) -> None:
    """One command of one submission's life."""
    from serantau.web.ledger.errors import DoneError
    from serantau.web.review.models import Submission
    from serantau.web.review.rules import StateError
    from serantau.web.review.services import drafts

    life, phase = divmod(number, len(PHASES))
    focal, _ = actors()
    now = datetime.now(UTC)
    if phase == 0:
        drafts.begin(focal, drafts.Begun("plan", f"Round {life}", "CC BY 4.0", once=f"begin {life}"), now)
        return
    held = Submission.objects.filter(title=f"Round {life}").first()
    if held is None or held.state not in AFTER[phase]:
        return
    with contextlib.suppress(StateError, DoneError):
        _command(phase, life, held, now)


def _command(phase, life, held, now):
    from serantau.review import ReviewError
    from serantau.web.review.kinds import REPORTS, kind_named
    from serantau.web.review.rules import StateError
    from serantau.web.review.services import decisions, drafts

    focal, secretary = actors()
    if phase == 1:
        # Each life speaks of a year of its own, so that all of them fit together.
        raw = {"action": "tl2030-a2-2", "year": str(1950 + life % 70), "status": "in progress", "note": f"Round {life}"}
        drafts.add_records(focal, held.pk, kind_named(REPORTS), [raw], now, once=f"fill {life}")
    elif phase == 2:
        # Sent in before it was filled: the button of somebody who was too quick.
        with contextlib.suppress(ReviewError):
            drafts.submit(focal, held.pk, held.version, now)
    elif phase == 3:
        if not held.messages.exists():
            decisions.question(secretary, held.pk, f"Is this round {life}?", held.version, now)
    elif phase == 4:
        drafts.answer(focal, held.pk, "It is.", held.version, now)
    elif not held.messages.filter(act="answer").exists():
        return
    elif life % ACCEPTED_EVERY == 0:
        with contextlib.suppress(StateError):
            decisions.accept(secretary, held.pk, held.version, now)
    else:
        decisions.refuse(secretary, held.pk, "Not this year.", held.version, now)


def problems(done: set[int]) -> list[str]:
    """What is wrong afterwards: an event without its rows, a step applied twice, a register with a gap, facts that do not load."""
    from serantau.web.ledger.models import Event as Row
    from serantau.web.review.models import Register, RegisterEntry, Submission

    found = []
    expected = {"draft": 1, "submitted": 3, "questioned": 4, "accepted": 6, "refused": 6}
    rows = Row.objects.filter(event__startswith="review:submission:").values_list("subject", "event")
    events: dict[str, Counter[str]] = {}
    for subject, event in rows:
        events.setdefault(subject, Counter())[event.rpartition(":")[2]] += 1
    titles = Counter(Submission.objects.values_list("title", flat=True))
    found += [f"{title} was begun twice" for title, count in titles.items() if count > 1]
    reached = {}
    for held in Submission.objects.all():
        counted = events.pop(held.reference, Counter())
        found += [f"{held.title}: {name} {count} times" for name, count in counted.items() if count > 1]
        if sum(counted.values()) < expected[held.state]:
            found.append(f"{held.title} is {held.state} after {dict(counted)}")
        if held.items.count() != counted["edited"]:
            found.append(f"{held.title} holds {held.items.count()} records after {counted['edited']} edits")
        if held.messages.count() != sum(counted[name] for name in ("questioned", "answered", "refused")):
            found.append(f"{held.title}: messages and events differ")
        reached[int(held.title.split()[1])] = sum(counted.values())
    found += [f"{subject}: events without rows" for subject in events]
    for number in sorted(done):
        life, phase = divmod(number, len(PHASES))
        if reached.get(life, 0) <= phase:
            found.append(f"step {number} was reported as saved and is lost")
    register, entries = Register.objects.get(pk=1), list(RegisterEntry.objects.all())
    if [one.number for one in entries] != list(range(1, register.size + 1)):
        found.append("the register has a gap")
    if len(entries) != Submission.objects.filter(state="accepted").count():
        found.append("acceptances and the register differ")
    return found + _edition_problems(register.size)


def _edition_problems(size):
    from serantau.base import SerantauError
    from serantau.web.bundles import keeper

    try:
        edition = keeper().answers().bundle.edition
    except SerantauError as error:
        return [str(error)]
    return [] if edition.submissions == size else [f"the edition counts {edition.submissions} of {size} decisions"]
