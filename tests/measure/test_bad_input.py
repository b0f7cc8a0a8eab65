"""Bad definitions and bad data: refused whole, with a message that says where, what and what to do."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest

from serantau.measure.data import MAX_BYTES, Data, read_data
from serantau.measure.definition_file import definition_schema, parse_definition, read_definition
from serantau.measure.errors import MeasureError
from serantau.measure.index import run_index

GOOD = """\
id: demo
title: Demo
indicators:
  - {id: wealth, group: index}
  - {id: waste, group: index, direction: lower}
groups:
  - {id: index}
steps:
  - {step: normalise, method: minmax}
  - {step: aggregate}
"""
STEP = "  - {step: normalise, method: minmax}"


def change(old: str, new: str) -> str:
    assert old in GOOD
    return GOOD.replace(old, new)


def before_normalise(step: str) -> str:
    return change(STEP, f"  - {step}\n{STEP}")


def refusal(text: str | bytes) -> MeasureError:
    content = text if isinstance(text, bytes) else text.encode()
    with pytest.raises(MeasureError) as caught:
        parse_definition("demo.yaml", content)
    return caught.value


def test_the_definition_that_the_others_spoil_is_good():
    assert parse_definition("demo.yaml", GOOD.encode()).root == "index"


# What is spoiled, the words of the message: place, what, what to do.
DEFINITIONS = {
    "unknown key": (change("direction:", "directoin:"), ["demo.yaml:5", "'directoin'", "Did you mean direction?"]),
    "unknown word": (change("lower", "down"), ["demo.yaml:5", "direction", "'down'", "higher, lower, reference"]),
    "unknown step": (change("normalise,", "normalize,"), ["demo.yaml:9", "'normalize'", "Did you mean normalise?"]),
    "step without its name": (change("step: normalise, ", ""), ["demo.yaml:9", "'step' is missing", "aggregate, denominate"]),
    "unknown method": (change("minmax", "min-max"), ["demo.yaml:9", "method", "'min-max'", "Did you mean minmax?"]),
    "text as a weight": (change("wealth,", "wealth, weight: heavy,"), ["demo.yaml:4", "weight", "'heavy'", "digits"]),
    "negative weight": (change("wealth,", "wealth, weight: -1,"), ["demo.yaml:4", "weight", "at least 0"]),
    "a weight that is no number": (change("wealth,", "wealth, weight: .nan,"), ["demo.yaml:4", "weight", "'.nan'"]),
    "infinite goalpost": (
        change("wealth,", "wealth, goalposts: {low: 0, high: .inf},"), ["demo.yaml:4", "high", "'.inf'"],
    ),
    "share above one": (before_normalise("{step: screen, min_share: 5}"), ["demo.yaml:9", "min_share", "at most 1"]),
    "a step that is text": (change(STEP, "  - normalise"), ["demo.yaml:9", "'normalise'", "key: value"]),
    "missing key": (change("title: Demo\n", ""), ["demo.yaml:1", "'title' is missing", "Add it."]),
    "key twice": (GOOD + "id: other\n", ["demo.yaml:11", "'id' stands twice", "Keep one."]),
    "list of definitions": ("- {}\n", ["demo.yaml:1", "a list", "key: value"]),
    "empty": ("", ["demo.yaml:1", "empty"]),
    "no YAML": ("id: [1, 2", ["demo.yaml:2", "not YAML", "quotes at this line"]),
    "not UTF-8": (b"id: d\xe9mo\n", ["demo.yaml:1", "not UTF-8", "Save"]),
    "nested without end": ("id: " + "[" * 5000, ["demo.yaml:1", "deep"]),
    "id twice": (change("id: waste", "id: wealth"), ["'wealth' is used 2 times"]),
    "group that does not exist": (change("waste, group: index", "waste, group: indexx"), ["'indexx'", "mean index?"]),
    "group without a child": (change("  - {id: index}", "  - {id: index}\n  - {id: empty, parent: index}"),
                              ["'empty' has no child", "remove it"]),
    "cycle": (change("  - {id: index}", "  - {id: index}\n  - {id: a, parent: b}\n  - {id: b, parent: a}"),
              ["'a' is its own ancestor", "'b' is its own ancestor", "Break the cycle."]),
    "everything in a cycle": (change("  - {id: index}", "  - {id: index, parent: b}\n  - {id: b, parent: index}"),
                              ["exactly one group has no parent; found: none", "'index' is its own ancestor"]),
    "two roots": (change("  - {id: index}", "  - {id: index}\n  - {id: other}"), ["found: index, other"]),
    "parent that does not exist": (change("{id: index}", "{id: index}\n  - {id: a, parent: top}"), ["'top'"]),
    "weights that sum to zero": (change("group: index", "weight: 0, group: index"), ["below 'index' sum to zero"]),
    "no indicator": (GOOD.replace("  - {id: wealth, group: index}\n", "").replace(
        "\n  - {id: waste, group: index, direction: lower}", " []"), ["there is no indicator"]),
    "no aggregation": (change("  - {step: aggregate}\n", ""), ["no step `aggregate`", "Add it"]),
    "aggregation in between": (change("{step: aggregate}", "{step: aggregate}\n  - {step: impute}"), ["not the last"]),
    "normalised twice": (before_normalise("{step: normalise}"), ["`normalise` stands twice", "Keep one."]),
    "ends exchanged": (change("minmax", "minmax, low: 5, high: 1"), ["low (5.0) is not below high (1.0)"]),
    "method without its goalposts": (change("minmax", "goalposts"), ["'wealth' has no goalposts", "'waste' has no"]),
    "equal goalposts": (change("wealth,", "wealth, goalposts: {low: 1, high: 1},"), ["wealth", "must differ"]),
    "logarithm of zero": (
        change("wealth,", "wealth, goalposts: {low: 0, high: 1, scale: log},"), ["log scale", "not positive"],
    ),
    "method without its target": (change("minmax", "target_distance"), ["'wealth' has no target"]),
    "method without its reference": (change("minmax", "reference_distance"), ["needs `reference_unit`"]),
    "direction without its reference": (change("lower", "reference"), ["waste", "reference_value"]),
    "weight set that does not exist": (change("{step: aggregate}", "{step: aggregate, weights: experts}"),
                                       ["no weight set 'experts'", "equal, given, pca"]),
    "weight set of nobody": (GOOD + "weight_sets: {x: {wealht: 1}}\n", ["weights x", "Did you mean wealth?"]),
    "weight set of zeros": (GOOD + "weight_sets: {x: {wealth: 0, waste: 0}}\n", ["weights x", "sum to zero"]),
    "weight set with a taken name": (GOOD + "weight_sets: {equal: {wealth: 2}}\n", ["'equal' has a meaning"]),
    "more levels than the tree": (change("{step: aggregate}", "{step: aggregate, levels: [{}, {}]}"), ["has 1"]),
    "skip of nobody": (before_normalise("{step: treat, skip: [wast]}"), ["'wast' is no indicator", "Did you mean waste"]),
    "screen of no group": (before_normalise("{step: screen, by_group: {wealth: 0.5}}"), ["'wealth' is no group"]),
    "alternatives without their step": (GOOD + "robustness: {treat: [{step: treat}]}\n", ["there are 0", "Add `treat`"]),
    "alternative of another kind": (
        GOOD + "robustness: {treat: [{step: impute}]}\n", ["demo.yaml:11", "'impute' is no step", "treat"],
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", DEFINITIONS)
def test_a_bad_definition_is_refused_in_words(name):
    text, words = DEFINITIONS[name]
    message = str(refusal(text))
    for word in ("demo.yaml", *words):
        assert word in message
    assert "msgspec" not in message
    assert "Object contains" not in message


def test_all_defects_of_a_definition_come_at_once():
    text = change("lower", "down").replace("minmax", "min-max").replace("title: Demo\n", "")
    assert len(refusal(text).problems) == 3


def test_a_definition_that_is_no_file_or_far_too_large(tmp_path: Path):
    with pytest.raises(MeasureError, match="no such file"):
        read_definition(tmp_path / "absent.yaml")
    large = tmp_path / "large.yaml"
    with large.open("wb") as stream:
        os.truncate(stream.fileno(), 5 * 1024 * 1024)
    with pytest.raises(MeasureError, match="is this the data"):
        read_definition(large)


def test_the_schema_describes_what_is_read():
    schema = definition_schema()
    fields = schema["$defs"]["Definition"]
    assert set(fields["required"]) == {"id", "title", "indicators", "groups", "steps"}
    assert fields["additionalProperties"] is False


# --- data ------------------------------------------------------------------------------------------------------------

DEFINITION = parse_definition("demo.yaml", GOOD.encode())
WIDE = "unit,wealth,waste\n"
LONG = "indicator,unit,year,value\n"
FILES = {
    "empty": ("", ["data.csv:1", "empty", "Write a header"]),
    "only blank lines": ("\n\n", ["data.csv:1", "empty"]),
    "only a header": (WIDE, ["data.csv:2", "no value", "Add rows"]),
    "unknown column": ("unit,wealth,waste,wast\nx,1,2,3\n", ["data.csv:1", "'wast'", "Did you mean waste"]),
    "missing column": ("unit,wealth\nx,1\n", ["data.csv:1", "'waste' of the definition is missing"]),
    "column twice": ("unit,wealth,waste,waste\nx,1,2,3\n", ["data.csv:1", "stands twice", "Keep one."]),
    "no unit column": ("wealth,waste\n1,2\n", ["data.csv:1", "no column `unit`", "indicator, unit, year, value"]),
    "semicolons": ("unit;wealth;waste\nx;1;2\n", ["not read: 1 problem", "data.csv:1", "between ';'", "with commas"]),
    "tabs": ("unit\twealth\twaste\nx\t1\t2\n", ["not read: 1 problem", "data.csv:1", "not commas"]),
    "a group with no data": (WIDE + "x,,\ny,,\n", ["the group 'index' has no value", "take the group out"]),
    "text in a number": (WIDE + "x,1,2\ny,1,many\n", ["data.csv:3", "waste", "'many' is no number", "Use digits"]),
    "decimal comma": (WIDE + 'x,1,"1,5"\n', ["data.csv:2", "'1,5' is no number", "a point"]),
    "infinity": (WIDE + "x,1,inf\n", ["data.csv:2", "'inf' is no number"]),
    "minus infinity": (WIDE + "x,1,-Infinity\n", ["data.csv:2", "'-Infinity' is no number"]),
    "too large for a number": (WIDE + "x,1,1e999\n", ["data.csv:2", "'1e999' is no number"]),
    "underscore in a number": (WIDE + "x,1,1_000\n", ["data.csv:2", "'1_000' is no number"]),
    "digits of another script": (WIDE + "x,1,\u0661\n", ["data.csv:2", "is no number"]),
    "per cent sign": (WIDE + "x,1,5%\n", ["data.csv:2", "'5%' is no number"]),
    "unit twice": (WIDE + "x,1,2\nx,3,4\n", ["data.csv:3", "wealth of x stands twice", "Keep one of the two."]),
    "unit twice without a value": (WIDE + "x,,\nx,3,4\n", ["data.csv:3", "stands twice"]),
    "observation twice": (LONG + "wealth,x,2020,1\nwealth,x,2020,1\n", ["data.csv:3", "wealth of x in 2020", "twice"]),
    "year 20225": (LONG + "wealth,x,20225,1\n", ["data.csv:2", "'20225' is no year from 1950 to 2100", "four digits"]),
    "year in text": (LONG + "wealth,x,2o20,1\n", ["data.csv:2", "'2o20' is no year"]),
    "year with a decimal": (LONG + "wealth,x,2020.0,1\n", ["data.csv:2", "'2020.0' is no year"]),
    "year of 5000 digits": (LONG + f"wealth,x,{'2' * 5000},1\n", ["data.csv:2", "is no year"]),
    "no year": (LONG + "wealth,x,,1\n", ["data.csv:2", "'' is no year"]),
    "unknown indicator": (LONG + "welth,x,2020,1\n", ["data.csv:2", "'welth'", "Did you mean wealth?"]),
    "no unit": (WIDE + ",1,2\n", ["data.csv:2", "the unit is empty"]),
    "control character": (WIDE + "x\x1b[31m,1,2\n", ["data.csv:2", "control character"]),
    "null byte": (WIDE + "x\0,1,2\n", ["data.csv:2"]),
    "short row": (WIDE + "x,1\n", ["data.csv:2", "2 cells, the header 3"]),
    "long row": (WIDE + "x,1,2,3\n", ["data.csv:2", "4 cells, the header 3"]),
    "open quote": (WIDE + '"x,1,2\n', ["data.csv", "not CSV", "Check the quotes."]),
    "endless cell": (WIDE + f"x,{'1' * 200_000},2\n", ["data.csv:2", "not CSV"]),
    "two groups of a unit": ("unit,year,group,wealth,waste\nx,2020,north,1,2\nx,2021,south,1,2\n",
                             ["data.csv:3", "'south'", "'north'", "one group in all years"]),
    "not UTF-8": (WIDE.encode() + "S\xe3o,1,2\n".encode("latin-1"), ["data.csv:1", "not UTF-8", "Save it"]),
    "UTF-16": ((WIDE + "x,1,2\n").encode("utf-16"), ["data.csv:1", "not UTF-8"]),
    "no text at all": (bytes(range(256)), ["data.csv:1", "not UTF-8"]),
}  # fmt: skip


def write(folder: Path, content: str | bytes) -> Path:
    path = folder / "data.csv"
    path.write_bytes(content if isinstance(content, bytes) else content.encode())
    return path


@pytest.mark.parametrize("name", FILES)
def test_a_bad_data_file_is_refused_in_words_and_nothing_is_written(name, tmp_path: Path):
    content, words = FILES[name]
    path = write(tmp_path, content)
    with pytest.raises(MeasureError) as caught:
        read_data(path, DEFINITION)
    for word in ("data.csv", *words):
        assert word in str(caught.value)
    assert list(tmp_path.iterdir()) == [path]


def test_one_bad_cell_refuses_the_whole_file_and_all_bad_cells_are_named(tmp_path: Path):
    rows = "".join(f"u{index},1,{'x' if index % 2 else index}\n" for index in range(20))
    with pytest.raises(MeasureError) as caught:
        read_data(write(tmp_path, WIDE + rows), DEFINITION)
    assert len(caught.value.problems) == 10


def test_at_most_fifty_problems_are_listed_in_a_file_full_of_them(tmp_path: Path):
    with pytest.raises(MeasureError, match="first fifty") as caught:
        read_data(write(tmp_path, WIDE + "x,y,z\n" * 10_000), DEFINITION)
    assert len(caught.value.problems) == 50


def test_a_file_of_a_gigabyte_is_refused_unread(tmp_path: Path):
    path = tmp_path / "data.csv"
    with path.open("wb") as stream:
        os.truncate(stream.fileno(), 1024**3)  # sparse: it takes no room
    assert path.stat().st_size > MAX_BYTES
    with pytest.raises(MeasureError, match=r"data\.csv has 1024 MB; the limit is 256 MB"):
        read_data(path, DEFINITION)


def test_a_file_that_is_not_there_and_a_folder(tmp_path: Path):
    for path, words in (
        (tmp_path / "absent.csv", "no such file"),
        (tmp_path, "is a folder"),
        (Path("/dev/zero"), "a device. Give the path of a CSV file"),
    ):
        with pytest.raises(MeasureError, match=words):
            read_data(path, DEFINITION)


def test_a_group_that_no_unit_has_data_for_is_refused_by_name_and_no_other_is(tmp_path: Path):
    """An index over the groups that are left would be another index than the one that was defined."""
    tree = change(
        "  - {id: index}", "  - {id: index}\n  - {id: burden, parent: index}\n  - {id: refuse, parent: burden}"
    )
    definition = parse_definition(
        "demo.yaml", tree.replace("id: waste, group: index", "id: waste, group: refuse").encode()
    )
    with pytest.raises(MeasureError) as caught:
        read_data(write(tmp_path, WIDE + "x,1,\ny,2,\n"), definition)
    assert [problem.what for problem in caught.value.problems] == [
        "the group 'burden' has no value: no unit has data for any indicator below it."
    ]
    assert read_data(write(tmp_path, WIDE + "x,1,\ny,2,5\n"), definition).units == ("x", "y")


def test_what_spreadsheets_write_is_read(tmp_path: Path):
    """A byte order mark, spaces, carriage returns, empty lines, quotes, and the usual marks of a missing value."""
    text = '\ufeffunit , wealth,waste\r\n"Viet\u00a0Nam", 1 ,\r\n\r\nx,..,2e3\r\ny,NA,-0.5\r\n'
    data = read_data(write(tmp_path, text), DEFINITION)
    assert data.units == ("Viet\u00a0Nam", "x", "y")
    expected = [[[1, np.nan], [np.nan, 2000], [np.nan, -0.5]]]
    assert np.array_equal(data.values, np.array(expected), equal_nan=True)


def test_long_and_wide_hold_the_same(tmp_path: Path):
    long = read_data(write(tmp_path, LONG + "waste,x,2021,4\nwealth,x,2020,1\nwealth,y,2021,3\n"), DEFINITION)
    wide = read_data(write(tmp_path, "year,unit,waste,wealth\n2020,x,,1\n2021,x,4,\n2021,y,,3\n2020,y,,\n"), DEFINITION)
    assert (long.units, long.years, long.columns) == (wide.units, wide.years, wide.columns)
    assert np.array_equal(long.values, wide.values, equal_nan=True)


# --- data that fit the file but not the definition -------------------------------------------------------------------


def compute(text: str, values, units=("x", "y", "z")):
    data = Data.of_matrix(units, ("wealth", "waste"), np.array(values, dtype=float))
    return run_index(parse_definition("demo.yaml", text.encode()), data)


THREE = [[1, 2], [2, 4], [4, 8]]


@pytest.mark.parametrize(
    "text, values, words",
    [
        (change("{step: aggregate}", "{step: aggregate, default: {method: geometric}}"), THREE,
         ["index", "geometric", "above zero", "low: 1"]),
        (change("minmax", "share_of_best"), [[1, 2], [-2, 4], [4, 8]], ["wealth", "positive", "minmax"]),
        (change("minmax", "reference_distance, reference_unit: nobody"), THREE, ["'nobody'"]),
        (change("minmax", "target_distance").replace("group: index", "target: 0, group: index"), THREE,
         ["wealth", "no better than the worst"]),
        (before_normalise("{step: screen, drop: [x, y, z]}"), THREE, ["leaves no unit", "min_share"]),
        (before_normalise("{step: impute, method: group_mean}"), THREE, ["`unit_groups`", "column `group`"]),
    ],
)  # fmt: skip
def test_a_step_that_is_not_defined_for_the_data_says_so(text, values, words):
    with pytest.raises(MeasureError) as caught:
        compute(text, values)
    for word in words:
        assert word in str(caught.value)


def test_values_that_would_leave_the_unit_of_their_goalposts_are_refused():
    text = before_normalise("{step: treat, winsorise_max: 0}").replace(
        "method: minmax", "method: goalposts"
    ).replace("group: index", "goalposts: {low: 0, high: 100}, group: index")  # fmt: skip
    values = [[index, 1 + index] for index in range(1, 11)] + [[100, 5]]
    with pytest.raises(MeasureError, match=r"wealth would be transformed.*`skip`"):
        compute(text, values, tuple(f"u{index}" for index in range(11)))


def test_a_column_that_the_data_lacks_is_named():
    data = Data.of_matrix(("x",), ("wealth", "waist"), np.array([[1.0, 2.0]]))
    with pytest.raises(MeasureError, match=r"no column 'waste'\. Did you mean waist\?"):
        run_index(DEFINITION, data)


def test_an_indicator_without_spread_and_a_group_without_data_have_no_score_and_a_note():
    """Not an error: the rest of the index stands, and the result says what is missing."""
    result = compute(GOOD, [[1, 2], [1, 4], [1, 8]])
    assert result.score("x", "wealth") is None
    assert result.score("x", "index") == 100
    assert any("wealth" in note for note in result.notes)
    empty = compute(GOOD, [[np.nan, np.nan]] * 3)
    assert [empty.score(unit, "index") for unit in "xyz"] == [None, None, None]
    assert [empty.rank(unit, "index") for unit in "xyz"] == [None, None, None]


@pytest.mark.parametrize(
    "units, columns, shape, message",
    [
        (("x", "x"), ("a",), (2, 1), "unit 'x' stands twice"),
        (("x",), ("a", "a"), (1, 2), "column 'a' stands twice"),
        (("x",), ("a",), (2, 2), "shape"),
    ],
)
def test_arrays_that_do_not_fit_their_names_are_refused(units, columns, shape, message):
    with pytest.raises(MeasureError, match=message):
        Data.of_matrix(units, columns, np.ones(shape))


def test_an_infinite_value_is_refused():
    with pytest.raises(MeasureError, match="infinite"):
        Data.of_matrix(("x",), ("a",), np.array([[np.inf]]))
