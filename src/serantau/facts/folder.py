"""A folder of facts: reads its files once, collects every problem, knows its edition."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Generic, TypeVar

import msgspec

from serantau.base import PartialDate, Problem, count_of_problems, suggest
from serantau.facts.accepted import ACCEPTED, ENTRY, Decision, Entry, split_place, withdrawn_days
from serantau.facts.convert import convert_record
from serantau.facts.edition import Edition
from serantau.facts.model import RECALLED, Fact, FactError, Grade, Source, Sourced
from serantau.facts.yaml_lines import parse_yaml

T = TypeVar("T")

MAX_FILE_BYTES = 64 * 1024 * 1024
MAX_FILES = 5000
OWN = "own"
"""Prefix under which the tables of a user's own folder are named."""
FACT_SUFFIXES = (".yaml", ".csv", ".md", ".txt")


def _by_place(problem: Problem) -> tuple[str, int, str]:
    """Order of problems: by file, then by line as a number."""
    name, _, line = problem.where.rpartition(":")
    return (name, int(line), problem.what) if line.isdecimal() else (problem.where, 0, problem.what)


@dataclass(frozen=True)
class Records(Generic[T]):
    """Typed records and, for each, the ``file:line`` where it stands."""

    rows: tuple[T, ...]
    lines: tuple[str, ...]

    def __iter__(self) -> Iterator[tuple[T, str]]:
        """Pairs of a record and its place."""
        return iter(zip(self.rows, self.lines, strict=True))

    def __add__(self, other: Records[T]) -> Records[T]:
        """The records of both."""
        return Records(self.rows + other.rows, self.lines + other.lines)


