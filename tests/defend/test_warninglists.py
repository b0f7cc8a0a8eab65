"""Rule: the compiled lists say what trying every entry says; what they do not take is counted, and nothing runs away."""

from __future__ import annotations

import json
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serantau.defend.model import ObservableKey
from serantau.defend.warninglists import (
    MOST_TRIED,
    Compiled,
    WarningListError,
    read,
    refusal_of_pattern,
)
from tests.defend.plain_lists import stands_on

labels = st.sampled_from(["a", "b", "ab", "www", "example", "org", "com"])
hosts = st.lists(labels, min_size=1, max_size=4).map(".".join)
addresses = st.integers(0xC0000200, 0xC00002FF).map(
    lambda n: ".".join(str(n >> shift & 255) for shift in (24, 16, 8, 0))
)
sixes = st.integers(0, 0xFF).map(lambda n: f"2001:db8::{n:x}")
networks = st.builds(lambda one, bits: f"{one}/{bits}", addresses, st.integers(20, 32)) | st.builds(
    lambda one, bits: f"{one}/{bits}", sixes, st.integers(118, 128)
)
keys = st.one_of(
    hosts.map(lambda one: ObservableKey("domain-name", one)),
    addresses.map(lambda one: ObservableKey("ipv4-addr", one)),
    sixes.map(lambda one: ObservableKey("ipv6-addr", one)),
    st.builds(lambda host, path: ObservableKey("url", f"http://{host}/{path}"), hosts | addresses, labels),
    hosts.map(lambda one: ObservableKey("email-addr", f"a@{one}")),
)
lists = st.one_of(
    st.tuples(st.just("string"), st.lists(hosts | addresses, max_size=6)),
    st.tuples(st.just("hostname"), st.lists(hosts, max_size=6)),
    st.tuples(st.just("cidr"), st.lists(networks, max_size=8)),
    st.tuples(st.just("substring"), st.lists(labels, max_size=2)),
    st.tuples(st.just("regex"), st.lists(st.sampled_from([r"^www\.", "b+$", r"(org|com)/"]), max_size=2)),
)


def made(name, form, entries, kinds=()):
    raw = {"name": name, "type": form, "list": entries, "matching_attributes": list(kinds)}
    return read(json.dumps(raw).encode(), name)


@pytest.mark.property
@settings(max_examples=150, deadline=None)
@given(st.lists(lists, max_size=4), st.lists(keys, min_size=1, max_size=6))
def test_compiled_lists_say_what_trying_every_entry_says(parts, asked):
    compiled = Compiled(made(str(number), form, entries) for number, (form, entries) in enumerate(parts))
    for key in asked:
        expected = tuple(
            str(number) for number, (form, entries) in enumerate(parts) if stands_on(form, entries, key.type, key.value)
        )
        assert compiled.lists_of(key) == expected
        assert compiled.lists_of(key) == expected  # and again from memory


def test_a_list_speaks_of_its_own_kinds_alone():
    compiled = Compiled(
        [made("hosts", "hostname", ["example.org"], ["domain"]), made("odd", "string", ["x"], ["whois"])]
    )
    assert compiled.lists_of(ObservableKey("domain-name", "example.org")) == ("hosts",)
    assert compiled.lists_of(ObservableKey("url", "http://example.org/")) == ()
    assert compiled.lists_of(ObservableKey("domain-name", "x")) == ()


@pytest.mark.parametrize(
    "raw",
    [
        b"",
        b"[]",
        b"{",
        b'{"name": "n"}',
        b'{"list": []}',
        b'{"name": "n", "list": [], "type": "fuzzy"}',
        b'{"name": "", "list": []}',
    ],
)
def test_what_is_no_list_is_refused_with_its_name(raw):
    with pytest.raises(WarningListError, match=r"bad\.json"):
        read(raw, "bad.json")


def test_entries_that_are_not_taken_are_counted_by_reason():
    one = made("n", "cidr", ["192.0.2.0/24", "nothing", 7, "", "2001:db8::/32"])
    assert list(one.entries) == ["192.0.2.0/24", "2001:db8::/32"]
    assert dict(one.refused) == {"no network": 1, "empty, too long or no text": 2}


@pytest.mark.parametrize(
    "pattern", ["(a+)+$", "(a|aa)+$", r"(.*)\1", "a*a*a*b", "(?=a)b", "(?<!a)b", "(", "x" * 400, "(?:a{1,9}){1,9}"]
)
def test_patterns_that_could_run_away_are_not_taken(pattern):
    assert refusal_of_pattern(pattern)


def test_the_worst_pattern_that_is_taken_ends_soon():
    compiled = Compiled([made("n", "regex", [".*.*x$"] * 10)])
    start = time.process_time()
    assert compiled.lists_of(ObservableKey("url", "a" * 200)) == ()
    assert compiled.lists_of(ObservableKey("url", "a" * 100_000)) == ()
    assert time.process_time() - start < 2


def test_too_many_that_must_be_tried_are_refused():
    with pytest.raises(WarningListError, match="at most"):
        Compiled([made("n", "substring", [f"x{number}" for number in range(MOST_TRIED + 1)])])
