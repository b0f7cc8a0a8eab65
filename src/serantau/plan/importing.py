"""Takes the plan that an office sends: checks it whole, and says what it would change.

Nothing here reads or writes a file: :func:`prepare` turns sheets into the new
content of fact files and the difference to what is held, or refuses with
every problem found. Ids are permanent, so an import adds and changes records
and never removes one.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from enum import Enum
from typing import TypeVar

import msgspec

from serantau.base import Problem, count_of_problems, suggest
from serantau.facts import FactFolder, Source
from serantau.facts.convert import convert_record
from serantau.facts.files import append_sources, header_of, render_records, to_plain
from serantau.facts.sheets import Sheet, place, write_workbook
from serantau.plan.checks import Table, check_plans
from serantau.plan.errors import PlanError
from serantau.plan.load import assemble, read_tables
from serantau.plan.model import FOLDER, RECORD_KINDS, Action, Dependency, Record, file_of

T = TypeVar("T")

SOURCES = "sources"
DEPENDENCIES = "dependencies"
SOURCES_FILE = "sources.yaml"
RECORD_SHEETS = ("outcomes", "actions", "priorities", "effects", "recovery_weights", "projects", "kpis", "targets")
SHEETS = (SOURCES, "outcomes", "actions", DEPENDENCIES, *RECORD_SHEETS[2:])
_NOT_IN_A_CELL = ("dependencies", "more_sources", "withdrawn")
_OWN_DATE = "known"


class Link(Dependency, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A row of the sheet of dependencies: which action needs which."""

    action: str


class Status(Enum):
    """What an import does to an id."""

    ADDED = "added"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    KEPT = "not in the file, kept"


@dataclass(frozen=True)
class FieldChange:
    """A field before and after; None where it is not stated."""

    field: str
    before: object
    after: object


@dataclass(frozen=True)
class Change:
    """What an import does to one id."""

    kind: str
    id: str
    status: Status
    fields: tuple[FieldChange, ...] = ()


@dataclass(frozen=True)
class Import:
    """A checked import.

    Attributes:
        changes: What it does to each id of the kinds that the file holds.
        files: New content of the files that change, by path within the region's folder.
        before: Content of these files as it was read, None where there was none.
    """

    changes: tuple[Change, ...]
    files: Mapping[str, bytes]
    before: Mapping[str, bytes | None]

    def count(self, status: Status) -> int:
        """How many ids have a status."""
        return sum(change.status is status for change in self.changes)


def prepare(folder: FactFolder, sheets: Sequence[Sheet], known: date) -> Import:
    """Check sheets against the facts that are held.

    A row replaces the record with its id, field by field; a cell that is empty
    is a field that is not stated. Dependencies stand in a sheet of their own
    and are added to those held.

    Args:
        folder: The region's folder, as it is.
        sheets: Tables of text; their names say what they hold.
        known: Day on which the bundle gets these facts, for rows that do not say.

    Raises:
        PlanError: with every problem of the file, by sheet, row and column.
        FactError: if the facts that are held do not load.
    """
    if not folder.names(FOLDER, ".yaml"):
        raise PlanError(f"{folder.root} holds no plan. Write plan/plans.yaml and plan/outcomes.yaml first.")
    tables = read_tables(folder)
    check_plans(assemble(tables), tables, folder)
    folder.finish()
    reader = _Reader(folder, known)
    named = reader.by_name(sheets)
    new_sources = reader.sources(named.get(SOURCES))
    merged = dict(tables)
    for key in RECORD_SHEETS:
        if key in named:
            merged[key] = reader.merge(key, named[key], tables[key])
    if DEPENDENCIES in named:
        merged["actions"] = reader.link(named[DEPENDENCIES], merged["actions"])
    check_plans(assemble(merged), merged, folder)
    _refuse(folder.problems)
    changes = _source_changes(folder, named, new_sources)
    for key in RECORD_SHEETS:
        if key in named or (key == "actions" and DEPENDENCIES in named):
            changes += _compare(key, tables, merged, reader.seen)
    return _as_files(folder, tables, merged, new_sources, changes)


