"""Entries as pages show them: names for ids, words for states, links for sources and actions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.translation import gettext as _

from serantau.base import Truth
from serantau.bundle import Bundle
from serantau.facts.evidence import Evidence, Funding
from serantau.forum.registers import Cooperation, Entry, Law, Policy, Register, Venture
from serantau.plan import Action
from serantau.registers import Asked, HeldEntry, about_of, register_entries
from serantau.web.measure.parts import SourceView, source_view
from serantau.web.registers import words
from serantau.web.site.question import Question


@dataclass(frozen=True)
class Names:
    """What the ids of a region are called.

    Attributes:
        parties: Members by code and partners by id.
        members: Codes of the members, whose names lead to their pages.
        actions: Actions by id.
    """

    parties: dict[str, str]
    members: frozenset[str]
    actions: dict[str, Action]

    @classmethod
    def of(cls, bundle: Bundle) -> Names:
        """The names of a region."""
        region = bundle.region
        return cls(
            {one.id: one.name for one in (*region.members, *region.partners)},
            frozenset(one.id for one in region.members),
            {one.id: one for one in bundle.plans.all_actions},
        )

    def party(self, name: str) -> str:
        """A member or partner; the region where no single one is meant."""
        return self.parties.get(name, name) if name else _("the region together")


@dataclass(frozen=True)
class Row:
    """An entry in a list.

    Attributes:
        held: The entry with what was worked out of it.
        address: Where its page is.
        title: What it is called.
        owner: Name of the member or partner that answers for it.
        about: What it is about, in words; empty where it does not say.
        state: How far it is, in words; empty where that is no question.
        when: Year, or first and last day, in words.
        source: Its source.
        ended: Day until which it held, where that is past; empty otherwise.
    """

    held: HeldEntry
    address: str
    title: str
    owner: str
    about: str
    state: str
    when: str
    source: SourceView
    ended: str = ""

    @property
    def entry(self) -> Entry:
        """The entry itself."""
        return self.held.entry


def row_of(held: HeldEntry, bundle: Bundle, names: Names) -> Row:
    """An entry for a list."""
    entry = held.entry
    return Row(
        held=held,
        address=address_of(held.register, held.key),
        title=title_of(entry, names),
        owner=names.party(held.owner),
        about=str(words.ABOUT[held.register].get(about_of(entry), "")),
        state=state_of(held),
        when=_when(entry),
        source=source_view(bundle, entry.source),
        ended=str(entry.valid_to) if held.ended is Truth.YES else "",
    )


def address_of(register: Register, key: str) -> str:
    """Address of an entry."""
    return f"/forum/registers/{register.value}/{key}/"


def title_of(entry: Entry, names: Names) -> str:
    """What an entry is called."""
    if isinstance(entry, Law):
        return f"{names.party(entry.member)}: {words.THEMES[entry.theme]}"
    return entry.title


def state_of(held: HeldEntry) -> str:
    """How far an entry is, in words."""
    entry = held.entry
    if held.phase is not None:
        return str(words.PHASES[held.phase])
    if isinstance(entry, Cooperation | Venture):
        return str(words.STATES[entry.state])
    if isinstance(entry, Law) and entry.bill is not None:
        return str(words.STAGES[entry.stage]) if entry.stage is not None else _("stage not known")
    return ""


def _when(entry: Entry) -> str:
    if isinstance(entry, Cooperation):
        return str(entry.year) if entry.year is not None else ""
    if isinstance(entry, Venture) and entry.opens is not None:
        return f"{entry.opens} – {entry.closes}"
    if isinstance(entry, Policy) and entry.valid_from.known:
        return str(entry.valid_from)
    return ""


@dataclass(frozen=True)
class Fact:
    """One line of an entry's page.

    Attributes:
        name: What it is.
        text: What it says; empty where nothing is known, or where one of the lists says it.
        evidence: Documents.
        actions: Actions of the plan, each with the query of its page.
        funding: Sums of money.
        lines: Texts one below the other.
        known: Whether it is known at all.
    """

    name: str
    text: str = ""
    evidence: tuple[Evidence, ...] = ()
    actions: tuple[tuple[Action, str], ...] = ()
    funding: tuple[Funding, ...] = ()
    lines: tuple[str, ...] = ()

    @property
    def known(self) -> bool:
        """Whether it says anything."""
        return bool(self.text or self.evidence or self.actions or self.funding or self.lines)


def facts_of(held: HeldEntry, question: Question, names: Names) -> list[Fact]:
    """The lines of an entry's page, in order; a line that says nothing is *not known*."""
    entry = held.entry
    lines = [Fact(_("Answers for it"), names.party(held.owner))]
    if isinstance(entry, Cooperation):
        lines += _of_cooperation(entry)
    elif isinstance(entry, Venture):
        lines += _of_venture(held, entry)
    elif isinstance(entry, Law):
        lines += _of_law(entry, question.answers.bundle)
    else:
        lines += _of_policy(entry)
    lines.append(Fact(_("Carried out by"), entry.lead or ""))
    served = tuple(names.actions[name] for name in entry.actions if name in names.actions)
    lines.append(Fact(_("Serves the actions"), actions=tuple((one, question.query_for(one.plan)) for one in served)))
    lines.append(Fact(_due_name(entry), _due(held)))
    if not isinstance(entry, Policy):
        lines.append(Fact(_("What shows it"), evidence=entry.evidence))
    return lines


