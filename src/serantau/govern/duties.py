"""What has to be done, by when: duties beside the decision, which forbid nothing."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date, timedelta

from serantau.base import Truth
from serantau.base.truth import all_of
from serantau.govern.facts import DIMENSIONS, Rules, Vocabulary, meets
from serantau.govern.flow import Assessment, Flow
from serantau.govern.model import Condition, Deadline, Defines, Duty, Effect, Event, Provision, Unit, When


@dataclass(frozen=True)
class Due:
    """A duty of this flow.

    Attributes:
        rule: The provision.
        duty: What it asks for.
        certain: Whether it is due; unknown where that turns on something not stated or not resolved.
        turns_on: The circumstances that were not stated and matter to it.
        by: The last day, where the event is a day we know; None for events that may never come.
    """

    rule: Provision
    duty: Duty
    certain: Truth
    turns_on: tuple[str, ...]
    by: date | None


def duties_of(
    rules: Rules,
    vocabulary: Vocabulary,
    flow: Flow,
    day: date,
    first_transfer: date | None = None,
    assessments: tuple[Assessment, ...] = (),
) -> tuple[Due, ...]:
    """The duties that a flow brings with it, in the order of the law.

    Args:
        rules: What is in force.
        vocabulary: The words of the region.
        flow: The flow.
        day: The day of the transfer.
        first_transfer: The day of the first transfer of this kind; the day itself if not given.
        assessments: The assessments in hand, for what runs from their days.
    """
    evidence = vocabulary.evidence(flow.holds)
    found: list[Due] = []
    for rule in rules.provisions:
        if rule.effect is not Effect.REQUIRES:
            continue
        certain = _is_due(rules, vocabulary, rule, flow)
        if certain is Truth.NO:
            continue
        open_ = _turning(rules, vocabulary, rule, flow) if certain is Truth.UNKNOWN else ()
        for duty in rule.duties:
            if duty.relying_on and evidence.isdisjoint(duty.relying_on):
                continue
            found.append(Due(rule, duty, certain, open_, _last_day(duty.deadline, day, first_transfer, assessments)))
    return tuple(found)


def truth_of(rules: Rules, vocabulary: Vocabulary, conditions: tuple[Condition, ...], flow: Flow) -> Truth:
    """Whether any of the conditions holds of a flow, of which some may not be stated; of none, it does."""
    if not conditions:
        return Truth.YES
    result = Truth.NO
    for condition in conditions:
        result |= _holds(rules, vocabulary, condition, flow)
    return result


def _holds(rules: Rules, vocabulary: Vocabulary, condition: Condition, flow: Flow) -> Truth:
    parts: list[Truth] = []
    for kind in DIMENSIONS:
        wanted, value = getattr(condition, kind.value), getattr(flow, kind.value)
        if wanted:
            parts.append(Truth.UNKNOWN if value is None else Truth.of(meets(rules, vocabulary, kind, wanted, value)))
    if condition.destination:
        parts.append(Truth.of(flow.destination in condition.destination))
    stated = dict(flow.facts)
    parts += [Truth.of(stated[name] is value if name in stated else None) for name, value in condition.facts.items()]
    return all_of(parts)


def _is_due(rules: Rules, vocabulary: Vocabulary, rule: Provision, flow: Flow) -> Truth:
    """Whether the layer binds, the flow is a transfer to it, the rule speaks of the flow and nothing frees from it."""
    truth = truth_of(rules, vocabulary, rule.when, flow)
    bound, outside, freed = Truth.NO, Truth.NO, Truth.NO
    for other in rules.provisions:
        if other.layer != rule.layer:
            continue
        speaks = truth_of(rules, vocabulary, other.when, flow) & _in_force(rules, other)
        if other.defines is Defines.BINDS:
            bound |= speaks
        elif other.defines is Defines.NOT_A_TRANSFER:
            outside |= speaks
        elif rule.id in other.frees:
            freed |= speaks
    return truth & _in_force(rules, rule) & bound & ~outside & ~freed


def _in_force(rules: Rules, rule: Provision) -> Truth:
    return Truth.UNKNOWN if rule.id in rules.doubtful else Truth.YES


def _turning(rules: Rules, vocabulary: Vocabulary, rule: Provision, flow: Flow) -> tuple[str, ...]:
    """The circumstances, not stated, on which a duty turns."""
    stated = dict(flow.facts)
    mine = [one for one in rules.provisions if one.layer == rule.layer]
    related = [one for one in mine if one is rule or one.defines is not None or rule.id in one.frees]
    possible = [
        condition
        for other in related
        for condition in other.when
        if _holds(rules, vocabulary, condition, flow) is Truth.UNKNOWN
    ]
    names = [name for condition in possible for name in condition.facts if name not in stated]
    if flow.volume is None and any(condition.volume for condition in possible):
        names.append("volume")
    return tuple(dict.fromkeys(names))


def _last_day(
    deadline: Deadline | None, day: date, first_transfer: date | None, assessments: tuple[Assessment, ...]
) -> date | None:
    """The last day of a time limit that runs from a day we know; the day of the event itself does not count."""
    if deadline is None:
        return None
    if deadline.event is Event.TRANSFER:
        begin: date | None = day
    elif deadline.event is Event.FIRST_TRANSFER:
        begin = first_transfer or day
    elif deadline.event is Event.ASSESSMENT:
        begin = max((one.on for one in assessments if one.on is not None), default=None)
    else:
        begin = None
    if begin is None or deadline.when in {When.EVERY, When.AT_LEAST}:
        return None
    if deadline.when is When.BEFORE or deadline.number is None or deadline.unit is None:
        return begin
    return later(begin, deadline.number, deadline.unit)


def later(day: date, number: int, unit: Unit) -> date:
    """The day that many units later; a month that has no such day ends on its last.

    >>> later(date(2026, 11, 21), 60, Unit.DAYS), later(date(2026, 12, 31), 2, Unit.MONTHS)
    (datetime.date(2027, 1, 20), datetime.date(2027, 2, 28))
    """
    if unit in {Unit.DAYS, Unit.HOURS}:
        return day + timedelta(days=number if unit is Unit.DAYS else -(-number // 24))
    months = day.month - 1 + number * (12 if unit is Unit.YEARS else 1)
    year, month = day.year + months // 12, months % 12 + 1
    return date(year, month, min(day.day, calendar.monthrange(year, month)[1]))
