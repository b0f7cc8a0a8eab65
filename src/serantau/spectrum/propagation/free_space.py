"""Free-space propagation (Recommendation ITU-R P.525): the least loss that any terrestrial path can have."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from serantau.spectrum.propagation.model import Floats, Links, Prediction, field_strength


def free_space_loss(distance_km: Floats, frequency_ghz: Floats) -> Floats:
    """Basic transmission loss in free space, dB, as P.1812 Eq (8) rounds its constant.

    >>> float(free_space_loss(np.array(10.0), np.array(1.0)))
    112.4
    """
    loss: Floats = 92.4 + 20 * np.log10(frequency_ghz) + 20 * np.log10(distance_km)
    return loss


@dataclass(frozen=True)
class FreeSpace:
    """The same loss at all times and places; used as a first screen and as a bound."""

    name: str = "free space (ITU-R P.525)"

    def predict(
        self,
        links: Links,
        time_percent: Sequence[float],
        *,
        location_percent: float = 50.0,  # noqa: ARG002 - part of the interface; free space has no places
        location_sigma_db: ArrayLike = 0.0,  # noqa: ARG002 - as above
        steps: bool = True,  # noqa: ARG002 - as above
    ) -> Prediction:
        """Predict; see :class:`serantau.spectrum.propagation.model.Method`."""
        profiles = links.profiles
        rise = profiles.terrain_m[:, 0] + links.tx_height_m - profiles.terrain_m[:, -1] - links.rx_height_m
        loss = free_space_loss(np.hypot(links.distance_km, rise / 1000), links.frequency_ghz)
        times = np.asarray(time_percent, dtype=np.float64)
        losses = np.broadcast_to(loss, (len(times), profiles.paths))
        return Prediction(
            self.name,
            times,
            losses,
            field_strength(links.frequency_ghz, losses),
            np.zeros(losses.shape, dtype=np.uint8),
            ("free space: no obstacle, no ground and no atmosphere are considered",),
            {"Lbfs": loss},
        )
