"""The registers and the promises of a region, asked of its bundle: what every door shows of them.

``register_entries`` and ``commitments_of`` are for pages, briefs and downloads alike; ``legislation`` lays the members'
laws side by side.
"""

from __future__ import annotations

from dataclasses import dataclass

from serantau.base import AsOf, PartialDate, Truth
from serantau.bundle import Bundle
from serantau.facts import is_known, is_valid
from serantau.forum.registers import (
    Adoption,
    Commitment,
    Cooperation,
    Entry,
    Law,
    Phase,
    Policy,
    Promise,
    Register,
    Theme,
    Venture,
    is_late,
    key_of,
    owner_of,
    phase,
    register_of,
    state_of,
)
from serantau.govern.model import Instrument
from serantau.plan import Declaration, Meeting
from serantau.region import Member


@dataclass(frozen=True)
class HeldEntry:
    """An entry as a register shows it.

    Attributes:
        entry: The statement that holds on the day.
        key: Last part of its address.
        register: The register.
        owner: Code of the member or id of the partner that answers for it; empty where no single one does.
        first_due: The date first stated; None where none was.
        late: Whether that date is past while the entry itself says that it is not done.
        ended: Whether it had ended by the day; unknown where its dates cannot tell.
        phase: For a call, whether it can be answered.
        adoptions: For a policy, who took it over.
    """

    entry: Entry
    key: str
    register: Register
    owner: str
    first_due: PartialDate | None
    late: bool
    ended: Truth = Truth.UNKNOWN
    phase: Phase | None = None
    adoptions: tuple[Adoption, ...] = ()

    @property
    def moved(self) -> bool:
        """Whether the date that holds now is another than the one first stated."""
        return self.first_due is not None and self.entry.due not in (None, self.first_due)


@dataclass(frozen=True)
class Asked:
    """Which entries are wanted; an empty field wants all.

    Attributes:
        register: The register.
        action: Id of an action that the entry serves.
        owner: Code of a member or id of a partner; of a policy, also of those who took it over.
        about: Subject of cooperation, theme of legislation, topic of a policy, kind of a joint project.
        year: Year of cooperation.
        phase: Phase of a call.
    """

    register: Register | None = None
    action: str = ""
    owner: str = ""
    about: str = ""
    year: int | None = None
    phase: Phase | None = None


EVERY = Asked()


def register_entries(bundle: Bundle, asof: AsOf, asked: Asked = EVERY) -> tuple[HeldEntry, ...]:
    """What the registers say on a day, as far as it was asked for, in the order of owners and short names.

    Args:
        bundle: The region.
        asof: Day and knowledge of the question.
        asked: Which entries are wanted.
    """
    facts = bundle.registers
    first = facts.first_dues(asof)
    taken: dict[str, list[Adoption]] = {}
    for row in facts.adoptions_at(asof):
        taken.setdefault(row.policy, []).append(row)
    found = (_held(one, first.get((register_of(one), key_of(one))), taken, asof) for one in facts.entries(asof))
    return tuple(one for one in found if _wanted(one, asked))


def _held(entry: Entry, first: PartialDate | None, taken: dict[str, list[Adoption]], asof: AsOf) -> HeldEntry:
    key, day = key_of(entry), asof.valid
    call = isinstance(entry, Venture) and entry.opens is not None
    return HeldEntry(
        entry=entry,
        key=key,
        register=register_of(entry),
        owner=owner_of(entry),
        first_due=first,
        late=is_late(entry, day),
        ended=~is_valid(entry, asof),
        phase=phase(entry.opens, entry.closes, day) if call and isinstance(entry, Venture) else None,
        adoptions=tuple(taken.get(key, ())) if isinstance(entry, Policy) else (),
    )


def about_of(entry: Entry) -> str:
    """What an entry is about, in the word of its register; empty where it does not say."""
    if isinstance(entry, Cooperation):
        return entry.subject.value if entry.subject is not None else ""
    if isinstance(entry, Law):
        return entry.theme.value
    return entry.topic.value if isinstance(entry, Policy) else entry.kind.value