def _of_cooperation(entry: Cooperation) -> Iterator[Fact]:
    yield Fact(_("Subject"), str(words.SUBJECTS[entry.subject]) if entry.subject else "")
    yield Fact(_("Year"), str(entry.year or ""))
    yield Fact(_("State"), str(words.STATES[entry.state]))
    yield Fact(_("What is done"), entry.text or "")
    yield Fact(_("Seats"), "" if entry.seats is None else str(entry.seats))
    yield Fact(_("Funding"), funding=entry.funding)
    yield Fact(_("Result"), entry.result or "")


def _of_venture(held: HeldEntry, entry: Venture) -> Iterator[Fact]:
    yield Fact(_("Kind"), str(words.KINDS[entry.kind]))
    yield Fact(_("Builds"), str(words.AREAS[entry.area]) if entry.area else "")
    if held.phase is not None:
        yield Fact(_("Seeks"), entry.seeks or "")
        yield Fact(_("Who may answer"), entry.who or "")
        yield Fact(_("Open from"), str(entry.opens or ""))
        yield Fact(_("Open until"), str(entry.closes or ""))
        yield Fact(_("Whether it is open"), str(words.PHASES[held.phase]))
        answer = Evidence(title=entry.answer_to, address=entry.answer_to) if entry.answer_to else None
        yield Fact(_("Where to answer"), evidence=(answer,) if answer else ())
    yield Fact(_("State"), str(words.STATES[entry.state]))
    yield Fact(_("Takes part"), lines=entry.parties)
    yield Fact(_("What is done"), entry.text or "")
    yield Fact(_("Funding"), funding=entry.funding)
    yield Fact(_("Result"), entry.result or "")


def _of_law(entry: Law, bundle: Bundle) -> Iterator[Fact]:
    held = {} if bundle.law is None else {one.id: one for one in bundle.law.instruments}
    acts = tuple(held[name].title for name in entry.instruments if name in held)
    yield Fact(_("Law in force"), entry.law or "", lines=acts)
    yield Fact(_("What is missing"), entry.gap or "")
    yield Fact(_("Bill"), entry.bill or "")
    yield Fact(_("Stage of the bill"), str(words.STAGES[entry.stage]) if entry.stage else "")
    yield Fact(_("Next step"), entry.next_step or "")


def _of_policy(entry: Policy) -> Iterator[Fact]:
    yield Fact(_("Topic"), str(words.TOPICS[entry.topic]))
    yield Fact(_("What it does"), entry.text or "")
    yield Fact(_("What was learned"), entry.lesson or "")
    yield Fact(_("Documents"), evidence=entry.evidence)


def _due_name(entry: Entry) -> str:
    if isinstance(entry, Law):
        return _("Next step due")
    return _("To be reviewed") if isinstance(entry, Policy) else _("Due")


def _due(held: HeldEntry) -> str:
    if held.entry.due is None:
        return ""
    said = str(held.entry.due)
    if held.moved:
        said = _("%(due)s; first stated as %(first)s") % {"due": said, "first": held.first_due}
    return _("%(due)s, which is past") % {"due": said} if held.late else said


def entries_of_party(question: Question, party: str) -> list[tuple[str, str, str]]:
    """Address, title and state of every entry that a member or partner answers for or took over, for its own page."""
    bundle = question.answers.bundle
    names = Names.of(bundle)
    held = register_entries(bundle, question.asof, Asked(owner=party))
    return [(address_of(one.register, one.key), title_of(one.entry, names), state_of(one)) for one in held]
