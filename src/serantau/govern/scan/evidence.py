"""How strongly the cells of a column speak for each explanation.

One cell says little: twelve digits keep the rules of four numberings by
chance. A column says much, because chance does not repeat itself. For each
recogniser the likelihood of the whole column is compared with that of *other
content of the same form*.

What other content would do is not assumed; it is measured on the column. The
characters of each position are shuffled among the cells, independently of the
other positions, and the share of shuffled cells that keep the rules is the
chance ``p``. A number that was made up has digits that know of each other (a
check digit, a day of a month); after shuffling they do not. A column that
merely always begins with 9 keeps that under shuffling, so it is no evidence,
as it should be: order numbers begin with 9 too. What positions say by
themselves counts once for the column, and at most ``MARGINAL_NATS``.

Cells that are not of the kind are allowed for: with a share ``e`` of foreign
cells, a cell that keeps the rules weighs ``ln((1 - e) / p + e)``, one that
does not ``ln e``; the likelihoods over several shares are averaged. See
docs/method/classification.md.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
import polars as pl

from serantau.base.normalise import SEPARATORS
from serantau.govern.scan.cells import Bytes, Cells, series_of
from serantau.govern.scan.model import Recogniser
from serantau.govern.scan.rules import Compiled
from serantau.govern.scan.universal import OTHER, SEQUENCE

FOREIGN = (0.01, 0.05, 0.2, 0.5, 0.8)
"""Shares of foreign cells over which the likelihood is averaged."""

MARGINAL_NATS = math.log(100)
"""The most that the positions by themselves may say for the whole column."""

SEPARATOR_NATS = math.log(10)
"""What each mark of a written form says, once for the column; at most three count."""

STUCK_NATS = math.log(10)
"""What each position says against a recogniser, once for the column, that never changes although the rules leave it
free; at most two count. Order numbers share their beginning; numbers of people do so less."""

NAME_NATS = {"exact": math.log(300), "part": math.log(60)}
"""What the heading of a column says for the kind that it names."""

OTHER_PRIOR = 0.6
"""Belief, before looking, that a column holds nothing that a recogniser knows; the rest is shared by the kinds."""

MOST = 2048
"""Different cells that are kept for measuring chance, and the most that count as evidence."""

REDRAWN = 1024
SHUFFLES = 2
EVEN = 4
"""How often each cell is drawn anew, shuffled and evenly; few of the even ones fit, and those few must vary."""

ENOUGH = 20
"""Cells from which a position that never changes means something."""

_SEED = 20181206


@dataclass(frozen=True)
class Tally:
    """What was counted of one recogniser in one column."""

    shaped: int
    valid: int


@dataclass(frozen=True)
class Weighed:
    """The evidence for one recogniser.

    Attributes:
        nats: Logarithm of the likelihood ratio against other content of the same form.
        chance: Share of shuffled cells that keep the rules.
    """

    nats: float
    chance: float


def weigh(compiled: Compiled, tally: Tally, filled: int, sample: Cells, chances: Chance) -> Weighed:
    """The evidence of a column for one recogniser.

    Args:
        compiled: The recogniser.
        tally: What was counted over every cell.
        filled: Filled cells of the column.
        sample: Different cells of the column, at most ``MOST``, drawn evenly: the same cell twice is no second
            witness.
        chances: What shuffled cells of the column do.
    """
    recogniser = compiled.recogniser
    witnesses = len(sample)
    valid = tally.valid / filled * witnesses
    stated = recogniser.pattern.elsewhere if recogniser.pattern else None
    marginal = 0.0
    if stated is None:
        chance, uniform = chances.of(compiled)
        marginal = min(MARGINAL_NATS, valid * max(0.0, math.log(chance / uniform)))
        marginal += SEPARATOR_NATS * min(3, _marks(recogniser, sample))
        marginal -= STUCK_NATS * min(2, chances.stuck(compiled, sample))
    elif recogniser.rules:
        chance = stated * chances.of(compiled)[0]
    else:
        chance = stated
    return Weighed(likelihood_ratio(valid, witnesses - valid, chance) + marginal, chance)


def likelihood_ratio(valid: float, invalid: float, chance: float) -> float:
    """Logarithm of the likelihood ratio of a column, averaged over the shares of foreign cells.

    >>> round(likelihood_ratio(0, 0, 0.1), 9)
    0.0
    >>> likelihood_ratio(100, 0, 0.1) > 200, likelihood_ratio(10, 90, 0.1) < 0
    (True, True)
    """
    terms = [valid * math.log((1 - share) / chance + share) + invalid * math.log(share) for share in FOREIGN]
    highest = max(terms)
    return highest + math.log(sum(math.exp(term - highest) for term in terms) / len(terms))


def share_beliefs(nats: Mapping[tuple[str, str], float]) -> dict[tuple[str, str], float]:
    """Probabilities of explanations: priors times likelihood ratios, made to sum to one.

    What is not ``OTHER_PRIOR`` is shared evenly by the kinds, and a kind's share by its recognisers.

    Args:
        nats: Evidence by kind and recogniser; ``(OTHER, "")`` is added with 0.
    """
    kinds = {kind for kind, _ in nats if kind not in (OTHER, SEQUENCE)}
    members = {kind: sum(one == kind for one, _ in nats) for kind in kinds}
    logs = {(OTHER, ""): math.log(OTHER_PRIOR / 2)}
    for (kind, name), evidence in nats.items():
        if kind == SEQUENCE:
            prior = OTHER_PRIOR / 2
        else:
            prior = (1 - OTHER_PRIOR) / PRIOR_KINDS / members[kind]
        logs[kind, name] = math.log(prior) + evidence
    highest = max(logs.values())
    total = sum(math.exp(value - highest) for value in logs.values())
    return {key: math.exp(value - highest) / total for key, value in logs.items()}


PRIOR_KINDS = 20
"""Among how many kinds the prior is shared: a fixed number, so that adding a kind changes no other answer."""


# --- chance ----------------------------------------------------------------------------------------------------------------


class Chance:
    """What cells of a column's forms would do if their positions had nothing to do with each other."""

    def __init__(self, sample: pl.Series, gate: str) -> None:
        """Shuffle, and draw evenly, a number of cells of the shapes that the gate lets through."""
        cells = Cells(sample, gate)
        mask = cells.with_shape("")
        chosen = sample.filter(pl.Series(mask)) if mask is not None else sample.clear()
        few = chosen.head(REDRAWN)
        if 0 < len(few) < REDRAWN:
            few = few.gather(np.resize(np.arange(len(few)), REDRAWN))  # a short column is tried over and over
        random = np.random.Generator(np.random.Philox(_SEED))
        self._shuffled = Cells(_redraw(few, random, even=False), gate)
        self._even = Cells(_redraw(few, random, even=True), gate)

    def of(self, compiled: Compiled) -> tuple[float, float]:
        """Share of cells that keep the rules after shuffling, and with every character drawn evenly.

        Each is at least one in the number of cells tried: what was never seen is not impossible.
        """
        return _pass_rate(compiled, self._shuffled), _pass_rate(compiled, self._even)

    def stuck(self, compiled: Compiled, sample: Cells) -> int:
        """Positions that are the same in every cell that fits, and that cells drawn evenly fit without."""
        held, drawn = _rows_that_fit(compiled, sample), _rows_that_fit(compiled, self._even)
        if held is None or drawn is None or len(held) < ENOUGH or held.shape[1] != drawn.shape[1]:
            return 0
        constant = (held == held[0]).all(axis=0)
        free = (drawn != drawn[0]).any(axis=0)
        return int((constant & free).sum())


