"""Decisions for a whole inventory: every row a code into small dictionaries, an addition, a look-up.

An inventory has millions of rows and few different words. What each word of
each column adds to the place of the answer is worked out once; a row's place is
then a sum, the same expression on every engine (narwhals), and its answer is
gathered from the compiled table (Polars) or joined with it (DuckDB, Spark).
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import msgspec
import narwhals.stable.v2 as nw
import numpy as np
import numpy.typing as npt

from serantau.base import Problem, SerantauError, suggest
from serantau.govern.asking import holds_problems, profile_problems
from serantau.govern.flow import DECISIONS
from serantau.govern.table import BulkTable, DecisionTable, Profile, Reason

COUNTRIES = ("origin", "destination")
PROFILE = ("data", "sector", "exporter", "recipient", "volume", "facts")
COLUMNS = (*COUNTRIES, *PROFILE, "holds")
"""Columns that an inventory of transfers may have; a row has an id beside them."""

MAY_BE_EMPTY = frozenset({"volume", "facts", "holds"})
MOST_BLOCK = 100_000
"""Most combinations of profiles and sets of evidence; each is compiled for every pair of countries that differs."""

MOST_WORDS = 20_000
"""Most different values of a column: more are no dictionary, and mean that the column holds something else."""

MOST_LAID_OUT = 16_000_000
NOT_KNOWN = -1
NO_ANSWER = np.uint32(0xFFFFFFFF)
Ints = npt.NDArray[np.int32]


class BulkError(SerantauError):
    """An inventory of transfers cannot be decided; nothing was written."""


@dataclass(frozen=True)
class Plan:
    """What every engine needs to decide the rows of one inventory.

    Attributes:
        columns: The columns that the inventory has.
        steps: For each of them, what each of its values adds: to the place of the pair of countries for ``origin`` and
            ``destination``, to the place of the answer for the others.
        lanes: Where the answers of a pair of countries begin.
        flat: ``decision + 65536 * reason`` by place.
        start: What the values given for the whole inventory add to the place of the answer.
        pair: What they add to the place of the pair.
        wrong: What is wrong with values that have no step, by column and value.
        reasons: What the reason codes mean.
    """

    columns: tuple[str, ...]
    steps: Mapping[str, Mapping[str, int]]
    lanes: npt.NDArray[np.uint32]
    flat: npt.NDArray[np.uint32]
    start: int
    pair: int
    wrong: Mapping[tuple[str, str], Problem]
    reasons: tuple[Reason, ...]

    def dictionaries(self) -> bytes:
        """What the codes of the answer mean, as JSON."""
        content = {
            "decisions": [decision.value for decision in DECISIONS],
            "reasons": [
                {
                    "decision": reason.decision.value,
                    "origin": reason.origin,
                    "rules": reason.rules,
                    "confidence": reason.confidence.value if reason.confidence else None,
                    "missing": reason.missing,
                }
                for reason in self.reasons
            ],
        }
        return msgspec.json.encode(content)

    def refuse(self, used: Iterable[tuple[str, str]]) -> None:
        """Refuse values that have no step.

        Raises:
            BulkError: if one of the values is used.
        """
        problems = [self.wrong[key] for key in sorted(set(used)) if key in self.wrong]
        if problems:
            noun = "value" if len(problems) == 1 else "values"
            raise BulkError(
                f"The inventory has {len(problems)} {noun} that nobody knows; nothing was written.", problems
            )


def plan_bulk(
    table: DecisionTable, values: Mapping[str, Iterable[str | None]], fixed: Mapping[str, str] | None = None
) -> Plan:
    """Compile what an inventory needs.

    Args:
        table: The law of a day.
        values: The different values of each column that the inventory has; more than occur do no harm.
        fixed: One value for each column that it lacks.

    Raises:
        BulkError: if a column has neither values nor a value for all, or there are too many combinations.
    """
    given = {name: value for name, value in (fixed or {}).items() if name not in values}
    _check_columns(set(values), set(given))
    held = {name: tuple(sorted({value or "" for value in found})) for name, found in values.items()}
    for name, found in held.items():
        if len(found) > MOST_WORDS:
            raise BulkError(f"The column {name!r} has more than {MOST_WORDS:,} different values. Check what it holds.")
    reader = _Reader(table)
    good, wrong = reader.sort(held | {name: (value,) for name, value in given.items()})
    _drop_unknown_words(reader, good, wrong)
    if any(not good[name] for name in given):
        raise BulkError("A value given for all rows is not known.", sorted(wrong.values()))
    return _compile(table, good, tuple(held), wrong)


def _check_columns(held: set[str], given: set[str]) -> None:
    unknown = sorted(held - set(COLUMNS))
    if unknown:
        raise BulkError(f"{unknown[0]!r} is no column of an inventory. {suggest(unknown[0], COLUMNS)}".strip())
    missing = [name for name in COLUMNS if name not in held | given and name not in MAY_BE_EMPTY]
    if missing:
        raise BulkError(
            f"The inventory has no column {', '.join(map(repr, missing))}. Add it, or give one value for all rows with "
            f"{', '.join(f'--{name}' for name in missing)}."
        )


class _Reader:
    """Turns words of an inventory into codes of the table, and says what is wrong with those it cannot."""

    def __init__(self, table: DecisionTable) -> None:
        self._table = table
        self._vocabulary = table.law.vocabulary
        self._members = {name: member for member, home in table.homes.items() for name in (member, home)}
        self._alone = {kind: self._vocabulary.words(kind) for kind in _kinds()}

    def sort(
        self, held: Mapping[str, Sequence[str]]
    ) -> tuple[dict[str, dict[str, Any]], dict[tuple[str, str], Problem]]:
        """What the values mean, by column and value, and the problems of those that mean nothing."""
        good: dict[str, dict[str, Any]] = {name: {} for name in held}
        wrong: dict[tuple[str, str], Problem] = {}
        for name, found in held.items():
            for value in found:
                try:
                    good[name][value] = self._read(name, value)
                except _WrongError as error:
                    wrong[name, value] = error.problem
        return good, wrong

    def _read(self, name: str, value: str) -> Any:  # noqa: ANN401 - a code, a word, or evidence
        if not value and name not in MAY_BE_EMPTY:
            raise _WrongError(Problem(name, "a row has no value here.", "Fill it in."))
        if name == "origin":
            return self._country(name, value, self._members)
        if name == "destination":
            return self._country(name, value, {one: one for one in self._table.destinations} | self._homes())
        if name == "facts":
            return tuple(sorted(_facts(value)))
        if name == "holds":
            atoms = frozenset(part.strip() for part in value.replace("+", ";").split(";") if part.strip())
            for problem in holds_problems(self._vocabulary, atoms):
                raise _WrongError(Problem(name, problem.what, problem.fix))
            return atoms
        if name == "volume":
            return value or None
        return value

    def _homes(self) -> dict[str, str]:
        return dict(self._table.homes)

    def _country(self, name: str, value: str, known: Mapping[str, str]) -> str:
        found = known.get(value.upper())
        if found is None:
            raise _WrongError(Problem(name, f"{value[:40]!r} is no {name} that is known.", suggest(value, known)))
        return found

    def check(self, profile: Profile) -> list[Problem]:
        """What is wrong with the words of a profile."""
        return list(profile_problems(self._vocabulary, profile))


class _WrongError(Exception):
    """A value means nothing."""

    def __init__(self, problem: Problem) -> None:
        self.problem = problem
        super().__init__(problem.what)


def _kinds() -> tuple[Any, ...]:
    from serantau.govern.facts import DIMENSIONS

    return DIMENSIONS


def _facts(value: str) -> Iterator[tuple[str, bool]]:
    for part in value.replace(",", ";").split(";"):
        if not part.strip():
            continue
        name, sign, said = (piece.strip() for piece in part.partition("="))
        if not sign or said not in {"yes", "no", "true", "false"}:
            raise _WrongError(Problem("facts", f"{part.strip()[:40]!r} states nothing.", "Write name=yes; other=no."))
        yield name, said in {"yes", "true"}


def _compile(
    table: DecisionTable,
    good: dict[str, dict[str, Any]],
    columns: tuple[str, ...],
    wrong: dict[tuple[str, str], Problem],
) -> Plan:
    good.setdefault("volume", {"": None})
    good.setdefault("facts", {"": ()})
    good.setdefault("holds", {"": frozenset()})
    holdings = list(dict.fromkeys(good["holds"].values()))
    sizes = [len(good[name]) for name in PROFILE]
    if math.prod(sizes) * len(holdings) > MOST_BLOCK:
        raise BulkError(
            f"The inventory combines {math.prod(sizes):,} descriptions with {len(holdings)} sets of evidence; at most "
            f"{MOST_BLOCK:,} combinations are compiled. Split it by sector or exporter."
        )
    profiles = [Profile(*words) for words in itertools.product(*(good[name].values() for name in PROFILE))]
    # Where every word of a column is unknown there is nothing to look up, and every row will be refused.
    found = table.flatten(profiles, holdings) if profiles and holdings else None
    steps = _steps(found, good, sizes, holdings)
    fixed = [name for name in good if name not in columns]
    alone = {name: next(iter(steps[name].values()), 0) for name in fixed}
    return Plan(
        columns=columns,
        steps={name: steps[name] for name in columns},
        lanes=found.lanes if found else np.zeros(1, np.uint32),
        flat=found.flat if found else np.zeros(1, np.uint32),
        start=sum(step for name, step in alone.items() if name not in COUNTRIES),
        pair=sum(step for name, step in alone.items() if name in COUNTRIES),
        wrong=wrong,
        reasons=found.reasons if found else (),
    )


def _drop_unknown_words(
    reader: _Reader, good: dict[str, dict[str, Any]], wrong: dict[tuple[str, str], Problem]
) -> None:
    """Take words that the vocabulary does not have out of the good ones: each is tried in a profile of its own."""
    plain: dict[str, Any] = {
        name: next(iter(good[name].values()), "") for name in ("data", "sector", "exporter", "recipient")
    }
    for name in PROFILE:
        for value, meaning in list(good.get(name, {}).items()):
            profile = Profile(**(plain | {name: meaning}))
            where = "fact" if name == "facts" else name
            problem = next((one for one in reader.check(profile) if one.where == where), None)
            if problem is not None:
                del good[name][value]
                wrong[name, value] = Problem(name, problem.what, problem.fix)


def _steps(
    table: BulkTable | None,
    good: Mapping[str, Mapping[str, Any]],
    sizes: Sequence[int],
    holdings: Sequence[frozenset[str]],
) -> dict[str, dict[str, int]]:
    """What each value adds to the place of the pair, or of the answer."""
    steps: dict[str, dict[str, int]] = {}
    stride = len(holdings)
    for place in range(len(PROFILE) - 1, -1, -1):
        name = PROFILE[place]
        steps[name] = {value: number * stride for number, value in enumerate(good[name])}
        stride *= sizes[place]
    steps["holds"] = {value: holdings.index(meaning) for value, meaning in good["holds"].items()}
    if table is not None:
        origins = {member: number for number, member in enumerate(table.codes.origin)}
        countries = {country: number for number, country in enumerate(table.codes.destination)}
        steps["origin"] = {value: origins[member] * 256 for value, member in good["origin"].items()}
        steps["destination"] = {value: countries[country] for value, country in good["destination"].items()}
    else:
        steps["origin"], steps["destination"] = {}, {}
    return steps


# --- the one expression ----------------------------------------------------------------------------------------------------


def pair_of(plan: Plan) -> nw.Expr:
    """The place of a row's pair of countries, from the steps of its values."""
    return _sum(plan.pair, [f"{name}_step" for name in plan.columns if name in COUNTRIES])


