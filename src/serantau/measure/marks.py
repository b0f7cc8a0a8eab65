"""The marks of a figure: one letter each, the same in every door."""

from __future__ import annotations

OLD = "old"
BEFORE_THE_PLAN = "before the plan"

LETTERS = {
    "break": "b",
    "estimated": "e",
    "own": "w",
    "hand-copied": "h",
    "derived": "d",
    "doubtful": "?",
    "definition-differs": "x",
    "part-year": "y",
    OLD: "o",
    BEFORE_THE_PLAN: "p",
}
"""Letter of each flag of :data:`serantau.measure.indicators.FLAGS`, and of the two marks that depend on the question."""
