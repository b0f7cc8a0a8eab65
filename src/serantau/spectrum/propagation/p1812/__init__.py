"""Recommendation ITU-R P.1812-8 as array code over batches of paths."""

from serantau.spectrum.propagation.p1812.equations import EQUATIONS, Equation
from serantau.spectrum.propagation.p1812.method import MODES, P1812, location_sigma

__all__ = ["EQUATIONS", "MODES", "P1812", "Equation", "location_sigma"]
