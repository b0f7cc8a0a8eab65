"""Documents on a transfer of data: composed from what is held, with a mark wherever counsel has to fill something in."""

from serantau.render.transfer.compose import KINDS, Parties, compose_transfer

__all__ = ["KINDS", "Parties", "compose_transfer"]
