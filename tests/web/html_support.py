"""A page as a reader's software sees it: headings, links, tables, pictures, forms."""

from __future__ import annotations

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "input", "br", "hr", "img", "area", "base", "col", "embed", "source", "track", "wbr"}


@dataclass
class Element:
    """An element with its attributes and all the text below it."""

    tag: str
    attributes: dict[str, str]
    text: str = ""
    ancestors: tuple[Element, ...] = field(default=(), repr=False)

    def get(self, name: str) -> str | None:
        return self.attributes.get(name)


class Document(HTMLParser):
    """All elements in order. An element that is closed wrongly is remembered as a defect."""

    def __init__(self, markup: str) -> None:
        super().__init__(convert_charrefs=True)
        self.elements: list[Element] = []
        self.defects: list[str] = []
        self._open: list[Element] = []
        self.feed(markup)
        self.close()
        self.defects += [f"<{element.tag}> is not closed" for element in self._open]

    def handle_starttag(self, tag, attrs):
        element = Element(tag, {name: value or "" for name, value in attrs}, ancestors=tuple(self._open))
        self.elements.append(element)
        if tag not in VOID:
            self._open.append(element)

    def handle_startendtag(self, tag, attrs):
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self._open.pop()

    def handle_endtag(self, tag):
        if not self._open or self._open[-1].tag != tag:
            line, _ = self.getpos()
            self.defects.append(f"line {line}: </{tag}> closes <{self._open[-1].tag if self._open else 'nothing'}>")
            while self._open and self._open[-1].tag != tag:
                self._open.pop()
        if self._open:
            self._open.pop()

    def handle_data(self, data):
        for element in self._open:
            element.text += data

    def all(self, *tags: str) -> list[Element]:
        return [element for element in self.elements if element.tag in tags]

    def by_id(self, name: str) -> Element | None:
        return next((element for element in self.elements if element.get("id") == name), None)

    @property
    def links(self) -> list[str]:
        return [element.attributes["href"] for element in self.all("a") if "href" in element.attributes]

    def rows(self, label: str) -> list[list[str]]:
        """The table in the region with this label, row by row, white space folded."""
        regions = [e for e in self.elements if e.get("aria-labelledby") == label and "scroll" in (e.get("class") or "")]
        (region,) = regions
        found: dict[int, list[str]] = {}
        for cell in self.all("th", "td"):
            if region in cell.ancestors:
                row = next(one for one in reversed(cell.ancestors) if one.tag == "tr")
                found.setdefault(id(row), []).append(" ".join(cell.text.split()))
        return list(found.values())


def accessibility_defects(document: Document) -> list[str]:
    """What a parser can find of WCAG 2.2: names, headings, headers, regions, languages."""
    found = list(document.defects)
    ids = [element.attributes["id"] for element in document.elements if "id" in element.attributes]
    found += [f"the id {name} stands twice" for name in {one for one in ids if ids.count(one) > 1}]
    found += _names(document, set(ids))
    found += _headings(document)
    found += _tables(document)
    (html,) = document.all("html")
    if not html.get("lang"):
        found.append("no language")
    if len(document.all("main")) != 1 or len(document.all("h1")) != 1:
        found.append("not one main and one h1")
    (title,) = document.all("title")
    if len(title.text.strip()) < 10:
        found.append("no title")
    skip = document.all("a")[0]
    if skip.get("href") != "#content" or document.by_id("content") is None:
        found.append("the first link does not lead to the content")
    return found


def _names(document: Document, ids: set[str]) -> list[str]:
    found = []
    for element in document.elements:
        names = [element.get(name) for name in ("aria-labelledby", "aria-describedby", "for")]
        found += [f"{name} names nothing" for name in names if name and name not in ids]
        if element.tag == "a" and not element.text.strip() and not element.get("aria-label"):
            found.append(f"a link to {element.get('href')} has no text")
        if element.tag == "svg" and not (element.get("role") in {"img", "group"} and element.get("aria-label")):
            found.append("a picture has no name")
        within = element.tag == "script" and (element.text.strip() or not element.get("src"))
        if within or element.tag == "style" or element.get("style") is not None:
            found.append(f"<{element.tag}> with script or style within the page")
        if any(name.startswith("on") for name in element.attributes):
            found.append(f"<{element.tag}> has a handler")
        if element.tag == "nav" and not element.get("aria-label"):
            found.append("a navigation has no name")
    labelled = {element.get("for") for element in document.all("label")}
    asked = [e for e in document.all("input", "select", "textarea") if e.get("type") != "hidden"]
    found += [f"no label for {e.get('name')}" for e in asked if e.get("id") not in labelled]
    return found


def _headings(document: Document) -> list[str]:
    levels = [int(element.tag[1]) for element in document.all("h1", "h2", "h3", "h4")]
    return [
        f"a heading of level {after} follows one of level {before}"
        for before, after in zip([0, *levels], levels, strict=False)
        if after > before + 1
    ]


def _tables(document: Document) -> list[str]:
    found = []
    for table in document.all("table"):
        region = next((one for one in reversed(table.ancestors) if one.get("role") == "region"), None)
        if region is None or region.get("tabindex") != "0" or not region.get("aria-labelledby"):
            found.append("a table stands in no region that is named and can be reached by keyboard")
    for head in document.all("th"):
        if head.get("scope") not in {"col", "row"}:
            found.append(f"the header {head.text!r} has no scope")
        if not head.text.strip():
            found.append("a header is empty")
    for row in document.all("tr"):
        cells = [cell for cell in document.all("th", "td") if cell.ancestors and cell.ancestors[-1] is row]
        if not any(cell.tag == "th" for cell in cells):
            found.append("a row has no header")
    return found
