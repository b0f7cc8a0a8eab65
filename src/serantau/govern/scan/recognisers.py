"""All recognisers together, made ready once for every column of a scan."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from functools import cached_property

from serantau.govern.scan.headings import Headings
from serantau.govern.scan.model import Kind, Recogniser
from serantau.govern.scan.phones import Union, phone_unions
from serantau.govern.scan.rules import Compiled, compile_recogniser
from serantau.govern.scan.universal import TITLES, UNIVERSAL


class Recognisers:
    """What a scan looks for."""

    def __init__(self, recognisers: Iterable[Recogniser], kinds: Iterable[Kind], unions: Iterable[Union] = ()) -> None:
        """Make ready.

        Args:
            recognisers: Every recogniser, those of members and those of nobody.
            kinds: The kinds of data that a region describes.
            unions: Recognisers of which a whole is tried on every cell, and the members on a sample.
        """
        single = [compile_recogniser(one, library_codes) for one in recognisers]
        self.unions: Mapping[str, tuple[Compiled, ...]] = {
            union.whole.id: tuple(compile_recogniser(one, library_codes) for one in union.members) for union in unions
        }
        self.tried = (*single, *(compile_recogniser(union.whole, library_codes) for union in unions))
        """What is tried on every cell."""
        self.compiled = (*single, *(one for members in self.unions.values() for one in members))
        """What a column is explained by."""
        self.kinds: Mapping[str, Kind] = {kind.id: kind for kind in kinds}
        self.headings = Headings(self.kinds.values())

    @cached_property
    def by_id(self) -> Mapping[str, Compiled]:
        """Recognisers by id."""
        return {one.recogniser.id: one for one in self.compiled}

    def whole(self, name: str) -> Compiled:
        """The recogniser that stands for a union."""
        return next(one for one in self.tried if one.recogniser.id == name)

    @cached_property
    def kinds_told_by_form(self) -> frozenset[str]:
        """Kinds that have a recogniser: a heading alone does not make a column one of them."""
        return frozenset(one.recogniser.kind for one in self.compiled)

    @cached_property
    def gate(self) -> str:
        """One pattern over shapes that lets through every shape that some recogniser knows."""
        shapes = {one.shape_regex.removeprefix("^").removesuffix("$") for one in self.tried if one.shape_regex}
        return f"^(?:{'|'.join(sorted(shapes))})$"

    def title(self, kind: str) -> str:
        """What a kind is called."""
        held = self.kinds.get(kind)
        return held.title if held else TITLES.get(kind, kind)


def recognisers_of(members: Sequence[Recogniser], kinds: Sequence[Kind], regions: Mapping[str, str]) -> Recognisers:
    """Everything a scan of a region looks for.

    Args:
        members: Recognisers of the region's facts.
        kinds: Kinds of data of the region's facts.
        regions: Alpha-2 code of each member by its alpha-3 code, for telephone numbers.
    """
    return Recognisers([*members, *UNIVERSAL], kinds, phone_unions(regions))


def library_codes(name: str, length: int) -> Sequence[str]:
    """The codes of a list that python-stdnum keeps, such as ``my/bp``.

    Raises:
        ValueError: if there is no such list.
    """
    from stdnum import numdb

    try:
        table = numdb.get(name)
    except (OSError, LookupError, ValueError) as error:
        raise ValueError(f"python-stdnum keeps no list {name!r}") from error
    every = (f"{number:0{length}}" for number in range(10**length))
    return [code for code in every if table.info(code)[0][1]]
