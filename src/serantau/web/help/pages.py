"""The guides, the methods and the glossary as they stand in the folder ``docs``, read once."""

from __future__ import annotations

import posixpath
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

from serantau.render.markdown import Page, inline, plain, read_page, slug

DOCS = Path(__file__).parent / "docs"
"""The project's own folder of pages, by a link, so that there is one text only."""

FOLDERS = ("guide", "method")
GLOSSARY = "glossary"
OUTSIDE = re.compile(r"https?://")
_ENTRY = re.compile(r"- \*\*(?P<term>.+?)\*\*(?P<rest>.*)")


@dataclass(frozen=True)
class HelpPage:
    """A guide or a method.

    Attributes:
        folder: ``guide`` or ``method``.
        name: Its name in the address.
        page: What it says.
    """

    folder: str
    name: str
    page: Page

    @property
    def address(self) -> str:
        """Where it stands on the site."""
        return f"/help/{self.folder}/{self.name}/"


@dataclass(frozen=True)
class Entry:
    """A term of the glossary.

    Attributes:
        id: For the address.
        term: The term.
        body: What it means, as HTML, with the term itself.
        text: The same without markup.
    """

    id: str
    term: str
    body: str
    text: str


@dataclass(frozen=True)
class Part:
    """Terms of the glossary under one heading."""

    id: str
    title: str
    entries: tuple[Entry, ...]


@cache
def help_pages() -> dict[tuple[str, str], HelpPage]:
    """Every guide and method by folder and name."""
    found = {}
    for folder in FOLDERS:
        for path in sorted((DOCS / folder).glob("*.md")):
            page = read_page(path.read_text(encoding="utf-8"), partial(site_address, folder))
            found[folder, path.stem] = HelpPage(folder, path.stem, page)
    return found


@cache
def glossary() -> tuple[Part, ...]:
    """The glossary, part by part."""
    parts: list[Part] = []
    link = partial(site_address, "")
    for heading, lines in _headed((DOCS / f"{GLOSSARY}.md").read_text(encoding="utf-8")):
        parts.append(Part(slug(heading), plain(heading), tuple(_entries(lines, link))))
    return tuple(parts)


def entry_of(name: str) -> Entry | None:
    """The entry with an id."""
    return next((entry for part in glossary() for entry in part.entries if entry.id == name), None)


def site_address(folder: str, target: str) -> str:
    """Where a link of a page leads on the site; empty for what is no page of it.

    >>> site_address("guide", "../method/index.md#robustness"), site_address("guide", "../../LICENSE")
    ('/help/method/index/#robustness', '')
    """
    if OUTSIDE.match(target) or target.startswith("#"):
        return target
    path, _, fragment = target.partition("#")
    where = posixpath.normpath(posixpath.join(folder, path))
    name, ending = posixpath.splitext(where)
    if ending != ".md":
        return ""
    anchor = f"#{fragment}" if fragment else ""
    if name == GLOSSARY:
        return f"/glossary/{anchor}"
    top, _, rest = name.partition("/")
    return f"/help/{top}/{rest}/{anchor}" if top in FOLDERS and rest and "/" not in rest else ""


def _headed(text: str) -> Iterator[tuple[str, list[str]]]:
    heading, lines = "", []  # type: ignore[var-annotated]
    for line in text.splitlines():
        if line.startswith("## "):
            if heading:
                yield heading, lines
            heading, lines = line[3:], []
        else:
            lines.append(line)
    if heading:
        yield heading, lines


def _entries(lines: list[str], link: Callable[[str], str]) -> Iterator[Entry]:
    items: list[str] = []
    for line in lines:
        if line.startswith("- "):
            items.append(line)
        elif items and line.strip():
            items[-1] += " " + line.strip()
    for item in items:
        found = _ENTRY.match(item)
        if found:
            name = plain(found["term"]).strip(":. ")
            yield Entry(slug(name), name, inline(item[2:], link), plain(item[2:]))
