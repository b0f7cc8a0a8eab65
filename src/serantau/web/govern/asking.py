"""What the address of a page of this room asks: a flow of data, or a kind of flow."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from serantau.base import suggest
from serantau.bundle import Bundle
from serantau.govern import Assessment, Finding, Flow, LawFacts
from serantau.govern.decide import Decider
from serantau.govern.model import TermKind
from serantau.govern.table import Profile
from serantau.web.bundles import keeper
from serantau.web.site.problems import NotHereError, QuestionError
from serantau.web.site.question import Question

PLAIN = ("from", "to", "data", "sector", "exporter", "recipient", "volume", "first")
PROFILE = ("data", "sector", "exporter", "recipient", "volume")
HOLDS, FACT, JUDGED = "holds.", "fact.", "judged."
BY, ON = ".by", ".on"


@dataclass(frozen=True)
class Room:
    """The law of the edition that answers."""

    question: Question
    law: LawFacts
    decider: Decider

    @property
    def bundle(self) -> Bundle:
        """The facts."""
        return self.question.answers.bundle


def room(question: Question) -> Room:
    """The law behind a question.

    Raises:
        NotHereError: if the region has none.
    """
    decider = question.answers.decider
    if decider is None:
        raise NotHereError(_("This region holds no law."), {"/": _("Overview")})
    return Room(question, decider.law, decider)


def named() -> Iterable[str]:
    """The parameters whose names depend on the vocabulary."""
    law = keeper().answers().bundle.law
    if law is None:
        return
    words = law.vocabulary
    yield from (f"{HOLDS}{word}" for word in words.words(TermKind.SAFEGUARD))
    yield from (f"{FACT}{word}" for word in words.words(TermKind.FACT))
    for word in words.words(TermKind.ASSESSMENT):
        yield from (f"{JUDGED}{word}", f"{JUDGED}{word}{BY}", f"{JUDGED}{word}{ON}")


def is_asked(given: Mapping[str, str]) -> bool:
    """Whether enough is given for a flow to be decided."""
    return all(given.get(name) for name in ("from", "to", "data", "exporter", "recipient"))


def flow_of(found: Room) -> tuple[Flow, tuple[Assessment, ...]]:
    """The flow that the address describes.

    Raises:
        QuestionError: naming the parameter.
    """
    given = found.question.more
    profile = profile_of(found)
    destination = found.decider.homes.get(given["to"].upper(), given["to"].upper())
    origin = found.decider.member(given["from"])
    if origin not in found.decider.homes:
        raise QuestionError(_("No law is held of %s.") % given["from"], "from")
    if destination not in found.decider.countries:
        raise QuestionError(_("%s is no country. Write its ISO 3166-1 alpha-2 code, as in JP.") % given["to"], "to")
    return Flow(origin, destination, *profile, holds=holds_of(given)), judged_of(found)


def profile_of(found: Room) -> Profile:
    """What is sent, by whom.

    Raises:
        QuestionError: naming the parameter.
    """
    given, words = found.question.more, found.law.vocabulary
    values: dict[str, str | None] = {}
    for name in PROFILE:
        value = given.get(name) or ("general" if name == "sector" and words.has(TermKind.SECTOR, "general") else None)
        known = words.words(TermKind(name))
        if value is None and name != "volume":
            value = known[0]
        if value is not None and value not in known:
            raise QuestionError(f"{name}={value}: {suggest(value, known)}".strip(), name)
        values[name] = value
    return Profile(**values, facts=facts_of(given))


def holds_of(given: Mapping[str, str]) -> frozenset[str]:
    """The safeguards that are ticked."""
    return frozenset(name.removeprefix(HOLDS) for name, value in given.items() if name.startswith(HOLDS) and value)


def facts_of(given: Mapping[str, str]) -> tuple[tuple[str, bool], ...]:
    """The circumstances that are stated.

    Raises:
        QuestionError: if one is neither yes nor no.
    """
    stated = []
    for name, value in given.items():
        if not name.startswith(FACT) or not value:
            continue
        if value not in {"yes", "no"}:
            raise QuestionError(_("%(name)s=%(value)s: write yes or no.") % {"name": name, "value": value}, name)
        stated.append((name.removeprefix(FACT), value == "yes"))
    return tuple(sorted(stated))


def judged_of(found: Room) -> tuple[Assessment, ...]:
    """The judgements that were stated.

    Raises:
        QuestionError: if one is incomplete.
    """
    given = found.question.more
    judged = []
    for word in found.law.vocabulary.words(TermKind.ASSESSMENT):
        said = given.get(f"{JUDGED}{word}", "")
        if not said:
            continue
        if said not in {"yes", "no"}:
            raise QuestionError(
                _("%(name)s=%(value)s: write yes or no.") % {"name": word, "value": said}, JUDGED + word
            )
        by, on = given.get(f"{JUDGED}{word}{BY}", ""), given.get(f"{JUDGED}{word}{ON}", "")
        if not by or not on:
            raise QuestionError(_("Say who judged %s, and when.") % word, f"{JUDGED}{word}{BY}")
        judged.append(Assessment(word, Finding.YES if said == "yes" else Finding.NO, by, day(on, JUDGED + word + ON)))
    return tuple(judged)


def day(text: str, name: str) -> date:
    """A date of the address.

    Raises:
        QuestionError: if it is none.
    """
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise QuestionError(_("%(name)s=%(value)s is no date.") % {"name": name, "value": text}, name) from error
