"""Rule: every refusal of the engine can be said in the reader's language, with the same fields; labels stay as FIRST writes them."""

from __future__ import annotations

import itertools
import string

import pytest

from serantau.defend import escalation, incidents, questions
from serantau.defend.incidents import TABLE, Act, Case, Command, Party, Stage, Standing, apply
from serantau.defend.model import Tlp
from serantau.defend.rules import RuleError
from serantau.web.cooperation import words
from serantau.web.cooperation.services.cases import _SILENT, EVENTS, OPENED

RULES = [*incidents.Rule, *escalation.Rule, *questions.Rule]


@pytest.mark.parametrize("rule", RULES, ids=[f"{type(one).__module__.rpartition('.')[2]} {one.name}" for one in RULES])
def test_a_refusal_is_said_as_the_engine_says_it(rule):
    assert str(words.REFUSALS[rule]) == rule.value


def test_nothing_else_is_said():
    assert set(words.REFUSALS) == set(RULES)


def test_every_field_that_is_a_word_is_put_into_the_readers_language():
    """What stands in the fields of a refusal about stage and party is known to the catalogue, whoever tries whatever."""
    unknown = set()
    members = (("A", Standing.JOINED), ("B", Standing.JOINED), ("C", Standing.INVITED), ("D", Standing.LEFT))
    for stage, member, act in itertools.product(Stage, "ABCDE", Act):
        case = Case("A", Tlp.AMBER, stage, members, frozenset("AD"))
        try:
            apply(case, Command(act, member))
        except RuleError as error:
            fields = {name for _, name, _, _ in string.Formatter().parse(error.rule.value) if name}
            said = {error.fields[name] for name in fields & {"stage", "where", "who", "by", "act"}}
            unknown |= said - set(words.PARTS)
    assert not unknown
    assert len(TABLE) == len(Act)
    assert {one.value for one in Party} <= set(words.PARTS)


def test_every_act_is_an_event_and_a_line_of_the_timeline():
    assert set(EVENTS) == set(Act)
    assert set(words.ENTRIES) == {OPENED, *(one.name.lower() for one in Act if one not in _SILENT)}


def test_names_stand_where_codes_stood():
    error = RuleError(incidents.Rule.TASKS_ENDED, {"open": "1, 2", "holders": "QBB, QAA"})
    said = words.refusal(error, {"QAA": "Asterra", "QBB": "Borealia"})
    assert said == "Tasks are open: 1, 2. Borealia, Asterra must finish them, or the lead drop them."


def test_labels_are_never_translated():
    from django.utils import translation

    with translation.override("th"):
        assert "TLP:AMBER+STRICT" in words.entry("tighten", "", Tlp.AMBER_STRICT, 0)
        assert [one.label for one in words.LABELS] == [
            "TLP:CLEAR",
            "TLP:GREEN",
            "TLP:AMBER",
            "TLP:AMBER+STRICT",
            "TLP:RED",
        ]
