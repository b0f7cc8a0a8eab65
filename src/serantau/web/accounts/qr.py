"""A QR code as a picture within the page."""

from __future__ import annotations

from django.utils.html import format_html
from django.utils.safestring import SafeString
from qrcode import QRCode
from qrcode.constants import ERROR_CORRECT_M

BORDER = 4
"""Modules of white around the code (ISO/IEC 18004, 6.3.8)."""


def qr_svg(text: str, label: str) -> SafeString:
    """Draw a code: one path of squares, black on white whatever the page's colours, since cameras want it so."""
    code = QRCode(border=0, error_correction=ERROR_CORRECT_M)
    code.add_data(text)
    code.make(fit=True)
    rows = code.get_matrix()
    squares = "".join(
        f"M{x},{y}h1v1h-1z" for y, row in enumerate(rows, BORDER) for x, on in enumerate(row, BORDER) if on
    )
    size = len(rows) + 2 * BORDER
    return format_html(
        '<svg class="qr" role="img" aria-label="{}" viewBox="0 0 {} {}" shape-rendering="crispEdges">'
        '<rect width="100%" height="100%" fill="#ffffff"/><path fill="#000000" d="{}"/></svg>',
        label,
        size,
        size,
        squares,
    )
