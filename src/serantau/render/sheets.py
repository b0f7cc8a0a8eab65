"""Tables as files for spreadsheets and for programs: XLSX and Parquet, the same bytes each time. Pure."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Iterable, Mapping, Sequence
from typing import Any
from xml.sax.saxutils import escape

Row = Mapping[str, object]

DAWN = (1980, 1, 1, 0, 0, 0)
"""The earliest date that a ZIP archive knows; every file in ours has it, so that equal tables are equal bytes."""

LONGEST_CELL = 32_767
"""Characters that a cell of a spreadsheet holds (ECMA-376, part 1)."""

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
_MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'


def xlsx(sheets: Sequence[tuple[str, Sequence[str], Iterable[Row]]]) -> bytes:
    """A workbook (ECMA-376): each sheet has a header and rows. Text is always text and never a formula.

    Args:
        sheets: Name, columns and rows of each.
    """
    names = [name for name, _, _ in sheets]
    parts = {
        "[Content_Types].xml": _content_types(len(sheets)),
        "_rels/.rels": _relations([("officeDocument", "xl/workbook.xml")]),
        "xl/workbook.xml": _workbook(names),
        "xl/_rels/workbook.xml.rels": _relations(
            [("worksheet", f"worksheets/sheet{at + 1}.xml") for at in range(len(sheets))] + [("styles", "styles.xml")]
        ),
        "xl/styles.xml": _STYLES,
    }
    for at, (_, columns, rows) in enumerate(sheets):
        parts[f"xl/worksheets/sheet{at + 1}.xml"] = _sheet(columns, rows)
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, body in parts.items():
            archive.writestr(zipfile.ZipInfo(name, DAWN), body, zipfile.ZIP_DEFLATED, 6)
    return out.getvalue()


def parquet(columns: Sequence[str], rows: Iterable[Row], about: Mapping[str, str]) -> bytes:
    """A Parquet file: whole numbers, numbers and truth values as such, everything else as text.

    Args:
        columns: In order.
        rows: Values by column; None is null.
        about: What stands in the file's own metadata: title, licence, edition.
    """
    import pyarrow as pa
    import pyarrow.parquet as pq

    held = list(rows)
    arrays = [_array(pa, [row.get(name) for row in held]) for name in columns]
    table = pa.table(dict(zip(columns, arrays, strict=True)))
    table = table.replace_schema_metadata({key.encode(): value.encode() for key, value in about.items()})
    out = io.BytesIO()
    pq.write_table(table, out, compression="zstd")
    return out.getvalue()


def _array(pa: Any, values: Sequence[object]) -> Any:  # noqa: ANN401 - the library has no types
    known = [value for value in values if value is not None]
    if known and all(isinstance(value, bool) for value in known):
        kind = pa.bool_()
    elif known and all(isinstance(value, int) and not isinstance(value, bool) for value in known):
        kind = pa.int64()
    elif known and all(isinstance(value, int | float) and not isinstance(value, bool) for value in known):
        kind = pa.float64()
    else:
        kind = pa.string()
        values = [None if value is None else str(value) for value in values]
    return pa.array(values, kind)


# --- the parts of a workbook -------------------------------------------------------------------------------------------

_STYLES = (
    f'{_HEAD}<styleSheet xmlns="{_MAIN}"><fonts count="2"><font/><font><b/></font></fonts>'
    '<fills count="2"><fill><patternFill patternType="none"/></fill><fill><patternFill patternType="gray125"/></fill></fills>'
    '<borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs>'
    '<cellXfs count="2"><xf xfId="0"/><xf xfId="0" fontId="1" applyFont="1"/></cellXfs>'
    '<cellStyles count="1"><cellStyle name="Normal" xfId="0" builtinId="0"/></cellStyles></styleSheet>'
)


def _content_types(sheets: int) -> str:
    kind = "application/vnd.openxmlformats-officedocument.spreadsheetml"
    overrides = [("/xl/workbook.xml", "sheet.main"), ("/xl/styles.xml", "styles")]
    overrides += [(f"/xl/worksheets/sheet{at + 1}.xml", "worksheet") for at in range(sheets)]
    listed = "".join(f'<Override PartName="{name}" ContentType="{kind}.{part}+xml"/>' for name, part in overrides)
    defaults = (
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
    )
    return f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">{defaults}{listed}</Types>'


def _relations(targets: Sequence[tuple[str, str]]) -> str:
    listed = "".join(
        f'<Relationship Id="rId{at + 1}" Type="{_OFFICE}/{kind}" Target="{target}"/>'
        for at, (kind, target) in enumerate(targets)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{listed}</Relationships>'


def _workbook(names: Sequence[str]) -> str:
    listed = "".join(
        f'<sheet name="{escape(name[:31], {chr(34): "&quot;"})}" sheetId="{at + 1}" r:id="rId{at + 1}"/>'
        for at, name in enumerate(names)
    )
    return f'{_HEAD}<workbook xmlns="{_MAIN}" xmlns:r="{_OFFICE}"><sheets>{listed}</sheets></workbook>'


def _sheet(columns: Sequence[str], rows: Iterable[Row]) -> str:
    letters = [_letters(at) for at in range(len(columns))]
    head = "".join(_cell(f"{letter}1", name, ' s="1"') for letter, name in zip(letters, columns, strict=True))
    lines = [f'<row r="1">{head}</row>']
    for at, row in enumerate(rows, start=2):
        cells = "".join(
            _cell(f"{letter}{at}", row.get(name), "") for letter, name in zip(letters, columns, strict=True)
        )
        lines.append(f'<row r="{at}">{cells}</row>')
    frozen = '<pane ySplit="1" topLeftCell="A2" activePane="bottomLeft" state="frozen"/>'
    views = f'<sheetViews><sheetView workbookViewId="0">{frozen}</sheetView></sheetViews>'
    return f'{_HEAD}<worksheet xmlns="{_MAIN}">{views}<sheetData>{"".join(lines)}</sheetData></worksheet>'


def _cell(place: str, value: object, style: str) -> str:
    if value is None or value == "" or value != value:  # noqa: PLR0124 - only NaN differs from itself
        return ""
    if isinstance(value, bool):
        return f'<c r="{place}"{style} t="b"><v>{int(value)}</v></c>'
    if isinstance(value, int | float):
        return f'<c r="{place}"{style}><v>{value!r}</v></c>'
    text = escape(_ILLEGAL.sub("", str(value))[:LONGEST_CELL])
    return f'<c r="{place}"{style} t="inlineStr"><is><t xml:space="preserve">{text}</t></is></c>'


def _letters(at: int) -> str:
    """Name of a column: A to Z, then AA."""
    name = ""
    at += 1
    while at:
        at, rest = divmod(at - 1, 26)
        name = chr(65 + rest) + name
    return name