def _wanted(held: HeldEntry, asked: Asked) -> bool:
    entry = held.entry
    owners = {held.owner, *(one.member for one in held.adoptions)}
    return (
        asked.register in (None, held.register)
        and (not asked.action or asked.action in entry.actions)
        and (not asked.owner or asked.owner in owners)
        and (not asked.about or asked.about == about_of(entry))
        and (asked.year is None or (isinstance(entry, Cooperation) and entry.year == asked.year))
        and asked.phase in (None, held.phase)
    )


@dataclass(frozen=True)
class HeldCommitment:
    """A commitment as its meeting's page shows it.

    Attributes:
        commitment: The commitment.
        meeting: The meeting that made it.
        declaration: The declaration that says it; None where we do not know that one does.
        state: What became of it by the day.
    """

    commitment: Commitment
    meeting: Meeting
    declaration: Declaration | None
    state: Promise

    @property
    def moved(self) -> bool:
        """Whether its date was moved; the one first promised stays."""
        return self.commitment.due not in (None, self.commitment.first_due)


def commitments_of(bundle: Bundle, asof: AsOf, owner: str = "", meeting: str = "") -> tuple[HeldCommitment, ...]:
    """What meetings had promised by a day, and what became of it, in the order of meetings and numbers.

    Args:
        bundle: The region.
        asof: Day and knowledge of the question.
        owner: Code of a member or id of a partner: its own promises, and those of all together; empty for every one.
        meeting: Id of a meeting; empty for all.
    """
    meetings = {one.id: one for one in bundle.plans.all_meetings}
    declarations = {one.id: one for one in bundle.plans.all_declarations}
    return tuple(
        HeldCommitment(one, meetings[one.meeting], declarations.get(one.declaration or ""), state_of(one, asof))
        for one in bundle.registers.promised(asof)
        if (not meeting or one.meeting == meeting) and (not owner or one.owner in (None, owner))
    )


def entries_by_action(bundle: Bundle, asof: AsOf) -> dict[str, int]:
    """How many entries and commitments serve each action; those that none serves are left out.

    Args:
        bundle: The region.
        asof: Day and knowledge of the question.
    """
    found: dict[str, int] = {}
    served = [one.actions for one in bundle.registers.entries(asof)]
    served += [one.actions for one in bundle.registers.promised(asof)]
    for names in served:
        for name in names:
            found[name] = found.get(name, 0) + 1
    return found


@dataclass(frozen=True)
class Cell:
    """Where one member's legislation stands on one theme.

    Attributes:
        law: The statement that holds; None where we know nothing.
        instruments: The acts in force that it names, as far as they hold on the day.
    """

    member: Member
    theme: Theme
    law: Law | None = None
    instruments: tuple[Instrument, ...] = ()


def legislation(bundle: Bundle, asof: AsOf) -> tuple[tuple[Member, tuple[Cell, ...]], ...]:
    """Members by themes: every cell is there, and one without a statement is not known.

    Args:
        bundle: The region.
        asof: Day and knowledge of the question.
    """
    held_law = () if bundle.law is None else bundle.law.instruments
    acts = {one.id: one for one in held_law if is_known(one, asof) and is_valid(one, asof) is not Truth.NO}
    held = {
        (one.member, one.theme): one
        for one in bundle.registers.entries(asof, Register.LEGISLATION)
        if isinstance(one, Law)
    }
    return tuple(
        (member, tuple(_cell(member, theme, held.get((member.id, theme)), acts) for theme in Theme))
        for member in bundle.region.members_at(asof)
    )


def _cell(member: Member, theme: Theme, law: Law | None, acts: dict[str, Instrument]) -> Cell:
    names = () if law is None else law.instruments
    return Cell(member, theme, law, tuple(acts[name] for name in names if name in acts))
