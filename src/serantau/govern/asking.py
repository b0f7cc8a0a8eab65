"""Checks a question before it is answered, and says which word is wrong."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import Protocol

from serantau.base import Problem, count_of_problems, suggest
from serantau.govern.errors import GovernError
from serantau.govern.facts import DIMENSIONS, LawFacts, Vocabulary
from serantau.govern.flow import Flow
from serantau.govern.model import TermKind


class Described(Protocol):
    """What a flow and a profile have in common."""

    @property
    def data(self) -> str:
        """Category of data."""

    @property
    def volume(self) -> str | None:
        """Band of people."""

    @property
    def facts(self) -> tuple[tuple[str, bool], ...]:
        """Circumstances."""


def check_flow(law: LawFacts, flow: Flow, homes: Mapping[str, str], countries: Iterable[str], day: date) -> None:
    """Refuse a flow that uses a word nobody knows, or a day before any law that is held.

    Args:
        law: The facts.
        flow: The flow.
        homes: For each member whose law is held, its ISO alpha-2 code.
        countries: Where data may be sent.
        day: The day of the question.

    Raises:
        GovernError: with every problem at once.
    """
    problems = list(profile_problems(law.vocabulary, flow))
    problems += holds_problems(law.vocabulary, flow.holds)
    if flow.origin not in homes:
        problems.append(Problem("from", f"no law is held of {flow.origin[:40]!r}.", suggest(flow.origin, homes)))
    elif (first := law.first_day(flow.origin)) is not None and day < first:
        what = f"the earliest rule held of {flow.origin} begins on {first}; nothing is known of {day}."
        problems.append(Problem("date", what, f"Ask about {first} or later."))
    known = set(countries)
    if flow.destination not in known:
        what = f"{flow.destination[:40]!r} is no country."
        problems.append(Problem("to", what, "Write its ISO 3166-1 alpha-2 code, as in JP."))
    _refuse(problems)


def check_profile(vocabulary: Vocabulary, profile: Described) -> None:
    """Refuse a profile that uses a word nobody knows.

    Raises:
        GovernError: with every problem at once.
    """
    _refuse(list(profile_problems(vocabulary, profile)))


def check_holds(vocabulary: Vocabulary, holds: Iterable[str]) -> None:
    """Refuse evidence that nobody knows.

    Raises:
        GovernError: with every problem at once.
    """
    _refuse(list(holds_problems(vocabulary, holds)))


def profile_problems(vocabulary: Vocabulary, profile: Described) -> Iterable[Problem]:
    """What is wrong with the words of a profile."""
    for kind in DIMENSIONS:
        word = getattr(profile, kind.value)
        if word is None and kind is TermKind.VOLUME:
            continue
        if word not in vocabulary.words(kind):
            fix = (
                suggest(str(word), vocabulary.words(kind)) or f"`serantau govern law --words {kind.value}` lists them."
            )
            yield Problem(kind.value, f"there is no {kind.value} {str(word)[:80]!r}.", fix)
    stated: dict[str, bool] = {}
    for name, value in profile.facts:
        if name not in vocabulary.words(TermKind.FACT):
            yield Problem(
                "fact", f"there is no circumstance {name[:80]!r}.", suggest(name, vocabulary.words(TermKind.FACT))
            )
        elif stated.setdefault(name, value) is not value:
            yield Problem("fact", f"{name} is said to be both true and false.", "Keep one.")


def holds_problems(vocabulary: Vocabulary, holds: Iterable[str]) -> Iterable[Problem]:
    """What is wrong with the evidence."""
    safeguards, assessments = vocabulary.words(TermKind.SAFEGUARD), vocabulary.words(TermKind.ASSESSMENT)
    for atom in sorted(holds):
        name, sign, finding = atom.partition("=")
        if not sign and name not in safeguards:
            yield Problem("holds", f"there is no safeguard {name[:80]!r}.", suggest(name, safeguards))
        elif sign and name not in assessments:
            yield Problem("assessed", f"there is no assessment {name[:80]!r}.", suggest(name, assessments))
        elif sign and finding not in {"yes", "no"}:
            yield Problem("assessed", f"{atom[:80]!r}: an assessment came to yes or no.", "Write NAME=yes or NAME=no.")
        elif sign and f"{name}={'no' if finding == 'yes' else 'yes'}" in holds and finding == "yes":
            yield Problem("assessed", f"{name} is said to have come to yes and to no.", "Keep one.")


def _refuse(problems: list[Problem]) -> None:
    if problems:
        raise GovernError(f"The question has {count_of_problems(len(problems))}; it was not answered.", problems)
