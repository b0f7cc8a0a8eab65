"""Groups of commands that are imported when asked for, and what happens to an error on its way to the person."""

from __future__ import annotations

import errno
import importlib
import io
import os
import sys
import traceback
from collections.abc import Mapping, Sequence
from typing import Any, NoReturn

import click

from serantau import __version__
from serantau.base import Problem, SerantauError, suggest
from serantau.cli.output import clean

FAILED = 1
USAGE = 2
INTERRUPTED = 130
"""What a shell reports for a program ended by Ctrl-C."""

SHOWN = 20
"""Most problems shown under an error; `serantau check` shows them all."""

CONTEXT = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


class LazyGroup(click.Group):
    """A group that knows where its commands live, and imports one when it is asked for."""

    def __init__(self, *args: Any, commands_at: Mapping[str, str], **kwargs: Any) -> None:  # noqa: ANN401
        """Take, for each command, its place as ``module:name``; the order is the order of the help."""
        kwargs.setdefault("context_settings", CONTEXT)
        super().__init__(*args, **kwargs)
        self._commands_at = dict(commands_at)

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Names in the order in which they were given."""
        return [*self._commands_at, *(name for name in super().list_commands(ctx) if name not in self._commands_at)]

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, imported now; None for a name nobody has."""
        place = self._commands_at.get(cmd_name)
        if place is None:
            return super().get_command(ctx, cmd_name)
        module, _, name = place.partition(":")
        command = getattr(importlib.import_module(module), name)
        assert isinstance(command, click.Command)
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Find the command, or say which one was probably meant."""
        name = args[0]
        if self.get_command(ctx, name) is None and not name.startswith("-"):
            hint = suggest(name, self.list_commands(ctx))
            ctx.fail(f"There is no command {name[:40]!r}. {hint}".strip())
        return super().resolve_command(ctx, args)


class Main(LazyGroup):
    """The whole program: no error leaves it as a traceback."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:  # noqa: ANN401
        """Add ``--version`` and ``--debug``."""
        super().__init__(*args, **kwargs)
        self.params.append(
            click.Option(["--debug"], is_flag=True, expose_value=False, help="Show the traceback of an error.")
        )
        click.version_option(__version__, prog_name="serantau", help="Show the version.")(self)

    def main(
        self,
        args: Sequence[str] | None = None,
        prog_name: str | None = None,
        complete_var: str | None = None,
        standalone_mode: bool = True,
        **extra: Any,  # noqa: ANN401
    ) -> Any:  # noqa: ANN401
        """Run, and end the process with 0 (yes), 1 (no, failed, refused) or 2 (asked wrongly)."""
        words = list(sys.argv[1:] if args is None else args)
        _write_every_letter()
        if not standalone_mode:
            return super().main(words, prog_name, complete_var, standalone_mode=False, **extra)
        try:
            code = super().main(words, prog_name, complete_var, standalone_mode=False, **extra)
        except Exception as error:  # noqa: BLE001 - this is the one place where every error ends
            if "--debug" in words and not isinstance(error, click.ClickException):
                traceback.print_exception(error)
            sys.exit(_report(error))
        sys.exit(code if isinstance(code, int) else 0)


def _write_every_letter() -> None:
    """On a terminal that cannot show a letter, write its number instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper) and stream.encoding.lower().replace("-", "") != "utf8":
            stream.reconfigure(errors="backslashreplace")


def _report(error: Exception) -> int:
    """Tell the person, on the error stream; return the exit code."""
    if isinstance(error, click.ClickException):
        error.show()
        return error.exit_code
    if isinstance(error, click.Abort):
        return INTERRUPTED
    if isinstance(error, SerantauError):
        _say(_with_problems(error))
    elif isinstance(error, OSError):
        if error.errno == errno.EPIPE:
            _close_stdout()
            return FAILED
        _say(_os_message(error))
    elif isinstance(error, MemoryError):
        _say("there is not enough memory for this. Ask about less, or use a machine with more.")
    else:
        what = f"{type(error).__name__}: {error}".split("\n", 1)[0][:300]
        _say(f"this is a mistake in Serantau, not yours ({what}). Run `serantau --debug ...` to see where it happened.")
    return FAILED


def _with_problems(error: SerantauError) -> str:
    lines = problem_lines(error.problems)
    more = [f"  ... and {len(lines) - SHOWN} more."] if len(lines) > SHOWN else []
    return "\n".join([clean(error.message), *(f"  {line}" for line in lines[:SHOWN]), *more])


def problem_lines(problems: Sequence[Problem]) -> list[str]:
    """One line a problem, by file and line number; the same problem at many lines of one file is named once."""
    places: dict[tuple[str, str, str], list[str]] = {}
    for problem in sorted(problems, key=lambda one: _by_line(one.where)):
        file, _, line = problem.where.partition(":")
        places.setdefault((file, problem.what, problem.fix), []).append(line)
    return [clean(_problem_line(*key, lines)) for key, lines in places.items()]


def _problem_line(file: str, what: str, fix: str, lines: Sequence[str]) -> str:
    where = f"{file}:{lines[0]}" if lines[0] else file
    named, rest = lines[1:7], len(lines) - 7
    again = f" (also line {', '.join(named)}{f' and {rest} more' if rest > 0 else ''})" if named else ""
    return f"{where}: {what}{f' {fix}' if fix else ''}{again}"


def _by_line(where: str) -> tuple[str, int, str]:
    file, _, line = where.partition(":")
    digits = line.partition(":")[0].strip()
    return (file, int(digits) if digits.isdecimal() else 0, line)


def _os_message(error: OSError) -> str:
    where = f"{error.filename}: " if error.filename else ""
    fix = {
        errno.ENOSPC: " Make room on the disk, then run it again; nothing half-written was left.",
        errno.EACCES: " Choose a place that you may write to, or ask for access.",
        errno.ENOENT: " Check the path.",
    }.get(error.errno or 0, "")
    return f"{where}{error.strerror or error}.{fix}"


def _say(message: str) -> None:
    try:
        click.echo(f"Error: {message}", err=True)
    except OSError:  # the error stream is gone too; the exit code still tells
        return


def _close_stdout() -> None:
    """Nobody reads any more: send the rest nowhere, so that the end of the process does not complain."""
    nowhere = os.open(os.devnull, os.O_WRONLY)
    try:
        os.dup2(nowhere, sys.stdout.fileno())
    except (OSError, ValueError):
        return


def stop(message: str) -> NoReturn:
    """End the command with one sentence on the error stream and exit code 1."""
    raise click.ClickException(message)
