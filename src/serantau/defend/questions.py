"""Have you seen this? One member asks others, each answers or refuses, and the asker sees as much as each allows.

An answer is *seen*, *not seen*, or a refusal, which needs no reason and counts as an answer. With each goes how far it
is shown:

- **by name**: the asker sees at once who answered, and what;
- **without name**: the asker sees nothing of it until the question ends. Then it learns one thing: whether *somebody*
  among those that did not answer by name has seen it, and that only if they are at least two. So an answer without name
  cannot be told from silence before the end, and what the question shows after it names nobody. (Whoever asks the same
  of other members again, or agrees with one of them, learns more; see docs/decisions/0030-answers-without-names.md.)

An answer given by name has been read and stays by name; everything else may change until the end. Members that were
asked see the question and their own answer; nobody else sees anything.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from enum import Enum
from types import MappingProxyType

from serantau.defend.model import HIGHEST_CLEARANCE, Tlp
from serantau.defend.rules import RuleError

LEAST_UNNAMED = 2
"""Below so many members without named answer nothing is said of them: of a single one it would be its name."""


class Says(Enum):
    """What a member answered."""

    NOT_YET = "not yet"
    SEEN = "seen"
    NOT_SEEN = "not seen"
    REFUSES = "refuses"


class Rule(Enum):
    """What a step has to meet, in the words of its refusal."""

    LABEL = "A question is asked up to TLP:AMBER+STRICT. TLP:RED is for named people: open a case for it."
    SOMEBODY = "Ask at least one other member."
    NOT_ITSELF = "A member does not ask itself."
    IN_TIME = "The question is to end after it was asked."
    ASKED = "{member} was not asked."
    OPEN = "The question ended on {ended} UTC; an answer after it changes nothing. {asker} may ask again."
    MOVE = "An answer cannot change from {was} to {will}."
    STAYS_NAMED = (
        "{asker} has read this answer under your member's name, so it cannot lose the name. It may change otherwise."
    )
    ASKER = "{asker} alone ends the question early."


MOVES: Mapping[Says, tuple[Says, ...]] = MappingProxyType(
    {
        Says.NOT_YET: (Says.SEEN, Says.NOT_SEEN, Says.REFUSES),
        Says.SEEN: (Says.SEEN, Says.NOT_SEEN, Says.REFUSES),
        Says.NOT_SEEN: (Says.SEEN, Says.NOT_SEEN, Says.REFUSES),
        Says.REFUSES: (Says.SEEN, Says.NOT_SEEN, Says.REFUSES),
    }
)
"""How an answer may change until the end; the same answer with other words is a change, too. Nothing goes back to *not yet*."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What one member that was asked says.

    Attributes:
        member: Code of the member.
        says: What it says.
        named: Whether the asker sees it by name.
    """

    member: str
    says: Says = Says.NOT_YET
    named: bool = False


@dataclass(frozen=True)
class Question:
    """A question as far as its rules are concerned.

    Attributes:
        asker: Code of the member that asks.
        tlp: Its label; the answers have the same.
        asked: When it was asked.
        due: When it ends by itself; that instant is in time.
        answers: One for each member that was asked.
        closed: When the asker ended it early; None if it has not.
    """

    asker: str
    tlp: Tlp
    asked: datetime
    due: datetime
    answers: tuple[Answer, ...]
    closed: datetime | None = None

    def of(self, member: str) -> Answer | None:
        """What a member says; None if it was not asked."""
        return next((one for one in self.answers if one.member == member), None)

    def is_open(self, now: datetime) -> bool:
        """Whether it can still be answered."""
        return self.closed is None and now <= self.due

    @property
    def ends(self) -> datetime:
        """When it ended, or will."""
        return self.due if self.closed is None else min(self.closed, self.due)


@dataclass(frozen=True)
class Seen:
    """What the asker sees.

    Attributes:
        named: Answers by name.
        silent: Members of whom it sees no answer, whether they gave one or not.
        somebody: After the end, whether somebody among the silent has seen it; None before, and where there are too few
            of them.
    """

    named: tuple[Answer, ...]
    silent: tuple[str, ...]
    somebody: bool | None


def ask(asker: str, tlp: Tlp, members: tuple[str, ...], asked: datetime, due: datetime) -> Question:
    """Ask some members.

    Raises:
        RuleError: if nobody is asked, the asker itself is, the label reaches too high or the end too early.
    """
    if tlp > HIGHEST_CLEARANCE:
        raise RuleError(Rule.LABEL, {})
    if asker in members:
        raise RuleError(Rule.NOT_ITSELF, {})
    if not members:
        raise RuleError(Rule.SOMEBODY, {})
    if due <= asked:
        raise RuleError(Rule.IN_TIME, {})
    return Question(asker, tlp, asked, due, tuple(Answer(one) for one in dict.fromkeys(members)))


def answer(question: Question, member: str, says: Says, now: datetime, *, named: bool) -> Question:
    """A member answers, or refuses to.

    Raises:
        RuleError: if it was not asked, the question has ended, or the answer cannot change so.
    """
    held = question.of(member)
    if held is None:
        raise RuleError(Rule.ASKED, {"member": member})
    if not question.is_open(now):
        raise RuleError(
            Rule.OPEN, {"ended": f"{question.ends:%Y-%m-%d %H:%M}", "asker": question.asker}, (question.asker,)
        )
    if says not in MOVES[held.says]:
        raise RuleError(Rule.MOVE, {"was": held.says.value, "will": says.value})
    if held.named and not named:
        raise RuleError(Rule.STAYS_NAMED, {"asker": question.asker})
    said = Answer(member, says, named)
    return replace(question, answers=tuple(said if one.member == member else one for one in question.answers))


def close(question: Question, member: str, now: datetime) -> Question:
    """The asker ends its question.

    Raises:
        RuleError: if it is another member, or the question has ended.
    """
    if member != question.asker:
        raise RuleError(Rule.ASKER, {"asker": question.asker}, (question.asker,))
    if not question.is_open(now):
        raise RuleError(
            Rule.OPEN, {"ended": f"{question.ends:%Y-%m-%d %H:%M}", "asker": question.asker}, (question.asker,)
        )
    return replace(question, closed=now)


def seen_by_asker(question: Question, now: datetime) -> Seen:
    """What the asker may see at a time.

    >>> from datetime import UTC, timedelta
    >>> start = datetime(2026, 3, 2, 9, tzinfo=UTC)
    >>> held = ask("A", Tlp.AMBER, ("B", "C"), start, start + timedelta(hours=1))
    >>> held = answer(held, "B", Says.SEEN, start, named=False)
    >>> seen_by_asker(held, start).somebody, seen_by_asker(held, start + timedelta(hours=2)).somebody
    (None, True)
    """
    named = tuple(one for one in question.answers if one.named)
    rest = [one for one in question.answers if not one.named]
    told = not question.is_open(now) and len(rest) >= LEAST_UNNAMED
    somebody = any(one.says is Says.SEEN for one in rest) if told else None
    return Seen(named, tuple(one.member for one in rest), somebody)


__all__ = [
    "LEAST_UNNAMED",
    "MOVES",
    "Answer",
    "Question",
    "Rule",
    "Says",
    "Seen",
    "answer",
    "ask",
    "close",
    "seen_by_asker",
]
