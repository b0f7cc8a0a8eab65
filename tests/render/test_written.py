"""Rule: graphs and timelines show what the facts say, and what a date leaves open is drawn as open."""

from __future__ import annotations

from datetime import date
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.render.graph import Node, dependency_graph, layers
from serantau.render.standalone import standalone
from serantau.render.svg import NAMESPACE
from serantau.render.timeline import Stretch, timeline

SVG = f"{{{NAMESPACE}}}"


def parsed(picture):
    return ET.fromstring(picture)  # noqa: S314 - our own picture


GRAPHS = st.dictionaries(st.integers(0, 15), st.sets(st.integers(0, 15), max_size=4), max_size=16).map(
    lambda found: {name: tuple(one for one in before if one < name) for name, before in found.items()}
)


@given(GRAPHS)
def test_everything_stands_after_what_it_depends_on(graph):
    found = layers(graph)
    depth = {name: at for at, column in enumerate(found) for name in column}
    assert sorted(depth) == sorted(graph)
    for name, before in graph.items():
        held = [depth[one] for one in before if one in graph]
        assert depth[name] == 1 + max(held, default=-1)  # no further to the right than it must


def test_a_circle_is_refused():
    with pytest.raises(ValueError, match="circle"):
        layers({"a": ("b",), "b": ("a",)})


def test_a_graph_holds_those_that_hang_together_each_once_with_its_link():
    nodes = [Node(name, name.upper(), f"/actions/#{name}", doubtful=name == "c") for name in "abcd"]
    root = parsed(dependency_graph("Order <of> things", nodes, {"a": (), "b": ("a",), "c": ("a", "b"), "d": ()}))
    assert root.get("aria-label") == "Order <of> things"
    assert [link.get("href") for link in root.iter(f"{SVG}a")] == ["/actions/#a", "/actions/#b", "/actions/#c"]
    assert ["".join(text.itertext()) for text in root.iter(f"{SVG}text")] == ["A", "B", "C"]
    assert len(list(root.iter(f"{SVG}path"))) == 2 * 3  # a line and a head for each of three links
    dashed = [one for one in root.iter(f"{SVG}rect") if one.get("stroke-dasharray")]
    assert len(dashed) == 1


def test_a_stretch_is_solid_only_where_its_dates_leave_no_doubt():
    day = date(2022, 3, 1)
    known = Stretch("known", (day, day), (date(2022, 4, 1), date(2022, 4, 1)))
    year = Stretch("year", (date(2022, 1, 1), date(2022, 12, 31)), (date(2022, 1, 1), date(2022, 12, 31)))
    opened = Stretch("open", (day, day), None)
    root = parsed(timeline("When", [known, year, opened], 2021, 2024, date(2023, 1, 1)))
    pale = [one for one in root.iter(f"{SVG}rect") if one.get("stroke-dasharray")]
    solid = [one for one in root.iter(f"{SVG}rect") if not one.get("stroke-dasharray")]
    assert len(solid) == 1  # the one whose days are known
    assert len(pale) == 2
    # The window without a known end reaches to the last year shown.
    ends = [float(one.get("x")) + float(one.get("width")) for one in pale]
    assert max(ends) == pytest.approx(712, abs=2)
    years = [text.text for text in root.iter(f"{SVG}text")][:4]
    assert years == ["2021", "2022", "2023", "2024"]


def test_a_written_picture_becomes_a_file():
    body = standalone(timeline("When", [Stretch("a", None, None)], 2021, 2022), "When", "Sources: none.")
    assert b"currentColor" not in body
    assert parsed(body).get("width")
