"""One column, read batch by batch in bounded memory, and what is said of it at the end."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import polars as pl

from serantau.govern.scan.cells import LONGEST, Cells, as_text, texts
from serantau.govern.scan.evidence import (
    MOST,
    NAME_NATS,
    Chance,
    Tally,
    Weighed,
    likelihood_ratio,
    share_beliefs,
    weigh,
)
from serantau.govern.scan.masking import masked
from serantau.govern.scan.model import Explanation, Finding, Kind
from serantau.govern.scan.recognisers import Recognisers
from serantau.govern.scan.universal import NEUTRAL, OTHER, SEQUENCE

SURE, LIKELY = 0.95, 0.5
"""Belief from which a kind is called found, and likely."""

WORDS_OF_TEXT = 3
"""Blanks in the average cell from which a column is free text, with at least ``LENGTH_OF_TEXT`` bytes."""

LENGTH_OF_TEXT = 25
SEQUENCE_STEP = 20
"""Numbers counted up have at least one in so many of the numbers between their first and their last."""

VALUE_CHANCE = 0.1
"""How often a value of other data stands in a list such as blood groups by chance: our judgement."""

INSIDE = {
    "email": ("@.", r"(?i)[a-z0-9._%+'-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,24}"),
    "phone": ("+", r"\+\d[\d ().-]{6,20}\d"),
}
"""What is looked for inside free text: characters that every match holds, and a pattern."""

_SHOWN = 3


@dataclass
class _Counted:
    """Whether a column of digits counts up."""

    cells: int = 0
    rising: int = 0
    lowest: int = 0
    last: int = 0
    possible: bool = True

    def stop(self) -> None:
        """A batch held something else than digits."""
        self.possible = False

    def add(self, cells: Cells) -> None:
        """Look at the steps from cell to cell."""
        if not self.possible:
            return
        numbers = cells.text.cast(pl.Int64, strict=False)
        if numbers.null_count():
            self.possible = False
            return
        values = numbers.to_numpy()
        if self.cells:
            values = np.concatenate([[self.last], values])
        else:
            self.lowest = int(values[0])
        self.rising += int((np.diff(values) > 0).sum())
        self.cells += len(cells)
        self.last = int(values[-1])

    @property
    def is_sequence(self) -> bool:
        """Whether nearly every number is above the one before, and they lie dense."""
        if not self.possible or self.cells < 10:
            return False
        dense = self.last - self.lowest <= SEQUENCE_STEP * self.cells
        return dense and self.rising >= 0.98 * (self.cells - 1)


@dataclass
class ColumnScan:
    """What has been counted of a column so far; its size does not grow with the column."""

    recognisers: Recognisers
    table: str
    column: str
    cells: int = 0
    filled: int = 0
    bytes: int = 0
    blanks: int = 0
    letters: int = 0
    digits: int = 0
    _hits: dict[str, list[int]] = field(default_factory=dict)
    _inside: dict[str, int] = field(default_factory=dict)
    _sample: pl.DataFrame | None = None
    _distinct: int = 0
    _counted: _Counted = field(default_factory=_Counted)

    def add(self, column: pl.Series) -> None:
        """Count a batch of cells."""
        self.cells += len(column)
        found = texts(as_text(column))
        if found.is_empty():
            return
        self.filled += len(found)
        long = found.str.len_bytes() > LONGEST
        if long.any():
            self._look(Cells(found.filter(long)))
            self._keep(found.filter(long))
            found = found.filter(~long)
            if found.is_empty():
                return
        cells = Cells(found, self.recognisers.gate)
        self._look(cells)
        self._keep(found)
        for compiled in self.recognisers.tried:
            shaped, valid = compiled.try_on(cells)
            if shaped:
                held = self._hits.setdefault(compiled.recogniser.id, [0, 0])
                held[0] += shaped
                held[1] += valid

    def _look(self, cells: Cells) -> None:
        """Count what tells text from numbers."""
        counts = cells.histogram
        blanks, digits = int(counts[32]), int(counts[48:58].sum())
        self.bytes += len(cells.bytes)
        self.blanks += blanks
        self.digits += digits
        self.letters += int(counts[65:91].sum() + counts[128:].sum())
        if digits == len(cells.bytes):
            self._counted.add(cells)
        else:
            self._counted.stop()
        if blanks:
            for kind, (needs, pattern) in INSIDE.items():
                if all(counts[byte] for byte in needs.encode()):
                    self._inside[kind] = self._inside.get(kind, 0) + int(cells.text.str.contains(pattern).sum())

    def _keep(self, text: pl.Series) -> None:
        """Keep the cells with the smallest hashes: an even sample of the different cells, whatever their order."""
        codes = text.hash(seed=1).to_numpy()
        if self._sample is not None and len(self._sample) == MOST:
            chosen = codes < self._sample["code"][-1]
        elif len(codes) > 8 * MOST:
            chosen = codes <= np.partition(codes, 8 * MOST)[8 * MOST]
        else:
            chosen = np.ones(len(codes), dtype=np.bool_)
        if not chosen.any():
            return
        new = pl.DataFrame({"code": codes[chosen], "cell": text.filter(pl.Series(chosen))})
        held = new if self._sample is None else pl.concat([self._sample, new])
        self._sample = held.unique("code").sort("code").head(MOST)
        self._distinct = _distinct(self._sample, len(self._sample))

    # --- the end ---------------------------------------------------------------------------------------------------------

    def finding(self) -> Finding:
        """What the column holds, as far as its cells and its heading tell."""
        if not self.filled or self._sample is None:
            return Finding(self.table, self.column, self.cells, 0, 0, "empty")
        named = self.recognisers.headings.named(self.column)
        evidence = self._weigh()
        nats = self._by_explanation(evidence, named)
        beliefs = share_beliefs(nats)
        explanations = self._explanations(beliefs, nats, evidence)
        return self._verdict(explanations)

    @property
    def is_text(self) -> bool:
        """Whether the average cell has as many words and letters as sentences have."""
        return self.blanks >= WORDS_OF_TEXT * self.filled and self.bytes >= LENGTH_OF_TEXT * self.filled

    def _weigh(self) -> dict[str, Weighed]:
        assert self._sample is not None
        sample = self._sample["cell"]
        cells = Cells(sample, self.recognisers.gate)
        self._tell_members_apart(cells)
        tried = [one for one in self.recognisers.compiled if self._hits.get(one.recogniser.id, (0, 0))[1]]
        if not tried:
            return {}
        chances = Chance(sample, self.recognisers.gate)
        return {
            one.recogniser.id: weigh(one, Tally(*self._hits[one.recogniser.id]), self.filled, cells, chances)
            for one in tried
        }

    def _tell_members_apart(self, sample: Cells) -> None:
        """Share what a union counted over every cell among its members, as the sample of different cells has them."""
        for whole, members in self.recognisers.unions.items():
            counted = self._hits.get(whole, (0, 0))[1]
            if not counted:
                continue
            held = {one.recogniser.id: one.try_on(sample)[1] for one in members}
            least = max(*held.values(), 1)
            union = self.recognisers.whole(whole).try_on(sample)[1]
            for name, count in held.items():
                share = round(counted * min(1.0, count / max(union, least)))
                if share:
                    self._hits[name] = [share, share]

    def _by_explanation(self, evidence: dict[str, Weighed], named: dict[str, str]) -> dict[tuple[str, str], float]:
        by_id = self.recognisers.by_id
        nats: dict[tuple[str, str], float] = {}
        for name, weighed in evidence.items():
            kind = by_id[name].recogniser.kind
            nats[kind, name] = weighed.nats + (NAME_NATS[named[kind]] if kind in named else 0.0)
        for held in self.recognisers.kinds.values():
            said = self._without_recogniser(held, named.get(held.id, ""), evidence)
            if said is not None and not any(one == held.id for one, _ in nats):
                nats[held.id, ""] = said
        if self._counted.is_sequence:
            nats[SEQUENCE, ""] = float(min(self.filled, 200))
        return nats

    def _without_recogniser(self, kind: Kind, named: str, evidence: dict[str, Weighed]) -> float | None:
        """Evidence for a kind that has no recogniser: its name, its list of values, letters or dates."""
        assert self._sample is not None
        if kind.id in self.recognisers.kinds_told_by_form:
            return None
        said = NAME_NATS[named] if named else 0.0
        if kind.values:
            listed = self._listed(kind)
            said += likelihood_ratio(listed, len(self._sample) - listed, VALUE_CHANCE) if listed else 0.0
            return said if named or listed else None
        if not named:
            return None
        if kind.letters and self.letters < self.digits:
            said -= math.log(100)
        if kind.dates:
            dates = [
                weighed.nats
                for name, weighed in evidence.items()
                if self.recognisers.by_id[name].recogniser.kind == "date-time"
            ]
            said += max(dates, default=0.0)
        return said

    def _listed(self, kind: Kind) -> int:
        """Different cells that stand in the list of values of a kind."""
        assert self._sample is not None
        return int(self._sample["cell"].str.to_lowercase().is_in(list(kind.values)).sum())

    def _explanations(
        self,
        beliefs: dict[tuple[str, str], float],
        nats: dict[tuple[str, str], float],
        evidence: dict[str, Weighed],
    ) -> tuple[Explanation, ...]:
        rows = []
        for (kind, name), belief in beliefs.items():
            shaped, valid = self._hits.get(name, (0, 0))
            recogniser = self.recognisers.by_id[name].recogniser if name else None
            rows.append(
                Explanation(
                    kind=kind,
                    recogniser=name,
                    title=recogniser.title if recogniser else self.recognisers.title(kind),
                    member=(recogniser.member or "") if recogniser else "",
                    probability=belief,
                    nats=nats.get((kind, name), 0.0),
                    valid=valid,
                    shaped=shaped,
                    chance=evidence[name].chance if name in evidence else 1.0,
                )
            )
        return tuple(sorted(rows, key=lambda row: (-row.probability, row.kind, row.recogniser)))

    def _verdict(self, explanations: tuple[Explanation, ...]) -> Finding:
        by_kind: dict[str, float] = {}
        for one in explanations:
            by_kind[one.kind] = by_kind.get(one.kind, 0.0) + one.probability
        kind = max(by_kind, key=lambda name: by_kind[name])
        belief = by_kind[kind]
        if self.is_text and kind in (OTHER, "number"):
            return self._say("free text", "", explanations)
        if kind == OTHER:
            return self._say("not recognised", "", explanations)
        told = any(explanation.kind == kind and explanation.recogniser for explanation in explanations)
        held = self.recognisers.kinds.get(kind)
        by_value = held is not None and bool(held.values) and self._listed(held) > 0
        if belief < LIKELY:
            verdict = "ambiguous"
        elif not told and not by_value and kind != SEQUENCE:
            verdict = "by name"
        else:
            verdict = "found" if belief >= SURE else "likely"
        return self._say(verdict, kind, explanations)

    def _say(self, verdict: str, kind: str, explanations: tuple[Explanation, ...]) -> Finding:
        held = self.recognisers.kinds.get(kind)
        inside = tuple((name, count) for name, count in self._inside.items() if count)
        return Finding(
            table=self.table,
            column=self.column,
            cells=self.cells,
            filled=self.filled,
            distinct=self._distinct,
            verdict=verdict,
            kind=kind,
            title=self.recognisers.title(kind) if kind else "",
            category=held.category if held else "",
            explanations=explanations,
            evidence=self._evidence(kind, explanations),
            inside=inside if verdict == "free text" else (),
            note=_note(verdict, kind, explanations),
        )

    def _evidence(self, kind: str, explanations: Sequence[Explanation]) -> tuple[str, ...]:
        """A few cells, masked: those that keep the rules of the likeliest explanation, if it has rules."""
        if not kind or kind in NEUTRAL or self._sample is None:
            return ()
        sample = self._sample["cell"]
        top = next((one.recogniser for one in explanations if one.kind == kind and one.recogniser), "")
        if top:
            compiled = self.recognisers.by_id[top]
            mask = compiled.shaped(Cells(sample))
            if mask is not None:
                sample = sample.filter(pl.Series(mask))
        return tuple(masked(cell) for cell in sample.head(_SHOWN).to_list())


def _distinct(sample: pl.DataFrame, held: int) -> int:
    """Different cells: counted up to ``MOST``, above that estimated from the largest hash kept (Bar-Yossef 2002)."""
    if held < MOST:
        return held
    return int((held - 1) / (int(sample["code"][-1]) / 2.0**64))


def _note(verdict: str, kind: str, explanations: Sequence[Explanation]) -> str:
    if verdict == "free text":
        return "Free text may hold personal data of any kind; nobody can tell from its form."
    if kind and verdict in ("found", "likely"):
        rivals = [one for one in explanations if one.kind == kind and one.member]
        if len(rivals) > 1 and rivals[1].probability > 0.05 * rivals[0].probability:
            return "Whose numbers these are cannot be told from their form."
    if verdict == "not recognised":
        possible = [one.title for one in explanations if one.recogniser and one.kind not in NEUTRAL and one.nats > -1]
        if possible:
            return f"Cannot be excluded: {', '.join(possible[:4])}."
    return ""
