"""Where the fonts are that ship with the project; `README.md` says which, and on which terms."""

from __future__ import annotations

from pathlib import Path

FONTS = Path(__file__).parent