def cell_of(plan: Plan) -> nw.Expr:
    """The place of a row's answer, from where its pair begins and the steps of its values."""
    return _sum(plan.start, ["lane", *(f"{name}_step" for name in plan.columns if name not in COUNTRIES)])


def _sum(start: int, names: Sequence[str]) -> nw.Expr:
    total = nw.lit(start, dtype=nw.Int32)
    for name in names:
        total = total + nw.col(name)
    return total


def combined(names: Sequence[str], strides: Sequence[int]) -> nw.Expr:
    """The place of a row's combination of codes, the last column fastest."""
    total = nw.lit(0, dtype=nw.Int32)
    for name, stride in zip(names, strides, strict=True):
        total = total + nw.col(name) * stride
    return total


def tables_of(plan: Plan) -> dict[str, dict[str, list[Any]]]:
    """The compiled table as small tables to join with: steps by value, lanes by pair, answers by cell."""
    tables: dict[str, dict[str, list[Any]]] = {
        name: {name: list(plan.steps[name]), f"{name}_step": list(plan.steps[name].values())} for name in plan.columns
    }
    pairs = sorted(
        {
            plan.pair + sum(both)
            for both in itertools.product(*(plan.steps[name].values() for name in plan.columns if name in COUNTRIES))
        }
    )
    tables["lanes"] = {"pair": pairs, "lane": plan.lanes[pairs].tolist()}
    decision, reason = plan.flat & 0xFFFF, plan.flat >> 16
    tables["answers"] = {"cell": list(range(len(plan.flat))), "decision": decision.tolist(), "reason": reason.tolist()}
    return tables


