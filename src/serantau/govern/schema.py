"""JSON Schema of the files of law."""

from __future__ import annotations

from typing import Any

from serantau.facts.schema import components
from serantau.govern.load import RECORD_KINDS
from serantau.govern.model import Provision


def law_schema() -> dict[str, Any]:
    """JSON Schema (2020-12) of a file of the folder ``law``: one key with a list of records."""
    kinds = {**RECORD_KINDS, "provisions": Provision}
    references, parts = components(kinds.values())
    files = [
        {
            "type": "object",
            "properties": {key: {"type": "array", "items": reference}},
            "required": [key],
            "additionalProperties": False,
        }
        for key, reference in zip(kinds, references, strict=True)
    ]
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        "title": "A file of law",
        "oneOf": files,
        "$defs": parts,
    }
