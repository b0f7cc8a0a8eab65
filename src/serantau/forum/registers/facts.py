"""The registers of a region as loaded, and the questions they answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

from serantau.base import AsOf, PartialDate, Truth
from serantau.facts import is_known, is_valid
from serantau.forum.registers.model import (
    Adoption,
    Commitment,
    Cooperation,
    Entry,
    Law,
    Policy,
    Record,
    Register,
    Venture,
    key_of,
    owner_of,
    register_of,
)
from serantau.forum.registers.state import Promise, promise

R = TypeVar("R", bound=Record)


@dataclass(frozen=True)
class RegisterFacts:
    """Everything that a region's folder of registers says, every statement of it."""

    cooperation: tuple[Cooperation, ...] = ()
    projects: tuple[Venture, ...] = ()
    legislation: tuple[Law, ...] = ()
    policies: tuple[Policy, ...] = ()
    adoptions: tuple[Adoption, ...] = ()
    commitments: tuple[Commitment, ...] = ()

    @property
    def all_entries(self) -> tuple[Entry, ...]:
        """Every statement of the four registers."""
        return (*self.cooperation, *self.projects, *self.legislation, *self.policies)

    def entries_of(self, register: Register) -> tuple[Entry, ...]:
        """Every statement of one register."""
        return tuple(one for one in self.all_entries if register_of(one) is register)

    def entries(self, asof: AsOf, register: Register | None = None) -> tuple[Entry, ...]:
        """What the registers say on a day: of each subject the statement that holds, by owner and short name."""
        return current(self.all_entries if register is None else self.entries_of(register), asof)

    def adoptions_at(self, asof: AsOf) -> tuple[Adoption, ...]:
        """Who had taken over which policy by a day."""
        return current(self.adoptions, asof)

    def history(self, key: str, register: Register, asof: AsOf) -> tuple[Entry, ...]:
        """Every statement of one subject that was known, the earliest first."""
        mine = (one for one in self.all_entries if register_of(one) is register and key_of(one) == key)
        return _by_known(one for one in mine if is_known(one, asof))

    def first_dues(self, asof: AsOf) -> dict[tuple[Register, str], PartialDate]:
        """For each subject, by register and key, the date that was first stated; those without any are left out."""
        found: dict[tuple[Register, str], PartialDate] = {}
        for one in _by_known(row for row in self.all_entries if is_known(row, asof)):
            if one.due is not None:
                found.setdefault((register_of(one), key_of(one)), one.due)
        return found

    def promised(self, asof: AsOf) -> tuple[Commitment, ...]:
        """What meetings had promised by a day, in the order of meetings and numbers."""
        held = current(self.commitments, asof)
        return tuple(sorted(held, key=lambda one: (one.valid_from.earliest, one.meeting, one.number)))


def current(rows: Iterable[R], asof: AsOf) -> tuple[R, ...]:
    """Of each subject, the latest statement that had begun by a day, by key.

    A later statement takes the place of an earlier one from its own first day on, and the earlier one does not come
    back. What has ended stays in the register, as its validity says; but for legislation, where only what holds counts.
    A statement whose dates cannot tell is kept: leaving it out would turn *unknown* into *no*.
    """
    latest: dict[tuple[type, str], R] = {}
    for row in _by_known(one for one in rows if is_known(one, asof)):
        if row.valid_from.on_or_before(asof.valid) is not Truth.NO:
            latest[type(row), key_of(row)] = row
    found = [row for row in latest.values() if not isinstance(row, Law) or is_valid(row, asof) is not Truth.NO]
    return tuple(sorted(found, key=lambda one: (owner_of(one) == "", key_of(one))))


def _by_known(rows: Iterable[R]) -> tuple[R, ...]:
    return tuple(sorted(rows, key=lambda one: one.known.latest))


def state_of(commitment: Commitment, asof: AsOf) -> Promise:
    """What became of a commitment by a day."""
    return promise(commitment.first_due, commitment.due, commitment.met, asof.valid)


def named_of(facts: RegisterFacts) -> Iterator[tuple[Record, str, str]]:
    """What the records name that other rooms hold: the record, the file in which the name must stand, the name."""
    for record in (*facts.all_entries, *facts.adoptions, *facts.commitments):
        yield from ((record, "plan/actions.yaml", name) for name in record.actions)
        if isinstance(record, Cooperation):
            yield record, "partners.yaml", record.partner
        elif isinstance(record, Commitment):
            yield record, "plan/meetings.yaml", record.meeting
            if record.declaration is not None:
                yield record, "plan/declarations.yaml", record.declaration
        elif record.member is not None:
            yield record, "members.yaml", record.member
        if isinstance(record, Law):
            yield from ((record, "law/instruments.yaml", name) for name in record.instruments)
