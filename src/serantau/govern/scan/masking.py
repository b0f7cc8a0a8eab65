"""Evidence that shows the form of a cell and not the cell."""

from __future__ import annotations

LONGEST = 28


def masked(cell: str) -> str:
    """The cell with its letters and digits hidden, but for the first of a long one.

    >>> masked("S1234567D"), masked("012-345 6789"), masked("Li"), masked("an@mail.example")
    ('S********', '0**-*** ****', '**', 'a*@****.*******')
    """
    shown = cell[:1] if len(cell) > 5 else ""
    rest = cell[len(shown) :]
    hidden = shown + "".join("*" if letter.isalnum() else _mark(letter) for letter in rest)
    return hidden if len(hidden) <= LONGEST else hidden[: LONGEST - 1] + "…"


def _mark(letter: str) -> str:
    return letter if letter in " -./()@+:,;<_#&'" else "*"
