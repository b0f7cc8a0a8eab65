"""What is wrong with one record by itself, beyond its types: asked of files and of forms alike."""

from __future__ import annotations

from serantau.base import PartialDate
from serantau.facts.evidence import Flaw, evidence_flaws, funding_flaws
from serantau.facts.model import RECALLED
from serantau.forum.registers.model import Adoption, Commitment, Cooperation, Kind, Law, Policy, Record, State, Venture

OF_A_CALL = ("seeks", "who", "opens", "closes")
"""What a call states, and nothing else does."""


def flaws(record: Record) -> list[Flaw]:
    """What is wrong with a record: field, what, what to do."""
    found = evidence_flaws(record.evidence)
    if len(set(record.actions)) != len(record.actions):
        found.append(("actions", "an action stands twice.", "Keep one."))
    due = None if isinstance(record, Adoption) else record.due
    if due is not None and not due.known:
        found.append(("due", f"due is {due}.", "Write the date, or leave it out where there is none."))
    if isinstance(record, Cooperation | Venture):
        found += _of_work(record)
    if isinstance(record, Venture):
        found += _of_call(record)
    elif isinstance(record, Law):
        found += _of_law(record)
    elif isinstance(record, Policy):
        found += _of_policy(record)
    elif isinstance(record, Adoption):
        found += _of_adoption(record)
    elif isinstance(record, Commitment):
        found += _of_commitment(record)
    return found


def _of_work(record: Cooperation | Venture) -> list[Flaw]:
    found = funding_flaws(record.funding)
    named = record.source != RECALLED and not record.source.startswith("submission-")
    if record.state is State.DONE and not record.evidence and not named:
        found.append(("evidence", "done needs evidence.", "Name an address or attach a file, or say that it runs."))
    return found


def _of_call(record: Venture) -> list[Flaw]:
    given = {name: getattr(record, name) for name in OF_A_CALL}
    if record.kind is not Kind.CALL:
        stray = [name for name in (*OF_A_CALL, "answer_to") if getattr(record, name) is not None]
        return [
            (name, f"{name} belongs to a call, and this is a {record.kind.value}.", "Leave it out.") for name in stray
        ]
    found = [(name, f"a call says {name}.", "Fill it in.") for name, value in given.items() if value is None]
    if record.opens is not None and record.closes is not None and _before(record.closes, record.opens):
        found.append(
            ("closes", f"closes {record.closes} comes before opens {record.opens}.", "Correct one of the two.")
        )
    return found


def _of_law(record: Law) -> list[Flaw]:
    found: list[Flaw] = []
    said = (record.instruments, record.law, record.gap, record.bill, record.next_step)
    if not any(said):
        what = "it names no law, gap, bill or next step."
        found.append(("", what, "Write one; what is not known needs no record."))
    if record.stage is not None and record.bill is None:
        found.append(("stage", "a stage belongs to a bill, and none is named.", "Name the bill."))
    if record.due is not None and record.next_step is None:
        found.append(("due", "due is the date of a next step, and none is named.", "Name the next step."))
    return found


def _of_policy(record: Policy) -> list[Flaw]:
    if record.text is None and not record.evidence:
        return [("text", "it says neither what the policy does nor where it stands.", "Write one of the two.")]
    return []


def _of_adoption(record: Adoption) -> list[Flaw]:
    found: list[Flaw] = []
    named = record.source != RECALLED and not record.source.startswith("submission-")
    if not record.evidence and not named:
        found.append(("evidence", "nothing shows the adoption.", "Name an address or attach a file."))
    return found


def _of_commitment(record: Commitment) -> list[Flaw]:
    found: list[Flaw] = []
    if record.first_due is not None and record.first_due.text == "open":
        found.append(("first_due", "first_due cannot be open.", "Leave it out where no date was promised."))
    if record.due is not None and record.first_due is None:
        found.append(("due", "due is a date that was moved, and no first date is given.", "Write it as first_due."))
    return found


def _before(end: PartialDate, start: PartialDate) -> bool:
    return end.known and start.known and end.latest < start.earliest
