"""Reads a definition from YAML and exports its JSON Schema."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from serantau.base import Problem, count_of_problems
from serantau.facts.convert import convert_record
from serantau.facts.schema import components
from serantau.facts.yaml_lines import parse_yaml
from serantau.measure.definition import Definition
from serantau.measure.errors import MeasureError
from serantau.measure.validate import definition_problems

MAX_BYTES = 4 * 1024 * 1024


def read_definition(path: Path) -> Definition:
    """Read and check a definition.

    Raises:
        MeasureError: with every defect, by file and line where it has one.
    """
    if not path.is_file():
        raise MeasureError(f"{path}: there is no such file.")
    if path.stat().st_size > MAX_BYTES:
        raise MeasureError(
            f"{path.name} is larger than {MAX_BYTES // 1024**2} MB. A definition is not; is this the data?"
        )
    return parse_definition(path.name, path.read_bytes())


def parse_definition(name: str, content: bytes) -> Definition:
    """The same from bytes; ``name`` is used in messages."""
    document = parse_yaml(name, content)
    problems = list(document.problems)
    definition = None
    if not problems:

        def report(path: tuple[str | int, ...], what: str, fix: str) -> None:
            problems.append(Problem(document.where(path), what, fix))

        definition = convert_record(document.value, Definition, report)
    if definition is not None:
        problems.extend(
            Problem(f"{name}: {problem.where}", problem.what, problem.fix)
            for problem in definition_problems(definition)
        )
    if problems or definition is None:
        raise MeasureError(f"{name}: the definition has {count_of_problems(len(problems))}.", problems)
    return definition


def definition_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a definition; each key carries what the documentation of its class says of it."""
    references, parts = components((Definition,))
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "Definition of an index",
        **references[0],
        "$defs": parts,
    }
