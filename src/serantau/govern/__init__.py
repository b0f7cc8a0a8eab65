"""What may cross: the law as data, and the decision on a flow of data from one country to another."""

from serantau.govern.errors import GovernError
from serantau.govern.facts import LawFacts, Rules, Vocabulary
from serantau.govern.flow import DECISIONS, Assessment, Decision, Finding, Flow
from serantau.govern.interpret import interpret
from serantau.govern.load import load_law

__all__ = [
    "DECISIONS",
    "Assessment",
    "Decision",
    "Finding",
    "Flow",
    "GovernError",
    "LawFacts",
    "Rules",
    "Vocabulary",
    "interpret",
    "load_law",
]