def joined(plan: Plan, rows: nw.LazyFrame[Any], tables: Mapping[str, nw.LazyFrame[Any]], key: str) -> nw.LazyFrame[Any]:
    """Every row's decision and reason, by joins with the small tables; the order of rows is free.

    Args:
        plan: The plan.
        rows: The inventory.
        tables: Those of :func:`tables_of`, in the engine of the rows.
        key: The column that names a row.
    """
    found = rows.select(key, *(nw.col(name).cast(nw.String).fill_null("") for name in plan.columns))
    for name in plan.columns:
        found = found.join(tables[name], on=name, how="left")
    found = found.with_columns(pair=pair_of(plan)).join(tables["lanes"], on="pair", how="left")
    found = found.with_columns(cell=cell_of(plan)).join(tables["answers"], on="cell", how="left")
    return found.select(key, "decision", "reason")


class Gather:
    """Decisions by look-up, for columns that come as codes and dictionaries.

    The dictionaries of a row group are few words, so the answers to all their combinations are laid out once, and a
    row costs one sum and one look-up.
    """

    def __init__(self, plan: Plan) -> None:
        """Take the plan; nothing is laid out yet."""
        self._plan = plan
        self._laid_out: dict[tuple[tuple[str, ...], ...], _LaidOut] = {}

    def decide(self, columns: Mapping[str, tuple[Ints, tuple[str, ...]]]) -> tuple[Any, Any]:
        """Decision and reason of each row, uint16.

        Args:
            columns: For each column of the plan its codes and its dictionary; a null has the code after the last.

        Raises:
            BulkError: if a row has a value that is not known.
            NewWordsError: if a row has a value that the plan was not made for.
        """
        import polars as pl

        names = self._plan.columns
        key = tuple(columns[name][1] for name in names)
        if key not in self._laid_out:
            self._laid_out = {key: _lay_out(self._plan, key)}
        laid_out = self._laid_out[key]
        frame = nw.from_native(pl.DataFrame({name: columns[name][0] for name in names}))
        places = frame.select(cell=combined(names, laid_out.strides))["cell"].to_numpy()
        answers = laid_out.answers.take(places, mode="clip")
        if laid_out.has_gaps and bool((answers == NO_ANSWER).any()):
            self._refuse(columns, answers == NO_ANSWER)
        halves = answers.view(np.uint16).reshape(len(answers), 2)
        return np.ascontiguousarray(halves[:, 0]), np.ascontiguousarray(halves[:, 1])

    def _refuse(self, columns: Mapping[str, tuple[Ints, tuple[str, ...]]], rows: npt.NDArray[np.bool_]) -> None:
        for name, (codes, dictionary) in columns.items():
            entries = (*dictionary, "")
            used = {entries[code] for code in np.unique(codes[rows])} - set(self._plan.steps[name])
            self._plan.refuse((name, value) for value in used)
            if used:
                raise NewWordsError(name, used)


