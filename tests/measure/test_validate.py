"""The check of a definition as a whole, for definitions built in Python. Files are in ``test_bad_input.py``."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.measure.data import Data
from serantau.measure.definition import (
    Aggregate,
    Definition,
    GroupSpec,
    Impute,
    IndicatorSpec,
    Level,
    Normalise,
    Robustness,
    Treat,
)
from serantau.measure.errors import MeasureError
from serantau.measure.index import check, run_index
from serantau.measure.validate import MAX_DEPTH, definition_problems

AGGREGATE = (Aggregate(),)


def tree(groups, homes, steps=AGGREGATE) -> Definition:
    return Definition(
        id="tree", title="Tree", groups=tuple(GroupSpec(id=name, parent=parent) for name, parent in groups.items()),
        indicators=tuple(IndicatorSpec(id=f"i{place}", group=home) for place, home in enumerate(homes)), steps=steps,
    )  # fmt: skip


def words(definition: Definition) -> str:
    return "\n".join(map(str, definition_problems(definition)))


NAMES = ["a", "b", "c", "d"]


@given(
    st.lists(st.sampled_from(["", *NAMES, "elsewhere"]), min_size=4, max_size=4),
    st.lists(st.sampled_from([*NAMES, "elsewhere"]), max_size=5),
)
def test_a_tree_passes_exactly_if_everything_hangs_on_one_root_and_no_group_is_bare(parents, homes):
    groups = dict(zip(NAMES, parents, strict=True))

    def reaches_a_root(name: str) -> bool:
        for _ in range(len(groups) + 1):
            if name == "":
                return True
            if name not in groups:
                return False
            name = groups[name]
        return False

    sound = (
        parents.count("") == 1
        and all(reaches_a_root(name) for name in groups)
        and len(homes) > 0
        and all(home in groups for home in homes)
        and all(name in parents or name in homes for name in groups)
    )
    problems = definition_problems(tree(groups, homes))
    assert (problems == []) == sound
    if sound:
        order = tree(groups, homes).bottom_up()
        assert sorted(order) == NAMES
        assert all(order.index(name) < order.index(parent) for name, parent in groups.items() if parent)


@given(st.integers(1, 6), st.integers(0, 5))
def test_every_group_of_a_cycle_is_named_and_no_other(length, tail):
    ring = {f"r{place}": f"r{(place + 1) % length}" for place in range(length)}
    line = {f"t{place}": f"t{place + 1}" if place + 1 < tail else "r0" for place in range(tail)}
    definition = tree({"root": "", **ring, **line}, ["root", "t0" if tail else "r0"])
    named = [problem for problem in definition_problems(definition) if "own ancestor" in problem.what]
    assert len(named) == length
    assert all("'r" in problem.what for problem in named)


def test_a_tree_of_many_levels_passes_and_one_without_end_is_refused():
    def chain(length: int) -> Definition:
        return tree({f"g{place}": f"g{place - 1}" if place else "" for place in range(length)}, [f"g{length - 1}"])

    assert definition_problems(chain(MAX_DEPTH)) == []
    assert chain(MAX_DEPTH).heights["g0"] == MAX_DEPTH
    assert "deep" in words(chain(5000))


def test_heights_count_from_the_indicators_up():
    """Uneven: the root has an indicator of its own beside a branch of three levels."""
    definition = tree({"top": "", "mid": "top", "low": "mid", "side": "top"}, ["low", "side", "top"])
    expected = {"i0": 0, "i1": 0, "i2": 0, "low": 1, "side": 1, "mid": 2, "top": 3}
    assert definition.heights == expected


def test_alternatives_are_checked_like_steps():
    definition = msgspec.structs.replace(
        tree({"top": ""}, ["top"], (Normalise(), Aggregate())),
        robustness=Robustness(
            normalise=(Normalise(method="goalposts"),), aggregate=(Aggregate(weights="experts"),), treat=(Treat(),),
        ),
    )  # fmt: skip
    text = words(definition)
    assert "'i0' has no goalposts" in text
    assert "no weight set 'experts'" in text
    assert "`treat` need exactly one step `treat`" in text


def test_zero_weights_of_groups_count_as_those_of_indicators():
    definition = tree({"top": "", "low": "top"}, ["low"])
    groups = tuple(msgspec.structs.replace(group, weight=0.0) for group in definition.groups)
    assert "below 'top' sum to zero" in words(msgspec.structs.replace(definition, groups=groups))


def test_a_level_for_every_height_and_no_more():
    definition = tree({"top": "", "low": "top"}, ["low"], (Aggregate(levels=(Level(), Level())),))
    assert definition_problems(definition) == []
    definition = tree({"top": "", "low": "top"}, ["low"], (Aggregate(levels=(Level(),) * 3),))
    assert "the tree has 2" in words(definition)


def test_the_engine_refuses_what_the_check_refuses():
    definition = tree({"top": "low", "low": "top"}, ["low"])
    with pytest.raises(MeasureError, match="tree has 3 problem"):
        check(definition)
    with pytest.raises(MeasureError, match="own ancestor"):
        run_index(definition, Data((), (), (), np.zeros((0, 0, 0))))


def test_groups_of_units_may_come_with_the_data():
    """A definition that imputes by group is sound without `unit_groups`: a column `group` of the data serves too."""
    steps = (Impute(method="group_mean"), Aggregate())
    definition = tree({"top": ""}, ["top"], steps)
    assert definition_problems(definition) == []
    values = np.array([[[1.0], [np.nan], [9.0]]])
    result = run_index(definition, Data(("a", "b", "c"), ("i0",), (0,), values, ("x", "x", "y")))
    assert result.score("b", "top") == 1
    with pytest.raises(MeasureError, match="column `group`"):
        run_index(definition, Data(("a", "b", "c"), ("i0",), (0,), values))
