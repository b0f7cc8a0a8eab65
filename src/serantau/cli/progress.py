"""A progress bar on the error stream, where somebody sees it."""

from __future__ import annotations

import contextlib
import sys
from collections.abc import Callable, Iterator

import click


@contextlib.contextmanager
def progress(total: int, label: str) -> Iterator[Callable[[int], None]]:
    """A function to call with the number of steps done since the last call; silent where no terminal listens."""
    with click.progressbar(length=max(total, 1), label=label, file=sys.stderr, hidden=not sys.stderr.isatty()) as bar:
        yield bar.update
