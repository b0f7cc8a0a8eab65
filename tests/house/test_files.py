"""Rule: files are short, explain themselves, are finished, and name no particular machine."""

from __future__ import annotations

import ast
import re

from tests.support.tree import project_files, python_files, read, relative, text_files

MOST_LINES = 800
# Data and generated lists are as long as they are; nobody reads them from top to bottom.
NOT_PROSE = {".csv", ".json", ".svg", ".po"}

# Put together from halves, so that this file does not find itself.
UNFINISHED = re.compile(r"\b(?:TO" r"DO|FIX" r"ME)\b|\braise Not" r"Implemented")
MACHINE_PATHS = re.compile(r"(?<![\w.}])/(?:ho" r"me|Us" r"ers|ro" r"ot|wo" r"rk|o" r"pt|m" r"nt)/[\w.]")
SKIPPED = re.compile(r"pytest\.(?:mark\.(?:sk" r"ip|xf" r"ail)|sk" r"ip\(|xf" r"ail\(|importor" r"skip)")


def test_no_file_is_too_long():
    long = {
        relative(path): lines
        for path in text_files()
        if path.suffix not in NOT_PROSE
        and path.parent.name not in {"requirements", "reference"}
        and "regions" not in path.parts
        and (lines := read(path).count("\n")) > MOST_LINES
    }
    assert not long, f"split these files, {MOST_LINES} lines are the most: {long}"


def test_every_module_opens_with_a_docstring():
    silent = [
        relative(path)
        for path in python_files()
        if "migrations" not in path.parts and read(path).strip() and not ast.get_docstring(ast.parse(read(path)))
    ]
    assert not silent, f"say in one sentence what these modules are for: {silent}"


def test_nothing_is_marked_unfinished():
    assert not _lines_with(UNFINISHED), "finish it, or open an issue"


def test_no_test_is_switched_off():
    assert not _lines_with(SKIPPED), "a test that does not run defends nothing"


def test_no_machine_is_named():
    assert not _lines_with(MACHINE_PATHS), "a path on one machine is wrong on every other"


def test_nothing_generated_is_kept():
    generated = [
        relative(path) for path in project_files() if path.suffix in {".pyc", ".mo", ".log", ".sqlite3", ".lock"}
    ]
    assert not generated, "made by a command, so not committed"


def _lines_with(pattern: re.Pattern[str]) -> list[str]:
    return [
        f"{relative(path)}:{number}: {line.strip()}"
        for path in text_files()
        for number, line in enumerate(read(path).splitlines(), start=1)
        if pattern.search(line)
    ]
