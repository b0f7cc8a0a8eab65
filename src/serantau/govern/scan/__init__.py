"""What a table holds of people: recognisers over whole columns, and what their evidence is worth.

The facts are light and are named here. What scans (`recognisers`, `table`) loads Polars and is imported where it is used.
"""

from serantau.govern.scan.load import load_handling
from serantau.govern.scan.model import Explanation, Finding, HandlingFacts, Kind, MemberRecogniser, Stage, Tier

__all__ = [
    "Explanation",
    "Finding",
    "HandlingFacts",
    "Kind",
    "MemberRecogniser",
    "Stage",
    "Tier",
    "load_handling",
]
