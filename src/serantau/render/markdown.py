"""The part of Markdown in which this project's pages are written, as HTML that holds nothing else. Pure.

Headings, paragraphs, lists, tables, code in fences or indented by four; within a line code, strong and emphasised
text and links. Everything is escaped first, so a page can hold no markup of its own.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from html import escape

Link = Callable[[str], str]
"""From the target of a link to the address it has on the site; empty for a link that leads nowhere there."""

_HEADING = re.compile(r"(#{1,4})\s+(.*?)\s*#*$")
_ITEM = re.compile(r"(?:[-*]|\d{1,3}\.)\s+(.*)")
_NUMBERED = re.compile(r"\d{1,3}\.\s")
_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(\|\s*:?-*:?\s*)*\|?")
_CODE = re.compile(r"`([^`]+)`")
_STRONG = re.compile(r"\*\*(.+?)\*\*")
_EMPHASIS = re.compile(r"(?<![\w*])\*([^*\s](?:[^*]*[^*\s])?)\*(?![\w*])")
_LINK = re.compile(r"!?\[([^\]]*)\]\(([^()\s]+)\)")


@dataclass(frozen=True)
class Section:
    """A part of a page below a heading of the second level; the first has none.

    Attributes:
        id: For the address.
        title: The heading.
        body: HTML below it.
        text: The same without markup.
    """

    id: str
    title: str
    body: str
    text: str


@dataclass(frozen=True)
class Page:
    """A page: its title, and its sections."""

    title: str
    sections: tuple[Section, ...]


def slug(text: str) -> str:
    """A heading as the last part of an address.

    >>> slug("From figures to a score: `how`")
    'from-figures-to-a-score-how'
    """
    return re.sub(r"[^a-z0-9]+", "-", plain(text).lower()).strip("-") or "section"


def plain(text: str) -> str:
    """A line without its marks."""
    return re.sub(r"[`*]", "", _LINK.sub(r"\1", text))


def read_page(text: str, link: Link = lambda target: target) -> Page:
    """A page of Markdown.

    Args:
        text: The page.
        link: Where links lead.
    """
    title, parts = "", [("", [])]  # type: ignore[var-annotated]
    fenced = False
    for line in text.splitlines():
        fenced ^= line.startswith("```")
        found = None if fenced else _HEADING.match(line)
        if found and len(found[1]) == 1 and not title:
            title = plain(found[2])
        elif found and len(found[1]) == 2:
            parts.append((found[2], []))
        else:
            parts[-1][1].append(line)
    sections, taken = [], set()
    for heading, lines in parts:
        name = slug(heading) if heading else "top"
        while name in taken:
            name += "-2"
        taken.add(name)
        body = "\n".join(_blocks(lines, link, f"{name}-title"))
        if heading or body:
            sections.append(Section(name, plain(heading), body, " ".join(plain(line).strip("|- ") for line in lines)))
    return Page(title, tuple(sections))


def inline(text: str, link: Link = lambda target: target) -> str:
    r"""One run of text.

    >>> inline("**Not** `a*b*c` <script> [here](x.md)")
    '<strong>Not</strong> <code>a*b*c</code> &lt;script&gt; <a href="x.md">here</a>'
    """
    kept: list[str] = []

    def keep(markup: str) -> str:
        kept.append(markup)
        return f"\x00{len(kept) - 1}\x00"

    def leads(found: re.Match[str]) -> str:
        address = link(found[2])
        words = _styled(escape(found[1]))
        return keep(f'<a href="{escape(address)}">{words}</a>') if address else words

    text = text.replace("\x00", "")
    text = _CODE.sub(lambda found: keep(f"<code>{escape(found[1])}</code>"), text)
    text = _LINK.sub(leads, text)
    text = _styled(escape(text, quote=False))
    while "\x00" in text:
        text = re.sub(r"\x00(\d+)\x00", lambda found: kept[int(found[1])], text)
    return text


def _styled(text: str) -> str:
    return _EMPHASIS.sub(r"<em>\1</em>", _STRONG.sub(r"<strong>\1</strong>", text))


def _blocks(lines: list[str], link: Link, label: str) -> Iterator[str]:
    at = 0
    while at < len(lines):
        line = lines[at]
        if not line.strip():
            at += 1
        elif line.startswith("```"):
            end = next((i for i in range(at + 1, len(lines)) if lines[i].startswith("```")), len(lines))
            yield _code(lines[at + 1 : end])
            at = end + 1
        elif line.startswith("    "):
            end = next(
                (i for i in range(at, len(lines)) if lines[i].strip() and not lines[i].startswith("    ")), len(lines)
            )
            yield _code([one[4:] for one in lines[at:end]])
            at = end
        else:
            end = _end(lines, at)
            yield _block(lines[at:end], link, label)
            at = end


def _end(lines: list[str], at: int) -> int:
    """Where a block of text ends: at an empty line, or where another kind of block begins."""
    if _HEADING.match(lines[at]):
        return at + 1
    end = at + 1
    while (
        end < len(lines) and lines[end].strip() and not lines[end].startswith("```") and not _HEADING.match(lines[end])
    ):
        if _ITEM.match(lines[end]) and not _ITEM.match(lines[at]):
            break
        end += 1
    return end


def _block(lines: list[str], link: Link, label: str) -> str:
    found = _HEADING.match(lines[0])
    if found:
        return f'<h3 id="{slug(found[2])}">{inline(found[2], link)}</h3>'
    if len(lines) > 1 and lines[0].lstrip().startswith("|") and _RULE.fullmatch(lines[1].strip()):
        return _table(lines, link, label)
    if _ITEM.match(lines[0]):
        return _list(lines, link)
    if lines[0].startswith(">"):
        return f"<blockquote><p>{inline(' '.join(line.lstrip('> ') for line in lines), link)}</p></blockquote>"
    return f"<p>{inline(' '.join(line.strip() for line in lines), link)}</p>"


def _code(lines: list[str]) -> str:
    return f'<pre tabindex="0"><code>{escape(chr(10).join(lines).rstrip(), quote=False)}</code></pre>'


def _list(lines: list[str], link: Link) -> str:
    items: list[str] = []
    for line in lines:
        found = _ITEM.match(line)
        if found:
            items.append(found[1])
        else:
            items[-1] += " " + line.strip()
    kind = "ol" if _NUMBERED.match(lines[0]) else "ul"
    return f"<{kind}>{''.join(f'<li>{inline(item, link)}</li>' for item in items)}</{kind}>"


def _table(lines: list[str], link: Link, label: str) -> str:
    rows = [
        [cell.strip().replace("\\|", "|") for cell in re.split(r"(?<!\\)\|", line.strip().strip("|"))] for line in lines
    ]
    head, *body = [rows[0], *rows[2:]]
    titles = "".join(f'<th scope="col">{inline(cell, link)}</th>' if cell else "<td></td>" for cell in head)
    titles = titles if any(head) else ""
    top = f"<thead><tr>{titles}</tr></thead>" if titles else ""
    made = []
    for row in body:
        first = f'<th scope="row">{inline(row[0], link)}</th>'
        made.append(f"<tr>{first}{''.join(f'<td>{inline(cell, link)}</td>' for cell in row[1:])}</tr>")
    region = f'<div class="scroll" role="region" aria-labelledby="{label}" tabindex="0">'
    return f"{region}<table>{top}<tbody>{''.join(made)}</tbody></table></div>"
