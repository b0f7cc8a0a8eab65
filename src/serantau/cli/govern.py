"""``serantau govern``: what may cross a border, on which ground, with what paperwork."""

from __future__ import annotations

from serantau.cli.groups import LazyGroup

govern = LazyGroup(
    name="govern",
    help="Decide whether data may cross a border, and what has to be done. No legal advice.",
    commands_at={
        "decide": "serantau.cli.govern_decide:decide",
        "explain": "serantau.cli.govern_decide:explain",
        "matrix": "serantau.cli.govern_analyse:matrix",
        "gaps": "serantau.cli.govern_analyse:gaps",
        "diff": "serantau.cli.govern_analyse:diff",
        "what-if": "serantau.cli.govern_analyse:what_if",
        "reforms": "serantau.cli.govern_reform:reforms",
        "law": "serantau.cli.govern_law:law",
        "words": "serantau.cli.govern_law:words",
        "report": "serantau.cli.govern_law:report",
        "document": "serantau.cli.govern_papers:document",
        "export": "serantau.cli.govern_papers:export",
        "scan": "serantau.cli.govern_scan:scan",
        "inventory": "serantau.cli.govern_inventory:inventory",
        "bulk": "serantau.cli.govern_bulk:bulk",
        "serve": "serantau.cli.govern_serve:serve",
    },
)
