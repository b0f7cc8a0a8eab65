"""How much of a signal arrives: propagation methods behind one interface."""

from serantau.spectrum.propagation.free_space import FreeSpace, free_space_loss
from serantau.spectrum.propagation.model import Links, Method, Prediction, Profiles, Zone, field_strength
from serantau.spectrum.propagation.p1812 import P1812

__all__ = [
    "P1812",
    "FreeSpace",
    "Links",
    "Method",
    "Prediction",
    "Profiles",
    "Zone",
    "field_strength",
    "free_space_loss",
]
