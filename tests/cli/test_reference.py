"""Rule: the page on the command line says what the command line says, and its guide only what runs."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

import pytest

from tests.support.tree import ROOT, read

GUIDE = ROOT / "docs" / "guide" / "first-steps.md"


def test_the_reference_is_up_to_date():
    script = ROOT / "scripts" / "cli_reference.py"
    done = subprocess.run([sys.executable, script, "--check"], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr


def guided_commands():
    """Lines that begin with ``serantau`` in the guide's code blocks; those that serve or fetch are tested elsewhere."""
    blocks = re.findall(r"```console\n(.*?)```", read(GUIDE), flags=re.DOTALL)
    lines = [line.removeprefix("$ ") for block in blocks for line in block.splitlines() if line.startswith("$ ")]
    return [line for line in lines if line.startswith("serantau") and " serve" not in line and " fetch" not in line]


@pytest.mark.parametrize("line", guided_commands())
def test_every_command_of_the_guide_runs(run, tmp_path, monkeypatch, line):
    """In order of the page, with the two files that the guide shows."""
    for name, text in re.findall(r"<!-- file: (\S+) -->\n+```\w+\n(.*?)```", read(GUIDE), flags=re.DOTALL):
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    run(*shlex.split(line)[1:])
