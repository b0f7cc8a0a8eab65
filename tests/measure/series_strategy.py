"""Series as hypothesis draws them: any years from 1990 to 2024, gaps included."""

from __future__ import annotations

from hypothesis import strategies as st

from serantau.measure.series import Series


@st.composite
def any_series(draw, least=2, most=14, low=-1e3, high=1e3):
    """A series of ``least`` to ``most`` observations between ``low`` and ``high``."""
    years = sorted(draw(st.sets(st.integers(1990, 2024), min_size=least, max_size=most)))
    values = draw(st.lists(st.floats(low, high), min_size=len(years), max_size=len(years)))
    return Series(tuple(years), tuple(values))
