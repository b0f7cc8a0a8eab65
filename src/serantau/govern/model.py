"""The law as data: words, instruments, tests, provisions, what was looked for and not found, what contradicts what.

A **layer** is one test that the law of a member puts to a transfer: its personal
data act, its data act, its rules on where data are kept. Layers add up: a flow is
permitted when every layer that binds it lets it pass. What a provision does inside
its layer is its **effect**:

* ``defines``: says whom the layer binds (``as: binds``), what is no transfer at all
  (``as: not-a-transfer``), or what a word means (``as: term``);
* ``prohibits``: bars the flow until a ``permits`` of the same layer lifts the bar;
* ``permits``: lets the flow pass on each of its *ways*, a set of safeguards or
  grounds; a layer that permits on conditions permits on no other;
* ``exempts``: takes the provisions it names out of the reckoning;
* ``requires``: asks for something to be done by a time, and forbids nothing;
* ``sanctions``: what a breach costs; decides nothing.

:mod:`serantau.govern.interpret` is the meaning of all this, written plainly.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from serantau.base import PartialDate
from serantau.facts import Fact, Grade
from serantau.facts.model import Identifier, Text

Word = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9](?:[a-z0-9./-]{0,78}[a-z0-9])?$")]
"""Id of a term of the vocabulary: lower case, with ``.`` and ``/`` between its parts."""

Atom = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9](?:[a-z0-9.-]{0,78}[a-z0-9])?(?:=(?:yes|no))?$")]
"""A piece of evidence: a safeguard, or an assessment with its outcome (``similar-law=yes``)."""

Number = Annotated[int, msgspec.Meta(ge=1, le=10_000)]


class TermKind(Enum):
    """What a word of the vocabulary is a word for."""

    DATA = "data"
    SECTOR = "sector"
    EXPORTER = "exporter"
    RECIPIENT = "recipient"
    VOLUME = "volume"
    FACT = "fact"
    SAFEGUARD = "safeguard"
    ASSESSMENT = "assessment"
    DUTY = "duty"


class Effect(Enum):
    """What a provision does; the module says how the effects work together."""

    DEFINES = "defines"
    PROHIBITS = "prohibits"
    PERMITS = "permits"
    REQUIRES = "requires"
    EXEMPTS = "exempts"
    SANCTIONS = "sanctions"


class Defines(Enum):
    """What a defining provision settles."""

    BINDS = "binds"
    NOT_A_TRANSFER = "not-a-transfer"
    TERM = "term"


class Standing(Enum):
    """Whether the provision can be relied on as written here.

    ``unresolved``: sources contradict each other, the text was not read, or whether it is in force is
    open. It is then reckoned with both ways, and where that makes a difference the answer is *unknown*.
    """

    SETTLED = "settled"
    UNRESOLVED = "unresolved"


class Side(Enum):
    """Whose law speaks: the country the data leave, or the one they come to."""

    EXPORT = "export"
    IMPORT = "import"


class Event(Enum):
    """From when a time limit runs."""

    TRANSFER = "transfer"
    FIRST_TRANSFER = "first-transfer"
    CHANGE = "change"
    BREACH = "breach"
    REQUEST = "request"
    ASSESSMENT = "assessment"


class Unit(Enum):
    """What a time limit counts."""

    HOURS = "hours"
    DAYS = "days"
    MONTHS = "months"
    YEARS = "years"


class When(Enum):
    """How a time limit stands to its event."""

    BEFORE = "before"
    WITHIN = "within"
    AT_LEAST = "for-at-least"
    EVERY = "every"


class Alignment(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The term of the W3C Data Privacy Vocabulary that a word stands nearest to, and how well that was checked."""

    iri: Annotated[str, msgspec.Meta(pattern=r"^https://w3id\.org/dpv[A-Za-z0-9/#._-]*$")]
    source: Identifier
    grade: Grade


