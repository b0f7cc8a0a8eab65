"""``serantau govern decide`` and ``explain``: one flow of data."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.base import Truth
from serantau.cli.govern_question import NO_ADVICE, Governed, days_options, flow_options, governed
from serantau.cli.options import Day, format_option
from serantau.cli.output import Row, emit, footer, grid, paragraph

if TYPE_CHECKING:
    from serantau.govern import Assessment
    from serantau.govern.decide import Decided
    from serantau.govern.duties import Due
    from serantau.govern.interpret import Layered, Reading
    from serantau.govern.model import Deadline

SAID = {
    "permitted": "PERMITTED: the data may go, with what is in hand.",
    "permitted-if": "PERMITTED IF: the data may go once something more is in hand.",
    "prohibited": "PROHIBITED: no ground that is known lets them go.",
    "not-a-transfer": "NOT A TRANSFER: the law on transfers does not speak of this.",
    "not-restricted": "NOT RESTRICTED: rules were looked for, and none was found.",
    "unknown": "UNKNOWN: what is held does not settle it.",
}

FIRST = click.option(
    "--first-transfer", type=Day(), help="Day of the first transfer of this kind.  [default: the day of the question]"
)


@click.command()
@flow_options
@FIRST
@days_options
@format_option
def decide(
    region: Path,
    as_of: date | None,
    known: date | None,
    origin: str,
    destination: str,
    data: str,
    sector: str,
    exporter: str,
    recipient: str,
    volume: str | None,
    facts: tuple[tuple[str, bool], ...],
    holds: tuple[str, ...],
    assessments: tuple[Assessment, ...],
    first_transfer: date | None,
    format: str,
) -> None:
    """Decide whether data may cross a border, and what has to be done."""
    asked = governed(region, as_of, known)
    flow = asked.flow(origin, destination, data, sector, exporter, recipient, volume, facts, holds)
    answer = asked.decider.decide(flow, asked.asof, assessments, first_transfer)
    if format == "table":
        click.echo("\n\n".join(_blocks(asked, answer)))
        return
    emit([answer_row(asked, answer)], format, notes=[NO_ADVICE], edition=asked.edition)


@click.command()
@flow_options
@FIRST
@days_options
def explain(
    region: Path,
    as_of: date | None,
    known: date | None,
    origin: str,
    destination: str,
    data: str,
    sector: str,
    exporter: str,
    recipient: str,
    volume: str | None,
    facts: tuple[tuple[str, bool], ...],
    holds: tuple[str, ...],
    assessments: tuple[Assessment, ...],
    first_transfer: date | None,
) -> None:
    """Print the reasoning behind a decision, step by step."""
    asked = governed(region, as_of, known)
    flow = asked.flow(origin, destination, data, sector, exporter, recipient, volume, facts, holds)
    answer = asked.decider.decide(flow, asked.asof, assessments, first_transfer)
    steps = [paragraph(f"{number}. {step}", "   ") for number, step in enumerate(_steps(asked, answer), start=1)]
    click.echo("\n".join([SAID[answer.decision.value], "", *steps]))
    click.echo("\n" + "\n\n".join(_blocks(asked, answer)[1:]))


def answer_row(asked: Governed, answer: Decided) -> Row:
    """The whole answer as one row for programs."""
    change = answer.next_change
    return {
        "decision": answer.decision,
        "confidence": answer.confidence,
        "from": answer.flow.origin,
        "to": answer.flow.destination,
        "data": answer.flow.data,
        "sector": answer.flow.sector,
        "exporter": answer.flow.exporter,
        "recipient": answer.flow.recipient,
        "volume": answer.flow.volume,
        "facts": dict(answer.flow.facts),
        "holds": sorted(answer.flow.holds),
        "assessed": [
            {"about": one.about, "finding": one.finding.value, "by": one.by, "on": one.on} for one in answer.assessments
        ],
        "rules": [rule_row(asked, rule) for rule in answer.rules],
        "missing": [list(one) for one in answer.missing],
        "ways": [list(one) for one in answer.ways],
        "turns_on": list(answer.turns_on),
        "unresolved": [rule.id for rule in answer.unresolved],
        "not_looked": answer.not_looked,
        "duties": [due_row(asked, due) for due in answer.duties],
        "importing": {
            "known": bool(answer.importing.rules) or None,
            "rules": [rule_row(asked, rule) for rule in answer.importing.rules],
        },
        "next_change": change
        and {
            "day": change.day,
            "decision": change.decision,
            "missing": [list(one) for one in change.missing],
            "new_duties": [rule.id for rule in change.new_duties],
            "ended_duties": [rule.id for rule in change.ended_duties],
        },
    }


def rule_row(asked: Governed, rule: object) -> Row:
    """A rule or coverage fact with where it stands and how well it is supported."""
    from serantau.govern.model import Coverage, Provision

    assert isinstance(rule, Provision | Coverage)
    return {
        "id": rule.id,
        "effect": rule.effect if isinstance(rule, Provision) else "coverage",
        "cited": asked.cite(rule),
        "text": rule.text,
        "grade": rule.grade,
        "source": rule.source,
        "source_title": asked.source(rule.source),
        "valid_from": rule.valid_from,
        "valid_to": rule.valid_to,
        "known": rule.known,
        "note": rule.note,
    }


def due_row(asked: Governed, due: Due) -> Row:
    """A duty, its time limit and its rule."""
    return {
        "duty": due.duty.duty,
        "text": due.duty.text,
        "by": due.by,
        "deadline": deadline_words(due.duty.deadline),
        "to": due.duty.to or None,
        "certain": due.certain,
        "turns_on": list(due.turns_on),
        "rule": due.rule.id,
        "cited": asked.cite(due.rule),
        "grade": due.rule.grade,
    }


def deadline_words(deadline: Deadline | None) -> str | None:
    """A time limit in words; None where the law held here sets none.

    >>> from serantau.govern.model import Deadline, Event, Unit, When
    >>> deadline_words(Deadline(when=When.WITHIN, event=Event.FIRST_TRANSFER, number=60, unit=Unit.DAYS))
    'within 60 days of the first transfer'
    """
    if deadline is None:
        return None
    event = {
        "transfer": "the transfer",
        "first-transfer": "the first transfer",
        "change": "a change",
        "breach": "a breach",
        "request": "a request",
        "assessment": "the assessment",
    }[deadline.event.value]
    if deadline.number is None or deadline.unit is None:
        return f"before {event}"
    span = f"{deadline.number} {deadline.unit.value}"
    words = {"before": f"{span} before", "within": f"within {span} of", "for-at-least": f"for at least {span} from"}
    return f"{words.get(deadline.when.value, f'every {span} after')} {event}"


# --- for people ----------------------------------------------------------------------------------------------------------


def _blocks(asked: Governed, answer: Decided) -> list[str]:
    confidence = (
        "" if answer.confidence is None else f" Confidence: {answer.confidence.value}, the weakest grade on the way."
    )
    blocks = [paragraph(SAID[answer.decision.value] + confidence)]
    if answer.rules:
        columns = [
            ("cited", "Where"),
            ("text", "What it says (our paraphrase)"),
            ("grade", "Grade"),
            ("source_title", "Source"),
        ]
        blocks.append("What decided\n\n" + grid([rule_row(asked, rule) for rule in answer.rules], columns))
    if missing := _missing(answer):
        blocks.append(missing)
    if open_ := _open(asked, answer):
        blocks.append(open_)
    if answer.duties:
        columns = [("text", "Duty"), ("when", "By when"), ("to", "To whom"), ("cited", "Where"), ("grade", "Grade")]
        rows = [{**due_row(asked, due), "when": _when(due)} for due in answer.duties]
        blocks.append("What has to be done; none of it forbids the transfer\n\n" + grid(rows, columns))
    blocks += [_importing(asked, answer), _next(asked, answer), paragraph(NO_ADVICE)]
    if last := footer(asked.edition):
        blocks.append(paragraph(last))
    return [block for block in blocks if block]


def _missing(answer: Decided) -> str:
    if not answer.missing:
        return ""
    lines = [paragraph(f"- {' and '.join(one)}", "  ") for one in answer.missing]
    return "\n".join(["Any one of these would do:", *lines])


def _open(asked: Governed, answer: Decided) -> str:
    lines = []
    if answer.turns_on:
        lines.append(f"It turns on what was not stated: {', '.join(answer.turns_on)}. Add --fact NAME=yes or NAME=no.")
    lines += [f"In doubt: {asked.cite(rule)}. {rule.text}" for rule in answer.unresolved]
    if answer.not_looked:
        lines.append(
            "Nobody has looked for other rules on this flow, so that none is known does not say that there is none."
        )
    return "\n".join(paragraph(line, "  ") for line in lines)


def _when(due: Due) -> str:
    words = deadline_words(due.duty.deadline) or "-"
    doubt = "" if due.certain is Truth.YES else " (perhaps)"
    return f"{due.by}, {words}{doubt}" if due.by else f"{words}{doubt}"


def _importing(asked: Governed, answer: Decided) -> str:
    if answer.flow.destination == asked.decider.homes.get(answer.flow.origin):
        return ""
    if not answer.importing.rules:
        return paragraph(
            f"The importing side, {answer.flow.destination}: duties there are unknown; nothing is held of them."
        )
    rows = [rule_row(asked, rule) for rule in answer.importing.rules]
    columns = [("cited", "Where"), ("text", "What it says (our paraphrase)"), ("grade", "Grade")]
    return f"The importing side, {answer.flow.destination}\n\n" + grid(rows, columns)


def _next(asked: Governed, answer: Decided) -> str:
    change = answer.next_change
    if change is None:
        return "No later change of this answer is known."
    parts = [f"From {change.day} the answer is {change.decision.value}."]
    if change.new_duties:
        parts.append("New duties: " + "; ".join(asked.cite(rule) for rule in change.new_duties) + ".")
    if change.ended_duties:
        parts.append("Duties that end: " + "; ".join(asked.cite(rule) for rule in change.ended_duties) + ".")
    return paragraph(" ".join(parts))


# --- step by step --------------------------------------------------------------------------------------------------------


def _steps(asked: Governed, answer: Decided) -> Iterator[str]:
    flow = answer.flow
    rules = asked.law.rules(flow.origin, asked.asof)
    if flow.destination == asked.decider.homes[flow.origin]:
        yield f"The data stay in {flow.destination}: nothing crosses a border."
        return
    yield (
        f"The data leave {flow.origin} for {flow.destination} on {asked.asof.valid}. Of {flow.origin}, "
        f"{len(rules.provisions)} provisions are in force that day, {len(rules.doubtful)} of them in doubt."
    )
    shown = _one_of_each(answer.readings)
    if len(answer.readings) > 1:
        yield (
            f"Not everything that matters was stated or is settled, so there are {len(answer.readings)} readings; "
            f"they come to {', '.join(sorted({one.decision.value for one in answer.readings}))}. One of each is shown."
        )
    for reading in shown:
        if len(answer.readings) > 1:
            yield f"Suppose {_supposed(answer, reading)}."
        for layer in reading.layers:
            yield from _layer(asked, layer)
        yield _together(asked, reading)
    if len(shown) > 1:
        yield f"The readings differ, so the answer is {answer.decision.value}."


def _one_of_each(readings: Sequence[Reading]) -> list[Reading]:
    first: dict[object, Reading] = {}
    for reading in readings:
        first.setdefault(reading.decision, reading)
    return list(first.values())


def _supposed(answer: Decided, reading: Reading) -> str:
    stated = dict(answer.flow.facts)
    parts = [f"{name} is {'true' if value else 'false'}" for name, value in reading.flow.facts if name not in stated]
    if answer.flow.volume is None and reading.flow.volume is not None:
        parts.append(f"volume is {reading.flow.volume}")
    parts += [f"{name} is left out" for name in sorted(reading.without)]
    return ", ".join(parts) or "everything as stated, and every rule in doubt counted"


def _layer(asked: Governed, layer: Layered) -> Iterator[str]:
    title = asked.law.layer_of[layer.layer].title
    cited = "; ".join(f"{asked.cite(rule)} [{rule.grade.value}]" for rule in layer.path)
    if layer.ruling.value == "not-bound":
        yield f"{title}: does not bind this exporter, or says nothing of these data."
        return
    said = {
        "not-a-transfer": "does not count this as a transfer",
        "silent": "binds, and puts no bar",
        "passed": "lets it pass",
        "blocked": "bars it until something more is in hand",
        "closed": "bars it, and knows no way past",
    }[layer.ruling.value]
    yield f"{title}: {said}. {cited}."


def _together(asked: Governed, reading: Reading) -> str:
    from serantau.govern.model import Coverage

    looked = [fact for fact in reading.path if isinstance(fact, Coverage)]
    tail = (
        f" That no other rule stands in the way rests on {asked.cite(looked[0])} [{looked[0].grade.value}]."
        if looked
        else ""
    )
    if reading.decision.value == "unknown":
        tail = " No coverage fact says that other rules were looked for."
    return f"Together: {reading.decision.value}.{tail}"