@dataclass(frozen=True)
class _LaidOut:
    """The answers to every combination of some dictionaries, and what a code of each column counts."""

    answers: npt.NDArray[np.uint32]
    strides: tuple[int, ...]
    has_gaps: bool


def _lay_out(plan: Plan, dictionaries: tuple[tuple[str, ...], ...]) -> _LaidOut:
    sizes = [len(dictionary) + 1 for dictionary in dictionaries]
    if math.prod(sizes) > MOST_LAID_OUT:
        raise BulkError(
            f"A row group combines {math.prod(sizes):,} different values; at most {MOST_LAID_OUT:,} are laid out at once. "
            "Take the engine duckdb, or write smaller row groups."
        )
    pair = np.full([1] * len(sizes), plan.pair, dtype=np.int64)
    cell = np.full([1] * len(sizes), plan.start, dtype=np.int64)
    gap = np.zeros([1] * len(sizes), dtype=np.bool_)
    for place, (name, dictionary) in enumerate(zip(plan.columns, dictionaries, strict=True)):
        known = plan.steps[name]
        steps = np.array([known.get(value, NOT_KNOWN) for value in (*dictionary, "")], dtype=np.int64)
        shape = [1] * len(sizes)
        shape[place] = sizes[place]
        steps = steps.reshape(shape)
        gap = gap | (steps == NOT_KNOWN)
        if name in COUNTRIES:
            pair = pair + steps
        else:
            cell = cell + steps
    cells = plan.lanes.astype(np.int64).take(pair, mode="clip") + cell
    answers = np.where(gap, NO_ANSWER, plan.flat.take(cells, mode="clip"))
    strides = tuple(math.prod(sizes[place + 1 :]) for place in range(len(sizes)))
    return _LaidOut(np.ascontiguousarray(np.broadcast_to(answers, sizes)).reshape(-1), strides, bool(gap.any()))


class NewWordsError(Exception):
    """Values that the plan was not made for: the plan is to be made again with them."""

    def __init__(self, column: str, words: set[str]) -> None:
        """Keep them."""
        self.column = column
        self.words = words
        super().__init__(column)
