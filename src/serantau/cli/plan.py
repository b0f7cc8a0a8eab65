"""``serantau plan``: what was agreed, and which action may matter most."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.base import AsOf
from serantau.cli.groups import CONTEXT
from serantau.cli.options import Number, asof, common_options, format_option, own_folder, region_option
from serantau.cli.output import Column, Row, emit

if TYPE_CHECKING:
    from serantau.bundle import Bundle
    from serantau.plan.importing import Change, Import
    from serantau.plan.model import Action, Meeting, Outcome, Plan
    from serantau.plan.priorities import ActionRank, Gap, Priorities

plan_option = click.option("--plan", help="Id of the plan.  [default: the plan that the region shows first]")


@click.group(context_settings=CONTEXT)
def plan() -> None:
    """Show what was agreed: outcomes, actions, meetings; rank actions; take in an office's own list."""


@dataclass(frozen=True)
class _Question:
    """A question to one plan."""

    bundle: Bundle
    asof: AsOf
    plan: Plan

    @property
    def edition(self) -> str:
        return self.bundle.edition.label


def _ask(region: Path, as_of: date | None, known: date | None, plan: str | None) -> _Question:
    from serantau.bundle import load_bundle

    bundle = load_bundle(region, own_folder())
    chosen = bundle.plans.plan(plan or bundle.region.profile.default_plan)
    return _Question(bundle, asof(as_of, known), chosen)


# --- outcomes ------------------------------------------------------------------------------------------------------------


@plan.command()
@plan_option
@common_options
@format_option
def outcomes(region: Path, as_of: date | None, known: date | None, plan: str | None, format: str) -> None:
    """List the outcomes of a plan, and what became of them in the next."""
    question = _ask(region, as_of, known, plan)
    rows = [
        _outcome_row(question, outcome) for outcome in question.bundle.plans.outcomes(question.plan.id, question.asof)
    ]
    columns: list[Column] = [
        ("code", "Code"),
        ("title", "Outcome (our paraphrase)"),
        ("actions", "Actions held"),
        ("other_plans", "In other plans"),
        ("grade", "Grade"),
        ("source", "Source"),
    ]
    emit(rows, format, columns, _title(question), [*_count_notes(question), _plans_note(question)], question.edition)


def _outcome_row(question: _Question, outcome: Outcome) -> Row:
    plans = question.bundle.plans
    links = plans.crosswalks(outcome.id, question.asof)
    return {
        "id": outcome.id,
        "plan": outcome.plan,
        "code": outcome.code,
        "number": outcome.number,
        "title": outcome.title,
        "recovery": outcome.recovery,
        "actions": len(plans.actions(outcome.plan, question.asof, outcome.id)),
        "other_plans": [f"{_other(link.earlier, link.later, outcome.id)} ({link.relation.value})" for link in links],
        "holds": plans.validity(outcome, question.asof),
        "valid_from": outcome.valid_from,
        "source": outcome.source,
        "grade": outcome.grade,
        "note": outcome.note,
    }


def _other(earlier: str, later: str, mine: str) -> str:
    return later if earlier == mine else earlier


# --- actions -------------------------------------------------------------------------------------------------------------


@plan.command()
@plan_option
@click.option("--outcome", help="Only the actions under this outcome (id or code).")
@click.option(
    "--order",
    type=click.Choice(["code", "dependency"]),
    default="code",
    show_default=True,
    help="By code, or so that each action comes after those it depends on.",
)
@common_options
@format_option
def actions(
    region: Path,
    as_of: date | None,
    known: date | None,
    plan: str | None,
    outcome: str | None,
    order: str,
    format: str,
) -> None:
    """List the actions of a plan, how well each is known, and what it depends on."""
    question = _ask(region, as_of, known, plan)
    plans = question.bundle.plans
    chosen = plans.actions(question.plan.id, question.asof, outcome)
    if order == "dependency":
        chosen = tuple(action for action in plans.dependency_order(question.plan.id, question.asof) if action in chosen)
    rows = [_action_row(question, action) for action in chosen]
    columns: list[Column] = [
        ("code", "Code"),
        ("title", "Action (our paraphrase)"),
        ("depends_on", "After"),
        ("priority", "Priority"),
        ("window", "Window"),
        ("lead", "Lead"),
        ("known_by", "Known by"),
        ("numbering_certain", "Code sure"),
    ]
    emit(rows, format, columns, _title(question), _count_notes(question), question.edition)


