"""The inverse complementary cumulative normal distribution, as the method itself approximates it (Attachment 2)."""

from __future__ import annotations

import numpy as np

from serantau.spectrum.propagation.model import Floats


def inverse_normal(x: Floats) -> Floats:
    """The value that a standard normal variable exceeds with probability ``x``, Eqs (94) to (97).

    The approximation, good to 0.00054, is part of the method: an exact inverse would give other losses.

    >>> round(float(inverse_normal(np.array(0.1))), 3)
    1.282
    """
    inside = np.clip(x, 1e-6, 1 - 1e-6)
    tail = np.minimum(inside, 1 - inside)
    t = np.sqrt(-2 * np.log(tail))
    c = ((0.010328 * t + 0.802853) * t + 2.515516698) / (((0.001308 * t + 0.189269) * t + 1.432788) * t + 1)
    value: Floats = np.where(inside <= 0.5, t - c, c - t)
    return value
