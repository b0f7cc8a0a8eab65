"""Write docs/reference/cli.md from the command line itself.

With ``--check`` nothing is written, and it ends with 1 if the page is not what the command line says.
"""

from __future__ import annotations

import sys
from collections.abc import Iterator
from pathlib import Path

import click

from serantau.cli import main

PAGE = Path(__file__).parents[1] / "docs" / "reference" / "cli.md"
WIDTH = 100

HEAD = """\
# Command line

Written by `scripts/cli_reference.py` from the commands themselves; do not edit it here.

What holds for every command:

- `--region PATH` names the folder of a region's facts (or the variable `SERANTAU_REGION`); else the region that ships.
- `--as-of DATE` is the day the question is about, `--known DATE` the day whose knowledge may be used.
- `--format json` prints one object with `edition`, `as_of`, `known`, `rows` and `notes`. What is not known is `null`.
- `--format csv` prints a header and rows. Text that a spreadsheet would run as a formula starts with an apostrophe;
  numbers stay numbers; what is not known is empty.
- Exit codes: 0 done, 1 the answer is no, or it failed or was refused, 2 the question was asked wrongly, 130 ended by
  Ctrl-C. Answers go to the output stream, everything else to the error stream.
"""


def commands(command: click.Command, context: click.Context) -> Iterator[tuple[click.Command, click.Context]]:
    """The command and all below it, in the order of the help."""
    yield command, context
    if isinstance(command, click.Group):
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            assert child is not None
            yield from commands(child, click.Context(child, info_name=name, parent=context, terminal_width=WIDTH))


def page() -> str:
    """The whole page."""
    parts = [HEAD]
    root = click.Context(main, info_name="serantau", terminal_width=WIDTH, help_option_names=["-h", "--help"])
    for command, context in commands(main, root):
        level = "#" * min(4, 1 + len(context.command_path.split()))
        parts.append(f"{level} `{context.command_path}`\n\n```text\n{command.get_help(context).rstrip()}\n```\n")
    return "\n".join(parts)


def run(words: list[str]) -> int:
    """Write the page, or compare it."""
    text = page()
    if "--check" in words:
        held = PAGE.read_text("utf-8") if PAGE.is_file() else ""
        if held != text:
            print(f"{PAGE} is not what the command line says. Run: python scripts/cli_reference.py", file=sys.stderr)
            return 1
        return 0
    PAGE.parent.mkdir(parents=True, exist_ok=True)
    PAGE.write_text(text, "utf-8")
    return 0


if __name__ == "__main__":
    sys.exit(run(sys.argv[1:]))
