"""Facts: what is so, who says it, how well, since when, and since when we know."""

from serantau.facts.accepted import Decision, Entry
from serantau.facts.edition import Edition
from serantau.facts.folder import OWN, FactFolder, Records
from serantau.facts.model import Fact, FactError, Grade, Source, Sourced, is_known, is_valid

__all__ = [
    "OWN",
    "Decision",
    "Edition",
    "Entry",
    "Fact",
    "FactError",
    "FactFolder",
    "Grade",
    "Records",
    "Source",
    "Sourced",
    "is_known",
    "is_valid",
]
