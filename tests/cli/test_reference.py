"""Rule: the page on the command line says what the command line says, and its guide only what runs."""

from __future__ import annotations

import re
import shlex
import subprocess
import sys

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


def test_every_command_of_the_guide_runs_in_the_order_of_the_page(run, tmp_path, monkeypatch):
    """With the two files that the guide shows."""
    for name, text in re.findall(r"<!-- file: (\S+) -->\n+```\w+\n(.*?)```", read(GUIDE), flags=re.DOTALL):
        (tmp_path / name).write_text(text, "utf-8")
    monkeypatch.chdir(tmp_path)
    lines = guided_commands()
    assert len(lines) > 10
    for line in lines:
        run(*shlex.split(line)[1:])
