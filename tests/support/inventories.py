"""Inventories of transfers for tests: any number of rows, as a Parquet file with dictionaries."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from serantau.bundle import Bundle
from serantau.govern.model import TermKind

GIVEN = ("--sector", "general", "--exporter", "controller/private", "--recipient", "processor")
BATCH = 1_000_000


def words_of(bundle: Bundle) -> dict[str, list[str]]:
    """Words for the four columns of an inventory of a region."""
    assert bundle.law is not None
    vocabulary = bundle.law.vocabulary
    safeguards = vocabulary.words(TermKind.SAFEGUARD)
    origins = sorted(bundle.homes.values())
    return {
        "origin": origins,
        "destination": [*origins, "JP", "DE", "US"],
        "data": list(vocabulary.words(TermKind.DATA)),
        "holds": ["", *safeguards[:8], ";".join(safeguards[:2])],
    }


def write_inventory(
    path: Path, words: dict[str, list[str]], rows: int, seed: int = 1, compression: str = "snappy"
) -> None:
    """Write rows drawn evenly from the words; ``row`` numbers them from 0."""
    random = np.random.default_rng(seed)
    kinds = [(name, pa.dictionary(pa.int32(), pa.string())) for name in words]
    schema = pa.schema([("row", pa.uint64()), *kinds])
    with pq.ParquetWriter(path, schema, compression=compression, use_dictionary=list(words)) as writer:
        for start in range(0, rows, BATCH):
            count = min(BATCH, rows - start)
            columns = [pa.array(np.arange(start, start + count, dtype=np.uint64))]
            columns += [_drawn(random, values, count) for values in words.values()]
            writer.write_table(pa.table(columns, schema=schema))


def _drawn(random: np.random.Generator, values: Sequence[str], count: int) -> pa.DictionaryArray:
    codes = random.integers(0, len(values), count).astype(np.int32)
    return pa.DictionaryArray.from_arrays(pa.array(codes), pa.array(values))
