"""Rule: every command of the command line, of the Makefile and of CI says what it does."""

from __future__ import annotations

import os
import subprocess
from collections.abc import Iterator

import click
import pytest

from serantau.cli import main
from tests.support.tree import ROOT, read


def every_command(command: click.Command, context: click.Context) -> Iterator[tuple[str, click.Command]]:
    """The command and all below it; asking the group also loads what it loads lazily."""
    yield context.command_path, command
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None, f"{context.command_path} lists {name!r} and does not have it"
            yield from every_command(child, click.Context(child, info_name=name, parent=context))


COMMANDS = dict(every_command(main, click.Context(main, info_name="serantau")))


@pytest.mark.parametrize("path", COMMANDS)
def test_a_command_says_what_it_does(path):
    text = COMMANDS[path].help or ""
    assert len(text.split()) >= 3, f"`{path} --help` explains nothing"


@pytest.mark.parametrize("path", COMMANDS)
def test_every_option_says_what_it_does(path):
    options = [option for option in COMMANDS[path].params if isinstance(option, click.Option)]
    silent = [option.opts for option in options if not option.hidden and not (option.help or "").strip()]
    assert not silent


def test_make_help_lists_every_target():
    targets = read(ROOT / "Makefile").partition(".PHONY:")[2].splitlines()[0].split()
    shown = subprocess.run(["make", "-s", "help"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert [target for target in targets if f"make {target} " not in shown] == []


def test_the_long_runs_are_not_taken_for_hanging():
    """A property with 3,000 examples may take more than the five minutes of `faulthandler_timeout`."""
    planned = subprocess.run(["make", "-n", "soak"], cwd=ROOT, capture_output=True, text=True, check=True).stdout
    assert "-o faulthandler_timeout=0" in planned


def test_ci_runs_the_readme_test_command():
    program = ROOT / ".ci" / "run"
    assert os.access(program, os.X_OK)
    assert "make test" in read(program)
    assert "make test" in read(ROOT / "README.md")
