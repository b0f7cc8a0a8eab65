"""Options that several commands share: the region, the two times, the format."""

from __future__ import annotations

import math
import re
from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any, TypeVar

import click

from serantau.base import AsOf
from serantau.cli.output import FORMATS, ask_with

Command = TypeVar("Command", bound=Callable[..., Any])

FIRST_YEAR = 1900
LAST_YEAR = 2200

OWN_FOLDER = "serantau.own_folder"
"""Key under which a command keeps the user's own folder."""

_DAY = re.compile(r"\d{4}-\d{2}-\d{2}")


class Day(click.ParamType[date]):
    """A calendar day, written ``YYYY-MM-DD``."""

    name = "YYYY-MM-DD"

    def __init__(self, *, past_only: str = "") -> None:
        """Say in ``past_only`` why a day still to come makes no sense; empty if it does."""
        self.past_only = past_only

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> date:
        """Read the day, or fail with what is wrong and what to write."""
        if isinstance(value, date):
            return value
        text = str(value).strip()
        if _DAY.fullmatch(text) is None:
            self.fail(f"{text[:40]!r} is no date. Write the year, the month and the day, as in 2025-12-31.", param, ctx)
        try:
            day = date.fromisoformat(text)
        except ValueError:
            self.fail(f"{text!r} is no day of the calendar. Check the month and the day.", param, ctx)
        if not FIRST_YEAR <= day.year <= LAST_YEAR:
            self.fail(f"the year {day.year} is outside {FIRST_YEAR} to {LAST_YEAR}.", param, ctx)
        if self.past_only and day > _today():
            self.fail(f"{text} is still to come. {self.past_only}", param, ctx)
        return day


class Number(click.FloatRange):
    """A number in a range; ``nan`` compares with nothing, so the range alone would let it through."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:  # noqa: ANN401 - as Click has it
        """Read the number, or fail with what is wrong."""
        number = float(super().convert(value, param, ctx))
        if not math.isfinite(number):
            self.fail(f"{str(value)[:40]!r} is no number that can be worked with. Write digits.", param, ctx)
        return number


KNOWN_DAY = Day(past_only="Only what is known by now can be asked about; leave --known out for the newest.")


def asof(as_of: date | None, known: date | None) -> AsOf:
    """The two times of the question: today and the newest knowledge where nothing was said."""
    return AsOf(as_of or _today(), known or date.max)


def common_options(command: Command) -> Command:
    """Add ``--region``, ``--data``, ``--as-of`` and ``--known``; the command gets ``region``, ``as_of`` and ``known``.

    ``region`` is a Path, ``as_of`` a date (today if not given), ``known`` a
    date or None for the newest. The folder given with ``--data`` is found by :func:`own_folder`.
    """
    for option in (
        click.option(
            "--data",
            type=click.Path(exists=True, file_okay=False, path_type=Path),
            expose_value=False,
            callback=_remember_own,
            help="Read the figures of this folder of yours too (see `measure fetch --data`).",
        ),
        click.option(
            "--known",
            type=KNOWN_DAY,
            callback=remember("known"),
            help="Use only what was known by this day.  [default: the newest]",
        ),
        click.option(
            "--as-of",
            type=Day(),
            callback=remember("as_of"),
            help="The day the question is about.  [default: today]",
        ),
        region_option,
    ):
        command = option(command)
    return command


def own_folder() -> Path | None:
    """The folder of the user's own figures that the running command was given, or None."""
    context = click.get_current_context(silent=True)
    return None if context is None else context.meta.get(OWN_FOLDER)


def region_option(command: Command) -> Command:
    """Add ``--region`` alone."""
    return click.option(
        "--region",
        type=click.Path(exists=True, file_okay=False, path_type=Path),
        envvar="SERANTAU_REGION",
        show_envvar=True,
        callback=_region,
        help="Folder of the region's facts.  [default: the region that ships with Serantau]",
    )(command)


def format_option(command: Command) -> Command:
    """Add ``--format``; the command gets ``format``."""
    return click.option(
        "--format",
        type=click.Choice(FORMATS),
        default="table",
        show_default=True,
        help="How to print the answer.",
    )(command)


def _region(_ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path:
    if value is not None:
        return value
    from serantau.bundle import default_region

    return default_region()


def _remember_own(ctx: click.Context, _param: click.Parameter, value: Path | None) -> Path | None:
    ctx.meta[OWN_FOLDER] = value
    return value


def remember(name: str) -> Callable[[click.Context, click.Parameter, date | None], date | None]:
    """Keep the two times for the head of the answer; fill in today."""

    def callback(_ctx: click.Context, _param: click.Parameter, value: date | None) -> date | None:
        day = _today() if value is None and name == "as_of" else value
        ask_with(name, day)
        return day

    return callback


def _today() -> date:
    """The day now; asked by doors only."""
    return date.today()  # noqa: DTZ011 - the day on the person's own calendar
