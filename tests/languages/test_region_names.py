"""Rule: a language changes the names of facts and nothing else; a text that translates nothing is an error."""

from __future__ import annotations

from datetime import date

import pytest

from serantau.base import AsOf
from serantau.bundle import load_bundle
from serantau.facts.model import FactError
from serantau.translation import missing
from serantau.web.answers import Answers
from tests.support.regions import THREELANDS, copy_of_threelands, edit

NOW = AsOf(date(2025, 6, 1), date.max)


def test_names_are_translated_and_ids_are_not():
    plain = load_bundle(THREELANDS)
    spoken = plain.in_language("qaa")
    assert [one.name for one in spoken.region.members] == ["¡ASTERRA!", "¡BOREALIA!", "¡AN LAND OF THE WEST!"]
    assert [one.id for one in spoken.region.members] == [one.id for one in plain.region.members]
    assert spoken.measure.by_id["coverage"].name == "¡COVERAGE!"
    assert spoken.measure.by_id["output_pc"].unit == "¡CROWNS!"
    assert spoken.plans.plan("tl2030").title == "¡DIGITAL PLAN 2030!"
    assert spoken.region.profile.short_name == "¡THREE LANDS!"
    assert spoken.edition == plain.edition


def test_a_language_without_a_file_keeps_the_names():
    bundle = load_bundle(THREELANDS)
    assert bundle.in_language("id") is bundle


def test_members_keep_the_order_of_the_facts():
    """`AN LAND OF THE WEST` would come first by its letters; documents of a region list its members in one order."""
    spoken = load_bundle(THREELANDS).in_language("qaa")
    assert [one.id for one in spoken.region.members_at(NOW)] == ["QAA", "QBB", "QCC"]


def test_every_language_answers_with_the_same_numbers():
    answers = Answers(load_bundle(THREELANDS))
    spoken = answers.in_language("qaa")
    plan = spoken.bundle.plans.plan("tl2030")
    one = answers.standing(answers.bundle.plans.plan("tl2030"), NOW)
    other = spoken.standing(plan, NOW)
    assert one is not None and other is not None
    assert other.scores == one.scores
    assert spoken.in_language("en") is answers


@pytest.mark.parametrize(
    "old,new,said",
    [
        ("coverage: ¡COVERAGE!", "coverge: ¡COVERAGE!", r"indicators: there is nothing called 'coverge'.*coverage"),
        ("QBB: ¡BOREALIA!", "QBX: ¡BOREALIA!", "members: there is nothing called 'QBX'"),
        ("crowns: ¡CROWNS!", "crown: ¡CROWNS!", "units: there is nothing called 'crown'"),
        ("short_name: ¡", "long_name: ¡", "region: there is nothing called 'long_name'"),
        ("id: qaa", "id: qab", "the language 'qab' stands in qaa.yaml"),
        ("reviewed: false", "reviewed: perhaps", "reviewed"),
        ("    grade: memory\n", "", "grade"),
    ],
)
def test_a_defect_is_refused_with_its_place(tmp_path, old, new, said):
    region = copy_of_threelands(tmp_path)
    edit(region, "languages/qaa.yaml", old, new)
    with pytest.raises(FactError) as refused:
        load_bundle(region)
    problems = " ".join(f"{one.where} {one.what} {one.fix}" for one in refused.value.problems)
    assert "languages/qaa.yaml:" in problems
    import re

    assert re.search(said, problems), problems


def test_the_line_of_a_defect_is_the_line_of_its_key(tmp_path):
    region = copy_of_threelands(tmp_path)
    edit(region, "languages/qaa.yaml", "      coverage: ¡", "      coverge: ¡")
    lines = (region / "languages" / "qaa.yaml").read_text(encoding="utf-8").splitlines()
    number = next(at for at, line in enumerate(lines, start=1) if "coverge" in line)
    with pytest.raises(FactError) as refused:
        load_bundle(region)
    assert [one.where for one in refused.value.problems] == [f"languages/qaa.yaml:{number}"]


def test_what_is_missing_is_named(tmp_path):
    region = copy_of_threelands(tmp_path)
    edit(region, "languages/qaa.yaml", "      coverage: ¡COVERAGE!\n", "")
    bundle = load_bundle(region)
    assert missing(bundle.names(), bundle.languages["qaa"]) == [("indicators", "coverage")]


@pytest.mark.parametrize(
    "old,new,said",
    [
        ("{tag: qaa, name: Threelandish}", "{tag: en, name: English}", "stands twice"),
        ("      - {tag: en, name: English}\n", "", "working language 'en' is not among the languages"),
        ("tag: qaa", "tag: not a tag", "tag"),
    ],
)
def test_the_list_of_languages_is_checked(tmp_path, old, new, said):
    region = copy_of_threelands(tmp_path)
    edit(region, "region.yaml", old, new)
    with pytest.raises(FactError) as refused:
        load_bundle(region)
    assert said in " ".join(one.what for one in refused.value.problems)
