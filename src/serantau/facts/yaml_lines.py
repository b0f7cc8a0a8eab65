"""YAML as text with line numbers.

PyYAML speaks YAML 1.1, where ``NO`` is false, ``010`` is eight and of two
equal keys the last one silently wins. Here every scalar stays text, types are
given by the declared struct, equal keys are an error and every value knows
its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import yaml

from serantau.base import Problem

Value = str | list["Value"] | dict[str, "Value"]
Path = tuple[str | int, ...]

MAX_DEPTH = 30

if not yaml.__with_libyaml__:  # pragma: no cover - depends on the build of PyYAML
    raise ImportError("PyYAML was built without libyaml; install the binary wheel of PyYAML")


@dataclass(frozen=True)
class Document:
    """A YAML document: its value, and the line of each value by path."""

    name: str
    value: Value
    lines: dict[Path, int]
    problems: tuple[Problem, ...] = ()

    def where(self, path: Path = ()) -> str:
        """``file:line`` of the value at a path, or of its nearest parent."""
        while path and path not in self.lines:
            path = path[:-1]
        return f"{self.name}:{self.lines.get(path, 1)}"


def parse_yaml(name: str, content: bytes) -> Document:
    """Parse one document; every defect is in ``problems``, none is raised."""
    try:
        text = content.decode("utf-8")
    except UnicodeDecodeError as error:
        problem = Problem(f"{name}:1", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
        return Document(name, {}, {}, (problem,))
    try:
        node = yaml.compose(text, Loader=yaml.CBaseLoader)
    except (yaml.YAMLError, RecursionError) as error:
        return Document(name, {}, {}, (_syntax_problem(name, error),))
    if node is None:
        return Document(name, {}, {}, (Problem(f"{name}:1", "the file is empty.", "Write its records, or delete it."),))
    reader = _Reader(name)
    value = reader.read(node, (), 0)
    return Document(name, value, reader.lines, tuple(reader.problems))


def _syntax_problem(name: str, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 1
    what = getattr(error, "problem", None) or type(error).__name__
    return Problem(f"{name}:{line}", f"this is not YAML: {what}.", "Check indentation, colons and quotes at this line.")


class _Reader:
    def __init__(self, name: str) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._seen: set[int] = set()

    def read(self, node: yaml.Node, path: Path, depth: int) -> Value:
        self.lines[path] = node.start_mark.line + 1
        if isinstance(node, yaml.ScalarNode):
            return str(node.value)
        if depth >= MAX_DEPTH or id(node) in self._seen:
            self._refuse(node, "aliases, or nesting this deep, are not read here.", "Write the value out.")
            return ""
        self._seen.add(id(node))
        if isinstance(node, yaml.SequenceNode):
            return [self.read(child, (*path, index), depth + 1) for index, child in enumerate(node.value)]
        return dict(self._pairs(node, path, depth))

    def _pairs(self, node: yaml.Node, path: Path, depth: int) -> Iterator[tuple[str, Value]]:
        first: dict[str, int] = {}
        for key_node, value_node in node.value:
            key = str(key_node.value) if isinstance(key_node, yaml.ScalarNode) else ""
            if key in first:
                self._refuse(key_node, f"the key {key!r} stands twice (first on line {first[key]}).", "Keep one.")
                continue
            first[key] = key_node.start_mark.line + 1
            yield key, self.read(value_node, (*path, key), depth + 1)
            self.lines[(*path, key)] = key_node.start_mark.line + 1

    def _refuse(self, node: yaml.Node, what: str, fix: str) -> None:
        self.problems.append(Problem(f"{self.name}:{node.start_mark.line + 1}", what, fix))
