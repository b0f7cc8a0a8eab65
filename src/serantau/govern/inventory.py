"""The inventory: which data sets there are, whose they are, what for, how long, and when that is looked at again.

An inventory is a file of the user's own, YAML or CSV. It is read as facts are:
every defect is named at once, by file and line. What a scan finds becomes the
first draft of one, in which everything that a machine cannot know says
``unknown`` and nothing is guessed.
"""

from __future__ import annotations

import calendar
import csv
import io
import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from enum import Enum

import msgspec
import yaml

from serantau.base import PartialDate, Problem, SerantauError, Truth, suggest
from serantau.facts.convert import Path, convert_record
from serantau.facts.model import Identifier, Text
from serantau.facts.yaml_lines import parse_yaml
from serantau.govern.scan.model import Finding, HandlingFacts
from serantau.govern.scan.universal import is_personal

MAX_BYTES = 16 * 1024**2
UNKNOWN = "unknown"
_SEVERAL = ("categories", "members", "recipients")
_PERIOD = re.compile(r"P(?=\d)(?:(\d{1,3})Y)?(?:(\d{1,4})M)?(?:(\d{1,5})D)?")


class InventoryError(SerantauError):
    """An inventory cannot be taken; carries every problem."""


class DataSet(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One set of data.

    Attributes:
        id: Permanent identifier.
        title: What it is called.
        owner: Who answers for it; ``unknown`` is honest.
        purpose: What it is for; ``unknown`` is honest.
        categories: Terms of the vocabulary of data categories.
        tier: Risk tier, or ``unknown``.
        stage: Stage of its life cycle, or ``unknown``.
        collected: Day of the newest data in it, or ``unknown``.
        retention: How long it is kept from then on, as ISO 8601 (``P5Y``, ``P18M``, ``P90D``), a day, ``unlimited``
            or ``unknown``.
        review: Day of the next review, or ``unknown``.
        place: Where it is kept.
        members: Members whose people it is about.
        recipients: Who gets it.
    """

    id: Identifier
    title: Text
    owner: Text
    purpose: Text
    categories: tuple[Identifier, ...]
    tier: Identifier
    stage: Identifier
    collected: PartialDate
    retention: Text
    review: PartialDate
    place: Text = UNKNOWN
    members: tuple[Identifier, ...] = ()
    recipients: tuple[Text, ...] = ()
    note: str = ""


class State(Enum):
    """How a data set stands on a day."""

    OVERDUE = "review overdue"
    EXPIRED = "kept too long"
    UNKNOWN = "not known"
    IN_ORDER = "in order"


@dataclass(frozen=True)
class Standing:
    """What is to be done about a data set.

    Attributes:
        dataset: The data set.
        state: The worst of what holds.
        keep_until: Last day on which it may be kept; None if that is not known or unlimited.
        review: Day of the review.
        reasons: Everything that is not in order, as sentences.
    """

    dataset: DataSet
    state: State
    keep_until: PartialDate | None
    review: PartialDate
    reasons: tuple[str, ...]


# --- reading -------------------------------------------------------------------------------------------------------------


def read_inventory(
    name: str, content: bytes, handling: HandlingFacts, categories: Iterable[str] = ()
) -> tuple[DataSet, ...]:
    """Read an inventory.

    Args:
        name: Name of the file; its ending says whether it is YAML (one key, ``datasets``, with a list) or CSV.
        content: The file.
        handling: Tiers and stages that the region has.
        categories: Terms of the vocabulary; empty if they are not to be checked.

    Raises:
        InventoryError: with every problem, by file and line.
    """
    problems: list[Problem] = []
    if len(content) > MAX_BYTES:
        raise InventoryError(f"{name} is larger than {MAX_BYTES // 1024**2} MB. Split it by owner.")
    if not content.strip():
        raise InventoryError(f"{name} is empty. Start from `serantau govern scan ... --draft {name}`.")
    if name.lower().endswith((".yaml", ".yml")):
        records = list(_from_yaml(name, content, problems))
    elif name.lower().endswith(".csv"):
        records = list(_from_csv(name, content, problems))
    else:
        raise InventoryError(f"{name}: an inventory ends in .yaml or .csv.")
    _check(records, handling, set(categories), problems)
    if problems:
        noun = "problem" if len(problems) == 1 else "problems"
        raise InventoryError(f"{name}: {len(problems)} {noun} in the inventory; nothing was checked.", sorted(problems))
    return tuple(record for record, _ in records)


def _from_yaml(name: str, content: bytes, problems: list[Problem]) -> Iterator[tuple[DataSet, str]]:
    document = parse_yaml(name, content)
    problems.extend(document.problems)
    value = document.value
    if not document.lines:
        return
    if not isinstance(value, dict) or list(value) != ["datasets"] or not isinstance(value["datasets"], list):
        problems.append(Problem(f"{name}:1", "expected one key, `datasets:`, with a list.", "Put every set under it."))
        return
    for index, raw in enumerate(value["datasets"]):

        def report(path: Path, what: str, fix: str, index: int = index) -> None:
            problems.append(Problem(document.where(("datasets", index, *path)), what, fix))

        record = convert_record(raw, DataSet, report)
        if record is not None:
            yield record, document.where(("datasets", index))


def _from_csv(name: str, content: bytes, problems: list[Problem]) -> Iterator[tuple[DataSet, str]]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problems.append(Problem(f"{name}:1", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8."))
        return
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    try:
        header = next(reader)
        fields = {field.encode_name: field.required for field in msgspec.structs.fields(DataSet)}
        wrong = [column for column in header if column not in fields]
        problems += [
            Problem(f"{name}:1", f"{column!r} is no column of an inventory.", suggest(column, fields))
            for column in wrong
        ]
        missing = [column for column, required in fields.items() if required and column not in header]
        problems += [Problem(f"{name}:1", f"the column {column!r} is missing.", "Add it.") for column in missing]
        if wrong or missing:
            return
        for cells in reader:
            if cells:
                yield from _row(name, reader.line_num, header, cells, problems)
    except csv.Error as error:
        problems.append(Problem(f"{name}:{reader.line_num}", f"this is not CSV: {error}.", "Check the quotes."))


def _row(
    name: str, line: int, header: Sequence[str], cells: Sequence[str], problems: list[Problem]
) -> Iterator[tuple[DataSet, str]]:
    where = f"{name}:{line}"
    if len(cells) != len(header):
        what = f"the row has {len(cells)} cells, the headings {len(header)}."
        problems.append(Problem(where, what, "Check commas and quotes."))
        return
    raw: dict[str, object] = {key: cell for key, cell in zip(header, cells, strict=True) if cell}
    for key in _SEVERAL:
        if key in header:
            raw[key] = [part.strip() for part in str(raw.get(key, "")).split(";") if part.strip()]

    def report(_path: Path, what: str, fix: str) -> None:
        problems.append(Problem(where, what, fix))

    record = convert_record(raw, DataSet, report)
    if record is not None:
        yield record, where


def _check(
    records: Sequence[tuple[DataSet, str]], handling: HandlingFacts, categories: set[str], problems: list[Problem]
) -> None:
    first: dict[str, str] = {}
    words = {
        "tier": {tier.id for tier in handling.tiers},
        "stage": {stage.id for stage in handling.stages},
    }
    for record, where in records:
        if record.id in first:
            problems.append(
                Problem(where, f"the id {record.id!r} stands twice (first at {first[record.id]}).", "Change one.")
            )
        first.setdefault(record.id, where)
        for key, known in words.items():
            word = getattr(record, key)
            if known and word != UNKNOWN and word not in known:
                problems.append(
                    Problem(where, f"{key}: {word!r} is none of the region's.", suggest(word, known | {UNKNOWN}))
                )
        if categories:
            unknown = [word for word in record.categories if word not in categories and word != UNKNOWN]
            problems += [Problem(where, f"no category {word!r}.", suggest(word, categories)) for word in unknown]
        if _kept(record) is None and record.retention not in {"unlimited", UNKNOWN}:
            what = f"retention: {record.retention[:40]!r} is no period and no day."
            problems.append(Problem(where, what, "Write P5Y, P18M, P90D, a day, unlimited or unknown."))
        for key in ("collected", "review"):
            if getattr(record, key).text == "open":
                problems.append(Problem(where, f"{key}: a day is never open.", "Write the day, or unknown."))


# --- how it stands -------------------------------------------------------------------------------------------------------


def standing(datasets: Iterable[DataSet], day: date) -> tuple[Standing, ...]:
    """How each data set stands on a day: reviews overdue, retention passed, and what is not known."""
    return tuple(_standing(dataset, day) for dataset in datasets)


def _standing(dataset: DataSet, day: date) -> Standing:
    kept = _kept(dataset)
    until = kept if isinstance(kept, PartialDate) else None
    reasons: list[str] = []
    states: list[State] = []
    passed = Truth.NO if dataset.retention == "unlimited" else _passed(until, day)
    if dataset.stage == "disposed":
        passed = Truth.NO
    if passed is Truth.YES:
        states.append(State.EXPIRED)
        reasons.append(f"It was to be kept until {until} and is not marked as disposed of.")
    elif passed is Truth.UNKNOWN:
        states.append(State.UNKNOWN)
        reasons.append("Until when it may be kept is not known.")
    due = _passed(dataset.review, day)
    if due is Truth.YES:
        states.append(State.OVERDUE)
        reasons.append(f"Its review was due on {dataset.review}.")
    elif due is Truth.UNKNOWN:
        states.append(State.UNKNOWN)
        reasons.append("When it is to be reviewed is not known.")
    missing = [key for key in ("owner", "purpose", "tier", "stage") if getattr(dataset, key) == UNKNOWN]
    if missing:
        states.append(State.UNKNOWN)
        reasons.append(f"Not known: {', '.join(missing)}.")
    if dataset.retention == "unlimited":
        reasons.append("It is kept without limit; see whether its purpose bears that.")
    order = [State.EXPIRED, State.OVERDUE, State.UNKNOWN, State.IN_ORDER]
    state = min(states, key=order.index, default=State.IN_ORDER)
    return Standing(dataset, state, until, dataset.review, tuple(reasons))


def _passed(until: PartialDate | None, day: date) -> Truth:
    """Whether a last day lies before the day of the question."""
    if until is None or not until.known:
        return Truth.UNKNOWN
    if until.latest < day:
        return Truth.YES
    return Truth.NO if until.earliest >= day else Truth.UNKNOWN


def _kept(dataset: DataSet) -> PartialDate | str | None:
    """The last day on which a data set may be kept; text if that is not known; None for nonsense."""
    if dataset.retention in {"unlimited", UNKNOWN}:
        return UNKNOWN
    period = _PERIOD.fullmatch(dataset.retention)
    if period is None:
        try:
            return PartialDate.parse(dataset.retention)
        except ValueError:
            return None
    if not dataset.collected.known:
        return UNKNOWN
    years, months, days = (int(part or 0) for part in period.groups())
    try:
        return PartialDate.parse(later(dataset.collected.latest, years, months, days).isoformat())
    except (ValueError, OverflowError):
        return None


def later(day: date, years: int, months: int, days: int) -> date:
    """The day a period later; the last day of a month stays within its month.

    >>> later(date(2024, 2, 29), 1, 0, 0), later(date(2025, 1, 31), 0, 1, 1)
    (datetime.date(2025, 2, 28), datetime.date(2025, 3, 1))
    """
    month = day.month - 1 + months + 12 * years
    year, month = day.year + month // 12, month % 12 + 1
    last = calendar.monthrange(year, month)[1]
    return date(year, month, min(day.day, last)) + timedelta(days=days)


# --- the first draft -----------------------------------------------------------------------------------------------------

_HEAD = """\
# First draft of an inventory, from a scan of {day}. What a machine cannot know says `unknown`: fill it in.
# retention: P5Y, P18M, P90D from the day of `collected`, a day, unlimited or unknown. docs/guide/scan.md explains the rest.
"""


def draft_of(findings: Iterable[Finding], day: date) -> bytes:
    """The first draft of an inventory: one data set for each table in which something about people was found."""
    tables: dict[str, list[Finding]] = {}
    for finding in findings:
        if is_personal(finding.kind) or finding.verdict == "free text":
            tables.setdefault(finding.table, []).append(finding)
    taken: set[str] = set()
    rows = [_draft(table, found, taken) for table, found in tables.items()]
    body = yaml.safe_dump({"datasets": rows}, allow_unicode=True, sort_keys=False, width=118)
    return (_HEAD.format(day=day.isoformat()) + body).encode()


def _draft(table: str, found: Sequence[Finding], taken: set[str]) -> Mapping[str, object]:
    stem = re.sub(r"[^A-Za-z0-9]+", "-", table).strip("-")[:60] or "table"
    name = next(name for name in (stem, *(f"{stem}-{number}" for number in range(2, 100_000))) if name not in taken)
    taken.add(name)
    columns = "; ".join(f"{one.column}: {one.title or 'free text'} ({one.verdict})" for one in found)
    members = sorted(
        {one.explanations[0].member for one in found if one.verdict == "found" and one.explanations[0].member}
    )
    return {
        "id": name,
        "title": table[:200],
        "owner": UNKNOWN,
        "purpose": UNKNOWN,
        "categories": sorted({one.category for one in found if one.category}) or [UNKNOWN],
        "tier": UNKNOWN,
        "stage": UNKNOWN,
        "collected": UNKNOWN,
        "retention": UNKNOWN,
        "review": UNKNOWN,
        "place": UNKNOWN,
        "members": members,
        "recipients": [],
        "note": f"Found by a scan: {columns}"[:3900],
    }
