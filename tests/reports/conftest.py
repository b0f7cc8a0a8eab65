"""Material for reports: the two regions, and a report of a test's own."""

from __future__ import annotations

from datetime import date
from functools import cache

import pytest

from serantau.base import AsOf
from serantau.bundle import default_region, load_bundle, period_of
from serantau.languages import Words, speak
from serantau.measure.assessment import assess
from serantau.measure.figures import Figures
from serantau.measure.findings import findings
from serantau.measure.standing import standing
from serantau.render.report import Material, Report
from serantau.render.report.model import Paragraph
from tests.support.regions import THREELANDS

DAY = date(2026, 6, 1)


@cache
def _answers(root, day):
    bundle = load_bundle(root)
    plan = bundle.plans.plan(bundle.region.profile.default_plan)
    asof = AsOf(day, date.max)
    members = bundle.region.members_at(asof)
    index, period = bundle.measure.index_of(plan.id), period_of(plan)
    found = standing(bundle.measure, index, period, [one.id for one in members], asof)
    figures = Figures(bundle.measure.indicators, bundle.measure.observations, asof)
    return bundle, asof, index, period, found, figures


def material_of(root, member=None, tag="en", day=DAY):
    bundle, asof, index, period, found, figures = _answers(root, day)
    spoken = bundle.in_language(tag)
    members = spoken.region.members_at(asof)
    chosen = next((one for one in members if one.id == member), None)
    rows = assess(bundle.measure.indicators, [member], figures, period, index.window_years) if member else ()
    return Material(
        words=Words(tag) if tag == "qaa" else speak(tag, root),
        reviewed=tag == "en",
        region=spoken.region,
        plans=spoken.plans,
        measure=spoken.measure,
        sources=spoken.sources,
        plan=spoken.plans.plan(bundle.region.profile.default_plan),
        period=period,
        asof=asof,
        edition=bundle.edition.label,
        members=members,
        standing=found,
        member=chosen,
        assessed=rows,
        sure=findings(bundle.measure, found, figures).sure,
    )


def a_report(*blocks, language="en", **more):
    """A report that holds these blocks and nothing else."""
    given = {
        "title": "A title",
        "subtitle": "A subtitle",
        "day": date(2025, 1, 31),
        "author": "Nobody",
        "facts": (("As of", "today"),),
        "foot": "A foot",
        "page_words": "Page {page} of {pages}",
    }
    return Report(language=language, blocks=blocks or (Paragraph("Nothing."),), **{**given, **more})


@pytest.fixture(scope="session")
def threelands():
    return THREELANDS


@pytest.fixture(scope="session")
def shipped():
    return default_region()
