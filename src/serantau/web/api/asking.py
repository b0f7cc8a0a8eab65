"""A request to the API, understood: strict parameters, and names that were found."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from typing import Any, TypeVar

from django.http import HttpRequest

from serantau.base import SerantauError, suggest
from serantau.bundle import Bundle
from serantau.measure.indicators import Indicator
from serantau.plan import Outcome
from serantau.region.model import Member
from serantau.web.api.parameters import PARAMETERS
from serantau.web.site.problems import NotHereError, QuestionError
from serantau.web.site.question import COMMON, Question, ask, parameters

Found = TypeVar("Found")


class UnknownNameError(NotHereError):
    """A parameter names something that there is not; the message carries the nearest names."""

    def __init__(self, message: str, field: str) -> None:
        """Say what there is not, and which parameter named it."""
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Asked:
    """A question and the values of the operation's parameters; a member, outcome or indicator is looked up when used.

    Attributes:
        question: Plan, times, edition.
        values: By name; None where left out.
    """

    question: Question
    values: Mapping[str, Any]

    @property
    def bundle(self) -> Bundle:
        """The facts that answer."""
        return self.question.answers.bundle

    def member(self) -> Member | None:
        """The member asked about, whenever it was one; None for all.

        Raises:
            UnknownNameError: if the region never had it.
        """
        region = self.bundle.region
        return self._look_up("member", region.member)

    def present(self) -> tuple[Member, ...]:
        """The members on the day of the question: the one asked about, else all.

        Raises:
            UnknownNameError: if it was none on that day.
        """
        here = self.question.answers.members(self.question.asof)
        wanted = self.member()
        if wanted is None:
            return here
        if wanted not in here:
            day = self.question.asof.valid
            raise UnknownNameError(
                f"As far as is known here, {wanted.name} was not a member on {day}: its membership runs from "
                f"{wanted.valid_from}. Ask about another day with as_of.",
                "member",
            )
        return (wanted,)

    def neighbour(self) -> Member:
        """The other member asked about, which must be one on the day of the question.

        Raises:
            UnknownNameError: if there is none of that code on that day.
        """
        wanted = self._look_up("neighbour", self.bundle.region.member)
        if wanted is None or wanted not in self.question.answers.members(self.question.asof):
            raise UnknownNameError("As far as is known here, that was no member on that day.", "neighbour")
        return wanted

    def outcome(self) -> Outcome | None:
        """The outcome of the plan asked about; None for all.

        Raises:
            UnknownNameError: if the plan has none of that id or code.
        """
        plan = self.question.plan.id
        return self._look_up("outcome", lambda name: self.bundle.plans.outcome_of(plan, name))

    def indicator(self) -> Indicator | None:
        """The indicator asked about; None for all.

        Raises:
            UnknownNameError: if there is none of that id.
        """
        return self._look_up("indicator", self._indicator)

    def years(self) -> tuple[int | None, int | None]:
        """First and last year asked about.

        Raises:
            QuestionError: if they are the wrong way round.
        """
        first, last = self.values["from"], self.values["to"]
        if first is not None and last is not None and first > last:
            raise QuestionError(f"from={first} is after to={last}. Exchange them.", "from")
        return first, last

    def _indicator(self, name: str) -> Indicator:
        held = self.bundle.measure.by_id
        if name not in held:
            raise QuestionError(f"There is no indicator {name!r}. {suggest(name, held)}".strip(), "indicator")
        return held[name]

    def _look_up(self, name: str, find: Callable[[str], Found]) -> Found | None:
        text = self.values[name]
        if text is None:
            return None
        try:
            return find(text)
        except SerantauError as error:
            raise UnknownNameError(error.message, name) from error


def ask_api(request: HttpRequest, names: tuple[str, ...], required: tuple[str, ...] = ()) -> Asked:
    """Read the address of an operation.

    Args:
        request: The request.
        names: The parameters that the operation takes.
        required: Those that may not be left out.

    Raises:
        QuestionError: naming a parameter that is unknown, missing or impossible.
        UnknownNameError: if there is no such plan.
    """
    given = parameters(request.GET, names, strict=True)
    own = tuple(name for name in names if name not in COMMON)
    values = {name: replace(PARAMETERS[name], required=name in required).read(name, given) for name in own}
    try:
        question = ask(request, own, strict=True)
    except QuestionError as error:
        if error.field == "plan":
            raise UnknownNameError(error.message, "plan") from error
        raise
    return Asked(question, values)
