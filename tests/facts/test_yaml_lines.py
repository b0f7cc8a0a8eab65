"""Our reading of YAML against PyYAML's own, which knows neither lines nor limits but agrees on the values."""

from __future__ import annotations

import yaml
from hypothesis import given
from hypothesis import strategies as st

from serantau.facts.yaml_lines import MAX_DEPTH, parse_yaml

KEYS = st.text(st.characters(codec="utf-8", categories=("L", "N", "P", "Zs")), min_size=1, max_size=8)
WORDS = st.one_of(KEYS, st.sampled_from(["no", "NO", "010", "12:30", "1e3", "~", "null", "", "2021-01", "a: b", "# c"]))
VALUES = st.recursive(
    WORDS, lambda inner: st.lists(inner, max_size=4) | st.dictionaries(KEYS, inner, max_size=4), max_leaves=12
)


@given(st.dictionaries(KEYS, VALUES, min_size=1, max_size=5), st.sampled_from([True, False, None]))
def test_values_are_the_texts_that_pyyaml_reads(value, flow):
    text = yaml.safe_dump(value, default_flow_style=flow, allow_unicode=True)
    document = parse_yaml("f.yaml", text.encode())
    assert document.problems == ()
    assert document.value == value == yaml.load(text, Loader=yaml.BaseLoader)  # noqa: S506 - it makes text only


@given(st.lists(st.lists(KEYS, min_size=1, max_size=3, unique=True), min_size=1, max_size=6))
def test_every_key_knows_its_line(records):
    # Written by hand, one key a line, so that the lines are known: `records:` is line 1.
    lines, expected = ["records:"], {}
    for index, keys in enumerate(records):
        for position, key in enumerate(keys):
            escaped = key.replace("'", "''")
            lines.append(f"{'  - ' if position == 0 else '    '}'{escaped}': x")
            expected[("records", index, key)] = len(lines)
    document = parse_yaml("f.yaml", "\n".join(lines).encode())
    assert document.problems == ()
    for path, line in expected.items():
        assert document.where(path) == f"f.yaml:{line}"
        assert document.where((*path, "deeper", 7)) == f"f.yaml:{line}"


def test_depth_is_bounded_on_both_sides_of_the_limit():
    def nested(depth):
        return b"a: " + b"[" * depth + b"]" * depth

    assert parse_yaml("f.yaml", nested(MAX_DEPTH - 1)).problems == ()
    assert len(parse_yaml("f.yaml", nested(MAX_DEPTH)).problems) == 1


@given(st.binary(max_size=200))
def test_no_bytes_end_in_anything_but_a_value_or_a_problem(content):
    document = parse_yaml("f.yaml", content)
    assert document.problems or document.lines
    assert all(problem.where.startswith("f.yaml:") and problem.fix for problem in document.problems)


@given(st.text(st.sampled_from("[]{}:,-?&*!|>'\"#%@` \nab1"), max_size=120))
def test_no_punctuation_ends_in_anything_but_a_value_or_a_problem(text):
    document = parse_yaml("f.yaml", text.encode())
    assert document.problems or document.lines
