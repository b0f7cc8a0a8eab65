"""The decision table: the rules in force on a day, compiled so that an answer is a look-up and a bit test.

For each origin the inputs that its rules mention are cut into classes of values that no rule
tells apart. Every combination of classes is a **cell**; a cell holds the number of an **answer**;
an answer holds, for each bar that stands in the way, the sets of evidence that lift it, as bit masks.

Three ways to ask:

``table.explain(flow)``
    One flow, by words: the decision, the rules that decided, what is missing.

``table.flatten(profiles, holdings)``
    A :class:`BulkTable` for millions of flows by number. A *profile* is everything about a flow but
    its two countries and its evidence (:class:`Profile`); a *holding* is a set of evidence. An inventory
    has few different ones of each. Columns are integer codes into dictionaries:

    ============  ==========================================  ==================
    column        dictionary                                  type of the codes
    ============  ==========================================  ==================
    origin        ``bulk.codes.origin``: ids of members       uint8
    destination   ``bulk.codes.destination``: ISO alpha-2     uint8
    profile       ``bulk.codes.profile``: as given            uint8 or uint16
    holding       ``bulk.codes.holding``: as given            uint8 or uint16
    ============  ==========================================  ==================

    ``bulk.lookup(origin, destination, profile, holding)`` gives two uint16 arrays, ``decision`` (index into
    :data:`~serantau.govern.flow.DECISIONS`, permanent) and ``reason`` (index into ``bulk.reasons``, good for
    this table). ``bulk.lanes`` and ``bulk.flat`` are the two arrays that it looks up in, for engines that
    gather by themselves::

        flat[lanes[origin * 256 + destination] + profile * len(holdings) + holding]  # decision + 65536 * reason

``table.cells(origin)``
    The closed table of one origin, cell by cell, for proofs, matrices and comparisons.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from typing import Any, NamedTuple

import numpy as np
import numpy.typing as npt

from serantau.base import AsOf, suggest
from serantau.facts import Grade
from serantau.govern.clauses import Answer, Judged, settler
from serantau.govern.countries import ALPHA2
from serantau.govern.errors import GovernError
from serantau.govern.facts import DIMENSIONS, LawFacts, Rules, Vocabulary, meets
from serantau.govern.flow import Decision, Flow
from serantau.govern.model import Condition, TermKind

U32 = npt.NDArray[np.uint32]
U16 = npt.NDArray[np.uint16]
Codes8 = npt.NDArray[np.unsignedinteger[Any]]

CHUNK = 1 << 16
MOST_REASONS = 1 << 16
NO, YES, NOT_STATED = 0, 1, 2
"""Places on the axis of a circumstance."""


class Profile(NamedTuple):
    """Everything about a flow but its two countries and its evidence; the fields are those of :class:`Flow`."""

    data: str
    sector: str
    exporter: str
    recipient: str
    volume: str | None = None
    facts: tuple[tuple[str, bool], ...] = ()


@dataclass(frozen=True)
class Reason:
    """Why rows with one reason code got their decision.

    Attributes:
        decision: The decision.
        origin: Id of the member whose law decided; None where the data stay at home.
        rules: Ids of the rules and coverage facts that decided.
        confidence: The weakest grade among them; None for *unknown*.
        missing: For ``permitted-if``, the smallest sets of evidence that would do, beyond what is held.
    """

    decision: Decision
    origin: str | None
    rules: tuple[str, ...]
    confidence: Grade | None
    missing: tuple[tuple[str, ...], ...] = ()


@dataclass(frozen=True)
class Explained:
    """One decision by look-up.

    Attributes:
        decision: The decision.
        rules: Ids of the rules and coverage facts that decided.
        confidence: The weakest grade among them.
        missing: The smallest sets of evidence that would do, beyond what is held.
        answer: The cell's answer, with everything it knows.
    """

    decision: Decision
    rules: tuple[str, ...]
    confidence: Grade | None
    missing: tuple[tuple[str, ...], ...]
    answer: Answer


class Cell(NamedTuple):
    """One cell of an origin's closed table: a flow that stands for all of it, and its answer."""

    flow: Flow
    answer: Answer


