"""Rule: a list is read by its mapping, line by line; what we write is run by no spreadsheet and read again as it was."""

from __future__ import annotations

import contextlib
import csv
import io
import json
import time
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.defend.csvlists import (
    FORMULA,
    MOST_LINES,
    MOST_PROBLEMS,
    Columns,
    Held,
    Listed,
    Source,
    guess,
    indicator_id,
    read_list,
    safe_cell,
    write_indicator,
    write_rows,
)
from serantau.defend.errors import DefendError
from serantau.defend.keys import key_of
from serantau.defend.model import Tlp
from serantau.defend.patterns import keys_of_pattern
from serantau.defend.stix import Checked, check
from serantau.defend.tlp import light_of

NOW = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
SOURCE = Source("feed-1", "A list", Tlp.GREEN, 30, "https://a.example/list.csv")


def values(raw, columns=Columns()):  # noqa: B008 - immutable
    return [line.key.value for line in read_list(raw, columns).lines]


def test_a_plain_list():
    raw = b"# comment\n; another\n\n198.51.100.1\r\nEvil.example\nhxxps://evil[.]example/a\n198.51.100.1\nlocalhost\n"
    read = read_list(raw, Columns())
    assert [line.key.value for line in read.lines] == ["198.51.100.1", "evil.example", "https://evil.example/a"]
    assert [(one.where, one.what) for one in read.problems] == [
        ("line 8", "'localhost' names no thing that is compared.")
    ]


def test_a_list_with_a_header():
    raw = '\ufeffFirst Seen;Host;Score;Note\n2026-01-02 03:04:05;evil.example;80;"a;b"\n;b.example;high;\n'.encode()
    columns = Columns("host", "domain-name", "first seen", "Score", ";", header=True)
    first, second = read_list(raw, columns).lines
    assert (first.key.value, first.when, first.confidence) == (
        "evil.example",
        datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC),
        80,
    )
    assert (second.when, second.confidence) == (None, None)


@pytest.mark.parametrize(
    "raw, columns, said",
    [
        (b"\xff", Columns(), "not UTF-8"),
        (b"a,b\n", Columns("c", header=True), "no column 'c'. It has: a, b"),
        (b"#\n" * MOST_LINES + b"198.51.100.1\n", Columns(), "more than 200000 lines"),
        (b'"' + b"x" * 200_000 + b'"\n', Columns(), "no CSV"),
    ],
)
def test_what_is_no_list(raw, columns, said):
    with pytest.raises(DefendError, match=said):
        read_list(raw, columns)


@pytest.mark.parametrize(
    "wrong",
    [{"type": "domain"}, {"separator": ""}, {"separator": '"'}, {"value": ""}, {"value": "host"}, {"when": "0"}],
)
def test_a_mapping_that_names_nothing(wrong):
    with pytest.raises(DefendError):
        Columns(**wrong)


def test_problems_are_counted_and_not_all_told():
    read = read_list(b"nothing\n" * 500, Columns())
    assert (len(read.problems), read.refused, read.lines) == (MOST_PROBLEMS, 500, ())


@pytest.mark.parametrize(
    "text, kind",
    [
        ("198.51.100.1", "ipv4-addr"),
        ("2001:db8::1", "ipv6-addr"),
        ("http://a.example/", "url"),
        ("a@b.example", "email-addr"),
        ("0" * 32, "file-md5"),
        ("+66812345678", "phone-number"),
        ("GB29 NWBK 6016 1331 9268 19", "iban"),
        ("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa", "wallet"),
        ("a.example", "domain-name"),
        ("12345", None),
    ],
)
def test_what_a_value_is_by_its_form(text, kind):
    found = guess(text)
    assert (found and found.type) == kind


def test_an_indicator_of_a_line_and_its_renewal():
    [line] = read_list(b"evil.example\n", Columns()).lines
    first = json.loads(write_indicator(SOURCE, line, NOW))
    checked = check(first)
    assert isinstance(checked, Checked)
    assert light_of(first, checked.marks) == Tlp.GREEN
    assert keys_of_pattern(first["pattern"]) == (line.key,)
    assert (first["valid_from"], first["valid_until"]) == ("2026-03-04T05:06:07.000Z", "2026-04-03T05:06:07.000Z")
    held = Held(NOW, NOW)
    assert write_indicator(SOURCE, line, NOW + timedelta(days=14), held) is None
    again = json.loads(write_indicator(SOURCE, line, NOW + timedelta(days=16), held))
    assert (again["id"], again["created"]) == (first["id"], first["created"])
    assert again["valid_until"] > first["valid_until"]
    assert indicator_id(SOURCE, line.key) != indicator_id(Source("feed-2", "A list"), line.key)


TEXTS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from("=+-@\t\r\n＝\"',;"), max_size=8)


@pytest.mark.property
@given(st.lists(TEXTS))
def test_no_cell_begins_a_formula_but_a_telephone_number(texts):
    for text in texts:
        cell = safe_cell(text)
        assert not cell.startswith(FORMULA) or (cell[0] == "+" and cell[1:].isdecimal() and cell.isascii())


KEYS = [
    key_of("email-addr", "=cmd@evil.example"),
    key_of("email-addr", "-a@evil.example"),
    key_of("phone-number", "+66812345678"),
    key_of("url", "http://evil.example/?a=%22,b"),
    key_of("file-sha256", "a" * 64),
    key_of("ipv4-addr", "198.51.100.0/24"),
]


def test_a_block_list_is_read_again_as_it_was():
    listed = [Listed(key, Tlp.AMBER, NOW, f"indicator--{n}") for n, key in enumerate(KEYS)]
    raw = b"".join(write_rows(listed))
    rows = list(csv.reader(io.StringIO(raw.decode(), newline="")))
    assert rows[0] == ["type", "value", "tlp", "first_added", "id"]
    assert rows[1][:2] == ["email-addr", "'=cmd@evil.example"]
    assert rows[3][1] == "+66812345678"
    assert values(raw, Columns("value", header=True)) == [key.value for key in KEYS]


@pytest.mark.property
@given(st.binary(max_size=80), st.booleans())
def test_any_bytes_are_read_or_refused(raw, header):
    with contextlib.suppress(DefendError):
        read = read_list(b"value\n" + raw, Columns("value" if header else "1", header=header))
        assert read.refused >= len(read.problems)


def test_a_long_list_is_read_soon():
    raw = b"\n".join(b"198.51.%d.%d" % (n // 250 % 250, n % 250) for n in range(50_000))
    began = time.process_time()
    assert len(read_list(raw, Columns()).lines) == 50_000
    assert time.process_time() - began < 3
