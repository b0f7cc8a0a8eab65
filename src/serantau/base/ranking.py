"""Rounding and ranking: the one rule for every room and every engine.

Raw floats rank differently from engine to engine and even from row order to
row order, because sums of the same numbers in another order differ in the
last bits. Scores are therefore rounded to nine decimals before ranking.
"""

from __future__ import annotations

import math
from collections.abc import Sequence

SCORE_DECIMALS = 9


def round_score(score: float) -> float:
    """Round to nine decimals as NumPy's ``rint(score * 1e9) / 1e9`` does.

    ``round()`` works on the decimal expansion and differs in half-way cases;
    this form gives the same bits in plain Python, NumPy and Polars.
    """
    if math.isnan(score) or math.isinf(score):
        return score
    scale = 10.0**SCORE_DECIMALS
    scaled = score * scale
    return score if math.isinf(scaled) else round(scaled) / scale


def competition_ranks(scores: Sequence[float | None]) -> list[int | None]:
    """Standard competition ranking ("1224"), best score first; a missing score has no rank.

    >>> competition_ranks([0.5, 0.9, 0.5 + 1e-12, None, 0.1])
    [2, 1, 2, None, 4]
    """
    rounded = [None if score is None or math.isnan(score) else round_score(score) for score in scores]
    present = [score for score in rounded if score is not None]
    return [None if score is None else 1 + sum(other > score for other in present) for score in rounded]
