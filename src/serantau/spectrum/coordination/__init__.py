"""What reaches the neighbour: transmitters, a border, limits, and field strength between them."""

from serantau.spectrum.coordination.border import read_border
from serantau.spectrum.coordination.model import (
    Border,
    Exceedance,
    Question,
    Strengths,
    Transmitter,
)
from serantau.spectrum.coordination.run import Setting, coordinate, pattern_db, questions_for, strengths_of
from serantau.spectrum.coordination.terrain import Flat, Terrain, Tiles, hgt_name, read_hgt
from serantau.spectrum.coordination.transmitters import read_transmitters
from serantau.spectrum.limits import Answer, Limit, Refractivity

__all__ = [
    "Answer",
    "Border",
    "Exceedance",
    "Flat",
    "Limit",
    "Question",
    "Refractivity",
    "Setting",
    "Strengths",
    "Terrain",
    "Tiles",
    "Transmitter",
    "coordinate",
    "hgt_name",
    "pattern_db",
    "questions_for",
    "read_border",
    "read_hgt",
    "read_transmitters",
    "strengths_of",
]
