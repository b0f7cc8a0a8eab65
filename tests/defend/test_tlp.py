"""Rule: every spelling of a traffic light in the wild is read, the strictest wins, and what cannot be read fails closed."""

from __future__ import annotations

import importlib.metadata
import itertools
import json
import runpy

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.defend.model import Tlp
from serantau.defend.policy import NO_POLICY, PAP_MARKINGS, Pap, Policy, policies, policy_of, policy_of_definition
from serantau.defend.stix import microseconds
from serantau.defend.tlp import (
    FIXED,
    MARKINGS,
    light_in_text,
    light_of,
    light_of_definition,
    marking_object,
    meanings,
)

COLOURS = [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED]
STRANGE = "marking-definition--00000000-0000-4000-8000-000000000001"
OTHER = "marking-definition--00000000-0000-4000-8000-000000000002"


def statement(text, **more):
    return {
        "type": "marking-definition",
        "id": STRANGE,
        "created": "2024-01-01T00:00:00Z",
        "definition_type": "statement",
        "definition": {"statement": text},
    } | more


def test_what_we_write_is_what_oasis_defines():
    """Against the objects that the converter of MISP carries, which were written down by others."""
    path = importlib.metadata.distribution("misp-stix").locate_file("misp_stix_converter/misp_stix_mapping.py")
    theirs_by = runpy.run_path(str(path))["TLP2MarkingDefinitions"].by_uuid
    for light in COLOURS:
        ours = marking_object(light)
        theirs = json.loads(theirs_by(ours["id"]).serialize())
        assert microseconds(ours["created"]) == microseconds(theirs["created"])
        assert {**ours, "created": None} == {**theirs, "created": None}
        assert light_of_definition(ours) == light


def test_the_markings_of_stix_itself():
    import stix2

    for colour, light in [("WHITE", Tlp.CLEAR), ("GREEN", Tlp.GREEN), ("AMBER", Tlp.AMBER), ("RED", Tlp.RED)]:
        theirs = getattr(stix2, f"TLP_{colour}")
        assert FIXED[theirs["id"]] == light
        assert light_of_definition(json.loads(theirs.serialize())) == light


@pytest.mark.parametrize(
    "definition, light",
    [
        ({"definition_type": "tlp", "definition": {"tlp": "amber+strict"}}, Tlp.AMBER_STRICT),
        ({"definition_type": "TLP", "definition": {"tlp": "CLEAR"}}, Tlp.CLEAR),
        ({"definition_type": "tlp", "definition": {"tlp": "mauve"}}, Tlp.UNKNOWN),
        ({"definition_type": "tlp"}, Tlp.UNKNOWN),
        ({"definition_type": "tlp", "definition": {"tlp": "green"}, "name": "TLP:RED"}, Tlp.RED),
        (
            {
                "definition_type": "statement",
                "definition": {"statement": "custom"},
                "x_opencti_definition_type": "TLP",
                "x_opencti_definition": "TLP:AMBER+STRICT",
            },
            Tlp.AMBER_STRICT,
        ),
        (
            {
                "definition_type": "statement",
                "definition": {"statement": "custom"},
                "x_opencti_definition_type": "TLP",
                "x_opencti_definition": "our own",
            },
            Tlp.UNKNOWN,
        ),
        (
            {"extensions": {"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": {"tlp_2_0": "lilac"}}},
            Tlp.UNKNOWN,
        ),
        ({"extensions": {"extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d": []}}, Tlp.UNKNOWN),
        ({"extensions": {"extension-definition--3a65884d-005a-4290-8335-cb2d778a83ce": {"a": 1}}}, Tlp.UNKNOWN),
        ({"definition_type": "x-secret", "definition": {"level": 3}}, Tlp.UNKNOWN),
        ({}, Tlp.UNKNOWN),
        ({"definition_type": "statement", "definition": {"statement": "Copyright of the authors"}}, None),
        ({"definition_type": "iep", "definition": {"tlp": "AMBER"}}, Tlp.AMBER),
        ({"definition_type": "iep", "definition": {"name": "a policy"}}, None),
        ({"name": "PAP:RED", "extensions": {"extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b": {}}}, None),
    ],
)
def test_definitions(definition, light):
    assert light_of_definition(definition) == light


@pytest.mark.parametrize(
    "text, light",
    [
        ("TLP:AMBER", Tlp.AMBER),
        ("tlp: amber", Tlp.AMBER),
        ("TLP AMBER", Tlp.AMBER),
        ("TLP-GREEN", Tlp.GREEN),
        ("TLP_WHITE", Tlp.CLEAR),
        ("TLP:AMBER+STRICT", Tlp.AMBER_STRICT),
        ("TLP:AMBER STRICT", Tlp.AMBER_STRICT),
        ("TLP 2.0: AMBER+STRICT", Tlp.AMBER_STRICT),
        ('tlp="red"', Tlp.RED),
        ("This is TLP:GREEN, but its annex is TLP:RED.", Tlp.RED),
        ("Marked TLP:CLEAR. On the Traffic Light Protocol see first.org/tlp.", Tlp.CLEAR),
        ("Traffic Light Protocol: GREEN", Tlp.GREEN),
        ("TLP:REDDISH", Tlp.UNKNOWN),
        ("TLP:RED or TLP:MAUVE", Tlp.UNKNOWN),
        ("By TLP rules", Tlp.UNKNOWN),
        ("traffic light", Tlp.UNKNOWN),
        ("see tlp", Tlp.UNKNOWN),
        ("x" * 30_000, Tlp.UNKNOWN),
        (7, Tlp.UNKNOWN),
        ("All rights reserved", None),
        ("a battlplan", None),
        ("", None),
    ],
)
def test_statements(text, light):
    assert light_in_text(text) == light


