"""Reads the ``law`` folder of a region."""

from __future__ import annotations

from typing import TypeVar

from serantau.facts import FactFolder, Records
from serantau.govern.checks import Table, check_law
from serantau.govern.facts import LawFacts, Vocabulary
from serantau.govern.model import (
    Conflict,
    Coverage,
    DataClass,
    Instrument,
    Layer,
    Model,
    Provision,
    Term,
)

T = TypeVar("T")

FOLDER = "law"
PROVISIONS = f"{FOLDER}/provisions"

RECORD_KINDS: dict[str, type] = {
    "terms": Term,
    "instruments": Instrument,
    "layers": Layer,
    "classes": DataClass,
    "coverage": Coverage,
    "conflicts": Conflict,
    "models": Model,
}
"""The files of the folder: ``law/<key>.yaml`` holds one key, ``<key>:``, with a list of this kind. Provisions stand in
``law/provisions/``, one file a member."""

REQUIRED = ("terms", "instruments", "layers", "coverage")


def load_law(folder: FactFolder) -> LawFacts | None:
    """Load the law of a region; problems are added to the folder, which then refuses to finish.

    Args:
        folder: The region's folder.

    Returns:
        The law, or None if the region has no ``law`` folder.
    """
    if not folder.names(FOLDER, ".yaml"):
        return None
    tables: Table = {}
    for key, kind in RECORD_KINDS.items():
        name = f"{FOLDER}/{key}.yaml"
        wanted = key in REQUIRED or folder.content(name) is not None
        tables[key] = folder.records(name, key, kind) if wanted else Records((), ())
    provisions: Records[Provision] = Records((), ())
    for name in folder.names(PROVISIONS, ".yaml"):
        provisions += folder.records(name, "provisions", Provision)
    tables["provisions"] = provisions

    def rows(key: str, kind: type[T]) -> tuple[T, ...]:
        return tuple(record for record in tables[key].rows if isinstance(record, kind))

    law = LawFacts(
        vocabulary=Vocabulary(rows("terms", Term)),
        instruments=rows("instruments", Instrument),
        layers=rows("layers", Layer),
        classes=rows("classes", DataClass),
        provisions=rows("provisions", Provision),
        coverage=rows("coverage", Coverage),
        conflicts=rows("conflicts", Conflict),
        models=rows("models", Model),
    )
    check_law(law, tables, folder)
    return law