class _Reader:
    """Turns rows into records; problems go to the folder, with sheet, row and column."""

    def __init__(self, folder: FactFolder, known: date) -> None:
        self.folder = folder
        self.known = known.isoformat()
        self.seen: set[str] = set()

    def by_name(self, sheets: Sequence[Sheet]) -> dict[str, Sheet]:
        named: dict[str, Sheet] = {}
        for sheet in sheets:
            key = sheet.name.strip().lower().replace(" ", "_")
            where = f"sheet {sheet.name!r}"
            if key not in SHEETS:
                fix = suggest(key, SHEETS) or f"Known are: {', '.join(SHEETS)}."
                self.folder.report(where, "no such sheet is known.", fix)
            elif key in named:
                self.folder.report(where, "stands twice.", "Put its rows into one sheet.")
            else:
                self._check_columns(sheet, key)
                named[key] = sheet
        _refuse(self.folder.problems)
        if not any(sheet.rows for sheet in named.values()):
            raise PlanError("The file holds no row. Fill the sheets of the template and send it again.")
        return {key: sheet for key, sheet in named.items() if sheet.rows}

    def _check_columns(self, sheet: Sheet, key: str) -> None:
        columns = columns_of(key)
        for column in sheet.columns:
            if column not in columns:
                fix = suggest(column, columns) or f"Known are: {', '.join(columns)}."
                self.folder.report(f"sheet {sheet.name!r}", f"the column {column!r} is not known.", fix)
        for column in required_columns(key) if sheet.columns else ():
            if column not in sheet.columns:
                self.folder.report(f"sheet {sheet.name!r}", f"the column {column!r} is missing.", "Add it.")

    def sources(self, sheet: Sheet | None) -> list[Source]:
        """Sources that are not held yet; they count from here on."""
        added: list[Source] = []
        for source, where in self._records(SOURCES, sheet, Source):
            held = self.folder.sources.get(source.id)
            if held is None:
                added.append(source)
                self.folder.sources[source.id] = source
            elif held != source:
                fix = "Give the new source another id, or correct sources.yaml by hand."
                self.folder.report(where, f"the source {source.id!r} is held with other content.", fix)
        return added

    def merge(self, key: str, sheet: Sheet, held: tuple[tuple[Record, str], ...]) -> tuple[tuple[Record, str], ...]:
        """The records held, each replaced by its row if there is one, then the new ones."""
        rows: dict[str, tuple[Record, str]] = {record.id: (record, where) for record, where in held}
        for record, where in self._records(key, sheet, RECORD_KINDS[key]):
            if record.id in self.seen:
                self.folder.report(where, f"the id {record.id!r} stands twice in the file.", "Keep one row.")
            self.seen.add(record.id)
            before = rows.get(record.id, (None, ""))[0]
            rows[record.id] = (_with_what_no_cell_holds(record, before), where)
        return tuple(rows.values())

    def link(self, sheet: Sheet, actions: tuple[tuple[Record, str], ...]) -> tuple[tuple[Record, str], ...]:
        """Actions with the dependencies of the sheet added to those they have."""
        links: dict[str, dict[str, tuple[Dependency, str]]] = {}
        known = {action.id for action, _ in actions}
        for row, where in self._records(DEPENDENCIES, sheet, Link):
            if row.action not in known:
                self.folder.report(where, f"there is no action {row.action!r}.", suggest(row.action, known))
            if row.on in links.setdefault(row.action, {}):
                self.folder.report(where, "this dependency stands twice in the file.", "Keep one row.")
            link = Dependency(on=row.on, source=row.source, grade=row.grade, note=row.note)
            links[row.action][row.on] = (link, where)
        return tuple(_linked(action, where, links.get(action.id, {})) for action, where in actions)

    def _records(self, key: str, sheet: Sheet | None, kind: type[T]) -> Iterable[tuple[T, str]]:
        if sheet is None:
            return
        for number, cells in sheet.rows:
            raw = dict(cells)
            if _OWN_DATE in kind.__struct_fields__ and _OWN_DATE not in raw:  # type: ignore[attr-defined]
                raw[_OWN_DATE] = self.known

            def report(path: tuple[str | int, ...], what: str, fix: str, number: int = number) -> None:
                column = str(path[0]) if path else ""
                self.folder.report(place(sheet.name, number, column), what.removeprefix(f"{column}: "), fix)

            record = convert_record(raw, kind, report)
            if record is None:
                self.folder.incomplete.update((file_of(key), SOURCES_FILE) if key == SOURCES else (file_of(key),))
            else:
                where = place(sheet.name, number)
                self.folder.check_fact(record, where)
                yield record, where


def _with_what_no_cell_holds(record: Record, before: Record | None) -> Record:
    """Keep what the sheets have no column for, and the date of a record that says nothing new."""
    if before is None:
        return record
    kept = {name: getattr(before, name) for name in _NOT_IN_A_CELL if hasattr(before, name)}
    record = msgspec.structs.replace(record, **kept)
    same_but_for_date = msgspec.structs.replace(record, known=before.known)
    return before if same_but_for_date == before else record


def _linked(action: Record, where: str, links: Mapping[str, tuple[Dependency, str]]) -> tuple[Record, str]:
    if not links or not isinstance(action, Action):
        return action, where
    merged = {link.on: link for link in action.dependencies} | {on: link for on, (link, _) in links.items()}
    if tuple(merged.values()) == action.dependencies:
        return action, where
    last = next(reversed(list(links.values())))[1]
    return msgspec.structs.replace(action, dependencies=tuple(merged.values())), last


