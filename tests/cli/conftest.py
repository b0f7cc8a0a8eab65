"""What the tests of the command line share."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from serantau.cli import main
from tests.support.tree import ROOT

THREELANDS = ROOT / "tests" / "regions" / "threelands"

Run = Callable[..., Result]


@pytest.fixture
def run(monkeypatch: pytest.MonkeyPatch) -> Run:
    """Run a command line; the shipped region unless the words say another."""
    monkeypatch.delenv("SERANTAU_REGION", raising=False)
    monkeypatch.setenv("COLUMNS", "100")

    def invoke(*words: object, code: int | None = 0) -> Result:
        result = CliRunner().invoke(main, [str(word) for word in words])
        assert "Traceback" not in result.output
        if code is not None:
            assert result.exit_code == code, result.output
        return result

    return invoke


@pytest.fixture
def three(run: Run) -> Run:
    """The same on the invented region, on a fixed day."""

    def invoke(*words: object, code: int | None = 0) -> Result:
        return run(*words, "--region", THREELANDS, code=code)

    return invoke


@pytest.fixture
def region_copy(tmp_path: Path) -> Path:
    """The invented region in a folder of its own, to be spoilt."""
    import shutil

    return Path(shutil.copytree(THREELANDS, tmp_path / "lands"))


def rows_of(result: Result) -> list[dict[str, object]]:
    """Rows of an answer in JSON."""
    rows = json.loads(result.stdout)["rows"]
    assert isinstance(rows, list)
    return rows


def csv_rows(result: Result) -> list[dict[str, str]]:
    """Rows of an answer in CSV."""
    return list(csv.DictReader(io.StringIO(result.stdout, newline="")))