def _rows_that_fit(compiled: Compiled, cells: Cells) -> Bytes | None:
    """Cells that fit, of the width that most of them have, as a matrix; None for none."""
    mask = compiled.fits(cells)
    if mask is None:
        return None
    widths = np.diff(cells.offsets)
    width = int(np.bincount(widths[mask]).argmax())
    starts = cells.offsets[:-1][mask & (widths == width)]
    rows: Bytes = cells.bytes[starts[:, np.newaxis] + np.arange(width)]
    return rows


def _pass_rate(compiled: Compiled, cells: Cells) -> float:
    pattern = compiled.recogniser.pattern
    if pattern is not None and pattern.elsewhere is None:
        tried = cells.with_shape(compiled.shape_regex)
        shaped = 0 if tried is None else int(tried.sum())
        valid = compiled.try_on(cells)[1]
    else:
        shaped, valid = compiled.try_on(cells)
    return (valid + 1) / (shaped + 1)


def _redraw(cells: pl.Series, random: np.random.Generator, *, even: bool) -> pl.Series:
    """Cells of the same shapes with each position shuffled among the cells of its shape, or drawn evenly."""
    frame = pl.DataFrame({"cell": cells, "width": cells.str.len_bytes()})
    parts = [
        _redraw_width(part["cell"], random, even=even)
        for part in frame.partition_by("width", maintain_order=True)
        for _ in range(EVEN if even else SHUFFLES)
    ]
    return pl.concat(parts) if parts else cells