def _action_row(question: _Question, action: Action) -> Row:
    plans = question.bundle.plans
    stated = plans.priority(action.id, question.asof)
    confidence = action.confidence
    return {
        "id": action.id,
        "plan": action.plan,
        "outcome": action.outcome,
        "code": action.code,
        "title": action.title,
        "depends_on": list(action.depends_on),
        "unlocks": [other.id for other in plans.unlocks(action.id, question.asof)],
        "priority": stated and stated.priority,
        "horizon": stated and stated.horizon,
        "window": _window(stated.window_start, stated.window_end) if stated else None,
        "lead": stated and stated.lead,
        "known_by": action.grade.value if confidence is None else f"{action.grade.value}, {confidence.value}",
        "confidence": confidence,
        "numbering_certain": action.numbering_certain,
        "holds": plans.validity(action, question.asof),
        "source": action.source,
        "grade": action.grade,
        "note": action.note,
    }


def _window(start: object, end: object) -> str | None:
    if start is None and end is None:
        return None
    return f"{'unknown' if start is None else start} to {'unknown' if end is None else end}"


# --- priorities ----------------------------------------------------------------------------------------------------------


@plan.command()
@plan_option
@click.option(
    "--seed",
    type=click.IntRange(min=0),
    default=1,
    show_default=True,
    help="Seed of the draws: the same seed gives the same answer.",
)
@click.option(
    "--blocks",
    type=click.IntRange(1, 1000),
    default=10,
    show_default=True,
    help="Blocks of 4,096 draws; more only sharpen the same answer.",
)
@click.option(
    "--margin",
    type=Number(0, 0.5),
    default=0.25,
    show_default=True,
    help="An action is above another if it wins at least this much more than half of the draws.",
)
@click.option(
    "--other-outcomes",
    type=click.Choice(["drawn", "none"]),
    default="drawn",
    show_default=True,
    help="Effects on outcomes under which an action is not listed: not known, or assumed to be none.",
)
@common_options
@format_option
def priorities(
    region: Path,
    as_of: date | None,
    known: date | None,
    plan: str | None,
    seed: int,
    blocks: int,
    margin: float,
    other_outcomes: str,
    format: str,
) -> None:
    """Rank actions by effect, what they unlock and urgency, as far as what is known allows."""
    from serantau.plan import natural_key
    from serantau.plan.priorities import OtherOutcomes, gather, rank_actions

    question = _ask(region, as_of, known, plan)
    plans = question.bundle.plans
    inputs = gather(plans, question.plan.id, question.asof, _gaps(question), OtherOutcomes(other_outcomes))
    answer = rank_actions(inputs, seed=seed, blocks=blocks, margin=margin)
    # Actions of one range of places stand by code: any other order would look like a ranking.
    placed = sorted(answer.rows, key=lambda row: (row.first_place, natural_key(plans.action(row.action).code)))
    rows = [_priority_row(question, row) for row in placed]
    columns: list[Column] = [
        ("places", "Place"),
        ("code", "Code"),
        ("title", "Action (our paraphrase)"),
        ("expected_rank", "Mean rank", lambda value: f"{value:.1f}"),
        ("first", "First in", lambda value: f"{value:.1%}"),
        ("confidence", "Confidence", lambda value: f"{value:.2f}"),
        ("unlocks", "Unlocks"),
        ("verdict", "Verdict"),
    ]
    emit(rows, format, columns, _title(question), _priority_notes(question, answer), question.edition)


def _gaps(question: _Question) -> Mapping[str, Gap]:
    """How far the region is behind on each outcome, from its members' scores; nothing where the plan has no index."""
    index = question.bundle.measure.index_of(question.plan.id)
    members = [member.id for member in question.bundle.region.members_at(question.asof)]
    if index is None or not members or not (question.plan.start.known and question.plan.end.known):
        return {}
    from serantau.measure.assessment import Period
    from serantau.measure.standing import standing
    from serantau.plan.priorities import regional_gaps

    period = Period(question.plan.start.earliest, question.plan.end.latest)
    answer = standing(question.bundle.measure, index, period, members, question.asof, 0)
    return regional_gaps({name: [answer.scores[member, name].score for member in members] for name in index.outcomes})


