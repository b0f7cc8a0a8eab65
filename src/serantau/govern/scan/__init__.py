"""What a table holds of people: recognisers over whole columns, and what their evidence is worth."""

from serantau.govern.scan.load import load_handling
from serantau.govern.scan.model import Explanation, Finding, HandlingFacts, Kind, MemberRecogniser, Stage, Tier
from serantau.govern.scan.recognisers import Recognisers, is_personal, recognisers_of
from serantau.govern.scan.table import Sampler, TableScan

__all__ = [
    "Explanation",
    "Finding",
    "HandlingFacts",
    "Kind",
    "MemberRecogniser",
    "Recognisers",
    "Sampler",
    "Stage",
    "TableScan",
    "Tier",
    "is_personal",
    "load_handling",
    "recognisers_of",
]
