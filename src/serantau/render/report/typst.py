"""Writes a report as tagged PDF (PDF/UA-1) with Typst."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from serantau.render.fonts import FAMILIES, FONTS
from serantau.render.report.errors import ReportError
from serantau.render.report.model import Block, Bullets, Heading, Paragraph, Picture, Report, Table, plain
from serantau.render.report.pictures import printable

HERE = Path(__file__).parent
TEMPLATE = HERE / "report.typ"
_NO_GLYPH = re.compile(r"could not be displayed|missing glyph|no glyph|not covered", re.IGNORECASE)
_QUOTED = re.compile(r"[`\"“]([^`\"”]+)[`\"”]")


def pdf(report: Report, pictures: Mapping[str, bytes], fonts: Sequence[Path] = ()) -> bytes:
    """The report as PDF/UA-1; equal reports give equal bytes.

    Args:
        report: What it says.
        pictures: SVG of its charts by digest; a chart that could not be drawn is left out, its table stays.
        fonts: Further folders of fonts.

    Raises:
        ReportError: if a character has no glyph in any font, or Typst refuses for another reason.
    """
    import typst

    data = {
        **_frame(report),
        "fonts": families(fonts),
        "blocks": [one for b in report.blocks for one in _of(b, pictures)],
    }
    try:
        made: bytes = typst.compile(
            TEMPLATE,
            font_paths=[FONTS, *fonts],
            ignore_system_fonts=True,
            format="pdf",
            pdf_standards=["ua-1"],
            sys_inputs={"report": json.dumps(data, ensure_ascii=False)},
            timestamp=datetime(report.day.year, report.day.month, report.day.day, tzinfo=UTC),
        )
    except typst.TypstError as error:
        raise _explained(error, report) from error
    return made


def families(fonts: Sequence[Path] = ()) -> list[str]:
    """The families to look a character up in, in this order: ours, then those of further folders."""
    if not fonts:
        return list(FAMILIES)
    import typst

    found = typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=list(fonts))
    return list(dict.fromkeys([*FAMILIES, *found.families()]))


def _frame(report: Report) -> dict[str, Any]:
    return {
        "title": plain(report.title),
        "subtitle": plain(report.subtitle),
        "language": report.language.partition("-")[0],
        "author": plain(report.author),
        "day": [report.day.year, report.day.month, report.day.day],
        "facts": [[plain(name), plain(value)] for name, value in report.facts],
        "foot": plain(report.foot),
        "page_words": plain(report.page_words),
        "brief": report.brief,
    }


def _of(block: Block, pictures: Mapping[str, bytes]) -> list[dict[str, Any]]:
    """A block as the template reads it; a chart that was not drawn is nothing."""
    if isinstance(block, Heading):
        return [{"kind": "heading", "text": plain(block.text), "level": block.level}]
    if isinstance(block, Paragraph):
        return [{"kind": "paragraph", "text": plain(block.text), "style": block.style}]
    if isinstance(block, Bullets):
        return [{"kind": "bullets", "items": [plain(item) for item in block.items]}] if block.items else []
    if isinstance(block, Table):
        return [_table(block)]
    return _picture(block, pictures)


def _table(block: Table) -> dict[str, Any]:
    return {
        "kind": "table",
        "caption": plain(block.caption),
        "columns": [{"text": plain(one.text), "number": one.number, "share": one.share} for one in block.columns],
        "rows": [[plain(text) for text in row] for row in block.rows],
    }


def _picture(block: Picture, pictures: Mapping[str, bytes]) -> list[dict[str, Any]]:
    svg = pictures.get(block.chart.digest)
    if svg is None:
        return []
    return [
        {
            "kind": "picture",
            "svg": printable(svg),
            "alt": plain(block.alt),
            "caption": plain(block.caption),
            "width": block.width,
        }
    ]


def _explained(error: Exception, report: Report) -> ReportError:
    """What Typst refused, in words that say what to do."""
    message = str(getattr(error, "message", error))
    if _NO_GLYPH.search(message):
        quoted = _QUOTED.search(message)
        letters = dict.fromkeys(quoted[1] if quoted else "")
        named = [f"{one} (U+{ord(one):04X} {unicodedata.name(one, 'no name')})" for one in letters if not one.isspace()]
        return ReportError(
            f"No font of the reports has the character {', '.join(named[:3]) or message}. A tagged PDF may not leave it "
            "out. Put a font that has it into a folder and give that with --fonts, or write a DOCX, which uses the "
            "fonts of the reader's machine."
        )
    return ReportError(f"The report {report.title!r} could not be set: {message.splitlines()[0][:300]}.")
