"""Rule: a report says what the engines say, marks what is old or estimated, and says of what is not known that it is not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import date

import pytest

from serantau.render.report import compose
from serantau.render.report.model import Bullets, Heading, Paragraph, Picture, Table
from tests.reports.conftest import material_of
from tests.support.regions import copy_of_threelands, edit

PARTS = ["In short", "Position", "Change under the plan", "Gaps", "Decisions due", "Promises and their state"]


def headings(report):
    return [one.text for one in report.blocks if isinstance(one, Heading) and one.level == 1]


def table(report, caption):
    return next(one for one in report.blocks if isinstance(one, Table) and caption in one.caption)


def said(report):
    return "\n".join(report.texts())


@pytest.mark.parametrize("brief", [True, False])
def test_the_parts_of_a_report_on_the_region(threelands, brief):
    found = headings(compose(material_of(threelands), brief=brief))
    assert [one for one in found if one in PARTS] == PARTS


def test_the_parts_of_a_brief_on_a_member(threelands):
    found = headings(compose(material_of(threelands, "QAA"), brief=True))
    assert [one for one in found if one in PARTS] == [one for one in PARTS if one != "Change under the plan"]


def test_every_score_is_the_standing_s_own(threelands):
    material = material_of(threelands)
    rows = {row[0]: row[1:] for row in table(compose(material), "Score from 0 to 100").rows}
    for member in material.members:
        for at, outcome in enumerate(material.scored):
            score = material.standing.scores[member.id, outcome.id]
            shown = rows[member.name][at]
            assert shown.startswith(f"{score.score:.1f}") if score.score is not None else shown == "–"
            for letter in {"old": "o", "estimated": "e", "break": "b"}.items():
                assert (letter[0] in score.marks) <= (letter[1] in shown.rpartition(")")[2])


def test_a_direction_is_stated_only_where_it_is_sure(shipped):
    """Without a sure change nobody "rose most", whatever the numbers look like."""
    material = material_of(shipped)
    assert material.sure
    assert "rose most" in said(compose(material))
    assert "rose most" not in said(compose(replace(material, sure=frozenset())))
    member = next(iter(sorted(material.sure)))[0]
    one = replace(material_of(shipped, member), sure=frozenset())
    assert "Of no score can it be said for sure" in said(compose(one))


def test_what_is_missing_is_named_with_its_members(shipped):
    material = material_of(shipped)
    rows = table(compose(material), "lack a figure").rows
    for name, _code, members in rows:
        indicator = next(one for one in material.measure.indicators if one.name == name)
        absent = [m.name for m in material.members if material.standing.cells[m.id, indicator.id].figure is None]
        assert members == ", ".join(absent)


def test_an_outcome_without_a_score_says_why(threelands):
    material = material_of(threelands)
    silent = [one for one in material.standing.outcomes if not one.scored]
    assert silent
    for one in silent:
        assert one.why in said(compose(material))


def test_a_target_is_due_or_was(threelands):
    """The target of the plan is due in 2030: before its end it is due, after it it was."""
    assert "Due in 2030: Valleys with a signal, target 95 percent." in said(compose(material_of(threelands)))
    late = material_of(threelands, day=date(2031, 1, 1))
    assert "Was due in 2030: Valleys with a signal, target 95 percent." in said(compose(late))


def test_no_deadline_is_said_to_be_not_known(tmp_path):
    region = copy_of_threelands(tmp_path)
    for name in ("targets", "kpis", "priorities"):
        (region / "plan" / f"{name}.yaml").unlink()
    report = compose(material_of(region))
    at = [one.text if isinstance(one, Heading) else None for one in report.blocks].index("Decisions due")
    block = report.blocks[at + 1]
    assert isinstance(block, Bullets)
    assert any("not known, and not none" in one for one in block.items) or all(
        "held here" in one for one in block.items
    )


def test_promises_carry_what_the_meeting_did_and_their_grade(threelands):
    rows = table(compose(material_of(threelands)), "latest first").rows
    assert ("TLM 1, 27 February 2021", "Asterra Declaration", "declared", "primary") in rows
    assert ("TLM 1, 27 February 2021", "Three Lands Digital Plan 2030", "adopted", "primary") in rows


def test_projects_are_counted_and_their_absence_is_no_failure(threelands, tmp_path):
    assert "Projects of the plan, by progress: running 1." in said(compose(material_of(threelands)))
    region = copy_of_threelands(tmp_path)
    (region / "plan" / "projects.yaml").unlink()
    assert "not known, and not undone" in said(compose(material_of(region)))


def test_a_verb_that_nobody_foresaw_stays(tmp_path):
    region = copy_of_threelands(tmp_path)
    edit(region, "plan/outputs.yaml", "verb: adopted", "verb: engraved")
    assert "engraved" in said(compose(material_of(region)))


def test_every_chart_says_all_its_figures_in_words(threelands):
    report = compose(material_of(threelands))
    pictures = [one for one in report.blocks if isinstance(one, Picture)]
    assert pictures
    for one in pictures:
        for name in ("Asterra", "Borealia", "Corvania"):
            assert re.search(rf"{name} ([\d.]+|no score)", one.alt)


def test_names_are_those_of_the_language(threelands):
    text = said(compose(material_of(threelands, tag="qaa")))
    assert "¡ASTERRA!" in text
    assert "Asterra " not in text.replace("Asterra Declaration", "")


def test_an_unreviewed_translation_says_so(threelands):
    report = compose(material_of(threelands, tag="qaa"))
    assert isinstance(report.blocks[0], Paragraph)
    assert "not been reviewed" in report.blocks[0].text
    assert "not been reviewed" not in said(compose(material_of(threelands)))


def test_attribution_is_in_every_report(shipped):
    for brief in (True, False):
        material = material_of(shipped)
        text = said(compose(material, brief=brief))
        for one in material.measure.tables:
            assert one.attribution in text
            assert one.licence in text
