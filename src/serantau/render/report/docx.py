"""Writes a report as DOCX that an office can edit: real headings, tables with header rows, pictures with words."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any

from serantau.render.fonts import family_of
from serantau.render.report.model import Block, Bullets, Heading, Paragraph, Picture, Report, Table, plain
from serantau.render.report.pictures import png

if TYPE_CHECKING:
    from docx.document import Document
    from docx.table import _Cell as Cell

FONT = "Noto Sans"
# Thai, Khmer, Lao and Burmese are "complex scripts" to a text processor, which gives them a font of their own.
COMPLEX = {
    tag: family_of(file)
    for tag, file in (("th", "NotoSansThai"), ("km", "NotoSansKhmer"), ("lo", "NotoSansLao"), ("my", "NotoSansMyanmar"))
}
EAST = "Noto Sans CJK SC"
INCHES = 6.3
FIRST = (1980, 1, 1, 0, 0, 0)
"""The earliest day that a ZIP can name: the day of writing is not part of the content."""


def docx(report: Report, pictures: Mapping[str, bytes]) -> bytes:
    """The report as DOCX; equal reports give equal bytes.

    Args:
        report: What it says.
        pictures: SVG of its charts by digest; a chart that could not be drawn is left out, its table stays.
    """
    import docx as library
    from docx.shared import Cm, Pt

    document = library.Document()
    _properties(document, report)
    _fonts(document, report)
    for section in document.sections:
        section.page_width, section.page_height = Cm(21), Cm(29.7)
        section.left_margin = section.right_margin = Cm(2)
        section.top_margin = section.bottom_margin = Cm(1.6 if report.brief else 2)
        section.footer.paragraphs[0].add_run(plain(report.foot)).font.size = Pt(8)
    document.add_heading(plain(report.title), level=0)
    document.add_paragraph(plain(report.subtitle), style="Subtitle")
    document.add_paragraph("\n".join(f"{plain(name)}: {plain(value)}" for name, value in report.facts))
    for block in report.blocks:
        _add(document, block, pictures)
    out = io.BytesIO()
    document.save(out)
    return _fixed(out.getvalue())


def _add(document: Document, block: Block, pictures: Mapping[str, bytes]) -> None:
    if isinstance(block, Heading):
        document.add_heading(plain(block.text), level=block.level)
    elif isinstance(block, Paragraph):
        style = {"lead": "Body Text", "notice": "Intense Quote"}.get(block.style, "Normal")
        document.add_paragraph(plain(block.text), style=style)
    elif isinstance(block, Bullets):
        for item in block.items:
            document.add_paragraph(plain(item), style="List Bullet")
    elif isinstance(block, Table):
        _add_table(document, block)
    else:
        _add_picture(document, block, pictures)


def _add_table(document: Document, block: Table) -> None:
    from docx.enum.text import WD_ALIGN_PARAGRAPH
    from docx.oxml import OxmlElement

    document.add_paragraph(plain(block.caption), style="Caption")
    table = document.add_table(rows=1, cols=len(block.columns), style="Light Grid Accent 1")
    properties = table._tbl.tblPr  # noqa: SLF001 - python-docx has no call for a table's description
    described = OxmlElement("w:tblDescription")
    described.set(_qualified("w:val"), plain(block.caption))
    properties.append(described)
    header = table.rows[0]
    repeated = OxmlElement("w:tblHeader")
    header._tr.get_or_add_trPr().append(repeated)  # noqa: SLF001 - nor for a header row
    for cell, column in zip(header.cells, block.columns, strict=True):
        _fill(cell, column.text, bold=True)
    right = [at for at, column in enumerate(block.columns) if column.number]
    for row in block.rows:
        cells = table.add_row().cells
        for cell, text in zip(cells, row, strict=True):
            _fill(cell, text, bold=False)
        for at in right:
            cells[at].paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    document.add_paragraph()


def _fill(cell: Cell, text: str, *, bold: bool) -> None:
    from docx.shared import Pt

    run = cell.paragraphs[0].add_run(plain(text))
    run.bold = bold
    run.font.size = Pt(8.5)


def _add_picture(document: Document, block: Picture, pictures: Mapping[str, bytes]) -> None:
    from docx.shared import Inches

    svg = pictures.get(block.chart.digest)
    if svg is None:
        return
    shape = document.add_picture(io.BytesIO(png(svg)), width=Inches(INCHES * block.width))
    described = shape._inline.docPr  # noqa: SLF001 - python-docx has no call for the words of a picture
    described.set("descr", plain(block.alt))
    document.add_paragraph(plain(block.caption), style="Caption")


def _properties(document: Document, report: Report) -> None:
    day = datetime(report.day.year, report.day.month, report.day.day)  # noqa: DTZ001 - the format has no time zone here
    properties = document.core_properties
    properties.title, properties.author, properties.last_modified_by = plain(report.title), plain(report.author), ""
    properties.language, properties.comments, properties.revision = report.language, "", 1
    properties.created = properties.modified = day


def _fonts(document: Document, report: Report) -> None:
    """The language of the document and a font for each kind of script, in the style that all others inherit."""
    from docx.oxml import OxmlElement
    from docx.shared import Pt

    style: Any = document.styles["Normal"]
    style.font.name, style.font.size = FONT, Pt(9.5 if report.brief else 10.5)
    properties = style.element.get_or_add_rPr()
    fonts = properties.get_or_add_rFonts()
    language = report.language.partition("-")[0]
    for kind, family in (("cs", COMPLEX.get(language, FONT)), ("eastAsia", EAST), ("hAnsi", FONT)):
        fonts.set(_qualified(f"w:{kind}"), family)
    spoken = OxmlElement("w:lang")
    spoken.set(_qualified("w:val"), report.language)
    if language in COMPLEX:
        spoken.set(_qualified("w:bidi"), report.language)
    properties.append(spoken)


def _qualified(name: str) -> str:
    from docx.oxml.ns import qn

    found: str = qn(name)
    return found


def _fixed(body: bytes) -> bytes:
    """The same file without the moment at which it was written."""
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(body)) as source, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as target:
        for entry in source.infolist():
            fixed = zipfile.ZipInfo(entry.filename, FIRST)
            fixed.compress_type = zipfile.ZIP_DEFLATED
            fixed.external_attr = 0o600 << 16
            target.writestr(fixed, source.read(entry))
    return out.getvalue()
