"""What two rooms need: times, three-valued answers, identifiers, ranking, errors."""

from serantau.base.asof import AsOf
from serantau.base.dates import OPEN, UNKNOWN, Interval, PartialDate
from serantau.base.errors import Problem, SerantauError, count_of_problems
from serantau.base.identifiers import is_identifier, suggest
from serantau.base.ranking import SCORE_DECIMALS, competition_ranks, round_score
from serantau.base.truth import Truth

__all__ = [
    "OPEN",
    "SCORE_DECIMALS",
    "UNKNOWN",
    "AsOf",
    "Interval",
    "PartialDate",
    "Problem",
    "SerantauError",
    "Truth",
    "competition_ranks",
    "count_of_problems",
    "is_identifier",
    "round_score",
    "suggest",
]
