"""What is missing, and which decisions are due."""

from __future__ import annotations

from collections.abc import Iterator

from serantau.base import Truth
from serantau.languages.sentences import said
from serantau.measure.indicators import Role
from serantau.plan import Kind, State
from serantau.plan.facts import listed
from serantau.render.report.marks import marked
from serantau.render.report.material import Material
from serantau.render.report.model import Block, Bullets, Column, Heading, Paragraph, Table

MOST = 6
"""Rows of a list in a brief."""


# --- gaps ---------------------------------------------------------------------------------------------------------------


def missing(material: Material, *, brief: bool) -> Iterator[Block]:
    """Outcomes without a score, scored indicators without a figure, and the largest distances to the goalposts."""
    _ = material.words.gettext
    yield Heading(_("Gaps"))
    if material.member:
        yield from _distances(material, brief=brief)
    silent = [one for one in material.outcomes if one not in material.scored]
    if silent:
        yield Bullets(tuple(_without_score(material, one.id, brief=brief) for one in silent))
    rows = list(_absent(material))
    if not rows:
        yield Paragraph(_("Every scored indicator has a figure that the question may use."))
        return
    shown = rows[:MOST] if brief else rows
    columns = (
        Column(_("Indicator"), share=2.2),
        Column(_("Outcome")),
        Column(_("Members without a figure"), share=2.2),
    )
    if material.member:
        columns = (Column(_("Indicator"), share=2.2), Column(_("Outcome")), Column(_("What is missing"), share=2.2))
    yield Table(_("Scored indicators that lack a figure"), columns, tuple(shown))
    if len(rows) > len(shown):
        text = _("And %(count)s more: the full report and the site name them.")
        yield Paragraph(text % {"count": len(rows) - len(shown)}, "small")


def _without_score(material: Material, outcome: str, *, brief: bool) -> str:
    _ = material.words.gettext
    summary = material.standing.outcome(outcome)
    found = next(one for one in material.outcomes if one.id == outcome)
    text = _("%(outcome)s has no score: %(why)s.") % {
        "outcome": material.label(found),
        "why": said(_, summary.why),
    }
    official = dict.fromkeys(one.title for name in summary.slots for one in material.indicator(name).official)
    if official and not brief:
        text += " " + _("Official sources that would fill it: %s.") % "; ".join(official)
    return text


def _absent(material: Material) -> Iterator[tuple[str, str, str]]:
    """Scored indicators without a figure: those that most members lack first."""
    _ = material.words.gettext
    outcomes = {one.id: one for one in material.outcomes}
    found = []
    for one in material.measure.indicators:
        if one.role is not Role.SCORE or one.outcome not in outcomes:
            continue
        names = [m.name for m in material.members if material.standing.cells[m.id, one.id].figure is None]
        if material.member:
            if material.standing.cells[material.member.id, one.id].figure is None:
                row = next((row for row in material.assessed if row.indicator == one.id), None)
                why = said(_, row.missing if row and row.missing else "no figure")
                found.append((0, (one.name, outcomes[one.outcome].code, why)))
        elif names:
            found.append((-len(names), (one.name, outcomes[one.outcome].code, ", ".join(names))))
    yield from (row for _count, row in sorted(found, key=lambda pair: pair[0]))


def _distances(material: Material, *, brief: bool) -> Iterator[Block]:
    """The lowest scored indicators of a member: where most is left to the goalpost."""
    _ = material.words.gettext
    assert material.member is not None
    rows = []
    for one in material.measure.indicators:
        cell = material.standing.cells.get((material.member.id, one.id))
        if cell is None or cell.score is None or cell.figure is None:
            continue
        rows.append((cell.score, one, cell.figure, cell.marks))
    rows.sort(key=lambda row: (row[0], row[1].id))
    if not rows:
        return
    number = material.formats.number
    columns = (
        Column(_("Indicator"), share=3),
        Column(_("Unit"), share=1.6),
        Column(_("Latest figure"), number=True, share=1.3),
        Column(_("Score"), number=True),
    )
    yield Table(
        _("Where most is left to 100"),
        columns,
        tuple(
            (
                one.name,
                one.unit,
                marked(f"{number(figure.value, one.decimals)} ({figure.year})", marks),
                number(score, 1),
            )
            for score, one, figure, marks in rows[: MOST if brief else 2 * MOST]
        ),
    )


