"""Rule: a chart as a file is the chart of the page, with what it shows and where it is from written below it."""

from __future__ import annotations

import math
import struct
from xml.etree import ElementTree as ET

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.render.charts import Bar, Studio, ranked_bar, wheel
from serantau.render.standalone import folded, standalone
from serantau.render.strip import STEP, rank_strip
from serantau.render.wheel import RADIUS

SVG = "{http://www.w3.org/2000/svg}"


@pytest.fixture(scope="module")
def studio():
    made = Studio()
    yield made
    made.drawer.close()


def arcs(chart):
    """The sectors of a wheel by the layer that draws them."""
    return [layer["data"]["values"] for layer in chart.spec["layer"] if layer["mark"]["type"] == "arc"]


def test_a_sector_is_as_long_as_its_score_and_none_is_drawn_for_what_is_not_known():
    chart = wheel("Scores", [Bar("One", 50.0), Bar("Two"), Bar("Three", 0.0), Bar("Four", 100.0)])
    grounds, missing, scores, _rings = arcs(chart)
    assert [row["label"] for row in missing] == ["Two"]
    assert [row["label"] for row in grounds] == ["One", "Three", "Four"]
    assert {row["label"]: row["outer"] / RADIUS for row in scores} == {"One": 0.5, "Three": 0.0, "Four": 1.0}
    # Equal angles, whatever the score.
    assert {round(row["end"] - row["start"], 9) for row in scores} == {round(math.pi / 2 - 0.04, 9)}


def test_the_average_of_a_sector_counts_the_member_itself():
    *_, others, mean = arcs(wheel("Scores", [Bar("One", 80.0, others=(20.0, 50.0))]))
    assert len(others) == 2
    (mark,) = mean
    assert (mark["inner"] + mark["outer"]) / 2 == pytest.approx(RADIUS * 0.5)  # (80 + 20 + 50) / 3


def test_the_average_of_bars_is_the_mean_of_the_figures_there_are():
    chart = ranked_bar("Lines", "per 100", [Bar("A", 10.0), Bar("B", 30.0), Bar("C")], average=True)
    assert [layer["data"]["values"][0]["mean"] for layer in chart.spec["layer"] if "data" in layer] == [20.0]
    alone = ranked_bar("Lines", "per 100", [Bar("A", 10.0), Bar("C")], average=True)
    assert not [layer for layer in alone.spec["layer"] if "data" in layer], "one figure has no average"


def test_a_file_holds_the_picture_its_caption_and_its_source(studio):
    picture = studio.draw(ranked_bar("Lines in use", "per 100", [Bar("Asterra", 28.0)]))
    body = standalone(picture, "Lines in use <2024> & before", "Figures: Office of Statistics (CC BY 4.0).")
    root = ET.fromstring(body)  # noqa: S314 - our own picture
    texts = ["".join(node.itertext()) for node in root.iter(f"{SVG}text")]
    assert "Lines in use <2024> & before" in texts
    assert "Figures: Office of Statistics (CC BY 4.0)." in texts
    assert "Asterra" in texts
    assert b"currentColor" not in body
    assert float(root.attrib["width"]) > 640
    assert body == standalone(picture, "Lines in use <2024> & before", "Figures: Office of Statistics (CC BY 4.0).")


def test_a_png_is_twice_as_large_as_its_svg(studio):
    body = standalone(studio.draw(ranked_bar("Lines", "", [Bar("Asterra", 28.0)])), "Lines", "Figures: none.")
    made = studio.drawer.png(body.decode())
    assert made.startswith(b"\x89PNG\r\n\x1a\n")
    width, height = struct.unpack(">II", made[16:24])  # the IHDR chunk (PNG, section 11.2.2)
    root = ET.fromstring(body)  # noqa: S314 - our own picture
    assert (width, height) == (round(2 * float(root.attrib["width"])), round(2 * float(root.attrib["height"])))


@given(st.text(max_size=600), st.floats(40, 400))
def test_folding_loses_no_word_until_it_says_so(text, room):
    lines = folded(text, 12, room)
    if not any(line.endswith("…") for line in lines) and "…" not in text:
        from serantau.render.model import clean

        assert " ".join(lines).split() == [part for word in text.split() for part in clean(word).split()]


def test_a_strip_has_its_dot_at_the_rank():
    drawn = ET.fromstring(rank_strip(3, 2, 5, 1, 6, 'rank "3"'))  # noqa: S314 - our own picture
    line = next(node for node in drawn if node.get("class") == "strip-span")
    places = {node.get("class"): node.get("cx") for node in drawn if node.get("cx")}
    middle = STEP // 2
    assert places == {"strip-rank": str(2 * STEP + middle), "strip-usual": str(middle)}
    assert (line.get("x1"), line.get("x2")) == (str(STEP + middle), str(4 * STEP + middle))
    assert drawn.get("aria-label") == 'rank "3"'
