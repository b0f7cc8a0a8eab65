"""What a report is made of: headings, paragraphs, lists, tables and charts, as data and nothing else.

A writer turns it into a file. Text from facts and from people is text here and stays text there: no writer reads markup
out of it.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from typing import Literal

from serantau.render.model import Chart

# What XML cannot hold, and what would turn the direction of writing: `render.model` says why.
_UNSAFE = re.compile("[\x00-\x1f\x7f-\x9f\u200e\u200f\u2028-\u202e\u2066-\u2069\ufffe\uffff\ud800-\udfff]+")
LONGEST = 4000

Style = Literal["body", "lead", "notice", "small"]


def plain(text: str) -> str:
    r"""Text from anywhere as one line that every format can hold.

    >>> plain("two\nlines\x00 #panic()")
    'two lines #panic()'
    """
    return " ".join(_UNSAFE.sub(" ", text[:LONGEST]).split())


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a part of the report."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A paragraph."""

    text: str
    style: Style = "body"


@dataclass(frozen=True)
class Bullets:
    """A list without an order."""

    items: tuple[str, ...]


@dataclass(frozen=True)
class Column:
    """A column of a table; numbers stand to the right. ``share`` is its part of the width."""

    text: str
    number: bool = False
    share: float = 1.0


@dataclass(frozen=True)
class Table:
    """A table with a header row; the first cell of a row is its header.

    Attributes:
        caption: What it shows.
        columns: Its columns.
        rows: Texts, one for each column.
    """

    caption: str
    columns: tuple[Column, ...]
    rows: tuple[tuple[str, ...], ...]

    def __post_init__(self) -> None:
        """Check that every row fills the columns."""
        if any(len(row) != len(self.columns) for row in self.rows):
            raise ValueError(f"a row of the table {self.caption!r} does not fill its {len(self.columns)} columns")


@dataclass(frozen=True)
class Picture:
    """A chart, its caption, and what it says in words for who cannot see it."""

    chart: Chart
    caption: str
    alt: str
    width: float = 1.0


Block = Heading | Paragraph | Bullets | Table | Picture


@dataclass(frozen=True)
class Report:
    """A whole report.

    Attributes:
        title: Its title.
        subtitle: Under the title.
        language: BCP 47 tag.
        day: The day that it is about; the date of the file, so that the same question gives the same bytes.
        author: Who speaks: the project, of a region.
        facts: Name and value, under the title: edition, days.
        blocks: The content.
        foot: What stands at the foot of every page.
        page_words: How a page counts, with ``{page}`` and ``{pages}``.
        brief: Whether it is set closely, to fit two pages.
    """

    title: str
    subtitle: str
    language: str
    day: date
    author: str
    facts: tuple[tuple[str, str], ...]
    blocks: tuple[Block, ...]
    foot: str
    page_words: str
    brief: bool = False

    def texts(self) -> list[str]:
        """Every text, for checks."""
        found = [self.title, self.subtitle, self.author, self.foot]
        found += [text for pair in self.facts for text in pair]
        for block in self.blocks:
            if isinstance(block, Heading | Paragraph):
                found.append(block.text)
            elif isinstance(block, Bullets):
                found += block.items
            elif isinstance(block, Table):
                found += [block.caption, *(one.text for one in block.columns), *(c for row in block.rows for c in row)]
            else:
                found += [block.caption, block.alt]
        return found
