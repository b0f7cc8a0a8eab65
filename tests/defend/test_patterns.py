"""Rule: a pattern has the key of what alone makes it match, by both ways of reading, and none can cost us dear."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.defend.keys import key_of
from serantau.defend.patterns import LONGEST, fast, keys_of_pattern, parsed

MD5 = "0" * 32


@pytest.mark.parametrize(
    "pattern, values",
    [
        ("[ipv4-addr:value = '198.51.100.1']", ["198.51.100.1"]),
        (" [ ipv4-addr:value='198.51.100.1' ] ", ["198.51.100.1"]),
        ("[ipv4-addr:value == '198.51.100.0/24']", ["198.51.100.0/24"]),
        ("[ipv4-addr:value ISSUBSET '198.51.100.7/24']", ["198.51.100.0/24"]),
        ("[url:value = 'http://A.example/it\\'s']", ["http://a.example/it's"]),
        ("[file:hashes.MD5 = '" + MD5 + "']", [MD5]),
        ("[file:hashes.'SHA-1' = '" + "A" * 40 + "']", ["a" * 40]),
        ("[x509-certificate:hashes.'SHA-1' = '" + "A" * 40 + "']", ["a" * 40]),
        ("[process:image_ref.hashes.MD5 = '" + MD5 + "']", [MD5]),
        ("[autonomous-system:number = 64500]", ["64500"]),
        ("[email-message:from_ref.value = 'A@b.example']", ["a@b.example"]),
        ("[network-traffic:dst_ref.value = 'b.example']", ["b.example"]),
        ("[network-traffic:dst_ref.value = '198.51.100.1']", ["198.51.100.1"]),
        ("[phone-number:value = '+66812345678']", ["+66812345678"]),
        ("[bank-account:iban = 'GB29NWBK60161331926819']", ["GB29NWBK60161331926819"]),
        ("[domain-name:value = 'a.example' OR domain-name:value = 'b.example']", ["a.example", "b.example"]),
        ("[domain-name:value = 'a.example'] OR [domain-name:value = 'b.example']", ["a.example", "b.example"]),
        ("[domain-name:value = 'a.example' OR domain-name:value = 'A.example.']", ["a.example"]),
        ("[domain-name:value IN ('a.example', 'b.example')]", ["a.example", "b.example"]),
        ("([domain-name:value = 'a.example'])", ["a.example"]),
        ("[(domain-name:value = 'a.example' OR file:name = 'a')]", ["a.example"]),
        ("[domain-name:value = 'a.example' OR (file:name = 'a' AND file:size = 5)]", ["a.example"]),
        ("([file:name = 'a'] AND [file:name = 'b']) OR [domain-name:value = 'a.example']", ["a.example"]),
        ("[file:name = '[domain-name:value = \\'a.example\\']']", []),
        ("[domain-name:value = 'a.example' AND url:value = 'http://a.example/']", []),
        ("[domain-name:value = 'a.example'] AND [domain-name:value = 'b.example']", []),
        ("[domain-name:value = 'a.example'] FOLLOWEDBY [domain-name:value = 'b.example']", []),
        ("[domain-name:value = 'a.example'] REPEATS 5 TIMES", []),
        ("[domain-name:value = 'a.example'] WITHIN 5 SECONDS", []),
        ("[domain-name:value != 'a.example']", []),
        ("[domain-name:value NOT = 'a.example']", []),
        ("[domain-name:value NOT IN ('a.example')]", []),
        ("[NOT domain-name:value = 'a.example']", []),
        ("[domain-name:value LIKE 'a.example']", []),
        ("[domain-name:value MATCHES 'a.example']", []),
        ("[domain-name:value ISSUPERSET 'a.example']", []),
        ("[domain-name:value > 'a.example']", []),
        ("[EXISTS domain-name:value]", []),
        ("[domain-name:resolves_to_refs[*].value = '198.51.100.1']", []),
        ("[domain-name:value = 'localhost']", []),
        ("[domain-name:value = 'a.example'", []),
        ("[domain-name:value = 'a.example'] OR", []),
        ("[domain-name:value = 'a.example' or domain-name:value = 'b.example']", []),
        ("domain-name:value = 'a.example'", []),
        ("[OR:value = 'a.example' OR domain-name:value = 'a.example']", []),
        ("[domain-name:value = 007]", []),
        ("", []),
    ],
)
def test_keys_of_patterns(pattern, values):
    assert [key.value for key in keys_of_pattern(pattern)] == values


def test_a_pattern_of_another_language_has_none():
    assert keys_of_pattern("[domain-name:value = 'a.example']", "sigma") == ()


# --- the two ways say the same ------------------------------------------------------------------------------------------

VALUES = st.sampled_from(["a.example", "B.example.", "198.51.100.1", "it's", "back\\slash", "x' OR [", "", "é", MD5])
SPACES = st.sampled_from([" ", " ", "", "\t", "\n  "])
PATHS = st.sampled_from(
    ["domain-name:value", "ipv4-addr:value", "file:hashes.'MD5'"] * 6
    + [
        "file:hashes.MD5",
        "file:hashes.'MD5'",
        "file:name",
        "network-traffic:dst_ref.value",
        "x-a:b.c",
        "domain-name:resolves_to_refs[0].value",
        "a:OR",
        "'a':b",
    ]
)
QUOTED = VALUES.map(lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'")
LITERALS = st.one_of([QUOTED] * 12) | st.sampled_from(
    ["5", "-5", "05", "5.0", "true", "'\\x'", "t'2020-01-01T00:00:00Z'", "'open"]
)
SIGNS = st.sampled_from(["="] * 30 + ["==", "!=", "LIKE", "NOT =", "IN", "ISSUBSET"])
JOINTS = st.sampled_from(["OR "] * 20 + ["OR", "AND", "or", "FOLLOWEDBY", ""])


@st.composite
def comparisons(draw):
    space = draw(SPACES)
    return f"{space}{draw(PATHS)}{space}{draw(SIGNS)}{draw(SPACES)}{draw(LITERALS)}{draw(SPACES)}"


def joined(inner):
    @st.composite
    def join(draw):
        parts = draw(st.lists(inner, min_size=1, max_size=3))
        text = parts[0]
        for part in parts[1:]:
            text += f"{draw(SPACES)}{draw(JOINTS)}{draw(SPACES)}{part}"
        return text

    return join()


INSIDE = joined(comparisons() | joined(comparisons()).map(lambda text: f"({text})"))
PATTERNS = joined(
    INSIDE.map(lambda text: f"[{text}]")
    | INSIDE.map(lambda text: f" [{text}] ")
    | INSIDE.map(lambda text: f"([{text}])")
    | INSIDE.map(lambda text: f"[{text}] REPEATS 2 TIMES")
)


PLAIN = st.lists(
    st.lists(st.tuples(PATHS, SPACES, LITERALS), min_size=1, max_size=3).map(
        lambda legs: "[" + " OR ".join(f"{path}{space}={space}{literal}" for path, space, literal in legs) + "]"
    ),
    min_size=1,
    max_size=2,
).map(" OR ".join)


@pytest.mark.property
@given(PATTERNS | PLAIN)
def test_the_fast_way_never_says_else_than_the_library(pattern):
    found = fast(pattern)
    if found is not None:
        assert found == parsed(pattern)


@pytest.mark.property
@given(st.lists(st.tuples(PATHS, VALUES), min_size=1, max_size=4), st.booleans())
def test_each_leg_of_an_or_gives_its_key(legs, apart):
    written = [
        f"{path} = '{value.replace(chr(92), chr(92) * 2).replace(chr(39), chr(92) + chr(39))}'" for path, value in legs
    ]
    pattern = " OR ".join(f"[{leg}]" for leg in written) if apart else "[" + " OR ".join(written) + "]"
    expected = {
        key for path, value in legs if path in {"domain-name:value", "ipv4-addr:value"}
        if (key := key_of(path.partition(":")[0], value)) is not None
    }  # fmt: skip
    if not any("OR" in path.split(":")[1] or path.startswith("'") for path, _ in legs):
        assert expected <= set(keys_of_pattern(pattern))


# --- patterns built to cost us dear -------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    "hostile",
    [
        "[" + "(" * 5000 + "a:b = 'c'" + ")" * 5000 + "]",
        "(" * 20 + "[a:b = 'c']" + ")" * 20,
        "(" * LONGEST,
        "[a:b = '" + "\\'" * 20_000,
        "[a:b = '" + "x" * 49_000 + "'] AND",
        "[" + " OR ".join(["a:b = 'c'"] * 900) + "] AND [a:b = 'c']",
        "[" + " AND ".join(["a:b = 'c'"] * 900) + "]",
        "[a:b = 'c']" + " REPEATS 2 TIMES" * 500,
        "[a:" + ".".join(["b"] * 4000) + " = 'c' AND a:b = 'c']",
        "[a:b IN (" + ",".join(["'c'"] * 2000) + ")]",
        "[a:b = 'c' " + "/*" * 4000,
        "[" + "domain-name:value = 'a.example' OR " * 1400,
        "[[" * 4000,
        "' " * 20_000,
        "x" * 10_000_000,
    ],
    ids=range(15),
)
def test_a_hostile_pattern_ends_soon(hostile):
    keys_of_pattern("[a:b NOT = 'c']")  # the library is loaded
    began = time.process_time()
    keys_of_pattern(hostile)
    assert time.process_time() - began < 0.5


WORDS = [*"[]()'=5.,\\", "OR", "AND", "NOT", "IN", "a:b", "domain-name:value", "'a.example'", "REPEATS", "/*"]


@pytest.mark.property
@given(st.lists(st.sampled_from(WORDS)))
def test_any_soup_of_words_is_read_or_has_no_key(words):
    for joint in (" ", ""):
        pattern = joint.join(words)
        found = fast(pattern)
        if found is not None:
            assert found == parsed(pattern)
        keys_of_pattern(pattern)
