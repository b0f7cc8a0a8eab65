"""What reaches the neighbour: transmitters, a border, limits, and field strength between them."""

from serantau.spectrum.coordination.border import read_border
from serantau.spectrum.coordination.findings import (
    EXCEEDANCE,
    STRENGTH,
    Finding,
    exceedance_rows,
    finding_of,
    geojson,
    limit_words,
    strength_rows,
    worst_margins,
)
from serantau.spectrum.coordination.model import (
    Border,
    Exceedance,
    Question,
    Strengths,
    Transmitter,
)
from serantau.spectrum.coordination.run import Setting, coordinate, pattern_db, questions_for, strengths_of
from serantau.spectrum.coordination.terrain import Flat, Terrain, Tiles, hgt_corner, hgt_name, read_hgt
from serantau.spectrum.coordination.transmitters import read_transmitters
from serantau.spectrum.limits import Answer, Limit, Refractivity

__all__ = [
    "EXCEEDANCE",
    "STRENGTH",
    "Answer",
    "Border",
    "Exceedance",
    "Finding",
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
    "exceedance_rows",
    "finding_of",
    "geojson",
    "hgt_corner",
    "hgt_name",
    "limit_words",
    "pattern_db",
    "questions_for",
    "read_border",
    "read_hgt",
    "read_transmitters",
    "strength_rows",
    "strengths_of",
    "worst_margins",
]
