"""From a report to a file: draws its charts, then hands it to the writer of the format."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path

from serantau.render.charts import draw
from serantau.render.model import Chart
from serantau.render.report.docx import docx
from serantau.render.report.errors import ReportError
from serantau.render.report.model import Picture, Report
from serantau.render.report.typst import pdf

FORMATS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
}
"""Media type of each format."""

Draw = Callable[[Chart], bytes | None]


def write(report: Report, form: str, drawing: Draw = draw, fonts: Sequence[Path] = ()) -> bytes:
    """Write a report.

    Args:
        report: What it says.
        form: ``pdf`` or ``docx``.
        drawing: Draws a chart as SVG; None for one that it cannot draw, which is then left out: its table stays.
        fonts: Further folders of fonts, for the PDF.

    Raises:
        ReportError: if there is no such format, or the report cannot be written in it.
    """
    if form not in FORMATS:
        raise ReportError(f"There is no report as {form!r}. Write one of: {', '.join(FORMATS)}.")
    drawn = {one.chart.digest: drawing(one.chart) for one in report.blocks if isinstance(one, Picture)}
    pictures = {digest: svg for digest, svg in drawn.items() if svg is not None}
    return docx(report, pictures) if form == "docx" else pdf(report, pictures, fonts)