class FactFolder:
    """Reads the files of one region's folder.

    Problems are collected, not raised, so that one run of ``serantau check``
    names them all; :meth:`finish` raises when there are any.

    Attributes:
        problems: What was found so far.
        incomplete: Files of which a record could not be read. A check that asks whether something
            stands in such a file would only repeat the same defect in other words, and is left out.
    """

    def __init__(self, root: Path, own: Path | None = None, accepted: Mapping[str, bytes] | None = None) -> None:
        """Open a folder and read its ``sources.yaml``.

        Args:
            root: The region's folder.
            own: A folder of the user's with tables (``*.csv``) and, if it likes, a ``sources.yaml``, read beside
                the region's as ``own/NAME``.
            accepted: Files of accepted submissions by path (``accepted/0001/...``), beside those in the folder itself.

        Raises:
            FactError: if a folder does not exist.
        """
        if not root.is_dir():
            raise FactError(f"{root} is not a folder. Give the folder of a region, the one that holds region.yaml.")
        if own is not None and not own.is_dir():
            raise FactError(f"{own} is not a folder. Give the folder in which `measure fetch --data` keeps your rows.")
        self.root = root
        self.problems: list[Problem] = []
        self.incomplete: set[str] = set()
        self._places: dict[int, str] = {}
        self._contents: dict[str, bytes] = {}
        self._read_all(root, "", "**/*", FACT_SUFFIXES)
        if own is not None:
            self._read_all(own, f"{OWN}/", "*", (".csv", ".yaml"))
        self._withdrawn: dict[str, PartialDate] = {}
        self._lay_over(accepted or {})
        self.entries = self._read_entries()
        self._withdrawn = withdrawn_days(self.entries)
        self.sources: dict[str, Source] = {}
        own_sources = f"{OWN}/sources.yaml"
        for source, where in chain.from_iterable(
            self.records(name, "sources", Source)
            for name in ("sources.yaml", own_sources)
            if name != own_sources or name in self._contents
        ):
            if source.id in self.sources or source.id == RECALLED:
                self.report(where, f"the source id {source.id!r} stands twice or is reserved.", "Give it another id.")
                continue
            self.sources[source.id] = source

    @property
    def edition(self) -> Edition:
        """Digest of every file of the folder itself, and the number of decisions on submissions."""
        own = {name: content for name, content in self._contents.items() if not split_place(name)[0]}
        laid = {name: content for name, content in self._contents.items() if name not in own}
        return Edition.of(own, len(self.entries), laid)

    def names(self, folder: str, suffix: str) -> list[str]:
        """Files below a subfolder, by name; those of accepted submissions after the region's own."""
        found = [(split_place(name), name) for name in self._contents]
        below = [(place[0], name) for place, name in found if place[1].startswith(f"{folder}/")]
        return [name for _, name in sorted(below) if name.endswith(suffix)]

    def holds(self, name: str) -> bool:
        """Whether the region or an accepted submission has a file."""
        return name in self._contents or bool(self._laid_over(name))

    def content(self, name: str) -> bytes | None:
        """Raw content of a file, or None."""
        return self._contents.get(name)

    def report(self, where: str, what: str, fix: str = "") -> None:
        """Add a problem."""
        self.problems.append(Problem(where, what, fix))

    def place(self, record: object) -> str:
        """``file:line`` of a record that this folder has read."""
        return self._places[id(record)]

    def records(self, name: str, key: str, kind: type[T]) -> Records[T]:
        """Records of a YAML file that holds one key with a list.

        Args:
            name: Path within the folder.
            key: The one key of the file's mapping.
            kind: Struct of each record.

        Returns:
            The records of the region's file, then those of the accepted submissions' files of that name.
        """
        found: Records[T] = Records((), ())
        over = self._laid_over(name)
        if name in self._contents or not over:
            found = self._records(name, key, kind)
        for one in over:
            found += self._records(one, key, kind)
        return found

    def _records(self, name: str, key: str, kind: type[T]) -> Records[T]:
        content = self._require(name)
        if content is None:
            return Records((), ())
        document = parse_yaml(name, content)
        self.problems.extend(document.problems)
        if document.problems:
            self.incomplete.add(name)
        if not document.lines:
            return Records((), ())
        value = document.value
        if not isinstance(value, dict) or list(value) != [key] or not isinstance(value[key], list):
            self.report(f"{name}:1", f"expected one key, `{key}:`, with a list.", "Put every record under it.")
            self.incomplete.add(name)
            return Records((), ())
        rows: list[T] = []
        lines: list[str] = []
        for index, raw in enumerate(value[key]):
            place = document.where((key, index))

            def report(path: tuple[str | int, ...], what: str, fix: str, index: int = index) -> None:
                self.report(document.where((key, index, *path)), what, fix)

            record = convert_record(raw, kind, report)
            if record is None:
                self.incomplete.add(name)
            else:
                rows.append(self._kept(name, record, place))
                lines.append(place)
        return Records(tuple(rows), tuple(lines))

    def table(self, name: str, kind: type[T]) -> Records[T]:
        """Records of a CSV file whose header names the fields; empty cells of optional fields are left out."""
        content = self._require(name)
        if content is None:
            return Records((), ())
        rows: list[T] = []
        lines: list[str] = []
        for line, raw in self._csv_rows(name, content, kind):
            place = f"{name}:{line}"

            def report(_path: tuple[str | int, ...], what: str, fix: str, place: str = place) -> None:
                self.report(place, what, fix)

            record = convert_record(raw, kind, report)
            if record is None:
                self.incomplete.add(name)
            else:
                rows.append(self._kept(name, record, place))
                lines.append(place)
        return Records(tuple(rows), tuple(lines))

    def finish(self) -> None:
        """Raise every problem found so far.

        Raises:
            FactError: if there is any.
        """
        if self.problems:
            count = len(self.problems)
            message = f"{self.root.name}: {count_of_problems(count)} in the facts; nothing was loaded."
            raise FactError(message, sorted(self.problems, key=_by_place))

    def _read_all(self, root: Path, prefix: str, pattern: str, suffixes: tuple[str, ...]) -> None:
        paths = sorted(p for p in root.glob(pattern) if p.is_file() and p.suffix in suffixes)
        if len(paths) > MAX_FILES:
            raise FactError(f"{root} holds {len(paths)} files; a folder of facts has at most {MAX_FILES}.")
        for path in paths:
            name = prefix + path.relative_to(root).as_posix()
            if path.is_symlink():
                self.report(name, "is a symbolic link.", "Put the file itself into the folder.")
            elif path.stat().st_size > MAX_FILE_BYTES:
                limit = MAX_FILE_BYTES // 1024**2
                self.report(name, f"is larger than {limit} MB and was not read.", "Split it.")
            else:
                self._contents[name] = path.read_bytes()

    def _kept(self, name: str, record: T, place: str) -> T:
        """The record as the bundle has it, checked, its place remembered."""
        day = self._withdrawn.get(split_place(name)[0])
        if day is not None and isinstance(record, Sourced):
            record = msgspec.structs.replace(record, withdrawn=day)
        self._places[id(record)] = place
        self.check_fact(record, place)
        return record

    def _laid_over(self, name: str) -> list[str]:
        return sorted(f"{folder}/{name}" for folder in self._folders if f"{folder}/{name}" in self._contents)

    def _lay_over(self, accepted: Mapping[str, bytes]) -> None:
        """Join the accepted submissions that the caller holds with those in the folder; what both have must agree."""
        for name, content in accepted.items():
            if self._contents.get(name, content) != content:
                self.report(name, "differs from the accepted submission of that number.", "Export it again.")
            self._contents[name] = content
        self._folders = sorted({split_place(name)[0] for name in self._contents} - {""})

    def _read_entries(self) -> tuple[Entry, ...]:
        """The decisions in the order of their numbers."""
        stray = [name for name in self._contents if name.startswith(f"{ACCEPTED}/") and not split_place(name)[0]]
        for name in stray:
            self.report(name, "stands in no numbered folder.", f"Keep only folders such as {ACCEPTED}/0001 there.")
        entries: list[Entry] = []
        for number, folder in enumerate(self._folders, start=1):
            rows = self._records(f"{folder}/{ENTRY}", "entry", Entry)
            for entry, where in rows:
                self._check_entry(entry, where, number, entries)
                entries.append(entry)
            if len(rows.rows) != 1 and f"{folder}/{ENTRY}" not in self.incomplete:
                self.report(f"{folder}/{ENTRY}:1", f"holds {len(rows.rows)} decisions.", "Keep exactly one.")
        return tuple(entries)

    def _check_entry(self, entry: Entry, where: str, number: int, before: list[Entry]) -> None:
        if entry.number != number or int(where.split("/")[1]) != number:
            self.report(
                where, f"is decision {entry.number}, where {number} is due.", "Export the whole register again."
            )
        accepted = any(e.submission == entry.submission and e.decision is Decision.ACCEPTED for e in before)
        if (entry.decision is Decision.WITHDRAWN) is not accepted:
            what = "is accepted twice." if accepted else "is withdrawn and was not accepted before."
            self.report(where, f"submission {entry.submission} {what}", "Export the whole register again.")

    def _require(self, name: str) -> bytes | None:
        content = self._contents.get(name)
        if content is None:
            self.incomplete.add(name)
        if content is None and not any(problem.where == name for problem in self.problems):
            self.report(name, "the file is missing.", "Add it; docs/guide/region.md lists the files of a region.")
        return content

    def _csv_rows(self, name: str, content: bytes, kind: type) -> Iterator[tuple[int, dict[str, str]]]:
        try:
            text = content.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            self.report(f"{name}:1", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
            return
        reader = csv.reader(io.StringIO(text), strict=True)
        try:
            header = next(reader, None)
            if not header:
                self.report(f"{name}:1", "the file is empty.", "Write a header line and the rows.")
                return
            if self._header_is_wrong(name, header, kind):
                return
            for cells in reader:
                if len(cells) != len(header):
                    what = f"the row has {len(cells)} cells, the header {len(header)}."
                    self.report(f"{name}:{reader.line_num}", what, "Check commas and quotes.")
                    continue
                yield reader.line_num, {key: cell for key, cell in zip(header, cells, strict=True) if cell != ""}
        except csv.Error as error:
            self.report(f"{name}:{reader.line_num}", f"this is not CSV: {error}.", "Check the quotes at this line.")

    def _header_is_wrong(self, name: str, header: list[str], kind: type) -> bool:
        fields = {field.encode_name: field for field in msgspec.structs.fields(kind)}
        before = len(self.problems)
        for column in dict.fromkeys(header):
            if header.count(column) > 1:
                self.report(f"{name}:1", f"the column {column!r} stands twice in the header.", "Keep one.")
            if column not in fields:
                self.report(f"{name}:1", f"{column!r} is no column of this table.", suggest(column, fields))
        for column, field in fields.items():
            if field.required and column not in header:
                self.report(f"{name}:1", f"the column {column!r} is missing from the header.", "Add it.")
        return len(self.problems) > before

    def check_fact(self, record: object, where: str) -> None:
        """Add what is wrong with the keys that every fact has: its source, grade, known-date and validity."""
        if not isinstance(record, Sourced):
            return
        if record.source == RECALLED:
            if record.grade is not Grade.MEMORY:
                self.report(where, f"source `recalled` with grade {record.grade.value}.", "Its grade is memory.")
        elif record.source not in self.sources and "sources.yaml" not in self.incomplete:
            fix = suggest(record.source, self.sources) or "Add it to sources.yaml."
            self.report(where, f"the source {record.source!r} is not in sources.yaml.", fix)
        if not record.known.known:
            self.report(where, "`known` is the day on which this bundle had the fact; it is never unknown.", "")
        if not isinstance(record, Fact):
            return
        if record.valid_from.known and record.valid_to.known and record.valid_to.latest < record.valid_from.earliest:
            self.report(where, f"it ends ({record.valid_to}) before it begins ({record.valid_from}).", "")
