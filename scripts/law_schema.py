"""Write docs/reference/law.schema.json from the types that read law: `python scripts/law_schema.py`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from serantau.govern.schema import law_schema

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "law.schema.json"


def page() -> str:
    """The whole file."""
    return json.dumps(law_schema(), ensure_ascii=False, indent=2) + "\n"


def run(words: list[str]) -> int:
    """Write the file, or compare it."""
    if "--check" not in words:
        PAGE.write_text(page(), "utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text("utf-8") == page():
        return 0
    print(f"{PAGE.name} is not what the types say. Run: python scripts/law_schema.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