class Axis(NamedTuple):
    """One input of an origin's table: which class each value is in, and one value for each class."""

    name: str
    place: Mapping[Any, int]
    sample: tuple[Any, ...]


class OriginTable:
    """The closed table of one origin on one day."""

    def __init__(self, rules: Rules, vocabulary: Vocabulary, home: str, countries: Iterable[str] = ALPHA2) -> None:
        """Compile.

        Args:
            rules: What is in force in the origin.
            vocabulary: The words of the region.
            home: ISO alpha-2 code of the origin.
            countries: Where data may be sent.
        """
        self.rules = rules
        self.home = home
        self.vocabulary = vocabulary
        self.atoms = rules.atoms
        self._bits = _evidence_bits(rules.atoms, vocabulary)
        abroad = tuple(country for country in countries if country != home)
        self.axes, self.grid, self.answers = _compile(rules, vocabulary, abroad)
        self._flat: list[int] = self.grid.ravel().tolist()
        strides = [int(stride) // self.grid.itemsize for stride in self.grid.strides]
        named = dict(zip((axis.name for axis in self.axes), strides, strict=True))
        self._steps = {
            axis.name: {value: place * named[axis.name] for value, place in axis.place.items()} for axis in self.axes
        }
        # What is not stated adds up to this; each circumstance that is, takes its part away again.
        self._open = sum(2 * named[name] for name in rules.facts)
        self._facts = {
            (name, value): (place - NOT_STATED) * named[name]
            for name in rules.facts
            for value, place in ((False, NO), (True, YES))
        }

    def mask(self, holds: Iterable[str]) -> int:
        """Evidence as bits of this origin; what its rules never ask for has none."""
        mask = 0
        get = self._bits.get
        for atom in holds:
            mask |= get(atom, 0)
        return mask

    def words(self, mask: int) -> tuple[str, ...]:
        """The evidence that some bits stand for, one for each."""
        return tuple(atom for number, atom in enumerate(self.atoms) if mask >> number & 1)

    def answer(self, flow: Flow) -> Answer:
        """The answer of the flow's cell.

        Raises:
            KeyError: if the flow uses a word that the vocabulary does not have.
        """
        steps = self._steps
        place = (
            self._open
            + steps["destination"][flow.destination]
            + steps["data"][flow.data]
            + steps["sector"][flow.sector]
            + steps["exporter"][flow.exporter]
            + steps["recipient"][flow.recipient]
            + steps["volume"][flow.volume]
        )
        get = self._facts.get
        for pair in flow.facts:
            place += get(pair, 0)
        return self.answers[self._flat[place]]

    def explain(self, flow: Flow) -> Explained:
        """Decide one flow by look-up.

        Raises:
            KeyError: if the flow uses a word that the vocabulary does not have.
        """
        if flow.destination == self.home:
            return AT_HOME
        answer = self.answer(flow)
        mask = self.mask(flow.holds)
        known = answer.explained.get(mask)
        if not isinstance(known, Explained):
            judged = answer.judge(mask)
            missing = tuple(self.words(answer.named(one)) for one in answer.missing(mask, judged.decision))
            known = Explained(judged.decision, judged.rules, judged.confidence, missing, answer)
            answer.explained[mask] = known
        return known

    def cells(self) -> Iterator[Cell]:
        """Every cell, each by one flow that stands for it; destinations at home are left out."""
        names = [axis.name for axis in self.axes]
        sizes = [range(len(axis.sample)) for axis in self.axes]
        for places in itertools.product(*sizes):
            sample = {name: axis.sample[place] for name, axis, place in zip(names, self.axes, places, strict=True)}
            stated = tuple((name, sample[name]) for name in self.rules.facts if sample[name] is not None)
            flow = Flow(
                origin=self.rules.member,
                destination=sample["destination"],
                data=sample["data"],
                sector=sample["sector"],
                exporter=sample["exporter"],
                recipient=sample["recipient"],
                volume=sample["volume"],
                facts=stated,
            )
            yield Cell(flow, self.answers[int(self.grid[places])])


class DecisionTable:
    """The law of every member on one day, compiled."""

    def __init__(
        self, law: LawFacts, homes: Mapping[str, str], asof: AsOf, origins: Mapping[str, OriginTable] | None = None
    ) -> None:
        """Compile every origin.

        Args:
            law: The facts.
            homes: For each member, its ISO alpha-2 code.
            asof: The day, and the day by which the facts had to be known.
            origins: The tables of that day, if they are compiled already.

        Its ``destinations`` are every country that data may be sent to.
        """
        self.law = law
        self.asof = asof
        self.homes = dict(homes)
        self.destinations = tuple(sorted({*ALPHA2, *homes.values()}))
        self.origins = dict(origins or {}) or {
            member: OriginTable(law.rules(member, asof), law.vocabulary, home, self.destinations)
            for member, home in homes.items()
        }

    def origin(self, member: str) -> OriginTable:
        """The table of an origin.

        Raises:
            GovernError: if there is none.
        """
        if member not in self.origins:
            raise GovernError(f"No law is held of {member[:40]!r}. {suggest(member, self.origins)}".strip())
        return self.origins[member]

    def cells(self, member: str) -> Iterator[Cell]:
        """Every cell of an origin."""
        return self.origin(member).cells()

    def explain(self, flow: Flow) -> Explained:
        """Decide one flow by look-up.

        Raises:
            KeyError: if the flow uses a word that the vocabulary does not have;
                :func:`serantau.govern.asking.check_flow` says which.
        """
        return self.origins[flow.origin].explain(flow)

    def flatten(self, profiles: Sequence[Profile], holdings: Sequence[frozenset[str]]) -> BulkTable:
        """The table for many flows that share a few profiles and a few sets of evidence.

        Raises:
            GovernError: if a profile or holding uses a word that the vocabulary does not have, or there are too many.
        """
        return BulkTable(self, tuple(profiles), tuple(frozenset(one) for one in holdings))


def compile_rules(law: LawFacts, homes: Mapping[str, str], day: date, known: date = date.max) -> DecisionTable:
    """Compile the law of all members as it is in force on a day."""
    return DecisionTable(law, homes, AsOf(day, known))


NOWHERE = Answer((Judged(Decision.NOT_A_TRANSFER, (), None),))
AT_HOME = Explained(Decision.NOT_A_TRANSFER, (), None, (), NOWHERE)
"""The answer to a flow that does not leave the country."""


# --- bulk ----------------------------------------------------------------------------------------------------------------


@dataclass(frozen=True)
class BulkCodes:
    """The dictionaries of a bulk table: a column's code is the place in its dictionary."""

    origin: tuple[str, ...]
    destination: tuple[str, ...]
    profile: tuple[Profile, ...]
    holding: tuple[frozenset[str], ...]


class Looked(NamedTuple):
    """Decision codes and reason codes, row by row."""

    decision: U16
    reason: U16


@dataclass(frozen=True)
class BulkTable:
    """Decisions by integer codes; see the module for the columns.

    Attributes:
        lanes: Where in ``flat`` the block of a pair of countries begins, by ``origin * 256 + destination``.
        flat: For each block, profile and holding: ``decision + 65536 * reason``.
        reasons: What the reason codes mean.
    """

    table: DecisionTable
    profiles: tuple[Profile, ...]
    holdings: tuple[frozenset[str], ...]
    codes: BulkCodes = field(init=False)
    lanes: U32 = field(init=False)
    flat: U32 = field(init=False)
    reasons: tuple[Reason, ...] = field(init=False)

    def __post_init__(self) -> None:
        """Compile the two arrays."""
        from serantau.govern.asking import check_holds, check_profile

        if not self.profiles or not self.holdings:
            raise GovernError("There is no profile or no holding: give at least one of each (an empty holding is one).")
        for profile in self.profiles:
            check_profile(self.table.law.vocabulary, profile)
        for holds in self.holdings:
            check_holds(self.table.law.vocabulary, holds)
        origins, destinations = tuple(self.table.origins), self.table.destinations
        codes = BulkCodes(origins, destinations, self.profiles, self.holdings)
        builder = _Flattening(self.table, codes)
        lanes, flat = builder.build()
        for name, value in (("codes", codes), ("lanes", lanes), ("flat", flat), ("reasons", tuple(builder.reasons))):
            object.__setattr__(self, name, value)

    def lookup(self, origin: Codes8, destination: Codes8, profile: Codes8, holding: Codes8) -> Looked:
        """Decide every row.

        Args:
            origin: Codes of the members the data leave, unsigned, shape (rows,).
            destination: Codes of the countries they go to.
            profile: Codes of the profiles.
            holding: Codes of the sets of evidence.

        Returns:
            Two uint16 arrays of the same length; both are views of one array of pairs.

        Raises:
            GovernError: if the columns differ in length or a code is in no dictionary.
        """
        rows = len(origin)
        columns = (origin, destination, profile, holding)
        if any(len(column) != rows for column in columns):
            raise GovernError(f"The columns have {[len(column) for column in columns]} rows; they must have the same.")
        sizes = (len(self.codes.origin), len(self.codes.destination), len(self.profiles), len(self.holdings))
        out = np.empty(rows, np.uint32)
        size = min(CHUNK, rows)
        lane, inner = np.empty(size, np.intp), np.empty(size, np.intp)
        width = np.intp(len(self.holdings))
        for start in range(0, rows, CHUNK):
            parts = [column[start : start + CHUNK] for column in columns]
            for part, most, name in zip(parts, sizes, ("origin", "destination", "profile", "holding"), strict=True):
                if part.dtype.kind != "u":
                    raise GovernError(f"The codes of {name} are {part.dtype}; they must be unsigned integers.")
                if int(part.max()) >= most:
                    raise GovernError(f"A code of {name} is {int(part.max())}; its dictionary has {most} entries.")
            count = len(parts[0])
            keys, places = lane[:count], inner[:count]
            np.multiply(parts[0], np.intp(256), out=keys)
            np.add(keys, parts[1], out=keys)
            np.multiply(parts[2], width, out=places)
            np.add(places, parts[3], out=places)
            np.add(places, self._lanes.take(keys, mode="clip"), out=places)
            self.flat.take(places, out=out[start : start + count], mode="clip")
        pairs = out.view(np.uint16).reshape(rows, 2)
        return Looked(pairs[:, 0], pairs[:, 1])

    @cached_property
    def _lanes(self) -> npt.NDArray[np.intp]:
        return self.lanes.astype(np.intp)


class _Flattening:
    """Builds the arrays of a bulk table."""

    def __init__(self, table: DecisionTable, codes: BulkCodes) -> None:
        self.table = table
        self.codes = codes
        self.reasons: list[Reason] = []
        self._numbers: dict[Reason, int] = {}

    def build(self) -> tuple[U32, U32]:
        """Blocks of profiles and holdings, one for each class of destinations of each origin."""
        size = len(self.codes.profile) * len(self.codes.holding)
        lanes = np.zeros(256 * len(self.codes.origin), np.uint32)
        blocks: list[npt.NDArray[np.uint16]] = [self._home_block()]
        for row, member in enumerate(self.codes.origin):
            table = self.table.origins[member]
            place = {axis.name: axis.place for axis in table.axes}["destination"]
            begin: dict[int, int] = {}
            for column, country in enumerate(self.codes.destination):
                if country == table.home:
                    continue
                if place[country] not in begin:
                    begin[place[country]] = len(blocks) * size
                    blocks.append(self._block(table, country))
                lanes[row * 256 + column] = begin[place[country]]
        flat = np.ascontiguousarray(np.concatenate(blocks)).view(np.uint32).ravel()
        return lanes, flat

    def _home_block(self) -> npt.NDArray[np.uint16]:
        size = len(self.codes.profile) * len(self.codes.holding)
        number = self._number(Reason(Decision.NOT_A_TRANSFER, None, (), None))
        return np.tile(np.array([[Decision.NOT_A_TRANSFER.code, number]], np.uint16), (size, 1))

    def _block(self, table: OriginTable, country: str) -> npt.NDArray[np.uint16]:
        rows: list[tuple[int, int]] = []
        seen: dict[Answer, list[tuple[int, int]]] = {}
        for profile in self.codes.profile:
            flow = Flow(table.rules.member, country, *profile)
            answer = table.answer(flow)
            if answer not in seen:
                seen[answer] = [self._entry(flow, holds) for holds in self.codes.holding]
            rows += seen[answer]
        return np.array(rows, np.uint16)

    def _entry(self, flow: Flow, holds: frozenset[str]) -> tuple[int, int]:
        held = Flow(flow.origin, flow.destination, *Profile(*_profile_of(flow)), holds)
        found = self.table.explain(held)
        reason = Reason(found.decision, flow.origin, found.rules, found.confidence, found.missing)
        return found.decision.code, self._number(reason)

    def _number(self, reason: Reason) -> int:
        number = self._numbers.get(reason)
        if number is None:
            number = self._numbers[reason] = len(self.reasons)
            if number >= MOST_REASONS:
                raise GovernError(
                    f"These profiles and holdings give more than {MOST_REASONS} different reasons. Split the inventory."
                )
            self.reasons.append(reason)
        return number


def _profile_of(flow: Flow) -> Profile:
    return Profile(flow.data, flow.sector, flow.exporter, flow.recipient, flow.volume, flow.facts)


# --- compiling -----------------------------------------------------------------------------------------------------------


def _evidence_bits(atoms: tuple[str, ...], vocabulary: Vocabulary) -> dict[str, int]:
    """For each piece of evidence, its bit and the bits of what it also is; what no rule asks for has none."""
    own = {atom: 1 << number for number, atom in enumerate(atoms)}
    bits = {atom: bit if "=" in atom else 0 for atom, bit in own.items()}
    for term in vocabulary.terms:
        if term.kind is TermKind.SAFEGUARD:
            bits[term.id] = sum(own.get(one, 0) for one in vocabulary.wider(term.kind, term.id))
    return bits


def _opposed(atoms: tuple[str, ...], bits: Mapping[str, int]) -> tuple[int, ...]:
    """An assessment that came to yes and to no at once."""
    yes = [atom for atom in atoms if atom.endswith("=yes")]
    return tuple(bits[one] | bits[other] for one in yes if (other := f"{one[:-3]}no") in bits)


def _compile(
    rules: Rules, vocabulary: Vocabulary, countries: tuple[str, ...]
) -> tuple[tuple[Axis, ...], npt.NDArray[np.uint16], list[Answer]]:
    """Classes of each input, the grid of cells, and the answers that the cells name by number.

    A *mask* has a bit for each condition of a rule; a value of an input keeps the bits of the conditions that it
    meets. What is not stated is put at the end of its axis, as all that it may be.
    """
    conditions = rules.conditions
    number = {id(one): place for place, one in enumerate(conditions)}

    def mask_of(met: Iterable[bool]) -> int:
        return sum(1 << place for place, one in enumerate(met) if one)

    values: dict[str, dict[Any, int]] = {
        "destination": {
            code: mask_of(not one.destination or code in one.destination for one in conditions) for code in countries
        }
    }
    for kind in DIMENSIONS:
        values[kind.value] = {
            word: mask_of(_meets(rules, vocabulary, kind, one, word) for one in conditions)
            for word in vocabulary.words(kind)
        }
    for fact in rules.facts:
        values[fact] = {
            value: mask_of(one.facts.get(fact, value) is value for one in conditions) for value in (False, True)
        }
    axes: list[Axis] = []
    masks = [(1 << len(conditions)) - 1]
    grid: npt.NDArray[np.int64] = np.zeros((), np.int64)
    for name, mask in values.items():
        axis, classes = _classes(name, mask, keep=name in rules.facts)
        axes.append(axis)
        step, masks = _step(masks, classes)
        grid = step[grid]
    every = _evidence_bits(rules.atoms, vocabulary)
    bits = {atom: every[atom] for atom in rules.atoms}
    settle = settler(rules, number, bits, _opposed(rules.atoms, bits))
    answers: dict[Answer, int] = {}
    settled = np.array([answers.setdefault(settle(mask), len(answers)) for mask in masks], np.int64)
    grid = settled[grid]
    for place, axis in enumerate(axes):
        if axis.name == TermKind.VOLUME.value and len(axis.sample) == 1:
            axes[place] = Axis(axis.name, {**axis.place, None: 0}, axis.sample)
        elif axis.name == TermKind.VOLUME.value or axis.name in rules.facts:
            grid = _open_axis(grid, place, answers)
            axes[place] = Axis(axis.name, {**axis.place, None: len(axis.sample)}, (*axis.sample, None))
    if len(answers) >= MOST_REASONS:
        raise GovernError(f"The rules of {rules.member} give more than {MOST_REASONS} different answers.")
    return tuple(axes), grid.astype(np.uint16), list(answers)


def _open_axis(grid: npt.NDArray[np.int64], place: int, answers: dict[Answer, int]) -> npt.NDArray[np.int64]:
    """Put one more slice at the end of an axis: what holds when its value is not stated, and so may be any."""
    merged: npt.NDArray[np.int64] = grid.take(np.array(0), axis=place)
    known = list(answers)
    for number in range(1, grid.shape[place]):
        pairs = merged * (1 << 32) + grid.take(number, axis=place)
        found, back = np.unique(pairs, return_inverse=True)
        both = [known[pair >> 32].merged(known[pair & (1 << 32) - 1]) for pair in found.tolist()]
        numbers = np.array([answers.setdefault(one, len(answers)) for one in both], np.int64)
        known = list(answers)
        merged = numbers[back.reshape(merged.shape)]
    return np.concatenate([grid, np.expand_dims(merged, place)], axis=place)


def _meets(rules: Rules, vocabulary: Vocabulary, kind: TermKind, condition: Condition, word: str) -> bool:
    wanted = getattr(condition, kind.value)
    return not wanted or meets(rules, vocabulary, kind, wanted, word)


def _classes(name: str, mask_of: Mapping[Any, int], *, keep: bool) -> tuple[Axis, list[int]]:
    """Values that keep the same mask are one class; a circumstance keeps its values apart."""
    place: dict[Any, int] = {}
    classes: list[int] = []
    sample: list[Any] = []
    for value, mask in mask_of.items():
        if keep or mask not in classes:
            classes.append(mask)
            sample.append(value)
            place[value] = len(classes) - 1
        else:
            place[value] = classes.index(mask)
    return Axis(name, place, tuple(sample)), classes


def _step(masks: list[int], classes: list[int]) -> tuple[npt.NDArray[np.int64], list[int]]:
    """Put one more input to every mask: the number of the new mask for each old one and class."""
    new: dict[int, int] = {}
    rows = [[new.setdefault(mask & more, len(new)) for more in classes] for mask in masks]
    return np.array(rows, np.int64), list(new)
