"""Rule: refractivity from maps is that of the grid at its points and bilinear between them; a file that is no map is refused.

The ITU's own maps may not be passed on, so grids are made here whose values are known at every place.
"""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.propagation.maps import COLUMNS, ROWS, read_maps

LATITUDE = 90 - 1.5 * np.arange(ROWS)[:, None]
LONGITUDE = 1.5 * np.arange(COLUMNS)[None, :]


def text(grid):
    return "\n".join(" ".join(f"{value:.6f}" for value in row) for row in grid).encode()


# Linear in both directions, so that what lies between points is known without interpolating; the seam is at 0 degrees.
DELTA = 40 + 0.1 * LATITUDE + 0.1 * LONGITUDE
N0 = 300 + 0.5 * LATITUDE + 0.2 * LONGITUDE
MAPS = read_maps(text(DELTA), text(N0))


@given(st.floats(-90, 90), st.floats(0, 359.999))
def test_between_points_it_is_bilinear(latitude, longitude):
    found = MAPS.at(latitude, longitude)
    assert found == pytest.approx((40 + 0.1 * latitude + 0.1 * longitude, 300 + 0.5 * latitude + 0.2 * longitude))


@given(st.floats(-90, 90), st.floats(-179, -0.001))
def test_west_is_east_the_other_way_round(latitude, longitude):
    assert MAPS.at(latitude, longitude) == pytest.approx(MAPS.at(latitude, longitude + 360))


@pytest.mark.parametrize(
    "delta, n0, words",
    [
        (text(DELTA)[:-3000], text(N0), "DN50.TXT is no grid"),
        (text(DELTA), b"not a map", "N050.TXT is no grid"),
        (text(DELTA), text(N0[:, :-1]), r"of \(121, 240\)"),
        (text(N0), text(DELTA), "exchanged"),
        (text(DELTA), b"9" * (4 * 1024**2 + 1), "larger than 4 MB"),
        (text(DELTA), text(np.where(N0[5, 5] == N0, np.nan, N0)), "N050.TXT holds values outside"),
    ],
)
def test_what_is_no_map_is_refused(delta, n0, words):
    with pytest.raises(SpectrumError, match=words):
        read_maps(delta, n0)


def test_there_is_no_place_beyond_the_pole():
    with pytest.raises(SpectrumError, match="is no place"):
        MAPS.at(91, 0)