class Term(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A word of the vocabulary. Words are ours; only what they are aligned to has a source.

    Attributes:
        id: Permanent, once for each kind.
        kind: What it is a word for.
        label: Short name, for lists.
        text: What it means, for somebody who is no lawyer.
        broader: Wider words; whatever holds of them holds of this one.
        askable: Whether a question may use it; false for mere groups.
        dpv: The nearest term of the Data Privacy Vocabulary, if one is known.
    """

    id: Word
    kind: TermKind
    label: Text
    text: Text
    broader: tuple[Word, ...] = ()
    askable: bool = True
    dpv: Alignment | None = None


class Instrument(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """An act, a regulation, a guideline.

    Attributes:
        id: Permanent identifier.
        member: Id of the member whose law it is.
        title: Name and number.
        short: Name used in tables.
        read: Which of its text was read for this bundle.
    """

    id: Identifier
    member: Identifier
    title: Text
    short: Text
    read: Annotated[str, msgspec.Meta(pattern="^(none|part|whole)$")]


class Layer(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One test that a member's law puts to a transfer. How the law is cut into layers is ours."""

    id: Identifier
    member: Identifier
    title: Text
    text: Text


class Condition(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Which flows a provision speaks of: every key that is given must hold, by one of its values.

    Attributes:
        data: Categories of data, or classes of them that the law names.
        sector: Sectors of the exporter.
        exporter: Roles and kinds of exporter.
        recipient: What the recipient is.
        volume: How many people the data are about.
        destination: Countries by ISO 3166-1 alpha-2.
        facts: Circumstances, each with the value it must have.
    """

    data: tuple[Word, ...] = ()
    sector: tuple[Word, ...] = ()
    exporter: tuple[Word, ...] = ()
    recipient: tuple[Word, ...] = ()
    volume: tuple[Word, ...] = ()
    destination: tuple[Annotated[str, msgspec.Meta(pattern="^[A-Z]{2}$")], ...] = ()
    facts: dict[Word, bool] = {}


class Way(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One way through a ``permits``: everything in ``holds`` together; nothing in it means at once.

    Attributes:
        holds: Safeguards, grounds and assessments with their outcome.
        unless: Evidence that closes this way; only a declared exception may have any.
        article: The point of the article, where the ways have their own.
    """

    holds: tuple[Atom, ...]
    unless: tuple[Atom, ...] = ()
    article: str = ""


class Deadline(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """By when: ``within 60 days of first-transfer``, ``before transfer``, ``every 6 months``."""

    when: When
    event: Event
    number: Number | None = None
    unit: Unit | None = None


class Duty(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Something to be done: what, by when, to whom.

    Attributes:
        duty: The word of the vocabulary.
        text: What is to be done, in our own words.
        deadline: By when; None where the law held here sets no time.
        to: Who has to be told; empty where it is nobody.
        relying_on: Evidence that brings the duty with it, any one of these; empty for whoever the rule speaks of.
    """

    duty: Word
    text: Text
    deadline: Deadline | None = None
    to: str = ""
    relying_on: tuple[Atom, ...] = ()


class Provision(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One rule of an instrument, as it stood from ``valid_from`` to ``valid_to``.

    Attributes:
        id: Permanent identifier.
        instrument: Id of its instrument.
        article: Article, section or paragraph; ``unknown`` is honest.
        article_grade: How well the number is supported, where that is worse than the rule itself.
        series: Id shared by the versions of one rule; their validities must not overlap.
        layer: Id of the layer in which it works.
        side: Whose law speaks.
        effect: What it does.
        text: What it says, in our own words.
        defines: What it settles; with the effect ``defines`` only.
        when: The flows it speaks of, any one of these; empty for all.
        ways: The ways through it; with the effect ``permits`` only. None given means at once.
        lifts: The bars that it lifts, and no other; a permit that names none lifts the bars that nobody names.
        frees: Provisions that it takes out of the reckoning; with the effect ``exempts`` only.
        duties: With the effect ``requires`` only.
        available: Whether the ways were ever open; false for a list that nobody was put on.
        standing: Whether it can be relied on as written here.
        non_monotone: Declares that more evidence may close a way of it.
        more_sources: Further sources of the row.
    """

    id: Identifier
    instrument: Identifier
    article: Text
    layer: Identifier
    effect: Effect
    text: Text
    article_grade: Grade | None = None
    series: Identifier | None = None
    side: Side = Side.EXPORT
    defines: Defines | None = None
    when: tuple[Condition, ...] = ()
    ways: tuple[Way, ...] = ()
    lifts: tuple[Identifier, ...] = ()
    frees: tuple[Identifier, ...] = ()
    duties: tuple[Duty, ...] = ()
    available: bool = True
    standing: Standing = Standing.SETTLED
    non_monotone: bool = False
    more_sources: tuple[Identifier, ...] = ()


class DataClass(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A class of data that a law names and lists, such as its *sensitive* data.

    Attributes:
        id: Permanent identifier, used in conditions like a category of data.
        member: Id of the member.
        instrument: Id of the instrument that names it.
        article: Where; ``unknown`` is honest.
        title: What the law calls it.
        data: The categories of the vocabulary that it lists.
        complete: Whether the list is known to be whole.
    """

    id: Word
    member: Identifier
    instrument: Identifier
    article: Text
    title: Text
    data: tuple[Word, ...]
    complete: bool


class Coverage(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That for these flows no rule was found beyond those held: what was looked at, and when (``known``).

    *Not restricted*, and *permitted* as well, rest on a fact like this and never on silence.

    Attributes:
        id: Permanent identifier.
        member: Id of the member whose law was looked through.
        when: The flows it speaks of, any one of these; empty for all.
        text: What was not found.
        looked: What was looked at, and how far.
    """

    id: Identifier
    member: Identifier
    text: Text
    looked: Text
    when: tuple[Condition, ...] = ()
    more_sources: tuple[Identifier, ...] = ()


class Conflict(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Sources that contradict each other, or a text that nobody has read yet.

    Attributes:
        id: Permanent identifier.
        member: Id of the member, or None where it concerns all.
        kind: ``conflict``, ``unread`` or ``gap``.
        text: What is open.
        handling: What the engine does meanwhile.
        provisions: The provisions it touches.
        more_sources: The other sides.
    """

    id: Identifier
    kind: Annotated[str, msgspec.Meta(pattern="^(conflict|unread|gap)$")]
    text: Text
    handling: Text
    member: Identifier | None = None
    provisions: tuple[Identifier, ...] = ()
    more_sources: tuple[Identifier, ...] = ()


class Model(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A set of model clauses that an agreement can incorporate by reference.

    Attributes:
        id: Permanent identifier.
        safeguard: The word of the vocabulary that stands for a contract on its terms.
        title: Its name.
        publisher: Who published it.
        modules: Its modules by the relation of the parties, as exporter role to recipient.
        read: Which of its text was read for this bundle.
    """

    id: Identifier
    safeguard: Word
    title: Text
    publisher: Text
    modules: dict[Word, Text]
    read: Annotated[str, msgspec.Meta(pattern="^(none|part|whole)$")]


UNKNOWN_DATE = PartialDate("unknown")