def _source_changes(folder: FactFolder, named: Mapping[str, Sheet], added: Sequence[Source]) -> list[Change]:
    if SOURCES not in named:
        return []
    new = {source.id for source in added}
    in_file = {cells["id"] for _, cells in named[SOURCES].rows}
    return [
        Change(SOURCES, source, Status.ADDED if source in new else Status.UNCHANGED)
        for source in folder.sources
        if source in in_file
    ]


def _compare(key: str, tables: Table, merged: Table, seen: set[str]) -> list[Change]:
    held = {record.id: record for record, _ in tables[key]}
    changes: list[Change] = []
    for record, _ in merged[key]:
        before = held.get(record.id)
        fields = () if before is None else _field_changes(before, record)
        if before is None:
            status = Status.ADDED
        elif fields:
            status = Status.CHANGED
        else:
            status = Status.UNCHANGED if record.id in seen else Status.KEPT
        changes.append(Change(key, record.id, status, fields))
    return changes


def _field_changes(before: Record, after: Record) -> tuple[FieldChange, ...]:
    old, new = to_plain(before), to_plain(after)
    return tuple(
        FieldChange(name, old.get(name), new.get(name))
        for name in before.__struct_fields__
        if old.get(name) != new.get(name)
    )


def _as_files(
    folder: FactFolder, tables: Table, merged: Table, new_sources: Sequence[Source], changes: Sequence[Change]
) -> Import:
    files: dict[str, bytes] = {}
    if new_sources:
        files[SOURCES_FILE] = append_sources(folder.content(SOURCES_FILE) or b"", new_sources)
    for key in RECORD_SHEETS:
        after = [record for record, _ in merged[key]]
        if after != [record for record, _ in tables[key]]:
            header = header_of(folder.content(file_of(key)) or b"")
            files[file_of(key)] = render_records(key, after, header)
    return Import(tuple(changes), files, {name: folder.content(name) for name in files})


def _refuse(problems: Sequence[Problem]) -> None:
    if problems:
        raise PlanError(f"The file was not taken: {count_of_problems(len(problems))}; nothing was changed.", problems)


# --- the template --------------------------------------------------------------------------------------------------------


def columns_of(key: str) -> tuple[str, ...]:
    """Headings of a sheet: those that identify a row first, then what it says, then its source and dates."""
    names = [field.encode_name for field in msgspec.structs.fields(_kind(key)) if field.name not in _NOT_IN_A_CELL]
    tail = [name for name in ("source", "grade", "valid_from", "valid_to", "known", "note") if name in names]
    front = ["action"] if key == DEPENDENCIES else []
    return (*front, *(name for name in names if name not in (*tail, *front)), *tail)


def required_columns(key: str) -> tuple[str, ...]:
    """Headings that every sheet of a kind must have."""
    fields = msgspec.structs.fields(_kind(key))
    return tuple(field.encode_name for field in fields if field.required and field.name != _OWN_DATE)


def template(folder: FactFolder) -> bytes:
    """The workbook to fill in: every sheet with the records that are held, so that rows can be corrected in place.

    Raises:
        FactError: if the facts that are held do not load.
    """
    tables = read_tables(folder)
    folder.finish()
    sheets = {key: (columns_of(key), _held_rows(key, tables)) for key in SHEETS}
    return write_workbook(_guide(), sheets)


def _kind(key: str) -> type[msgspec.Struct]:
    kinds: dict[str, type[msgspec.Struct]] = {SOURCES: Source, DEPENDENCIES: Link, **RECORD_KINDS}
    return kinds[key]


def _held_rows(key: str, tables: Table) -> list[dict[str, str]]:
    if key == SOURCES:
        return []  # hundreds, of every room; a row here is needed only for a source that is new
    if key == DEPENDENCIES:
        links = [(a.id, link) for a, _ in tables["actions"] if isinstance(a, Action) for link in a.dependencies]
        return [{"action": action} | to_plain(link) for action, link in links]
    return [{name: v for name, v in to_plain(r).items() if name not in _NOT_IN_A_CELL} for r, _ in tables[key]]


def _guide() -> list[str]:
    lines = [
        "How to fill in this workbook",
        "",
        "Each sheet holds what the region's facts hold now. Correct a row in place, or add rows below.",
        "A row replaces the record with its id. An empty cell means: not known. No row is ever deleted by an import.",
        "Ids are permanent: never give an old id to something else. Codes may be corrected.",
        "Every row names its source (an id from sources.yaml, or from the sheet `sources`) and how good it is (grade):",
        "primary = the text itself was read; secondary = a serious summary; weak = a press report; memory = recalled.",
        "valid_from and valid_to: the first and last day on which it holds; `unknown` and `open` are honest values.",
        "Dates: 2026, 2026-01 or 2026-01-31, as precise as the source. Write 2026-01 as text, or it becomes a day.",
        "known: the day on which you had it; empty means today. No formulas, no macros.",
        "",
    ]
    for key in SHEETS:
        lines.append(f"{key}: {', '.join(columns_of(key))}")
        lines.append(f"    must be filled in: {', '.join(required_columns(key))}")
    return lines
