"""Charts: what is missing is drawn as missing, what is strange is data, and the picture is safe to stand in a page."""

from __future__ import annotations

import contextlib
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from xml.etree import ElementTree as ET

import altair as alt
import jsonschema
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serantau.render.charts import (
    Band,
    Bar,
    DotRow,
    Line,
    Point,
    Span,
    Studio,
    dots,
    draw,
    in_signs,
    lines,
    profile,
    rank_intervals,
    ranked_bar,
    wheel,
)
from serantau.render.drawing import Drawer, DrawingError
from serantau.render.svg import ATTRIBUTES, ELEMENTS, UnsafeSvgError, page_svg

SVG = "{http://www.w3.org/2000/svg}"
BARS = ranked_bar(
    "Lines in use",
    "per 100 people",
    [Bar("Asterra", 28.0, 25.0, 30.0, note="2024"), Bar("Borealia"), Bar("Corvania", 39.0)],
)
YEARS = lines(
    "Lines in use",
    "per 100 people",
    [
        Line("Asterra", (Point(2015, 10.0), Point(2016, 12.0, mark="b", broken=True), Point(2019, 18.0))),
        Line("Corvania", (Point(2015, 30.0), Point(2019, None))),
    ],
    (Band(2020, 20.0, 18.0, 22.0), Band(2021, 22.0, 19.0, 25.0)),
    40.0,
    "Asterra",
)
PROFILE = profile("Scores of Asterra", [Bar("Broadband", 71.3, others=(20.0, 99.0)), Bar("Trust")])
RANKS = rank_intervals("Ranks", [Span("Asterra", 2, 1, 2), Span("Borealia"), Span("Corvania", 1, 1, 1)])
SECRET = "unmistakable"
WHEEL = wheel(
    "Scores of Asterra",
    [Bar("O1 Recovery"), Bar("O2 Access", 80.0, note="rank 2", others=(20.0, 50.0)), Bar("O3 Trust", 40.0)],
)
DOTS = dots("Two members", "score", ["Asterra", "Borealia"], [DotRow("O1", (1.0, None)), DotRow("O2", (70.0, 20.0))])
ALL = (BARS, YEARS, PROFILE, RANKS, WHEEL, DOTS)


@pytest.fixture(scope="module")
def studio():
    made = Studio()
    yield made
    made.drawer.close()


def parsed(picture: bytes) -> ET.Element:
    return ET.fromstring(picture)  # noqa: S314 - our own picture


def texts(picture: bytes) -> list[str]:
    return ["".join(node.itertext()) for node in parsed(picture).iter(f"{SVG}text")]


@pytest.mark.parametrize("chart", ALL)
def test_a_picture_holds_known_elements_and_attributes_only(studio, chart):
    root = parsed(studio.draw(chart))
    for node in root.iter():
        assert node.tag.removeprefix(SVG) in ELEMENTS
        assert set(node.attrib) <= ATTRIBUTES
    assert root.attrib["role"] == "img"
    assert root.attrib["aria-label"] == chart.spec["description"]
    # It fills the width that it is given, and takes the ink of the page, light or dark.
    assert "width" not in root.attrib
    assert b"currentColor" in studio.draw(chart)


@pytest.mark.parametrize("chart", ALL)
def test_every_specification_is_vega_lite(chart):
    schema = Path(alt.__file__).parent / "vegalite" / "v6" / "schema" / "vega-lite-schema.json"
    jsonschema.Draft7Validator(json.loads(schema.read_text(encoding="utf-8"))).validate(chart.spec)


def test_the_same_chart_is_the_same_bytes_in_another_process():
    first, second = (Studio(Drawer()) for _ in range(2))
    try:
        assert first.draw(BARS) == second.draw(BARS)
    finally:
        first.drawer.close()
        second.drawer.close()


def test_a_missing_figure_is_a_row_with_words_and_no_bar(studio):
    assert "no figure" in texts(studio.draw(BARS))
    whole = ranked_bar("Lines in use", "", [Bar("Asterra", 28.0), Bar("Borealia", 1.0)])
    assert "no figure" not in texts(studio.draw(whole))


def test_a_zero_is_drawn_as_zero_and_not_as_missing(studio):
    drawn = texts(studio.draw(ranked_bar("Zero", "", [Bar("Asterra", 0.0), Bar("Corvania", 2.0)])))
    assert "no figure" not in drawn
    assert "0" in drawn


def test_bars_stand_in_the_order_of_their_figures_and_missing_ones_last(studio):
    names = [text for text in texts(studio.draw(BARS)) if text in {"Asterra", "Borealia", "Corvania"}]
    assert names == ["Corvania", "Asterra", "Borealia"]


