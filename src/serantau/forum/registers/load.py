"""Reads the ``registers`` folder of a region and checks what its files say of each other."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TypeVar

from serantau.base import suggest
from serantau.facts import FactFolder
from serantau.facts.model import RECALLED
from serantau.forum.registers.facts import RegisterFacts
from serantau.forum.registers.flaws import flaws
from serantau.forum.registers.model import (
    Adoption,
    Commitment,
    Cooperation,
    Law,
    Policy,
    Record,
    Venture,
    file_of,
    key_of,
)

R = TypeVar("R", bound=Record)


def load_registers(folder: FactFolder) -> RegisterFacts:
    """Load the registers of a region; problems are added to the folder, which then refuses to finish.

    Every file may be missing: ``cooperation.yaml``, ``projects.yaml``, ``legislation.yaml``, ``policies.yaml``,
    ``adoptions.yaml``, ``commitments.yaml``.
    """
    facts = RegisterFacts(
        cooperation=_rows(folder, "cooperation", Cooperation),
        projects=_rows(folder, "projects", Venture),
        legislation=_rows(folder, "legislation", Law),
        policies=_rows(folder, "policies", Policy),
        adoptions=_rows(folder, "adoptions", Adoption),
        commitments=_rows(folder, "commitments", Commitment),
    )
    records: tuple[Record, ...] = (*facts.all_entries, *facts.adoptions, *facts.commitments)
    for record in records:
        _check_alone(record, folder)
    _check_ids(records, folder)
    _check_restated(records, folder)
    _check_numbers(facts.commitments, folder)
    _check_adoptions(facts, folder)
    return facts


def _rows(folder: FactFolder, key: str, kind: type[R]) -> tuple[R, ...]:
    name = file_of(key)
    return folder.records(name, key, kind).rows if folder.holds(name) else ()


def _check_alone(record: Record, folder: FactFolder) -> None:
    where = folder.place(record)
    for _, what, fix in flaws(record):
        folder.report(where, what, fix)
    for source in record.more_sources:
        if source not in folder.sources and source != RECALLED:
            fix = suggest(source, folder.sources) or "Add it to sources.yaml."
            folder.report(where, f"the source {source!r} is not in sources.yaml.", fix)


def _check_ids(records: Iterable[Record], folder: FactFolder) -> None:
    first: dict[str, str] = {}
    for record in records:
        where = folder.place(record)
        if record.id in first:
            what = f"the id {record.id!r} stands twice (first at {first[record.id]})."
            folder.report(where, what, "Ids are permanent and used once: give this record another.")
        first.setdefault(record.id, where)


def _check_restated(records: Iterable[Record], folder: FactFolder) -> None:
    """Of one subject there is one statement a known-date, so that it is clear which holds."""
    first: dict[tuple[type, str, str], str] = {}
    for record in records:
        if record.withdrawn is not None or isinstance(record, Commitment):
            continue
        where, subject = folder.place(record), (type(record), key_of(record), record.known.text)
        if subject in first:
            what = f"{subject[1]} is stated twice on one day (first at {first[subject]})."
            folder.report(where, what, "Keep one; a correction carries a later known-date.")
        first.setdefault(subject, where)


def _check_numbers(commitments: Iterable[Commitment], folder: FactFolder) -> None:
    first: dict[tuple[str, int], str] = {}
    for one in commitments:
        where, place = folder.place(one), (one.meeting, one.number)
        if place in first:
            what = f"commitment {one.number} of {one.meeting} stands twice (first at {first[place]})."
            folder.report(where, what, "Number the commitments of a meeting from 1.")
        first.setdefault(place, where)


def _check_adoptions(facts: RegisterFacts, folder: FactFolder) -> None:
    if file_of("policies") in folder.incomplete:
        return
    owners = {key_of(one): one.member for one in facts.policies}
    for one in facts.adoptions:
        where = folder.place(one)
        if one.policy not in owners:
            fix = suggest(one.policy, owners) or "Write the last part of the policy's address in the register."
            folder.report(where, f"there is no policy {one.policy!r}.", fix)
        elif owners[one.policy] == one.member:
            folder.report(where, f"{one.policy} is the member's own policy.", "An adoption is of another's.")
