"""YAML as text with line numbers.

PyYAML speaks YAML 1.1, where ``NO`` is false, ``010`` is eight and of two
equal keys the last one silently wins. Here every scalar stays text, types are
given by the declared struct, equal keys are an error and every value knows
its line.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NoReturn

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
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        problem = Problem(f"{name}:1", f"byte {error.start} is not UTF-8.", "Save the file as UTF-8.")
        return Document(name, {}, {}, (problem,))
    reader = _Reader(name, text)
    try:
        value = reader.document()
    except _TooDeepError:
        return Document(name, {}, {}, tuple(reader.problems))
    except yaml.YAMLError as error:
        return Document(name, {}, {}, (_syntax_problem(name, error),))
    return Document(name, value, reader.lines, tuple(reader.problems))


def _syntax_problem(name: str, error: Exception) -> Problem:
    mark = getattr(error, "problem_mark", None)
    line = mark.line + 1 if mark is not None else 1
    what = getattr(error, "problem", None) or type(error).__name__
    return Problem(f"{name}:{line}", f"this is not YAML: {what}.", "Check indentation, colons and quotes at this line.")


class _TooDeepError(Exception):
    """Ends the reading of a document that nests too deep."""


class _Reader:
    """Builds the value from the parser's events.

    The library's own composer recurses in C for every level of nesting, so
    that a small file of brackets would end the process, and its time grows
    with the square of the depth; here reading stops at a fixed depth.
    """

    def __init__(self, name: str, text: str) -> None:
        self.name = name
        self.lines: dict[Path, int] = {}
        self.problems: list[Problem] = []
        self._events: Iterator[yaml.Event] = yaml.parse(text, Loader=yaml.CBaseLoader)

    def document(self) -> Value:
        """The value of the one document of the file."""
        next(self._events)
        if isinstance(next(self._events), yaml.StreamEndEvent):
            self.problems.append(Problem(f"{self.name}:1", "the file is empty.", "Write its records, or delete it."))
            return {}
        value = self._read(next(self._events), (), 0)
        next(self._events)
        after = next(self._events)
        if not isinstance(after, yaml.StreamEndEvent):
            self._refuse(after, "a second document begins here.", "Keep one document in a file: remove the line `---`.")
        return value

    def _read(self, event: yaml.Event, path: Path, depth: int) -> Value:
        self.lines[path] = _line(event)
        if isinstance(event, yaml.ScalarEvent):
            return str(event.value)
        if isinstance(event, yaml.AliasEvent):
            self._refuse(event, f"the alias *{event.anchor} is not read here.", "Write the value out.")
            return ""
        if depth >= MAX_DEPTH:
            self._too_deep(event)
        if isinstance(event, yaml.SequenceStartEvent):
            return [self._read(child, (*path, index), depth + 1) for index, child in enumerate(self._children())]
        return dict(self._pairs(path, depth))

    def _pairs(self, path: Path, depth: int) -> Iterator[tuple[str, Value]]:
        first: dict[str, int] = {}
        children = self._children()
        for key_event in children:
            if not isinstance(key_event, yaml.ScalarEvent):
                self._refuse(key_event, "a key must be plain text.", "Write `key: value`.")
                self._skip(key_event)
                self._skip(next(children))
                continue
            key, line = str(key_event.value), _line(key_event)
            if key in first:
                self._refuse(key_event, f"the key {key!r} stands twice (first on line {first[key]}).", "Keep one.")
                self._skip(next(children))
                continue
            first[key] = line
            yield key, self._read(next(children), (*path, key), depth + 1)
            self.lines[(*path, key)] = line

    def _children(self) -> Iterator[yaml.Event]:
        """First events of the children, up to the end of the collection that has just begun."""
        for event in self._events:
            if isinstance(event, yaml.CollectionEndEvent):
                return
            yield event

    def _skip(self, event: yaml.Event) -> None:
        """Pass over a value."""
        depth = int(isinstance(event, yaml.CollectionStartEvent))
        while depth:
            inner = next(self._events)
            if depth >= MAX_DEPTH:
                self._too_deep(inner)
            depth += isinstance(inner, yaml.CollectionStartEvent) - isinstance(inner, yaml.CollectionEndEvent)

    def _too_deep(self, event: yaml.Event) -> NoReturn:
        what = f"values are nested more than {MAX_DEPTH} deep; the rest of the file was not read."
        self._refuse(event, what, "Check the brackets and the indentation.")
        raise _TooDeepError

    def _refuse(self, event: yaml.Event, what: str, fix: str) -> None:
        self.problems.append(Problem(f"{self.name}:{_line(event)}", what, fix))


def _line(event: yaml.Event) -> int:
    mark = event.start_mark
    return 1 if mark is None else int(mark.line) + 1
