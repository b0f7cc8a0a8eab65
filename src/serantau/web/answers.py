"""What the engines say about one edition, each question asked once."""

from __future__ import annotations

import threading
from collections import OrderedDict
from collections.abc import Callable, Hashable
from dataclasses import dataclass, field, replace
from datetime import date
from functools import cached_property
from typing import Any

from django.conf import settings

from serantau.base import AsOf
from serantau.bundle import Bundle, period_of
from serantau.facts import Grade
from serantau.govern.decide import Decider
from serantau.govern.decision_point import Demands, LawPolicy
from serantau.measure.assessment import AssessmentRow, assess_one
from serantau.measure.data import Data
from serantau.measure.figures import Figures
from serantau.measure.findings import Findings, findings
from serantau.measure.load import PlanIndex
from serantau.measure.standing import Standing, standing
from serantau.measure.whatif import Choices, WhatIf, WhatIfError, what_if
from serantau.plan import Plan
from serantau.region.model import Member

MOST_ANSWERS = 48
MOST_DAYS = 12
"""Days offered where a person chooses one."""

MOST_WHAT_IFS = 512
"""Readers' own choices kept; each takes milliseconds to compute again."""


class Memo:
    """A bounded memory of answers. The same question asked by two threads at once is computed once."""

    def __init__(self, most: int) -> None:
        """Keep at most so many; the one not asked for longest goes first."""
        self.most = most
        self._held: OrderedDict[Hashable, Any] = OrderedDict()
        self._locks: dict[Hashable, threading.Lock] = {}
        self._lock = threading.Lock()

    def get(self, key: Hashable, compute: Callable[[], Any]) -> Any:  # noqa: ANN401 - as many types as questions
        """The answer held, or a new one."""
        with self._lock:
            if key in self._held:
                self._held.move_to_end(key)
                return self._held[key]
            turn = self._locks.setdefault(key, threading.Lock())
        with turn:
            with self._lock:
                if key in self._held:
                    return self._held[key]
            try:
                answer = compute()
            finally:
                with self._lock:
                    self._locks.pop(key, None)
            with self._lock:
                self._held[key] = answer
                while len(self._held) > self.most:
                    self._held.popitem(last=False)
            return answer

    def __len__(self) -> int:
        return len(self._held)