def _priority_row(question: _Question, row: ActionRank) -> Row:
    from serantau.plan.priorities import CRITERIA

    action = question.bundle.plans.action(row.action)
    stated = question.bundle.plans.priority(row.action, question.asof)
    same = row.first_place == row.last_place
    weights = row.central_weights
    return {
        "places": str(row.first_place) if same else f"{row.first_place}-{row.last_place}",
        "action": row.action,
        "code": action.code,
        "title": action.title,
        "verdict": row.verdict,
        "first_place": row.first_place,
        "last_place": row.last_place,
        "expected_rank": row.expected_rank,
        "first": row.acceptability[0],
        "acceptability": list(row.acceptability),
        "holistic": row.holistic,
        "central_weights": None if weights is None else dict(zip(CRITERIA, weights, strict=True)),
        "confidence": row.confidence,
        "unlocks": row.unlocks,
        "priority_in_plan": stated and stated.priority,
    }


def _priority_notes(question: _Question, answer: Priorities) -> list[str]:
    total = len(answer.rows)
    shares = ", ".join(f"{share.kind} {share.drawn} of {share.total}" for share in answer.shares)
    return [
        f"{answer.ranked} of {total} actions can be ranked; for {total - answer.ranked} there is not enough known.",
        f"{_percent(answer.share_unknown)} of the inputs are not known and were drawn over their full range: {shares}.",
        f"{answer.rule} Actions that share a place range are not in order.",
        f"Seed {answer.seed}. Method: docs/method/priorities.md.",
        *_count_notes(question),
    ]


def _percent(share: float) -> str:
    """A share in per cent that says all or none only if it is."""
    if 0 < share < 1:
        return f"{min(max(share * 100, 0.1), 99.9):.1f} %"
    return f"{share:.0%}".replace("%", " %")


# --- meetings ------------------------------------------------------------------------------------------------------------


@plan.command()
@common_options
@format_option
def meetings(region: Path, as_of: date | None, known: date | None, format: str) -> None:
    """List the meetings held, with chair, theme, declaration and what came of them."""
    question = _ask(region, as_of, known, None)
    rows = [_meeting_row(question, meeting) for meeting in question.bundle.plans.meetings(question.asof)]
    columns: list[Column] = [
        ("name", "Meeting"),
        ("dates", "Dates"),
        ("place", "Place"),
        ("chair", "Chair"),
        ("theme", "Theme"),
        ("declarations", "Declaration"),
        ("grade", "Grade"),
    ]
    notes = ["A dash means that it is not known. `--format json` has vice-chairs, outputs and sources as well."]
    title = f"{question.bundle.region.profile.short_name}: meetings held by {question.asof.valid}"
    emit(rows, format, columns, title, notes, question.edition)


def _meeting_row(question: _Question, meeting: Meeting) -> Row:
    plans = question.bundle.plans
    outputs = plans.outputs(meeting.id, question.asof)
    return {
        "id": meeting.id,
        "name": f"{meeting.body} {meeting.number}",
        "body": meeting.body,
        "number": meeting.number,
        "dates": str(meeting.start) if meeting.start == meeting.end else f"{meeting.start} to {meeting.end}",
        "start": meeting.start,
        "end": meeting.end,
        "place": meeting.place,
        "host": meeting.host,
        "chair": meeting.chair,
        "vice_chair": meeting.vice_chair,
        "theme": meeting.theme,
        "declarations": [row.title for row in plans.declarations(meeting.id, question.asof)],
        "outputs": [row.title if row.verb is None else f"{row.title} ({row.verb})" for row in outputs],
        "source": meeting.source,
        "more_sources": list(meeting.more_sources),
        "grade": meeting.grade,
        "note": meeting.note,
    }


# --- import --------------------------------------------------------------------------------------------------------------


