"""Field strengths of transmitters that are done, one file each, so that a run that was cut off goes on where it was.

The command line and the site both use it, so it knows nothing of either.
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


@dataclass(frozen=True)
class Shelf:
    """A folder of such files."""

    folder: Path

    def find(self, place: int) -> NDArray[np.float64] | None:
        """What is kept of a transmitter, by its place in the batch; None if nothing whole is."""
        import numpy as np

        path = self.folder / f"{place:06}.npy"
        try:
            return np.asarray(np.load(path, allow_pickle=False), dtype=np.float64) if path.is_file() else None
        except (OSError, ValueError):
            return None  # cut off in the middle: it is computed again

    def keep(self, place: int, found: NDArray[np.float64]) -> None:
        """Keep what was computed."""
        import numpy as np

        beside = self.folder / f".{place:06}.{os.getpid()}"
        with beside.open("wb") as file:
            np.save(file, found)
        beside.replace(self.folder / f"{place:06}.npy")

    def count(self) -> int:
        """How many are kept."""
        return sum(1 for _ in self.folder.glob("*.npy"))