# --- decisions due ------------------------------------------------------------------------------------------------------


def due(material: Material, *, brief: bool) -> Iterator[Block]:
    """What the facts say must be decided, and by when; where they say nothing, that they say nothing."""
    _ = material.words.gettext
    yield Heading(_("Decisions due"))
    items = [*_plan_due(material), *_targets(material), *_windows(material)]
    if not items:
        items = [_("No deadline of an action or a target is known here: that is not known, and not none.")]
    shown = items[:MOST] if brief else items
    yield Bullets(tuple(shown))
    if len(items) > len(shown):
        text = _("And %(count)s more: the full report and the site name them.")
        yield Paragraph(text % {"count": len(items) - len(shown)}, "small")


def _plan_due(material: Material) -> Iterator[str]:
    _ = material.words.gettext
    plan, asof = material.plan, material.asof
    if plan.state_on(asof.valid) is State.ENDED:
        successor = next((one for one in material.plans.all_plans if one.id == plan.successor), None)
        text = _("The closing assessment of %(plan)s: its period ended on %(end)s.")
        yield text % {"plan": plan.short_name, "end": material.day(material.period.end)}
        if successor is not None:
            count = len(material.plans.outcomes(successor.id, asof))
            official = successor.official(Kind.OUTCOMES)
            if official is None:
                text = _(
                    "%(plan)s follows; %(count)s of its outcomes are held here, and how many there are is not known."
                )
            else:
                text = _("%(plan)s follows; %(count)s of its %(official)s outcomes are held here.")
            number = official.number if official else 0
            yield text % {"plan": successor.short_name, "count": count, "official": number}
    for one in material.plans.counts(plan.id, asof):
        if one.complete is Truth.NO and one.kind is Kind.ACTIONS:
            text = _("%(count)s of %(official)s actions of the plan are held here; the others were not found.")
            yield text % {"count": one.shown, "official": one.official}


def _targets(material: Material) -> Iterator[str]:
    """Published targets and their days."""
    _ = material.words.gettext
    plans, asof = material.plans, material.asof
    kpis = {one.id: one for one in plans.all_kpis}
    outcomes = {one.id: one for one in material.outcomes}
    for one in sorted(listed(plans.all_targets, asof), key=lambda row: (row.due.text, row.id)):
        kpi = kpis.get(one.kpi)
        if kpi is None or kpi.outcome not in outcomes or not one.due.known:
            continue
        if one.member is not None and material.member is not None and one.member != material.member.id:
            continue
        words = {
            "kpi": kpi.title,
            "value": material.formats.short(one.value),
            "unit": kpi.unit,
            "due": material.formats.partial(one.due),
        }
        if one.due.latest < asof.valid:
            yield _("Was due in %(due)s: %(kpi)s, target %(value)s %(unit)s.") % words
        else:
            yield _("Due in %(due)s: %(kpi)s, target %(value)s %(unit)s.") % words


def _windows(material: Material) -> Iterator[str]:
    """Actions whose time the plan states."""
    _ = material.words.gettext
    for action in material.plans.actions(material.plan.id, material.asof):
        stated = material.plans.priority(action.id, material.asof)
        if stated is None or stated.window_end is None or not stated.window_end.known:
            continue
        words = {
            "code": action.code,
            "action": action.title,
            "end": material.formats.partial(stated.window_end),
        }
        if stated.window_end.latest < material.asof.valid:
            yield _("%(code)s %(action)s: was to be done by %(end)s.") % words
        else:
            yield _("%(code)s %(action)s: to be done by %(end)s.") % words
