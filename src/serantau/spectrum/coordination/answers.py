"""A table with answers to the records of a request: ``id``, ``answer`` (approve, reject or empty) and ``reason``."""

from __future__ import annotations

import csv
import io

from serantau.base import Problem, suggest
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.procedure import LONGEST_REASON, Reply

COLUMNS = ("id", "answer", "reason")
WORDS = {"approve": True, "reject": False}
MOST = 20_000
MOST_BYTES = 4 * 1024 * 1024


def read_answers(content: bytes) -> tuple[Reply, ...]:
    r"""Read the table; a record with an empty answer is left as it is.

    Further columns are let be, so that the table of records with three columns added can be sent back.

    >>> read_answers(b"id,answer,reason\na,approve,\nb,,\nc,reject,too strong\n")[1]
    Reply(id='c', approve=False, reason='too strong')

    Raises:
        SpectrumError: with every wrong line and column; nothing is taken.
    """
    if len(content) > MOST_BYTES:
        raise SpectrumError(f"The table of answers is larger than {MOST_BYTES // 1024**2} MB.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise SpectrumError(f"The table of answers is not UTF-8 (byte {error.start}). Save it as UTF-8.") from error
    reader = csv.reader(io.StringIO(text), strict=True)
    try:
        rows = [(reader.line_num, [cell.strip() for cell in cells]) for cells in reader if any(map(str.strip, cells))]
    except csv.Error as error:
        raise SpectrumError(f"The table of answers, line {reader.line_num}, is no CSV: {error}.") from error
    if not rows:
        raise SpectrumError("The table of answers is empty.")
    if len(rows) - 1 > MOST:
        raise SpectrumError(f"The table has {len(rows) - 1:,} answers; {MOST:,} are the most.")
    header = rows[0][1]
    lacking = [name for name in COLUMNS[:2] if header.count(name) != 1]
    if lacking:
        raise SpectrumError(
            f"The table of answers needs the column {lacking[0]!r}, once. {suggest(lacking[0], header)}"
        )
    problems: list[Problem] = []
    replies = [_reply(dict(zip(header, cells, strict=False)), line, problems) for line, cells in rows[1:]]
    found = [one for one in replies if one is not None]
    _check_once(found, problems)
    if problems:
        raise SpectrumError("The table of answers cannot be used; nothing was taken.", problems)
    return tuple(found)


def _reply(row: dict[str, str], line: int, problems: list[Problem]) -> Reply | None:
    name, said, reason = _plain(row.get("id", "")), row.get("answer", "").lower(), _plain(row.get("reason", ""))
    before = len(problems)
    if not name:
        problems.append(Problem(f"line {line}, id", "the cell is empty."))
    if said and said not in WORDS:
        problems.append(Problem(f"line {line}, answer", f"{said[:40]!r} is no answer.", "Write approve or reject."))
    if said == "reject" and not reason:
        problems.append(Problem(f"line {line}, reason", "a rejection needs a reason."))
    if len(reason) > LONGEST_REASON:
        problems.append(Problem(f"line {line}, reason", f"it is longer than {LONGEST_REASON} characters."))
    return Reply(name, WORDS[said], reason) if said and len(problems) == before else None


def _plain(text: str) -> str:
    """Text without the apostrophe that our own tables put before what a spreadsheet would run as a formula."""
    return text[1:] if text[:1] == "'" and text[1:2] in {"=", "+", "-", "@"} else text


def _check_once(replies: list[Reply], problems: list[Problem]) -> None:
    seen: set[str] = set()
    for one in replies:
        if one.id in seen:
            problems.append(Problem(one.id[:80], "it is answered twice.", "Answer every record once."))
        seen.add(one.id)
