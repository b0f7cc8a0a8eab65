"""Facts: what is so, who says it, how well, since when, and since when we know."""

from serantau.facts.edition import Edition
from serantau.facts.folder import OWN, FactFolder, Records
from serantau.facts.model import Fact, FactError, Grade, Source, Sourced, is_known, is_valid

__all__ = [
    "OWN",
    "Edition",
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
