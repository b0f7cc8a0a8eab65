"""The lines of a PDF page as its text stands in the content stream, with the text that replaces glyphs (ActualText).

Readers that order text by place move the marks above and below the letters of Thai; the stream has them in order.
"""

from __future__ import annotations

import re
from typing import Any

import pypdf
from pypdf.generic import ContentStream

SAME_LINE = 8.0
"""Points by which marks may stand above or below their line."""


def lines_of(pdf: pypdf.PdfReader, number: int = 0) -> list[str]:
    """The lines of a page from top to bottom."""
    page = pdf.pages[number]
    maps = {str(name): _characters(font.get_object()) for name, font in page["/Resources"]["/Font"].items()}
    lines: list[str] = []
    height: float | None = None
    chosen: dict[str, str] = {}
    place = 0.0
    hidden = 0
    depth: list[bool] = []
    for operands, operator in ContentStream(page.get_contents(), pdf).operations:
        said = ""
        if operator == b"cm":
            place = float(operands[5])
        elif operator == b"Tf":
            chosen = maps[str(operands[0])]
        elif operator in {b"BDC", b"BMC"}:
            replaced = len(operands) > 1 and isinstance(operands[1], dict) and "/ActualText" in operands[1]
            depth.append(replaced)
            if replaced:
                hidden += 1
                said = str(operands[1]["/ActualText"])
        elif operator == b"EMC":
            hidden -= depth.pop()
        elif operator in {b"Tj", b"TJ"} and not hidden:
            said = _shown(operands[0], chosen)
        if said:
            if height is None or abs(place - height) > SAME_LINE:
                lines.append("")
                height = place
            lines[-1] += said
    return [line for line in lines if line.strip()]


def _shown(operand: Any, characters: dict[str, str]) -> str:
    parts = operand if isinstance(operand, list) else [operand]
    found = ""
    for part in parts:
        if isinstance(part, str | bytes):
            raw = part if isinstance(part, bytes) else part.original_bytes
            codes = [raw[at : at + 2].hex().upper() for at in range(0, len(raw), 2)]
            found += "".join(characters.get(code, "") for code in codes)
    return found


def _characters(font: Any) -> dict[str, str]:
    """Glyph codes to text, from the font's ToUnicode map."""
    if "/ToUnicode" not in font:
        return {}
    text = font["/ToUnicode"].get_object().get_data().decode("latin-1")
    found = {}
    for block in re.findall(r"beginbfchar(.*?)endbfchar", text, re.DOTALL):
        for code, value in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            found[code.upper()] = bytes.fromhex(value).decode("utf-16-be")
    for block in re.findall(r"beginbfrange(.*?)endbfrange", text, re.DOTALL):
        for first, last, value in re.findall(r"<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>\s*<([0-9A-Fa-f]+)>", block):
            for step in range(int(last, 16) - int(first, 16) + 1):
                start = bytes.fromhex(value).decode("utf-16-be")
                found[f"{int(first, 16) + step:0{len(first)}X}"] = start[:-1] + chr(ord(start[-1]) + step)
    return found
