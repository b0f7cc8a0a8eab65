"""A small picture of one rank with its interval, to stand in a table's row. Pure, and written at once: no renderer."""

from __future__ import annotations

from xml.sax.saxutils import quoteattr

STEP = 16
HEIGHT = 20
MIDDLE = HEIGHT // 2


def rank_strip(rank: int | None, low: int | None, high: int | None, usual: int | None, of: int, label: str) -> str:
    """An SVG with a dot at the rank, a line over its interval and a ring at the usual rank; empty without a rank.

    Args:
        rank: The rank, the first at the left.
        low: Best rank of the interval.
        high: Worst rank of the interval.
        usual: The rank it is compared with.
        of: How many ranks there are.
        label: What a screen reader says.

    >>> rank_strip(2, 1, 3, None, 3, "rank 2").count("<circle")
    1
    >>> rank_strip(None, None, None, None, 3, "")
    ''
    """
    if rank is None:
        return ""
    parts = [f'<line class="strip-axis" x1="0" x2="{of * STEP}" y1="{MIDDLE}" y2="{MIDDLE}"/>']
    if low is not None and high is not None and high > low:
        parts.append(f'<line class="strip-span" x1="{_x(low)}" x2="{_x(high)}" y1="{MIDDLE}" y2="{MIDDLE}"/>')
    if usual is not None and usual != rank:
        parts.append(f'<circle class="strip-usual" cx="{_x(usual)}" cy="{MIDDLE}" r="5"/>')
    parts.append(f'<circle class="strip-rank" cx="{_x(rank)}" cy="{MIDDLE}" r="5"/>')
    size = f'width="{of * STEP}" height="{HEIGHT}" viewBox="0 0 {of * STEP} {HEIGHT}"'
    return f'<svg class="strip" role="img" aria-label={quoteattr(label)} {size}>{"".join(parts)}</svg>'


def _x(rank: int) -> int:
    return (rank - 1) * STEP + STEP // 2
