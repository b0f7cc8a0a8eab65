"""The pages of a plan's actions and of the meetings: what is held of each, and what is not known."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serantau.base import AsOf
from serantau.plan import Action, Declaration, Horizon, Meeting, Outcome, Output, Priority, PriorityClass, Project
from serantau.plan.facts import listed
from serantau.plan.model import Dependency
from serantau.registers import HeldCommitment, commitments_of, entries_by_action
from serantau.web.measure.parts import SourceView, source_view
from serantau.web.plan import pictures
from serantau.web.site.question import Question


@dataclass(frozen=True)
class Link:
    """Another action, and what says how the two hang together."""

    action: Action
    dependency: Dependency
    source: SourceView


@dataclass(frozen=True)
class ActionRow:
    """One action with everything that is held of it; ``entries`` counts those of the registers that serve it."""

    action: Action
    source: SourceView
    needs: tuple[Link, ...]
    unlocks: tuple[Action, ...]
    priority: Priority | None
    priority_source: SourceView | None
    projects: tuple[Project, ...]
    entries: int = 0

    @property
    def timing(self) -> str:
        """Horizon and class in words; empty where no source says anything."""
        found = self.priority
        if found is None:
            return ""
        parts = [_horizon(found.horizon) if found.horizon else "", _class(found.priority) if found.priority else ""]
        return ", ".join(part for part in parts if part)


@dataclass(frozen=True)
class ActionGroup:
    """An outcome and its actions."""

    outcome: Outcome
    rows: tuple[ActionRow, ...]


@dataclass(frozen=True)
class MeetingRow:
    """A meeting, what it declared, produced and promised; who signed, and who were members then."""

    meeting: Meeting
    name: str
    host: str
    sources: tuple[SourceView, ...]
    declarations: tuple[tuple[Declaration, SourceView], ...]
    outputs: tuple[tuple[Output, SourceView], ...]
    signatories: tuple[str, ...] = ()
    present: tuple[str, ...] = ()
    promises: tuple[PromiseRow, ...] = ()


@dataclass(frozen=True)
class PromiseRow:
    """A commitment of a meeting, with who promised it, and each action that it serves with the query of its page."""

    held: HeldCommitment
    owner: str
    actions: tuple[tuple[Action, str], ...]
    sources: tuple[SourceView, ...]


def actions_context(question: Question) -> dict[str, object]:
    """What the page of the actions shows."""
    plans, asof, plan = question.answers.bundle.plans, question.asof, question.plan
    held = {one.id: one for one in plans.actions(plan.id, asof)}
    counts = entries_by_action(question.answers.bundle, asof)
    groups = [
        ActionGroup(one, tuple(_action(question, row, held, counts) for row in held.values() if row.outcome == one.id))
        for one in plans.outcomes(plan.id, asof)
    ]
    rows = [row for group in groups for row in group.rows]
    return {
        "groups": groups,
        "count": len(held),
        "graph": pictures.dependencies(question, plan),
        "windows": pictures.windows(question, plan),
        "missing": _missing(question, rows),
        "links": [(row.action, link) for row in rows for link in row.needs],
        "dated": [row for row in rows if row.priority and (row.priority.window_start or row.priority.window_end)],
    }


def _action(question: Question, action: Action, held: dict[str, Action], counts: Mapping[str, int]) -> ActionRow:
    bundle, asof = question.answers.bundle, question.asof
    needs = tuple(
        Link(held[one.on], one, source_view(bundle, one.source)) for one in action.dependencies if one.on in held
    )
    priority = bundle.plans.priority(action.id, asof)
    return ActionRow(
        action=action,
        source=source_view(bundle, action.source),
        needs=needs,
        unlocks=bundle.plans.unlocks(action.id, asof),
        priority=priority,
        priority_source=source_view(bundle, priority.source) if priority else None,
        projects=listed((row for row in bundle.plans.all_projects if row.action == action.id), asof),
        entries=counts.get(action.id, 0),
    )


def _missing(question: Question, rows: list[ActionRow]) -> list[str]:
    """What is not known of the actions, in sentences."""
    if not rows:
        return []
    total = len(rows)
    said = []
    linked = sum(bool(row.needs) for row in rows)
    if not question.plan.dependencies_complete:
        text = ngettext(
            "A dependency is held for %(linked)s of %(total)s action. Whether the plan has more is not known.",
            "A dependency is held for %(linked)s of %(total)s actions. Whether the plan has more is not known.",
            total,
        )
        said.append(text % {"linked": linked, "total": total})
    dated = sum(bool(row.priority and (row.priority.window_start or row.priority.window_end)) for row in rows)
    led = sum(bool(row.priority and row.priority.lead) for row in rows)
    classed = sum(bool(row.timing) for row in rows)
    if dated < total:
        text = _("No source that we hold names a start or due date for %(missing)s of %(total)s actions.")
        said.append(text % {"missing": total - dated, "total": total})
    if led < total:
        text = _("Who leads is not known for %(missing)s of %(total)s actions.")
        said.append(text % {"missing": total - led, "total": total})
    if classed < total:
        text = _("The plan's own priority and timing are not known for %(missing)s of %(total)s actions.")
        said.append(text % {"missing": total - classed, "total": total})
    recalled = sum(row.action.confidence is not None for row in rows)
    if recalled:
        text = _("%(recalled)s of %(total)s titles are recalled and were not read in the plan.")
        said.append(text % {"recalled": recalled, "total": total})
    return said


def meetings_context(question: Question) -> dict[str, object]:
    """What the page of the meetings shows."""
    promises = _promises(question)
    rows = [_meeting(question, one, promises) for one in question.answers.bundle.plans.meetings(question.asof)]
    without = sum(not row.declarations for row in rows)
    missing = []
    if without:
        text = _("No declaration was found for %(missing)s of %(total)s meetings.")
        missing.append(text % {"missing": without, "total": len(rows)})
    return {
        "rows": list(reversed(rows)),
        "timeline": pictures.meetings(question, question.plan),
        "promise_count": sum(len(found) for found in promises.values()),
        "declaration_count": sum(len(row.declarations) for row in rows),
        "missing": missing,
    }


def _promises(question: Question) -> dict[str, list[PromiseRow]]:
    """What each meeting promised, by its id."""
    bundle = question.answers.bundle
    parties = {one.id: one.name for one in (*bundle.region.members, *bundle.region.partners)}
    actions = {one.id: one for one in bundle.plans.all_actions}
    found: dict[str, list[PromiseRow]] = {}
    for held in commitments_of(bundle, question.asof):
        one = held.commitment
        row = PromiseRow(
            held,
            parties.get(one.owner or "", ""),
            tuple((actions[name], question.query_for(actions[name].plan)) for name in one.actions if name in actions),
            tuple(source_view(bundle, name) for name in (one.source, *one.more_sources)),
        )
        found.setdefault(one.meeting, []).append(row)
    return found


def _present(question: Question, meeting: Meeting) -> tuple[str, ...]:
    """Names of the members on the last day of a meeting; none where that day is not known."""
    if not meeting.end.known:
        return ()
    there = question.answers.bundle.region.members_at(AsOf(meeting.end.latest, question.asof.known))
    return tuple(one.name for one in there)


def _meeting(question: Question, meeting: Meeting, promises: Mapping[str, list[PromiseRow]]) -> MeetingRow:
    bundle, asof = question.answers.bundle, question.asof
    members = {one.id: one.name for one in bundle.region.members}
    names = (meeting.source, *meeting.more_sources)
    declarations = bundle.plans.declarations(meeting.id, asof)
    signed = dict.fromkeys(name for one in declarations for name in one.signatories)
    return MeetingRow(
        meeting,
        pictures.name_of(meeting),
        members.get(meeting.host or "", ""),
        tuple(source_view(bundle, name) for name in names),
        tuple((one, source_view(bundle, one.source)) for one in declarations),
        tuple((one, source_view(bundle, one.source)) for one in bundle.plans.outputs(meeting.id, asof)),
        tuple(members.get(name, name) for name in signed),
        _present(question, meeting),
        tuple(promises.get(meeting.id, ())),
    )


def _horizon(horizon: Horizon) -> str:
    return {
        Horizon.SHORT: _("short-term"),
        Horizon.MEDIUM: _("medium-term"),
        Horizon.LONG: _("long-term"),
    }[horizon]


def _class(found: PriorityClass) -> str:
    return {
        PriorityClass.HIGH: _("high priority"),
        PriorityClass.MEDIUM: _("medium priority"),
        PriorityClass.LOW: _("low priority"),
    }[found]
