"""The rules of a recogniser as array code: a matrix of characters in, one yes or no a row out."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import numpy.typing as npt
import polars as pl

from serantau.govern.scan.cells import Bytes, Cells, Mask
from serantau.govern.scan.checks import width_of
from serantau.govern.scan.model import Birth, Chars, Check, Code, Luhn, Mod97, Recogniser, Rule

_DAYS = np.array([0, 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31] + [0] * 87, dtype=np.int16)
"""Days of each month of a common year; a month that does not exist has none."""

Library = Callable[[str, int], Sequence[str]]
"""Looks a list of codes up by its name and the length of its codes."""


@dataclass(frozen=True)
class Compiled:
    """A recogniser made ready for arrays."""

    recogniser: Recogniser
    rules: tuple[Callable[[Bytes], Mask], ...]

    @cached_property
    def width(self) -> int:
        """Letters and digits of a number of its shapes; 0 for a pattern."""
        shapes = self.recogniser.shapes
        return width_of(shapes[0]) if shapes else 0

    @cached_property
    def shape_regex(self) -> str:
        """Its shapes as one pattern over shapes of cells; empty for a pattern that looks at every shape."""
        pattern = self.recogniser.pattern
        if pattern is not None:
            return f"^(?:{pattern.shape})$" if pattern.shape else ""
        return f"^(?:{'|'.join(map(_shape_regex, self.recogniser.shapes))})$"

    def try_on(self, cells: Cells) -> tuple[int, int]:
        """How many cells have its shape, and how many of them keep its rules."""
        mask = self.shaped(cells)
        if mask is None:
            return 0, 0
        return int(mask.sum()), int(self.valid(cells, mask).sum())

    def fits(self, cells: Cells) -> Mask | None:
        """Cells that have its shape and keep its rules; None for none."""
        mask = self.shaped(cells)
        if mask is None:
            return None
        result = mask.copy()
        result[mask] = self.valid(cells, mask)
        return result if result.any() else None

    def shaped(self, cells: Cells) -> Mask | None:
        """Cells of its shape, or that its pattern matches; None for none."""
        pattern = self.recogniser.pattern
        if pattern is None:
            return cells.with_shape(self.shape_regex)
        if any(cells.histogram[byte] == 0 for byte in pattern.needs.encode()):
            return None
        some = cells.with_shape(self.shape_regex) if pattern.shape else None
        if pattern.shape and some is None:
            return None
        text = cells.compact if pattern.compact else cells.upper
        regex = f"^(?:{pattern.regex})$"
        if some is None or some.all():
            mask = text.str.contains(regex).to_numpy()
        else:
            mask = np.zeros(len(cells), dtype=np.bool_)
            mask[some] = text.filter(pl.Series(some)).str.contains(regex).to_numpy()
        return mask if mask.any() else None

    def valid(self, cells: Cells, mask: Mask) -> Mask:
        """Which of the chosen cells keep every rule."""
        if not self.rules:
            return np.ones(int(mask.sum()), dtype=np.bool_)
        if self.width:
            return self._keep(cells.matrix(mask, self.width))
        widths = cells.widths[mask]
        result = np.zeros(len(widths), dtype=np.bool_)
        for width in np.unique(widths):
            result[widths == width] = self._keep(cells.matrix(mask & (cells.widths == width), int(width)))
        return result

    def _keep(self, rows: Bytes) -> Mask:
        result = np.ones(len(rows), dtype=np.bool_)
        for rule in self.rules:
            result &= rule(rows)
        return result


def compile_recogniser(recogniser: Recogniser, library: Library) -> Compiled:
    """Make a recogniser ready.

    Args:
        recogniser: Shapes of one width, and rules.
        library: Finds the lists of codes that python-stdnum keeps.
    """
    return Compiled(recogniser, tuple(_compile(rule, library) for rule in recogniser.rules))


def _shape_regex(shape: str) -> str:
    marks = {"9": "9", "A": "A", "*": "[9A]"}
    return "".join(marks.get(mark, re.escape(mark)) for mark in shape)


# --- one rule at a time --------------------------------------------------------------------------------------------------


def _compile(rule: Rule, library: Library) -> Callable[[Bytes], Mask]:
    if isinstance(rule, Chars):
        return _chars(rule)
    if isinstance(rule, Code):
        return _code(rule, library)
    if isinstance(rule, Birth):
        return lambda rows: _date(rule, rows)
    if isinstance(rule, Check):
        return _check(rule)
    if isinstance(rule, Luhn):
        return lambda rows: _luhn(_digits(rows[:, rule.first - 1 : rule.last]))
    assert isinstance(rule, Mod97)
    return _mod97


def _digits(rows: Bytes) -> Bytes:
    return rows - np.uint8(48)


def _number(rows: Bytes, at: int, length: int) -> npt.NDArray[np.int32]:
    """The digits from a position on as a number."""
    value = np.zeros(len(rows), dtype=np.int32)
    for place in range(at - 1, at - 1 + length):
        value = value * 10 + (rows[:, place].astype(np.int32) - 48)
    return value


def _chars(rule: Chars) -> Callable[[Bytes], Mask]:
    allowed = np.zeros(256, dtype=np.bool_)
    allowed[list(rule.allowed.upper().encode())] = True
    return lambda rows: allowed[rows[:, rule.at - 1]]


def _code(rule: Code, library: Library) -> Callable[[Bytes], Mask]:
    known = np.zeros(10**rule.length, dtype=np.bool_)
    for code in rule.codes or library(rule.library, rule.length):
        first, _, last = code.partition("-")
        known[int(first) : int(last or first) + 1] = True
    if rule.excluded:
        known = ~known
    return lambda rows: known[_number(rows, rule.at, rule.length)]


def _date(rule: Birth, rows: Bytes) -> Mask:
    """Whether the day exists. Two digits of a year mean 19xx or 20xx, whichever has the day, unless a digit says."""
    result = np.ones(len(rows), dtype=np.bool_)
    year = _number(rows, rule.year, rule.year_digits) if rule.year else np.zeros(len(rows), dtype=np.int32)
    leap = year % 4 == 0
    if rule.century:
        starts = np.full(256, -1, dtype=np.int32)
        for digit, start in rule.centuries.items():
            starts[ord(digit)] = start
        century = starts[rows[:, rule.century - 1]]
        result &= century >= 0
        year = year + century
    if rule.century or rule.year_digits == 4:
        leap = (year % 4 == 0) & ((year % 100 != 0) | (year % 400 == 0))
        result &= (year >= 1850) & (year <= 2100)
    if rule.month:
        month = _number(rows, rule.month, 2)
        result &= _DAYS[month] > 0
        if rule.day:
            day = _number(rows, rule.day, 2)
            if rule.day_offset:
                day = np.where(day > rule.day_offset, day - rule.day_offset, day)
            longest = _DAYS[month] + (leap & (month == 2))
            result &= (day >= 1) & (day <= longest)
    return result


def _check(rule: Check) -> Callable[[Bytes], Mask]:
    values = np.zeros(256, dtype=np.float32)
    known = np.zeros(256, dtype=np.bool_)
    for value, mark in enumerate(rule.values or "0123456789"):
        values[ord(mark)], known[ord(mark)] = value, True
    known[ord("<")] = True  # the filler of a machine-readable zone, whose value is 0 (ICAO 9303-3, 4.9)
    weights = np.array(rule.weights, dtype=np.float32)
    last = rule.first - 1 + len(rule.weights)
    results = np.zeros((256, rule.modulus), dtype=np.uint8)
    starts = np.full(256, rule.start, dtype=np.int32)
    for letter, result in (rule.results or {"": rule.result}).items():
        rows_of = ord(letter) if letter else slice(None)
        results[rows_of] = np.frombuffer(result.encode("ascii"), np.uint8)
    for letter, start in rule.starts.items():
        starts[ord(letter)] = start

    def check(rows: Bytes) -> Mask:
        summed = rows[:, rule.first - 1 : last]
        # Sums of small whole numbers are exact in 32 bits of floating point, whose product is the fastest.
        total = (values[summed] @ weights).astype(np.int32)
        letter = rows[:, rule.by - 1] if rule.by else np.zeros(len(rows), dtype=np.uint8)
        wanted = results[letter, (total + starts[letter]) % rule.modulus]
        found: Mask = wanted == rows[:, rule.at - 1]
        return found & known[summed].all(axis=1) if rule.values else found

    return check


def _luhn(digits: Bytes) -> Mask:
    doubled = np.array([0, 2, 4, 6, 8, 1, 3, 5, 7, 9] + [0] * 246, dtype=np.uint8)
    total = digits[:, ::-1][:, ::2].sum(axis=1, dtype=np.int32) + doubled[digits[:, ::-1][:, 1::2]].sum(
        axis=1, dtype=np.int32
    )
    result: Mask = total % 10 == 0
    return result


def _mod97(rows: Bytes) -> Mask:
    remainder = np.zeros(len(rows), dtype=np.int32)
    for place in (*range(4, rows.shape[1]), *range(min(4, rows.shape[1]))):
        mark = rows[:, place].astype(np.int32)
        letter = mark >= 65
        value = np.where(letter, mark - 55, mark - 48)
        remainder = (remainder * np.where(letter, 100, 10) + value) % 97
    result: Mask = remainder == 1
    return result