@dataclass(frozen=True)
class Answers:
    """A bundle, and everything computed from it so far.

    Attributes:
        bundle: The facts, with their names in the language of the answers.
        memo: What was computed; kept by language, since it may hold names.
        source: The answers in the language of the facts; None if these are they. Engines run on the source, so that
            a number is the same in every language and computed once.
    """

    bundle: Bundle
    memo: Memo = field(default_factory=lambda: Memo(MOST_ANSWERS))
    what_ifs: Memo = field(default_factory=lambda: Memo(MOST_WHAT_IFS))
    source: Answers | None = None

    def in_language(self, tag: str) -> Answers:
        """The same answers with the region's names and titles in a language, as far as it has them."""
        if self.source is not None:
            return self.source.in_language(tag)
        if tag not in self.bundle.languages:
            return self
        return self.memo.get(("language", tag), lambda: Answers(self.bundle.in_language(tag), source=self))

    @property
    def edition(self) -> str:
        """Label of the edition."""
        return self.bundle.edition.label

    @cached_property
    def decider(self) -> Decider | None:
        """Who decides what may cross a border; None where the region holds no law."""
        law = self.bundle.law
        return None if law is None else Decider(law, self.bundle.homes)

    def policy(self, today: date) -> LawPolicy | None:
        """The law as an AuthZEN policy on a day; None where the region holds no law."""
        decider = self.decider
        if decider is None:
            return None
        demands = Demands(Grade(settings.SERANTAU_AUTHZEN_GRADE), settings.SERANTAU_AUTHZEN_DAYS)
        return self.memo.get(("policy", today), lambda: LawPolicy(decider, self.edition, today, demands))

    def index_of(self, plan: Plan) -> PlanIndex | None:
        """How the plan's outcomes are scored; None where nobody said so, or its period is not known."""
        return self.bundle.measure.index_of(plan.id) if period_of(plan) else None

    def members(self, asof: AsOf) -> tuple[Member, ...]:
        """The members on the day of the question, by name."""
        return self.bundle.region.members_at(asof)

    def standing(self, plan: Plan, asof: AsOf) -> Standing | None:
        """Where the members stand; None for a plan without an index, or a day without members.

        Questions that differ in nothing that matters share one answer: the
        engine looks at the year, at who was a member, and at what was known.
        """
        if self.source is not None:
            return self.source.standing(plan, asof)
        index, period = self.index_of(plan), period_of(plan)
        members = tuple(member.id for member in self.members(asof))
        if index is None or period is None or not members:
            return None
        last = min(asof.valid.year, period.end.year)
        key = ("standing", plan.id, last, self._known(asof), members)
        found = self.memo.get(key, lambda: standing(self.bundle.measure, index, period, members, asof))
        return replace(found, asof=asof)

    def findings(self, plan: Plan, asof: AsOf) -> Findings | None:
        """What stands out; None where nobody stands anywhere."""
        if self.source is not None:
            return self.source.findings(plan, asof)
        found = self.standing(plan, asof)
        if found is None:
            return None
        key = ("findings", plan.id, found.last_year, self._known(asof), found.members)
        return self.memo.get(key, lambda: findings(self.bundle.measure, found, self.figures(asof)))

    def sure_changes(self, plan: Plan, asof: AsOf) -> frozenset[tuple[str, str]]:
        """Member and outcome of every change of a score whose direction may be stated."""
        found = self.findings(plan, asof)
        return frozenset() if found is None else found.sure

    def figures_in_use(self, found: Standing) -> Data:
        """The figures behind the scores as a table of members by scored indicators."""
        assert found.result is not None
        leaves = [leaf.id for leaf in found.result.definition.indicators]
        return Data.of_matrix(found.result.units, leaves, found.result.stages[0].values[-1])

    def what_if(self, plan: Plan, asof: AsOf, choices: Choices) -> WhatIf:
        """Ranks under a reader's own choices.

        Raises:
            WhatIfError: if nothing is scored, or the choices do not fit.
        """
        if self.source is not None:
            return self.source.what_if(plan, asof, choices)
        found = self.standing(plan, asof)
        if found is None or found.result is None:
            raise WhatIfError("nothing is scored here, so there is nothing to choose.")
        result, scored = found.result, tuple(one.outcome for one in found.outcomes if one.scored)
        data = self.figures_in_use(found)
        key = (plan.id, found.last_year, self._known(asof), found.members, choices)
        return self.what_ifs.get(key, lambda: what_if(result.definition, data, choices, scored))

    def figures(self, asof: AsOf) -> Figures:
        """All figures of the years up to the question's, as known then."""
        if self.source is not None:
            return self.source.figures(asof)
        facts = self.bundle.measure
        key = ("figures", min(asof.valid.year, self._newest_year), self._known(asof))
        return self.memo.get(key, lambda: Figures(facts.indicators, facts.observations, asof)).asked_at(asof)

    def assessment(self, plan: Plan, asof: AsOf, indicator: str, member: str) -> AssessmentRow | None:
        """One indicator and member before and within the plan; None for a plan without an index."""
        if self.source is not None:
            return self.source.assessment(plan, asof, indicator, member)
        index, period = self.index_of(plan), period_of(plan)
        if index is None or period is None:
            return None
        found = self.bundle.measure.by_id[indicator]
        return assess_one(found, member, self.figures(asof), period, index.window_years)

    def editions_until(self, day: date) -> tuple[date, ...]:
        """The last days up to one on which something became known: what the facts were before each can be asked."""
        return tuple(sorted((one for one in self._known_days if date.min < one <= day), reverse=True)[:MOST_DAYS])

    def _known(self, asof: AsOf) -> date:
        """The last day, up to the one asked about, on which anything became known."""
        if asof.known == date.max:
            return date.max
        return max((day for day in self._known_days if day <= asof.known), default=date.min)

    @cached_property
    def _newest_year(self) -> int:
        return max((row.year for row in self.bundle.measure.observations), default=0)

    @cached_property
    def _known_days(self) -> frozenset[date]:
        facts = self.bundle.measure
        rows = (*facts.indicators, *facts.observations, *self.bundle.region.members)
        ended = {row.withdrawn.latest for row in rows if row.withdrawn is not None}
        return frozenset(row.known.latest for row in rows) | ended
