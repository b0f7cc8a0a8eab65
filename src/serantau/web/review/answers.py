"""Who has answered a round: what was accepted, and what somebody may see of what was not accepted yet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date

from serantau.base import AsOf
from serantau.bundle import Bundle
from serantau.plan.progress import Answer, AnswerTable, answer_table
from serantau.review import State
from serantau.web.accounts.policy import Actor
from serantau.web.review.kinds import REPORTS
from serantau.web.review.models import Item, ReportingRound
from serantau.web.review.rules import readable

UNDER_WAY = (State.DRAFT, State.SUBMITTED, State.QUESTIONED)


@dataclass(frozen=True)
class RoundTable:
    """The answers to a round.

    Attributes:
        asked: The round.
        table: What was accepted.
        under_way: By action and member, the furthest state of what was not decided yet, as far as may be seen.
    """

    asked: ReportingRound
    table: AnswerTable
    under_way: Mapping[tuple[str, str], State]

    @property
    def members(self) -> tuple[str, ...]:
        """Codes of the members that are asked."""
        return self.table.members

    def cell(self, action: str, member: str) -> tuple[Answer, State | None]:
        """The accepted answer, and how far another one has come."""
        return self.table.answer(action, member, self.asked.year), self.under_way.get((action, member))

    def missing(self, member: str) -> tuple[str, ...]:
        """Actions without an accepted answer and without one that waits for a decision."""
        sent = {State.SUBMITTED, State.QUESTIONED}
        return tuple(
            action
            for action in self.table.actions
            if self.table.answer(action, member, self.asked.year) is Answer.NO_ANSWER
            and self.under_way.get((action, member)) not in sent
        )

    def waiting(self, member: str) -> int:
        """How many answers wait for a decision."""
        states = [state for (_, who), state in self.under_way.items() if who == member]
        return sum(state in {State.SUBMITTED, State.QUESTIONED} for state in states)


def round_table(bundle: Bundle, asked: ReportingRound, actor: Actor, today: date) -> RoundTable:
    """The answers to a round as somebody may see them: one query, whatever the number of members and actions."""
    asof = AsOf(today)
    codes = [one.id for one in bundle.region.members_at(asof)]
    table = answer_table(bundle.plans, asked.plan, codes, [asked.year], asof)
    return RoundTable(asked, table, _under_way(asked, actor))


def _under_way(asked: ReportingRound, actor: Actor) -> dict[tuple[str, str], State]:
    rows = (
        Item.objects.filter(
            kind=REPORTS,
            year=asked.year,
            submission__in=readable(actor),
            submission__state__in=[state.value for state in UNDER_WAY],
        )
        .values_list("about", "submission__member", "submission__state")
        .distinct()
    )
    found: dict[tuple[str, str], State] = {}
    for about, member, word in rows:
        state = State(word)
        held = found.get((about, member))
        if held is None or UNDER_WAY.index(state) > UNDER_WAY.index(held):
            found[about, member] = state
    return found
