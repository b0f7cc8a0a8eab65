"""Where the fonts are that ship with the project; `README.md` says which, and on which terms."""

from __future__ import annotations

import re
from pathlib import Path

FONTS = Path(__file__).parent
_HUMP = re.compile(r"(?<=[a-z])(?=[A-Z])")
_CALLED = {"NotoSansSC": "Noto Sans CJK SC"}


def family_of(file: str) -> str:
    """The family of a font by the name of its file.

    >>> family_of("NotoSansThai"), family_of("NotoSansSC")
    ('Noto Sans Thai', 'Noto Sans CJK SC')
    """
    return _CALLED.get(file, _HUMP.sub(" ", file))


FAMILIES = tuple(
    family_of(file) for file in sorted({path.stem.partition("-")[0] for path in FONTS.glob("*.[ot]tf")}, key=len)
)
"""The families, that of Latin first: where a character is looked for, in this order."""
