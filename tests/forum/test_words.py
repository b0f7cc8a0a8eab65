"""Rule: whatever the engine refuses is said on a page in a sentence of its own, with names and without a gap."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.forum import Act, Command, Matter, Mode, Party, Rule, RuleError, Say, Stage, Verb, apply
from serantau.web.forum import words
from serantau.web.forum.models import Body
from serantau.web.forum.views.work import there
from tests.forum.examples import CIRCULATE, IN_WRITING, MEMBERS, RULES, START, by_member, by_secretariat, played

NAMES = {"A": "Asterra", "B": "Borealia", "C": "Corvania"}
COMMANDS = st.builds(
    Command,
    act=st.sampled_from(Act),
    by=st.sampled_from(Party),
    member=st.sampled_from(MEMBERS),
    say=st.sampled_from(Say),
    text=st.sampled_from(["", "In words."]),
    mode=st.sampled_from([None, *Mode]),
    members=st.sampled_from([(), MEMBERS]),
)


def test_every_rule_act_stage_and_party_has_words():
    assert set(words.REFUSALS) == set(Rule)
    assert set(words.ACTS) == set(Act)
    assert set(words.STAGES) == set(Stage)
    assert set(words.PARTIES) == set(Party)


@given(st.lists(COMMANDS, min_size=1, max_size=8))
def test_no_refusal_is_said_with_a_gap(commands):
    matter = played((0, CIRCULATE), (0, IN_WRITING))
    for command in commands:
        try:
            matter = apply(matter, command, RULES, START)
        except RuleError as error:
            said = words.refusal(error, NAMES)
            assert "%(" not in said
            assert not re.search(r"\b[BC]\b", said), said
            assert said.endswith(".")


@pytest.mark.parametrize(
    "matter, command, said",
    [
        (
            played((0, CIRCULATE), (0, IN_WRITING)),
            by_secretariat(Act.DECIDE),
            (
                "It is not possible now to record the decision: the paper is “under consultation”, "
                "and it would have to be: consensus."
            ),
        ),
        (
            played((0, CIRCULATE), (0, IN_WRITING)),
            Command(Act.EXTEND, Party.MEMBER, member="A"),
            "To extend the deadline is for the secretariat, and not for the member.",
        ),
        (Matter(Verb.WELCOMED), CIRCULATE, "By its rules the body may not have the paper welcomed."),
        (
            Matter(Verb.ADOPTED, Stage.CONSENSUS, positions=played((0, CIRCULATE)).positions),
            by_secretariat(Act.DECIDE),
            "There is no consensus. In the way: Asterra (no answer), Borealia (no answer), Corvania (no answer).",
        ),
    ],
    ids=["stage", "party", "verb", "blocking"],
)
def test_a_refusal_names_what_it_is_about(matter, command, said):
    with pytest.raises(RuleError) as caught:
        apply(matter, command, RULES, START)
    assert words.refusal(caught.value, NAMES) == said


def test_a_late_position_is_told_the_deadline():
    with pytest.raises(RuleError) as caught:
        played((0, CIRCULATE), (0, IN_WRITING), (3, by_member("A", Say.OBJECTS)))
    assert "The deadline was 2026-03-04 09:00 UTC" in words.refusal(caught.value, NAMES)


def test_a_sentence_follows_the_language_of_the_reader(monkeypatch):
    """The catalogue decides: with another sentence in it the same refusal reads otherwise."""
    from django.utils.translation import override

    with pytest.raises(RuleError) as caught:
        apply(Matter(Verb.WELCOMED), CIRCULATE, RULES, START)
    monkeypatch.setitem(words.REFUSALS, Rule.VERB, "Nicht %(verb)s.")
    with override("en"):
        assert words.refusal(caught.value, NAMES) == "Nicht welcomed."


def test_an_instant_on_the_clocks_of_utc_is_said_once():
    at = datetime(2026, 12, 10, 6, 55, tzinfo=UTC)
    assert there(Body(zone="Etc/UTC"), at) == "2026-12-10 06:55 UTC"
    assert there(Body(zone="Etc/GMT-7"), at) == "2026-12-10 13:55 Etc/GMT-7 (2026-12-10 06:55 UTC)"