def test_nothing_to_draw_is_still_a_picture(studio):
    for chart in (ranked_bar("Empty", "", []), lines("Empty", "", []), rank_intervals("Empty", [Span("Asterra")])):
        assert studio.draw(chart) is not None


HOSTILE = (
    "<script>alert(1)</script>",
    "]]><g onload='x'>",
    "&lt;b&gt; & \"quotes\" 'too'",
    "{{datum.value}} datum['x']",
    "\u202egnp.exe",
    "a\x00b\x1bc",
    "ประเทศไทย",
    "កម្ពុជា",
    "မြန်မာ",
    "العربية",
    "x" * 5000,
    "",
)


@pytest.mark.parametrize("label", HOSTILE)
def test_a_strange_label_is_data_and_nothing_else(studio, label):
    charts = (
        ranked_bar(label, label, [Bar(label, 1.0, note=label), Bar("Other", 2.0)], label),
        lines(label, label, [Line(label, (Point(2019, 1.0, mark=label), Point(2020, 2.0)))]),
        rank_intervals(label, [Span(label, 1, 1, 2)]),
    )
    for chart in charts:
        root = parsed(studio.draw(chart))
        assert {node.tag.removeprefix(SVG) for node in root.iter()} <= ELEMENTS


@settings(max_examples=25, deadline=None)
@given(st.lists(st.floats(allow_nan=True, allow_infinity=True) | st.none(), max_size=6))
def test_any_number_is_drawn_or_missing(studio, values):
    assert studio.draw(ranked_bar("Any", "", [Bar(f"m{at}", value) for at, value in enumerate(values)])) is not None


def test_data_from_elsewhere_are_never_fetched(tmp_path):
    asked = []

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self):
            asked.append(self.path)
            self.send_response(200)
            self.end_headers()
            self.wfile.write(b"[]")

        def log_message(self, *_words):
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    drawer = Drawer()
    address = f"http://127.0.0.1:{server.server_port}/data.json"
    spec = {
        "$schema": "https://vega.github.io/schema/vega-lite/v6.json",
        "data": {"url": address},
        "mark": "point",
        "encoding": {"x": {"field": "a", "type": "nominal"}},
    }
    try:
        with contextlib.suppress(DrawingError):
            drawer.svg(spec)
        # Inside the specification the word is drawn, so its absence below means something.
        assert SECRET in drawer.svg({**spec, "data": {"values": [{"a": SECRET}]}})
        (tmp_path / "data.json").write_text(json.dumps([{"a": SECRET}]), encoding="utf-8")
        for place in (f"file://{tmp_path}/data.json", f"{tmp_path}/data.json"):
            with contextlib.suppress(DrawingError):
                assert SECRET not in drawer.svg({**spec, "data": {"url": place}})
    finally:
        drawer.close()
        server.shutdown()
        server.server_close()
    assert asked == []


@pytest.mark.parametrize(
    "drawn",
    [
        "<svg viewBox='0 0 1 1' xmlns='http://www.w3.org/2000/svg'><script>1</script></svg>",
        "<svg viewBox='0 0 1 1' xmlns='http://www.w3.org/2000/svg'><image href='x'/></svg>",
        "<svg viewBox='0 0 1 1' xmlns='http://www.w3.org/2000/svg'><rect fill='url(http://x)'/></svg>",
        "<!DOCTYPE svg [<!ENTITY a 'b'>]><svg viewBox='0 0 1 1' xmlns='http://www.w3.org/2000/svg'/>",
        "<html xmlns='http://www.w3.org/1999/xhtml'/>",
        "<svg xmlns='http://www.w3.org/2000/svg'/>",
        "no xml",
    ],
)
def test_a_picture_with_anything_else_is_refused(drawn):
    with pytest.raises(UnsafeSvgError):
        page_svg(drawn, "label")


def test_handlers_and_styles_are_left_out():
    drawn = "<svg viewBox='0 0 1 1' xmlns='http://www.w3.org/2000/svg'><rect onclick='x' style='y' width='1'/></svg>"
    made = page_svg(drawn, 'a "label" <b>')
    assert b"onclick" not in made
    assert b"style" not in made
    assert parsed(made).attrib["aria-label"] == 'a "label" <b>'


def test_axes_are_written_in_the_signs_of_the_language():
    bars = [Bar("One", 0.5), Bar("Two", 1.5)]
    plain = ranked_bar("Ratio", "ratio", bars)
    assert in_signs(plain, ".", ",") is plain
    spoken = in_signs(plain, ",", ".")
    assert spoken.digest != plain.digest
    root = ET.fromstring(draw(spoken))  # noqa: S314 - what we drew
    texts = [one.text for one in root.iter("{http://www.w3.org/2000/svg}text")]
    assert "0,5" in texts and "0.5" not in texts
