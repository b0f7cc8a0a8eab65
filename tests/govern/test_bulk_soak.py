"""Rule: memory does not grow with an inventory: a hundred million rows take less than 500 MB, the whole program counted."""

from __future__ import annotations

import resource
import subprocess
import sys

import pyarrow.parquet as pq
import pytest

from serantau.bundle import default_region, load_bundle
from tests.support.inventories import GIVEN, words_of, write_inventory

ROWS = 100_000_000


@pytest.mark.soak
def test_a_hundred_million_rows_in_500_megabytes(tmp_path):
    write_inventory(tmp_path / "in.parquet", words_of(load_bundle(default_region())), ROWS)
    command = [sys.executable, "-m", "serantau", "govern", "bulk", tmp_path / "in.parquet", "--out", tmp_path / "o"]
    subprocess.run([*command, *GIVEN, "--as-of", "2026-11-21"], check=True, stdout=subprocess.DEVNULL)
    peak = resource.getrusage(resource.RUSAGE_CHILDREN).ru_maxrss / 1024
    assert pq.read_metadata(tmp_path / "o").num_rows == ROWS
    assert peak < 500
