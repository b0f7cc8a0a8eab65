"""The one base error, and the shape of a message.

Every message says where, what is wrong, why it matters and what to do. The
doors turn an error into an exit code, an HTTP status or a form message.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, order=True)
class Problem:
    """One thing wrong with what somebody gave us.

    Attributes:
        where: File and line (``region.yaml:12``), or the field of a form.
        what: What is wrong, in one sentence.
        fix: What to do about it; empty only where nothing can be done.
    """

    where: str
    what: str
    fix: str = ""

    def __str__(self) -> str:
        """Render as ``where: what. fix``."""
        return f"{self.where}: {self.what}" + (f" {self.fix}" if self.fix else "")


def count_of_problems(number: int) -> str:
    """The number with its noun.

    >>> count_of_problems(1), count_of_problems(3)
    ('1 problem', '3 problems')
    """
    return f"{number} problem{'s' if number != 1 else ''}"


class SerantauError(Exception):
    """Base of every error a person may see. Each room derives its own.

    It does not inherit a built-in error on purpose: a broad
    ``except ValueError`` must never swallow it.
    """

    def __init__(self, message: str, problems: Iterable[Problem] = ()) -> None:
        """Build from one sentence and, where there are several, all problems."""
        self.message = message
        self.problems: tuple[Problem, ...] = tuple(problems)
        super().__init__(message)

    def __str__(self) -> str:
        """The message, then one line for each problem."""
        return "\n".join([self.message, *(f"  {problem}" for problem in self.problems)])
