"""The page *what if*: a reader's own weights, scale and mean; the whole state stands in the address."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from serantau.measure.definition import GroupSpec
from serantau.measure.standing import Standing
from serantau.measure.whatif import MEANS, MOST, SCALES, STEP, Choices, Part, Row, WhatIf, WhatIfError, parts
from serantau.region.model import Member
from serantau.render.strip import rank_strip
from serantau.web.answers import Answers
from serantau.web.bundles import keeper
from serantau.web.measure.overview import OutcomeView, outcome_views
from serantau.web.site.problems import QuestionError
from serantau.web.site.question import COMMON, LANGUAGE, Question

WEIGHT = "w-"
"""Begins the name of the parameter that holds a factor: ``w-ID=2.5``."""

OWN = ("of", "scale", "mean")
FACTOR = re.compile(r"\d(?:\.\d{1,2})?", re.ASCII)


@dataclass(frozen=True)
class Slider:
    """One weight.

    Attributes:
        part: What it weighs.
        name: Name of the parameter.
        label: What it is called.
        factor: Its value, as the address has it.
        share: Share in its group, in per cent.
        address: Page of what it weighs; empty for a group.
    """

    part: Part
    name: str
    label: str
    factor: str
    share: float
    address: str


@dataclass(frozen=True)
class Choice:
    """One of a few alternatives."""

    id: str
    label: str
    chosen: bool


@dataclass(frozen=True)
class RankRow:
    """One member under the choices."""

    row: Row
    member: Member
    strip: SafeString

    @property
    def interval(self) -> str:
        """The rank interval as text."""
        low, high = self.row.low, self.row.high
        if low is None or high is None:
            return ""
        return str(low) if low == high else f"{low}–{high}"

    @property
    def climbed(self) -> int | None:
        """Places won against the usual rank; None where there is no rank now or usually."""
        now, usual = self.row.rank, self.row.usual
        return None if now is None or usual is None else usual - now

    @property
    def places(self) -> int:
        """How many places it moved."""
        return abs(self.climbed or 0)


def names(answers: Answers | None = None) -> Iterator[str]:
    """Names of the parameters of the page: its own, and one for each part of any index."""
    bundle = answers.bundle if answers else keeper().held()
    if bundle is None:
        return
    facts = bundle.measure
    yield from OWN
    for index in facts.indexes:
        yield from (WEIGHT + group.id for group in index.groups)
    yield from (WEIGHT + indicator.id for indicator in facts.indicators)


def choices_of(question: Question, standing: Standing) -> Choices:
    """What the address chooses.

    Raises:
        QuestionError: naming the parameter that is none.
    """
    scored = _scored(standing)
    assert standing.result is not None
    definition = standing.result.definition
    node = _node(question, standing)
    held = {part.id for part in parts(definition, node, scored)}
    factors = {}
    for name, text in question.more.items():
        part = name.removeprefix(WEIGHT)
        if name.startswith(WEIGHT) and part in held:
            if not FACTOR.fullmatch(text):
                raise QuestionError(f"{name}={text} is no factor from 0 to {MOST:g} in steps of {STEP:g}.", name)
            factors[part] = float(text)
    try:
        return Choices.of(node, factors, question.more.get("scale", SCALES[0]), question.more.get("mean", MEANS[0]))
    except WhatIfError as error:
        raise QuestionError(error.message[0].upper() + error.message[1:]) from error


def _node(question: Question, standing: Standing) -> str:
    """The outcome asked about, by id or code; the mix of all where none is named."""
    assert standing.result is not None
    root, wanted = standing.result.definition.root, question.more.get("of")
    if wanted is None or wanted == root:
        return root
    scored = _scored(standing)
    known = {view.outcome.id: view.outcome.code for view in outcome_views(question, standing)}
    found = next((name for name in scored if wanted.casefold() in (name, known.get(name, name).casefold())), None)
    if found is None:
        message = _("of=%(wanted)s is no outcome with a score. Known are: %(known)s.")
        raise QuestionError(message % {"wanted": wanted, "known": ", ".join(scored) or _("none")}, "of")
    return found


def _scored(standing: Standing) -> tuple[str, ...]:
    return tuple(one.outcome for one in standing.outcomes if one.scored)


def query_of(question: Question, choices: Choices) -> str:
    """The state as a query, in its shortest form."""
    found = _state(question, choices)
    return "?" + urlencode(sorted(found.items())) if found else ""


def _state(question: Question, choices: Choices) -> dict[str, str]:
    """What is not as usual."""
    found = dict(question.given)
    definition_root = choices.node == _root(question)
    if not definition_root:
        found["of"] = choices.node
    if choices.scale != SCALES[0]:
        found["scale"] = choices.scale
    if choices.mean != MEANS[0]:
        found["mean"] = choices.mean
    return found | {WEIGHT + name: f"{factor:g}" for name, factor in choices.factors}


def _root(question: Question) -> str:
    standing = question.answers.standing(question.plan, question.asof)
    return standing.result.definition.root if standing is not None and standing.result is not None else ""


def askable(standing: Standing | None) -> bool:
    """Whether there is any score that other choices could change."""
    return standing is not None and standing.result is not None and any(one.scored for one in standing.outcomes)


def ranks_context(question: Question, standing: Standing, choices: Choices) -> dict[str, object]:
    """The ranks under the choices."""
    try:
        found = question.answers.what_if(question.plan, question.asof, choices)
    except WhatIfError as error:
        raise QuestionError(error.message[0].upper() + error.message[1:]) from error
    members = {one.id: one for one in question.answers.members(question.asof)}
    ranked = max((row.rank or 0 for row in found.rows), default=0)
    most = max([ranked, *((row.high or 0) for row in found.rows)])
    return {
        "what_if": found,
        "rank_rows": [_rank_row(row, members[row.member], most) for row in found.rows],
        "ranked": ranked,
        "mix": choices.node == _root(question),
        "state_query": query_of(question, choices),
        "usual": choices == Choices(choices.node),
        "spread": None if found.spread is None else round(100 * found.spread),
    }


def _rank_row(row: Row, member: Member, most: int) -> RankRow:
    words = {"rank": row.rank, "low": row.low, "high": row.high, "usual": row.usual}
    if row.low is None:
        label = _("rank %(rank)s, usually %(usual)s") % words
    else:
        label = _("rank %(rank)s, interval %(low)s to %(high)s, usually %(usual)s") % words
    strip = rank_strip(row.rank, row.low, row.high, row.usual, most, label)
    return RankRow(row, member, mark_safe(strip))  # noqa: S308 - written by ourselves, the label is quoted


def form_context(question: Question, standing: Standing, choices: Choices) -> dict[str, object]:
    """The form: sliders and choices."""
    assert standing.result is not None
    views = {view.outcome.id: view for view in outcome_views(question, standing)}
    found: WhatIf = question.answers.what_if(question.plan, question.asof, choices)
    factors = dict(choices.factors)
    sliders = [
        Slider(
            part,
            WEIGHT + part.id,
            _label(question, standing, views, part.id),
            f"{factors.get(part.id, 1.0):g}",
            100.0 * found.shares[part.id],
            _address(question, views, part.id),
        )
        for part in parts(standing.result.definition, choices.node, _scored(standing))
    ]
    return {
        "sliders": sliders,
        "scales": [Choice(name, text, name == choices.scale) for name, text in _scales().items()],
        "means": [Choice(name, text, name == choices.mean) for name, text in _means().items()],
        "nodes": [
            Choice(name, _label(question, standing, views, name), name == choices.node) for name in _scored(standing)
        ],
        "root": standing.result.definition.root,
        "carried": {
            name: value for name, value in _state(question, choices).items() if name not in (*COMMON, LANGUAGE)
        },
        "most": f"{MOST:g}",
        "step": f"{STEP:g}",
        "of_label": _label(question, standing, views, choices.node),
    }


def _label(question: Question, standing: Standing, views: Mapping[str, OutcomeView], name: str) -> str:
    if name in views:
        view = views[name]
        return view.outcome.code if view.label == view.outcome.code else f"{view.outcome.code} {view.label}"
    indicator = question.answers.bundle.measure.by_id.get(name)
    if indicator is not None:
        return indicator.name
    group = next((one.name for one in _groups(question) if one.id == name), "")
    return group or name


def _groups(question: Question) -> Sequence[GroupSpec]:
    index = question.answers.index_of(question.plan)
    return index.groups if index else ()


def _address(question: Question, views: Mapping[str, OutcomeView], name: str) -> str:
    if name in views:
        return f"/outcomes/{name}/{question.query}"
    return f"/indicators/{name}/{question.query}" if name in question.answers.bundle.measure.by_id else ""


def _scales() -> dict[str, str]:
    return {
        "goalposts": _("fixed goalposts"),
        "minmax": _("worst member 0, best 100"),
        "percentile_rank": _("places among the members"),
    }


def _means() -> dict[str, str]:
    return {
        "arithmetic": _("arithmetic: good makes up for bad"),
        "geometric": _("geometric: less so"),
        "harmonic": _("harmonic: hardly"),
    }
