"""Where the members stand, and what changed under the plan."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from serantau.languages.formats import MINUS
from serantau.measure.figures import Figure
from serantau.measure.standing import OutcomeScore
from serantau.plan import Outcome
from serantau.render.charts import Bar, Words, profile, ranked_bar
from serantau.render.report.marks import key, marked
from serantau.render.report.material import Material
from serantau.render.report.model import Block, Column, Heading, Paragraph, Picture, Table

NOTHING = "–"

# --- in short -----------------------------------------------------------------------------------------------------------


def summary(material: Material) -> Iterator[str]:
    """The report in a few sentences, each computed."""
    _ = material.words.gettext
    if material.ended:
        text = _("%(plan)s ended on %(end)s. This is its closing assessment: no later figure is used.")
        yield text % {"plan": material.plan.short_name, "end": material.day(material.period.end)}
    elif material.asof.valid < material.period.start:
        text = _("%(plan)s begins on %(start)s.")
        yield text % {"plan": material.plan.short_name, "start": material.day(material.period.start)}
    else:
        text = _("%(plan)s runs until %(end)s.")
        yield text % {"plan": material.plan.short_name, "end": material.day(material.period.end)}
    text = _(
        "%(scored)s of %(outcomes)s outcomes have a score; the others have figures and too few digital indicators."
    )
    if len(material.scored) == len(material.outcomes):
        text = _("All %(outcomes)s outcomes have a score.")
    yield text % {"scored": len(material.scored), "outcomes": len(material.outcomes)}
    if material.member:
        yield from _member_in_short(material)
    else:
        yield from _region_in_short(material)


def _member_in_short(material: Material) -> Iterator[str]:
    _ = material.words.gettext
    assert material.member is not None
    scores = [(one, material.standing.scores[material.member.id, one.id]) for one in material.scored]
    ranked = [(one, score) for one, score in scores if score.rank is not None]
    if ranked:
        best = min(ranked, key=lambda pair: (pair[1].rank or 0, pair[0].number))
        text = _("Highest rank: %(outcome)s, rank %(rank)s of %(ranked)s (%(interval)s).")
        yield text % _rank_words(material, *best)
        worst = max(ranked, key=lambda pair: (pair[1].rank or 0, -pair[0].number))
        if worst[1].rank != best[1].rank:
            text = _("Lowest rank: %(outcome)s, rank %(rank)s of %(ranked)s (%(interval)s).")
            yield text % _rank_words(material, *worst)
    moved = [(one, score) for one, score in scores if (score.member, one.id) in material.sure]
    rising = [pair for pair in moved if (pair[1].change or 0) > 0]
    falling = [pair for pair in moved if (pair[1].change or 0) < 0]
    if rising:
        one, score = max(rising, key=lambda pair: pair[1].change or 0)
        text = _("Rose most under the plan: %(outcome)s, by %(change)s points.")
        yield text % {"outcome": material.label(one), "change": material.formats.number(score.change or 0, 1)}
    if falling:
        one, score = min(falling, key=lambda pair: pair[1].change or 0)
        text = _("Fell most under the plan: %(outcome)s, by %(change)s points.")
        yield text % {"outcome": material.label(one), "change": material.formats.number(-(score.change or 0), 1)}
    if not moved:
        yield _("Of no score can it be said for sure that it rose or fell under the plan.")


def _rank_words(material: Material, outcome: Outcome, score: OutcomeScore) -> dict[str, object]:
    return {
        "outcome": material.label(outcome),
        "rank": score.rank,
        "ranked": score.ranked,
        "interval": interval(score) or NOTHING,
    }


def _region_in_short(material: Material) -> Iterator[str]:
    _ = material.words.gettext
    for outcome in material.scored:
        scores = [material.standing.scores[one.id, outcome.id] for one in material.members]
        first = [one for one in scores if one.rank == 1]
        moved = [one for one in scores if (one.member, outcome.id) in material.sure]
        words = {"outcome": material.label(outcome), "first": ", ".join(material.name(one.member) for one in first)}
        if not first:
            continue
        top = max(moved, key=lambda one: one.change or 0, default=None)
        if top is None or (top.change or 0) <= 0:
            yield _("%(outcome)s: the highest score has %(first)s.") % words
            continue
        text = _("%(outcome)s: the highest score has %(first)s; %(member)s rose most, by %(change)s points.")
        change = material.formats.number(top.change or 0, 1)
        yield text % {**words, "member": material.name(top.member), "change": change}


# --- position -----------------------------------------------------------------------------------------------------------


def position(material: Material, *, brief: bool) -> Iterator[Block]:
    """Scores and ranks."""
    _ = material.words.gettext
    yield Heading(_("Position"))
    if not material.scored:
        yield Paragraph(_("No outcome of this plan has a score, so nobody has a rank."))
        return
    if material.member:
        yield _member_table(material)
    else:
        caption = _("Score from 0 to 100 and, in brackets, the ranks of 90 % of all draws")
        yield _grid(material, caption, lambda score: _standing_text(material, score))
    if not brief:
        yield Paragraph(_("A dash: too little data of this member for a score."), "small")
    members = (material.member,) if material.member else material.members
    used = {m for one in members for o in material.scored for m in material.standing.scores[one.id, o.id].marks}
    yield from key(material.words, used)


def _standing_text(material: Material, score: OutcomeScore) -> str:
    if score.score is None:
        return NOTHING
    found = interval(score)
    text = material.formats.number(score.score, 1) + (f" ({found})" if found else "")
    return marked(text, score.marks)


def interval(score: OutcomeScore) -> str:
    """The rank interval as text."""
    low, high = score.rank_low, score.rank_high
    if low is None or high is None:
        return ""
    return str(low) if low == high else f"{low}–{high}"


def _grid(material: Material, caption: str, text: Callable[[OutcomeScore], str]) -> Table:
    """Members by scored outcomes."""
    columns = [Column(material.words.gettext("Member"), share=1.5)]
    columns += [Column(material.label(one), number=True) for one in material.scored]
    rows = [
        (one.name, *(text(material.standing.scores[one.id, outcome.id]) for outcome in material.scored))
        for one in material.members
    ]
    return Table(caption, tuple(columns), tuple(rows))


def _member_table(material: Material) -> Table:
    _ = material.words.gettext
    member = material.member
    assert member is not None
    columns = (
        Column(_("Outcome"), share=2.2),
        Column(_("Score"), number=True),
        Column(_("Rank"), number=True),
        Column(_("90 % interval"), number=True),
        Column(_("Change under the plan"), number=True, share=1.3),
        Column(_("Figures"), number=True),
    )
    rows = []
    for outcome in material.outcomes:
        score = material.standing.scores[member.id, outcome.id]
        figures = _("%(have)s of %(of)s") % {"have": score.have, "of": score.of} if score.of else NOTHING
        if score.score is None:
            why = _("no score") if outcome not in material.scored else _("too little data")
            rows.append((material.label(outcome), why, NOTHING, NOTHING, NOTHING, figures))
            continue
        rank = _("%(rank)s of %(of)s") % {"rank": score.rank, "of": score.ranked}
        number = marked(material.formats.number(score.score, 1), score.marks)
        rows.append(
            (material.label(outcome), number, rank, interval(score) or NOTHING, change_text(material, score), figures)
        )
    return Table(_("Score from 0 to 100, rank, and what changed"), columns, tuple(rows))


def change_text(material: Material, score: OutcomeScore) -> str:
    """A change of a score with its sign; a dash where it is not known."""
    if score.change is None:
        return NOTHING
    text = material.formats.number(score.change, 1)
    if text.startswith(MINUS):
        return text
    return ("+" if text.strip("0.,") else "±") + text


def picture(material: Material) -> Iterator[Block]:
    """Charts of the scores."""
    _ = material.words.gettext
    words = _chart_words(material)
    if material.member:
        bars = []
        for outcome in material.scored:
            score = material.standing.scores[material.member.id, outcome.id]
            others = tuple(
                value
                for one in material.members
                if one is not material.member
                and (value := material.standing.scores[one.id, outcome.id].score) is not None
            )
            text = None if score.score is None else material.formats.number(score.score, 1)
            bars.append(Bar(material.label(outcome), score.score, text=text, others=others))
        if bars:
            caption = _("Scores of %s from 0 to 100; the thin ticks are the other members.") % material.member.name
            yield Picture(profile(caption, bars, words=words), caption, _alt(material, caption, bars), 0.72)
        return
    for outcome in material.scored:
        scores = [(one, material.standing.scores[one.id, outcome.id]) for one in material.members]
        scores.sort(key=lambda pair: (pair[1].rank is None, pair[1].rank or 0, pair[0].name))
        bars = [
            Bar(one.name, score.score, text=None if score.score is None else material.formats.number(score.score, 1))
            for one, score in scores
        ]
        caption = _("%s: score from 0 to 100.") % material.label(outcome)
        chart = ranked_bar(caption, _("score, 0 to 100"), bars, words=words)
        yield Picture(chart, caption, _alt(material, caption, bars), 0.5)


def _alt(material: Material, caption: str, bars: list[Bar]) -> str:
    """What a chart shows, in words: every figure of it."""
    missing = material.words.gettext("no score")
    return f"{caption} {'; '.join(f'{one.label} {one.text or missing}' for one in bars)}."


def _chart_words(material: Material) -> Words:
    _ = material.words.gettext
    return Words(missing=_("no score"), others=_("the other members"), interval=_("interval"), rank=_("rank"))


# --- change -------------------------------------------------------------------------------------------------------------


def changes(material: Material, *, brief: bool) -> Iterator[Block]:
    """What changed under the plan."""
    _ = material.words.gettext
    if material.member:
        if not brief:
            yield from _member_changes(material)
        return
    if not material.scored:
        return
    yield Heading(_("Change under the plan"))
    caption = _(
        "Change of the score, in points, over the indicators with comparable figures before and within the plan"
    )
    yield _grid(material, caption, lambda score: change_text(material, score))
    yield Paragraph(_("A dash: not known, since no figure is comparable on both sides of the plan's start."), "small")


def _member_changes(material: Material) -> Iterator[Block]:
    _ = material.words.gettext
    yield Heading(_("Change under the plan"))
    yield Paragraph(_("A dash: not known, or the two figures are not comparable."), "small")
    columns = (
        Column(_("Indicator"), share=3),
        Column(_("Unit"), share=1.6),
        Column(_("Before the plan"), number=True, share=1.45),
        Column(_("Latest figure"), number=True, share=1.45),
        Column(_("Change"), number=True),
        Column(_("For the better?"), share=0.8),
    )
    used: set[str] = set()
    for outcome in material.outcomes:
        mine = [one for one in material.assessed if material.indicator(one.indicator).outcome == outcome.id]
        rows = []
        for one in mine:
            if one.latest is None and one.before is None:
                continue
            found = material.indicator(one.indicator)
            used |= {mark for figure in (one.before, one.latest) if figure for mark in figure.flags}
            before, last = (_figure(material, figure, found.decimals) for figure in (one.before, one.latest))
            change = NOTHING if one.change is None else _signed(material, one.change, found.decimals)
            better = "" if one.better is None else _("better") if one.better else _("worse")
            rows.append((found.name, found.unit, before, last, change, better))
        if rows:
            yield Heading(material.label(outcome), 2)
            caption = _("%s: each indicator before and within the plan") % material.label(outcome)
            yield Table(caption, columns, tuple(rows))
    yield from key(material.words, used)


def _figure(material: Material, figure: Figure | None, decimals: int) -> str:
    """A figure with its year and marks."""
    if figure is None:
        return NOTHING
    return marked(f"{material.formats.number(figure.value, decimals)} ({figure.year})", figure.flags)


def _signed(material: Material, value: float, decimals: int) -> str:
    """A change of a figure with its sign; a small one is not rounded to none, since the row says better or worse."""
    while value and decimals < 6 and round(value, decimals) == 0:
        decimals += 1
    text = material.formats.number(value, decimals)
    return text if text.startswith(MINUS) else f"+{text}" if value else f"±{text}"
