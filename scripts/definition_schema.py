"""Write docs/reference/definition.schema.json from the types that read a definition: `python scripts/definition_schema.py`."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from serantau.measure import definition_schema

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "definition.schema.json"


def page() -> str:
    """The whole file."""
    return json.dumps(definition_schema(), ensure_ascii=False, indent=2) + "\n"


def run(words: list[str]) -> int:
    """Write the file, or compare it."""
    if "--check" not in words:
        PAGE.write_text(page(), "utf-8")
        return 0
    if PAGE.is_file() and PAGE.read_text("utf-8") == page():
        return 0
    print(f"{PAGE.name} is not what the types say. Run: python scripts/definition_schema.py", file=sys.stderr)
    return 1


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