@pytest.mark.parametrize(
    "labels, light",
    [
        (["tlp:clear"], Tlp.CLEAR),
        (["TLP:Amber+Strict"], Tlp.AMBER_STRICT),
        (["tlp:white", "tlp:green"], Tlp.GREEN),
        (['tlp:"red"'], Tlp.RED),
        (["tlp:unclear"], Tlp.UNKNOWN),
        (["tlp_amber"], Tlp.AMBER),
        (['team:tlp="green"'], Tlp.GREEN),
        (["tlp:ex:chr"], None),
        (["botnet", "misp:confidence"], None),
        ([], None),
        ([7], Tlp.UNKNOWN),
        ("tlp:red", Tlp.UNKNOWN),
    ],
)
def test_labels(labels, light):
    assert light_of({"labels": labels}) == light


def test_a_marking_without_its_definition_fails_closed():
    assert light_of({}, [STRANGE]) == Tlp.UNKNOWN
    assert light_of({}, [MARKINGS[Tlp.GREEN], STRANGE], {OTHER: Tlp.CLEAR}) == Tlp.UNKNOWN


def test_a_definition_in_the_same_envelope_is_used():
    known = meanings([statement("TLP:AMBER")])
    assert light_of({}, [STRANGE], known) == Tlp.AMBER
    assert light_of({}, [STRANGE], meanings([statement("Copyright")])) is None


def test_of_two_definitions_the_stricter_counts():
    for order in itertools.permutations([statement("TLP:CLEAR"), statement("TLP:RED"), statement("Copyright")]):
        assert light_of({}, [STRANGE], meanings(order)) == Tlp.RED


def test_nobody_can_define_anew_what_a_standard_fixed():
    forged = [statement("TLP:RED", id=MARKINGS[Tlp.CLEAR]), statement("TLP:CLEAR", id=MARKINGS[Tlp.RED])]
    known = meanings(forged)
    assert light_of({}, [MARKINGS[Tlp.CLEAR]], known) == Tlp.CLEAR
    assert light_of({}, [MARKINGS[Tlp.RED]], known) == Tlp.RED


def spellings(light: Tlp):
    """All the ways to say it: (marks, labels)."""
    colour = light.label[4:]
    yield from (([mark], []) for mark, meant in FIXED.items() if meant == light)
    yield [], [f"tlp:{colour.lower()}"]
    yield [], [f"TLP:{colour}"]


SAYINGS = st.sampled_from([(light, *saying) for light in COLOURS for saying in spellings(light)])


@pytest.mark.property
@given(st.lists(SAYINGS, min_size=1, max_size=5), st.randoms())
def test_the_strictest_wins_in_every_order_and_spelling(sayings, dice):
    marks = [mark for saying in sayings for mark in saying[1]]
    labels = [label for saying in sayings for label in saying[2]] + ["botnet"]
    dice.shuffle(marks)
    dice.shuffle(labels)
    assert light_of({"labels": labels}, marks) == max(saying[0] for saying in sayings)
    assert light_of({"labels": labels}, [*marks, STRANGE]) == Tlp.UNKNOWN


@pytest.mark.property
@given(st.text(st.sampled_from("tlp TLP:+amberSTICgnclwhi,./-"), max_size=40))
def test_a_text_is_never_read_as_laxer_than_what_it_holds(text):
    light = light_in_text(text)
    for colour in COLOURS:
        if colour.label in text:
            assert light is not None
            assert light >= colour


# --- other terms -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "label, policy",
    [
        ("PAP:RED", Policy(Pap.RED)),
        ("pap:white", Policy(Pap.CLEAR)),
        ('PAP:"GREEN"', Policy(Pap.GREEN)),
        ("PAP:VIOLET", Policy(Pap.RED)),
        ('iep2-policy:attribution="must-not"', Policy(iep=(("attribution", "must-not"),))),
        ('iep2-policy:attribution="MAY"', Policy(iep=(("attribution", "may"),))),
        ('iep2-policy:attribution="perhaps"', Policy(iep=(("attribution", "must-not"),))),
        ('iep2-policy:name="our policy"', NO_POLICY),
        ("tlp:ex:chr", Policy(iep=(("attribution", "must-not"),))),
        ("pappy", NO_POLICY),
    ],
)
def test_terms_in_labels(label, policy):
    assert policy_of({"labels": ["a", label, 7]}) == policy


def test_terms_in_markings():
    pap = {"extensions": {"extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b": {"pap": "amber"}}}
    iep = {
        "definition_type": "iep",
        "definition": {
            "attribution": "must not",
            "permitted_actions": "externally visible direct actions",
            "name": "x",
        },
    }
    assert policy_of_definition(pap) == Policy(Pap.AMBER)
    assert policy_of_definition(iep).attribution_never
    assert dict(policy_of_definition(iep).iep)["permitted_actions"] == "externally-visible-direct-actions"
    assert policy_of_definition(statement("Copyright")) == NO_POLICY
    known = policies([statement("", definition_type="iep", definition=iep["definition"]), pap | {"type": "x"}])
    (red,) = (mark for mark, meant in PAP_MARKINGS.items() if meant == Pap.RED)
    both = policy_of({"labels": ["PAP:GREEN"]}, [STRANGE, red], known)
    assert both.pap == Pap.RED
    assert both.attribution_never
    assert not both.active_lookups


def test_a_pap_marking_is_no_traffic_light():
    assert light_of({}, list(PAP_MARKINGS)) is None


@pytest.mark.parametrize("label", ["ＴＬＰ：ＲＥＤ", "ＴＬＰ:RED", "𝐓𝐋𝐏:𝐑𝐄𝐃"])
def test_wide_and_styled_letters_are_read_as_what_they_look_like(label):
    assert light_of({"labels": [label]}) is Tlp.RED