def _redraw_width(cells: pl.Series, random: np.random.Generator, *, even: bool) -> pl.Series:
    """The same for cells of one width.

    Shuffling turns each position by an amount of its own among the cells of the same shape, after one shuffle of
    the rows: as good as a shuffle of each position, in one step for all of them. Bytes of letters of other scripts
    stay where they are.
    """
    order = random.permutation(len(cells))
    array = Cells(cells)
    rows = array.bytes.reshape(len(cells), -1)[order]
    shape = Cells(cells).shapes.gather(order)
    if even:
        digit, letter = (rows >= 48) & (rows <= 57), (rows >= 65) & (rows <= 90)
        drawn = np.where(digit, random.integers(48, 58, rows.shape), rows)
        drawn = np.where(letter, random.integers(65, 91, rows.shape), drawn).astype(np.uint8)
    else:
        group = shape.rank("dense").to_numpy().astype(np.int64)
        sort = np.argsort(group, kind="stable")
        rows, group = rows[sort], group[sort]
        _, start, size = np.unique(group, return_index=True, return_counts=True)
        first: npt.NDArray[np.int64] = start.repeat(size).reshape((len(rows), 1))
        many: npt.NDArray[np.int64] = size.repeat(size).reshape((len(rows), 1))
        rank = np.arange(len(rows))[:, None] - first
        turn = random.integers(0, 1 << 30, (1, rows.shape[1]))
        drawn = np.where(rows < 128, rows[first + (rank + turn) % many, np.arange(rows.shape[1])[None, :]], rows)
    return series_of(
        np.ascontiguousarray(drawn).reshape(-1), np.arange(len(drawn) + 1, dtype=np.int64) * drawn.shape[1]
    )


def _marks(recogniser: Recogniser, sample: Cells) -> int:
    """Marks between the parts of the most frequent form among the recogniser's that the column has."""
    if not recogniser.shapes:
        return 0
    shapes = sample.shapes
    counts = [(int((shapes == shape.replace("*", "A")).sum()), shape) for shape in recogniser.shapes]
    _, shape = max(counts, key=lambda pair: pair[0])
    return sum(mark in SEPARATORS or mark not in "9A*" for mark in shape)


def odds(explanations: Sequence[tuple[str, float]]) -> str:
    """Odds of the first against the second, in words.

    >>> odds([("a", 0.9), ("b", 0.1)]), odds([("a", 1.0)])
    ('9 to 1', 'more than 1,000,000 to 1')
    """
    first = explanations[0][1]
    second = explanations[1][1] if len(explanations) > 1 else 0.0
    ratio = first / second if second else math.inf
    if ratio > 1e6:
        return "more than 1,000,000 to 1"
    return f"{ratio:,.0f} to 1" if ratio >= 3 else f"{ratio:.1f} to 1"
