"""Rule: `import serantau` and `import serantau.cli` are light: heavy libraries wait for the room that needs them."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

HEAVY = (
    "altair",
    "django",
    "duckdb",
    "httpx",
    "ninja",
    "numpy",
    "openpyxl",
    "pandas",
    "polars",
    "pyspark",
    "scipy",
    "sdmx",
)

REPORT = "import json, sys; import {module}; print(json.dumps([name for name in {heavy!r} if name in sys.modules]))"


@pytest.mark.parametrize("module", ["serantau", "serantau.cli"])
def test_import_loads_nothing_heavy(module):
    program = REPORT.format(module=module, heavy=HEAVY)
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert json.loads(done.stdout) == []
