"""A region's names and titles in another language.

The facts themselves are translated, not the pages: every door shows what the facts say, and says it in the language
that they were put into. Ids, figures and dates stay what they are, so every engine computes the same.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import TypeVar

import msgspec

from serantau.base import suggest
from serantau.facts import FactFolder
from serantau.languages import LanguageFacts
from serantau.languages.load import line_of
from serantau.measure.load import MeasureFacts
from serantau.plan import PlanFacts
from serantau.region import Region

S = TypeVar("S", bound=msgspec.Struct)
Names = dict[str, dict[str, str]]
"""Texts by kind and id, as the facts have them."""

OPTIONAL = ("actions", "declarations", "partners")
"""Kinds that may stay in the language of the facts: a language is complete without them."""


def names_of(region: Region, plans: PlanFacts, measure: MeasureFacts) -> Names:
    """What can be translated of a region."""
    groups = [group for index in measure.indexes for group in index.groups]
    return {
        "region": {"name": region.profile.name, "short_name": region.profile.short_name},
        "members": {one.id: one.name for one in region.members},
        "partners": {one.id: one.name for one in region.partners},
        "plans": {one.id: one.title for one in plans.all_plans},
        "outcomes": {one.id: one.title for one in plans.all_outcomes},
        "groups": {one.id: one.name for one in groups if one.name},
        "indicators": {one.id: one.name for one in measure.indicators},
        "actions": {one.id: one.title for one in plans.all_actions},
        "declarations": {one.id: one.title for one in plans.all_declarations},
        "units": {one.unit: one.unit for one in measure.indicators},
    }


def translated(
    region: Region, plans: PlanFacts, measure: MeasureFacts, facts: LanguageFacts
) -> tuple[Region, PlanFacts, MeasureFacts]:
    """The facts with what a language's file has of their names and titles; the rest as it was."""
    profile = msgspec.structs.replace(region.profile, **facts.region)

    def indicators(rows: Iterable[S]) -> tuple[S, ...]:
        return _named(_named(rows, "name", facts.indicators), "unit", facts.units, "unit")

    return (
        replace(
            region,
            profile=profile,
            members=_named(region.members, "name", facts.members),
            partners=_named(region.partners, "name", facts.partners),
        ),
        replace(
            plans,
            all_plans=_named(plans.all_plans, "title", facts.plans),
            all_outcomes=_named(plans.all_outcomes, "title", facts.outcomes),
            all_actions=_named(plans.all_actions, "title", facts.actions),
            all_declarations=_named(plans.all_declarations, "title", facts.declarations),
        ),
        replace(
            measure,
            indicators=indicators(measure.indicators),
            published=indicators(measure.published),
            indexes=tuple(
                msgspec.structs.replace(index, groups=_named(index.groups, "name", facts.groups))
                for index in measure.indexes
            ),
        ),
    )


def missing(names: Names, facts: LanguageFacts | None) -> list[tuple[str, str]]:
    """Kind and id of every text that a language lacks, but for the kinds that may stay as they are.

    Args:
        names: What there is to translate.
        facts: The language's file; None where the region has none.
    """
    return [
        (kind, name)
        for kind, texts in names.items()
        if kind not in OPTIONAL
        for name in texts
        if facts is None or name not in _texts(facts, kind)
    ]


def check_languages(folder: FactFolder, languages: Iterable[LanguageFacts], names: Names) -> None:
    """Report every text of a language that translates nothing."""
    for language in languages:
        for kind, texts in names.items():
            for name in _texts(language, kind):
                if name not in texts:
                    what = f"{kind}: there is nothing called {name!r} to translate."
                    folder.report(line_of(folder, language, name), what, suggest(name, texts))


def _texts(facts: LanguageFacts, kind: str) -> Mapping[str, str]:
    texts: Mapping[str, str] = getattr(facts, kind)
    return texts


def _named(rows: Iterable[S], field: str, texts: Mapping[str, str], key: str = "id") -> tuple[S, ...]:
    return tuple(
        msgspec.structs.replace(row, **{field: texts[name]}) if (name := getattr(row, key)) in texts else row
        for row in rows
    )
