"""Rule: what `make lint` asks for holds in every commit, since CI runs the tests alone."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.tree import ROOT

LINT_IMPORTS = Path(sys.executable).with_name("lint-imports")


@pytest.mark.parametrize(
    "command",
    [
        (sys.executable, "-m", "ruff", "check", "."),
        (sys.executable, "-m", "ruff", "format", "--check", "--quiet", "."),
        (sys.executable, "-m", "mypy"),
        (str(LINT_IMPORTS), "--no-logo"),
    ],
    ids=["style", "format", "types", "import-directions"],
)
def test_lint(command):
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, f"{done.stdout}{done.stderr}"
