"""Rule: what strangers send is read strictly, within bounds, and its bytes are kept as they came."""

from __future__ import annotations

import contextlib
import json
import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.defend.errors import ReadingError, TooBigError
from serantau.defend.reading import Limits, read_envelope, read_json

SCALARS = st.none() | st.booleans() | st.integers(-(2**60), 2**60) | st.floats(allow_nan=False, allow_infinity=False)
TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('":\\ {}[],'), max_size=12)
VALUES = st.recursive(
    SCALARS | TEXTS,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(TEXTS, inner, max_size=4),
    max_leaves=20,
)
WRITERS = st.sampled_from(
    [
        {"separators": (",", ":")},
        {"separators": (", ", ": ")},
        {"separators": (" , ", " : ")},
        {"indent": 2},
        {"ensure_ascii": False},
    ]
)


def pieces(read: bytes, **limits: int):
    return list(read_envelope(read, Limits(**limits)))


@pytest.mark.property
@given(st.lists(VALUES, max_size=5), WRITERS)
def test_an_object_keeps_its_bytes(values, writer):
    written = [json.dumps(value, **writer).encode() for value in values]
    body = b' {"more" : false, "objects": [ ' + b" ,\n".join(written) + b'], "next":"a"}\n'
    found = pieces(body)
    assert [piece.raw for piece in found] == written
    assert [piece.data for piece in found] == values


@pytest.mark.property
@given(VALUES, WRITERS)
def test_no_value_is_taken_for_one_with_a_name_twice(value, writer):
    assert read_json(json.dumps(value, **writer).encode()) == value


@pytest.mark.property
@given(st.dictionaries(TEXTS, VALUES, min_size=1, max_size=4), st.data(), st.sampled_from([":", " :", "\t\n:", ": "]))
def test_a_name_twice_is_found_wherever_it_hides(members, data, colon):
    again = data.draw(st.sampled_from(sorted(members)))
    written = [json.dumps(name) + colon + json.dumps(value) for name, value in members.items()]
    place = data.draw(st.integers(0, len(written)))
    written.insert(place, json.dumps(again) + data.draw(st.sampled_from([":", " :"])) + json.dumps(data.draw(VALUES)))
    outer = data.draw(st.sampled_from(["%s", "[1, %s]", '{"a": {"b": [%s]}}']))
    text = outer.replace("%s", "{" + ",".join(written) + "}")
    with pytest.raises(ReadingError, match="stands twice"):
        read_json(text.encode())
    with pytest.raises(ReadingError, match=r"objects\[1\].*stands twice"):
        pieces(b'{"objects": [{}, ' + text.encode() + b"]}")


def test_a_name_twice_by_an_escape():
    with pytest.raises(ReadingError, match='"a" stands twice'):
        read_json(b'{"a": 1, "\\u0061": 2}')


@pytest.mark.parametrize(
    "body",
    [
        b'{"objects": [], "objects": []}',
        b'{"objects": [{"a":1}], "objects": [{"a":1}]}',
        b'{"objects" : [{"a":1}] , "o\\u0062jects": [{"b":1}]}',
        b'{"x": 1, "objects": [], "x": 2}',
        b'{"x": {"y": 1, "y": 2}, "objects": []}',
    ],
)
def test_the_envelope_itself_hides_nothing(body):
    with pytest.raises(ReadingError, match="stands twice"):
        pieces(body)


@pytest.mark.parametrize(
    "body, message",
    [
        (b"", "no JSON"),
        (b"[]", "An envelope is"),
        (b"null", "An envelope is"),
        (b"{}", 'no "objects"'),
        (b'{"objects": {}}', "must be a list"),
        (b'{"objects": null}', "must be a list"),
        (b'{"objects": [1,]}', "no JSON"),
        (b'{"objects": []} {}', "no JSON"),
        (b'{"objects": [NaN]}', "no JSON"),
        (b'{"objects": [Infinity]}', "no JSON"),
        (b'{"objects": [1e999]}', "no JSON"),
        (b'{"objects": [], "more": -Infinity}', "no JSON"),
        (b'{"objects": ["\\ud800"]}', "no JSON"),
        (b'{"objects": ["\xff"]}', "not UTF-8: byte"),
        (b'{"objects": [], "\xff": 1}', "not UTF-8: byte"),
        (b'{"objects": [], "x": "\xed\xa0\x80"}', "not UTF-8: byte"),
        (b'\xef\xbb\xbf{"objects": []}', "no JSON"),
        (b'{"objects": ["a\nb"]}', "no JSON"),
        (b'{"objects": [01]}', "no JSON"),
        ('{"objects": []}'.encode("utf-16"), "UTF-8|no JSON"),
        (b'{"objects": ' + b"[" * 10_000 + b"]" * 10_000 + b"}", "nested"),
        (b'{"objects": [' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"]}", "nested"),
        (b'{"objects": [' + b"[" * 101 + b"]" * 101 + b"]}", "nested more than 100"),
        (b'{"objects": [], "x": ' + b"[" * 200 + b"]" * 200 + b"}", "nested more than 100"),
    ],
)
def test_what_is_not_taken_is_named(body, message):
    with pytest.raises(ReadingError, match=message):
        pieces(body)


@pytest.mark.parametrize(
    "body, limits",
    [
        (b'{"objects": [' + b" " * 1000 + b"]}", {"body": 1000}),
        (b'{"objects": [1,2,3]}', {"objects": 2}),
        (b'{"objects": [{}, {"a": "' + b"x" * 100 + b'"}]}', {"object": 100}),
        (b'{"objects": [[],[],[],[]]}', {"parts": 8}),
    ],
)
def test_more_than_is_taken(body, limits):
    with pytest.raises(TooBigError):
        pieces(body, **limits)


def test_a_hundred_deep_is_read():
    assert len(pieces(b'{"objects": [' + b"[" * 100 + b"]" * 100 + b"]}")) == 1


@pytest.mark.parametrize(
    "hostile",
    [
        b"[" * 10_000_000,
        b'{"objects": [' + b"[]," * 3_000_000 + b"[]]}",
        b'{"objects": ["' + b'\\":' * 3_000_000 + b'"]}',
        b'{"objects": [' + b'{"a":[' * 1_500_000,
        b'{"objects": "' + b" :" * 4_000_000 + b'"}',
        b'{"a":' * 2_000_000,
    ],
    ids=["brackets", "empty lists", "escapes", "open", "spaces", "names"],
)
def test_ten_megabytes_of_spite_end_soon(hostile):
    began = time.process_time()
    with pytest.raises(ReadingError):
        pieces(hostile)
    assert time.process_time() - began < 1


@pytest.mark.property
@given(st.binary(max_size=60), st.sampled_from([b"", b'{"objects":[', b'{"objects":[{"a":']))
def test_any_bytes_are_read_or_refused(noise, start):
    for read in (read_json, pieces):
        with contextlib.suppress(ReadingError):
            read(start + noise)