@plan.command(name="import")
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path), required=False)
@click.option(
    "--template",
    type=click.Path(dir_okay=False, writable=True, path_type=Path),
    help="Write the workbook to fill in, with what is held now, and stop.",
)
@click.option("--apply", is_flag=True, help="Write the changes into the folder of --region; else only show them.")
@region_option
@format_option
@click.pass_context
def import_(
    ctx: click.Context, file: Path | None, template: Path | None, apply: bool, region: Path, format: str
) -> None:
    """Take in actions, KPIs, targets, priorities and projects from an XLSX or CSV FILE.

    Without --apply it only checks, and shows the difference to what is held. A CSV file holds one sheet and is named
    after it: actions.csv, priorities.csv.
    """
    if (file is None) == (template is None):
        raise click.UsageError("Give either FILE or --template.")
    if apply and ctx.get_parameter_source("region") is click.core.ParameterSource.DEFAULT:
        raise click.UsageError("--apply needs --region: copy the region's folder and import into the copy.")
    if template is not None:
        _write_template(region, template)
    elif file is not None:
        _import_file(region, file, apply=apply, format=format)


def _write_template(region: Path, target: Path) -> None:
    from serantau.facts import FactFolder
    from serantau.plan.importing import template

    if target.exists():
        raise click.UsageError(f"{target} exists already. Choose another name.")
    content = template(FactFolder(region))
    target.write_bytes(content)
    click.echo(f"Wrote {target}. Fill it in, then run `serantau plan import {target}`.")


def _import_file(region: Path, file: Path, *, apply: bool, format: str) -> None:
    from serantau.bundle import load_bundle, today
    from serantau.facts import FactFolder
    from serantau.facts.sheets import OFFICE, read_file
    from serantau.plan.importing import Status, prepare
    from serantau.plan.writing import staged, write_import

    with file.open("rb") as stream:
        content = stream.read(OFFICE.file_bytes + 1)  # one more than is allowed, so that the reader can refuse it
    change = prepare(FactFolder(region), read_file(file.name, content), today())
    with staged(region, change) as copy:
        edition = load_bundle(copy).edition.label
    if apply:
        write_import(region, change)
    shown = [row for row in change.changes if row.status in (Status.ADDED, Status.CHANGED)]
    rows = [_change_row(row) for row in (shown if format == "table" else change.changes)]
    columns: list[Column] = [("kind", "Kind"), ("id", "Id"), ("status", "Change"), ("fields", "Fields")]
    title = f"{file.name}: the difference to {region}"
    emit(rows, format, columns, title, _import_notes(change, apply=apply), edition)


def _change_row(change: Change) -> Row:
    fields = [f"{field.field}: {_said(field.before)} -> {_said(field.after)}" for field in change.fields]
    return {"kind": change.kind, "id": change.id, "status": change.status, "fields": fields}


def _said(value: object) -> str:
    return "not stated" if value is None else str(value)


def _import_notes(change: Import, *, apply: bool) -> list[str]:
    from serantau.plan.importing import Status

    counts = ", ".join(f"{change.count(status)} {status.value}" for status in Status)
    files = ", ".join(sorted(change.files)) or "no file"
    done = f"Written: {files}." if apply else f"Nothing was written. --apply would write: {files}."
    return [f"{counts}.", done]


# --- what several commands say ---------------------------------------------------------------------------------------------


def _title(question: _Question) -> str:
    plan = question.plan
    state = plan.state_on(question.asof.valid).value
    return f"{plan.short_name}: {plan.title}, {plan.start} to {plan.end} (as of {question.asof.valid}: {state})"


def _count_notes(question: _Question) -> list[str]:
    notes = []
    for count in question.bundle.plans.counts(question.plan.id, question.asof):
        if count.official is not None:
            grade = "" if count.grade is None else f", {count.grade.value}"
            notes.append(
                f"{count.shown} of {count.official} official {count.kind.value} are held ({count.source}{grade})."
            )
    return notes


def _plans_note(question: _Question) -> str:
    plans = ", ".join(f"{plan.id}" for plan in question.bundle.plans.plans(question.asof))
    return f"Plans held: {plans or 'none by then'}."
