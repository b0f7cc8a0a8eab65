"""Observation files: reading what is held, and adding revisions beside it.

A row is never changed or taken away. A new figure is a new row with a later known-date, so that the question "what
did we know on that day" keeps its answer.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from serantau.base import Problem
from serantau.facts import Grade
from serantau.facts.convert import convert_record
from serantau.measure.indicators import Observation
from serantau.sources.cache import write_whole
from serantau.sources.errors import SourceError
from serantau.sources.series import Difference, FetchedRow

HEADER = ("indicator", "member", "year", "value", "source", "grade", "known", "flags", "note")
OBSERVATIONS = "indicators/observations"
"""Folder of the observation files below a region's folder."""
_LONGEST_NOTE = 300


@dataclass(frozen=True)
class HeldFile:
    """One observation file as it was read.

    Attributes:
        path: The file; it may not exist yet.
        content: Its bytes when it was read.
        header: Its columns in order.
        rows: Its observations.
    """

    path: Path
    content: bytes
    header: tuple[str, ...]
    rows: tuple[Observation, ...]


@dataclass(frozen=True)
class Written:
    """What applying wrote into one file."""

    path: Path
    rows: int


def read_files(folder: Path) -> tuple[HeldFile, ...]:
    """Read every observation file of a folder; a folder that does not exist holds none.

    Raises:
        SourceError: with every bad row.
    """
    paths = sorted(folder.glob("*.csv")) if folder.is_dir() else []
    problems: list[Problem] = []
    files = tuple(_read_file(path, problems) for path in paths)
    if problems:
        raise SourceError(f"{folder}: observation files that cannot be read; nothing was changed.", problems)
    return files


def held_rows(files: Iterable[HeldFile]) -> tuple[Observation, ...]:
    """The observations of several files."""
    return tuple(row for file in files for row in file.rows)


def write_differences(changes: Sequence[tuple[Difference, HeldFile]], known: date, grade: Grade) -> tuple[Written, ...]:
    """Add the figures of differences to their files, all or none.

    Args:
        changes: Each difference and the file that takes it.
        known: The new rows' known-date.
        grade: Their grade.

    Returns:
        One entry for each file that was written. Differences without figures write nothing.

    Raises:
        SourceError: if a row would not be valid, would not come after what it revises, or a file was changed meanwhile.
    """
    problems = [problem for change, _ in changes for problem in _problems(change, known)]
    if problems:
        raise SourceError("The fetched rows cannot be kept; nothing was written.", problems)
    contents: dict[Path, bytes] = {}
    counts: dict[Path, int] = {}
    before = {file.path: file for _, file in changes}
    for change, file in changes:
        if change.rows:
            start = contents.get(file.path, file.content)
            contents[file.path] = _appended(start, file.header, change, known, grade)
            counts[file.path] = counts.get(file.path, 0) + len(change.rows)
    for path in contents:
        now = path.read_bytes() if path.exists() else b""
        if now != before[path].content:
            raise SourceError(f"{path} was changed by somebody else meanwhile. Nothing was written; run it again.")
    _write_all(contents, {path: file.content for path, file in before.items()})
    return tuple(Written(path, counts[path]) for path in sorted(counts))


def _write_all(contents: Mapping[Path, bytes], before: Mapping[Path, bytes]) -> None:
    done: list[Path] = []
    try:
        for path in sorted(contents):
            write_whole(path, contents[path])
            done.append(path)
    except SourceError:
        for path in done:
            # The second of two files failed: the first goes back to what it was.
            if before[path]:
                write_whole(path, before[path])
            else:
                path.unlink()
        raise


def _read_file(path: Path, problems: list[Problem]) -> HeldFile:
    try:
        content = path.read_bytes()
        text = content.decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        problems.append(Problem(path.name, f"cannot be read ({error}).", "Save it as UTF-8."))
        return HeldFile(path, b"", HEADER, ())
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    rows: list[Observation] = []
    header: list[str] = []
    try:
        header = next(reader, [])
        if (
            set(HEADER) - set(header) - {"flags", "note"}
            or set(header) - set(HEADER)
            or len(set(header)) != len(header)
        ):
            problems.append(Problem(f"{path.name}:1", "this is no observation file.", f"Columns: {','.join(HEADER)}."))
            return HeldFile(path, content, HEADER, ())
        for cells in reader:
            row = _row(path, reader.line_num, dict(zip(header, cells, strict=False)), problems)
            if row is not None:
                rows.append(row)
    except csv.Error as error:
        problems.append(Problem(f"{path.name}:{reader.line_num}", f"this is not CSV: {error}.", "Check the quotes."))
    return HeldFile(path, content, tuple(header), tuple(rows))


def _row(path: Path, line: int, raw: Mapping[str, str], problems: list[Problem]) -> Observation | None:
    def report(_path: tuple[str | int, ...], what: str, fix: str) -> None:
        problems.append(Problem(f"{path.name}:{line}", what, fix))

    return convert_record({name: cell for name, cell in raw.items() if cell != ""}, Observation, report)


def _problems(change: Difference, known: date) -> list[Problem]:
    found: list[Problem] = []
    for row in change.rows:
        if row.year > known.year:
            where = f"{change.series.indicator} {row.member} {row.year}"
            found.append(
                Problem(where, f"the year lies after the known-date {known}.", "Ask for fewer years with --to.")
            )
    for revised in change.changed:
        held = revised.held
        if known <= held.known.latest:
            where = f"{held.indicator} {held.member} {held.year}"
            what = f"is held with the known-date {held.known}, and a revision of {known} does not come after it."
            found.append(Problem(where, what, "Give a later --date, or apply it tomorrow."))
    return found


def _appended(content: bytes, header: tuple[str, ...], change: Difference, known: date, grade: Grade) -> bytes:
    ending = "\r\n" if b"\r\n" in content else "\n"
    text = io.StringIO()
    writer = csv.writer(text, lineterminator=ending)
    if not content:
        writer.writerow(header)
    elif not content.endswith(b"\n"):
        text.write(ending)
    for row in change.rows:
        cells = _cells(row, change, known, grade)
        lost = {name for name, cell in cells.items() if cell and name not in header}
        if lost:
            raise SourceError(f"The file has no column {min(lost)!r}, which {row.member} {row.year} needs. Add it.")
        writer.writerow([cells[name] for name in header])
    return content + text.getvalue().encode()


def _cells(row: FetchedRow, change: Difference, known: date, grade: Grade) -> dict[str, str]:
    return {
        "indicator": change.series.indicator,
        "member": row.member,
        "year": str(row.year),
        "value": repr(row.value).removesuffix(".0"),
        "source": change.series.source_id,
        "grade": grade.value,
        "known": known.isoformat(),
        "flags": row.flags,
        "note": plain_text(row.note),
    }


def plain_text(text: str) -> str:
    r"""Text of a stranger as data: one line, not too long, and nothing that a spreadsheet takes for a formula.

    >>> plain_text('=HYPERLINK("x")'), plain_text("two  lines\nof text")
    ('note: =HYPERLINK("x")', 'two lines of text')
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in text).split())[:_LONGEST_NOTE]
    return f"note: {line}" if line.startswith(("=", "+", "-", "@")) else line
