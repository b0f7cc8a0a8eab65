"""Rule: geometry, power and margins are those of arithmetic on paper; a run that was cut off ends as if it had not been."""

from __future__ import annotations

import json
import math
import subprocess
import sys
import time

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.spectrum.coordination import (
    Answer,
    Flat,
    Question,
    Setting,
    Tiles,
    coordinate,
    hgt_name,
    pattern_db,
    questions_for,
    read_border,
    read_hgt,
    read_transmitters,
)
from serantau.spectrum.coordination.sphere import bearing_deg, destination, distance_km
from serantau.spectrum.coordination.terrain import coast_distances, zones_of
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.propagation import P1812, FreeSpace, Zone
from tests.support.regions import THREELANDS

HEADER = "id,latitude,longitude,height_m,frequency_mhz,bandwidth_mhz,erp_dbw"
DEGREE_KM = 6371 * math.pi / 180


def table(*rows, header=HEADER):
    return "\n".join([header, *rows, ""]).encode()


def line(*positions, kind="LineString"):
    return json.dumps({"type": kind, "coordinates": [list(position) for position in positions]}).encode()


EAST = line((0, 0), (1, 0))
"""Along the equator to the east: 111.195 km."""


# --- the sphere ------------------------------------------------------------------------------------------------------


places = st.tuples(st.floats(-79, 79), st.floats(-179, 179))


@given(places, places)
def test_distance_agrees_with_the_law_of_cosines(one, two):
    (a, b), (c, d) = one, two
    cosine = math.sin(math.radians(a)) * math.sin(math.radians(c)) + math.cos(math.radians(a)) * math.cos(
        math.radians(c)
    ) * math.cos(math.radians(d - b))
    assert float(distance_km(a, b, c, d)) == pytest.approx(6371 * math.acos(max(-1, min(1, cosine))), abs=0.2)


@given(places, st.floats(0, 359), st.floats(0.1, 500))
def test_one_arrives_where_one_went(start, bearing, distance):
    lat, lon = destination(*start, bearing, distance)
    assert float(distance_km(*start, lat, lon)) == pytest.approx(distance, rel=1e-9, abs=1e-9)
    there = float(bearing_deg(*start, lat, lon))
    assert abs((there - bearing + 180) % 360 - 180) < 1e-5


# --- the border ------------------------------------------------------------------------------------------------------


def test_points_stand_at_the_spacing_and_the_neighbour_on_its_side():
    border = read_border(EAST, 10, "right")
    assert len(border.latitude) == 12, "0, 10, ... 110 of 111.195 km"
    np.testing.assert_allclose(border.along_km, np.arange(12) * 10)
    np.testing.assert_allclose(border.longitude, np.arange(12) * 10 / DEGREE_KM)
    lat, _ = border.inside(6)
    np.testing.assert_allclose(lat, -6 / DEGREE_KM, rtol=1e-6)
    lat, _ = read_border(EAST, 10, "left").inside(6)
    np.testing.assert_allclose(lat, 6 / DEGREE_KM, rtol=1e-6)


def test_lines_of_a_collection_follow_each_other():
    whole = json.dumps(
        {
            "type": "FeatureCollection",
            "features": [{"type": "Feature", "properties": {}, "geometry": json.loads(EAST)}] * 2,
        }
    ).encode()
    border = read_border(whole, 50, "left")
    assert border.along_km.tolist() == pytest.approx([0, 50, 100, 100, 150, 200])


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "no JSON"),
        (b"[" * 100_000, "no JSON"),
        (b"[]", "no GeoJSON"),
        (b'{"type": "Polygon", "coordinates": []}', "a 'Polygon'; a line is needed"),
        (b'{"type": "FeatureCollection"}', "`features` is no list"),
        (b'{"type": "MultiLineString", "coordinates": []}', "holds no line"),
        (line((0, 0)), "line 1: a line has two different positions"),
        (line((0, 0), (0, 0)), "two different positions"),
        (
            line((1.3, 103.8), (1.4, 104)),
            "line 1, position 1: longitude 1.3, latitude 103.8 is no place here. They look",
        ),
        (b'{"type": "LineString", "coordinates": [[0, "x"], [1, 1]]}', "position 1: a position is"),
        (b'{"type": "LineString", "coordinates": [[0, NaN], [1, 1]]}', "no JSON"),
    ],
)
def test_a_border_that_is_none_is_refused_in_words(content, words):
    with pytest.raises(SpectrumError) as refused:
        read_border(content, 1, "left")
    assert words in str(refused.value)


def test_a_border_of_too_many_points_is_refused():
    with pytest.raises(SpectrumError, match="Use a wider spacing"):
        read_border(line((0, 0), (179, 0)), 0.1, "left")


# --- transmitters ----------------------------------------------------------------------------------------------------


def test_a_batch_is_read_with_what_is_left_out():
    one, two = read_transmitters(
        table("a,1,103,30,763,10,28,", "b,2,104,40,3500,100,30,120", header=f"{HEADER},azimuth_deg")
    )
    assert (one.azimuth_deg, two.azimuth_deg) == (None, 120)
    assert one.synchronised is Answer.ANY


@pytest.mark.parametrize(
    "row, words",
    [
        ("a,1,103,30,-763,10,28", "line 2, frequency_mhz: '-763'"),
        ("a,1,103,-3,763,10,28", "line 2, height_m: '-3'"),
        ("a,103.8,1.3,30,763,10,28", "Latitude and longitude look swapped"),
        ("a,1,103,30,nan,10,28", "line 2, frequency_mhz: 'nan'"),
        ("a,1,103,30,763,10,", "line 2, erp_dbw: the cell is empty"),
        ("a,1,103,30,763,10", "line 2: 6 cells, the header has 7"),
        ("a,one,103,30,763,10,28", "line 2, latitude: 'one'"),
        ("a\x00b,1,103,30,763,10,28", "line 2, id: 'a\\x00b' holds a character that cannot be seen"),
    ],
)
def test_a_bad_row_names_line_and_field(row, words):
    with pytest.raises(SpectrumError) as refused:
        read_transmitters(table(row))
    assert words in str(refused.value)


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "is empty"),
        (table(), "is empty"),
        (b"\xff\xfe\x00", "not UTF-8"),
        (table("a,1,103,30,763,10,28", header=HEADER.replace("height_m", "hieght_m")), "Did you mean height_m"),
        (table("a,1,103,30,763,10,28", "a,1,103,30,763,10,28"), "line 3, id: 'a' stands at line 2 too"),
        (b'id,latitude\n"a', "no CSV"),
    ],
)
def test_a_bad_table_is_refused_whole(content, words):
    with pytest.raises(SpectrumError) as refused:
        read_transmitters(content)
    assert words in str(refused.value)


def test_the_pattern_falls_12_db_times_the_square_and_not_below_the_back():
    """3GPP TR 38.901, Table 7.3-1: 3 dB at half the beamwidth, 12 dB at the whole, 30 dB behind."""
    (one,) = read_transmitters(table("a,1,103,30,763,10,28,90,65", header=f"{HEADER},azimuth_deg,beamwidth_deg"))
    found = pattern_db(one, np.array([90.0, 90 + 32.5, 90 - 32.5, 90 + 65, 270.0]))
    np.testing.assert_allclose(found, [0, -3, -3, -12, -30])


# --- the ground ------------------------------------------------------------------------------------------------------


def tile(heights):
    side = 1201
    return np.broadcast_to(np.asarray(heights, dtype=">i2"), (side, side)).tobytes()


def test_a_tile_is_read_from_north_to_south_and_interpolated():
    rows = np.linspace(1200, 0, 1201).round()[:, None] * np.ones(1201)
    place, heights = read_hgt("N01E103.hgt", tile(rows))
    assert place == (1, 103)
    ground = Tiles({place: heights})
    found, sea = ground.heights(np.array([1.0, 1.25, 1.999]), np.array([103.5, 103.0, 103.2]))
    np.testing.assert_allclose(found, [0, 300, 1198.8], atol=1e-6)
    assert sea.tolist() == [True, False, False]


@pytest.mark.parametrize("name, content", [("x.hgt", b""), ("N01E103.hgt", b"123"), ("N0AE103.hgt", tile(5))])
def test_a_file_that_is_no_tile_is_refused(name, content):
    with pytest.raises(SpectrumError, match="tile"):
        read_hgt(name, content)


def test_a_path_beyond_the_tiles_names_the_missing_one():
    with pytest.raises(SpectrumError, match=hgt_name(1, 104)):
        Tiles({}).heights(np.array([1.5]), np.array([104.5]))


def test_low_land_near_the_sea_is_coast():
    d = np.array([[0.0, 10, 20, 70, 100]])
    sea = np.array([[True, False, False, False, False]])
    height = np.array([[0.0, 50, 150, 50, 50]])
    wanted = [Zone.SEA, Zone.COASTAL_LAND, Zone.INLAND, Zone.INLAND, Zone.INLAND]
    assert zones_of(d, height, sea).tolist() == [[int(zone) for zone in wanted]]
    assert [float(x[0]) for x in coast_distances(d, sea)] == [0.0, 100.0]


# --- a run -----------------------------------------------------------------------------------------------------------


def run(setting, batch, questions):
    return list(coordinate(setting, batch, questions))[-1]


def test_one_kilowatt_in_free_space():
    """1 kW e.r.p. at 10 km in free space: 106.96 - 20 log 10 = 86.96 dB(uV/m) (199.36 - 92.4 - 20)."""
    border = read_border(line((0, 0), (0.001, 0)), 1, "left")
    (one,) = read_transmitters(table(f"a,{-10 / DEGREE_KM},0,30,700,10,30"))
    setting = Setting(border, Flat(height_m=27), 60, 380, FreeSpace())
    # Receiver and transmitter at the same height, so that the slant is the distance.
    (found,) = run(setting, [one], [Question(0, 10, 50, 30, 0)])
    assert found.strongest_dbuv_m[0] == pytest.approx(86.96, abs=1e-3)
    (halved,) = run(setting, [one], [Question(0, 10, 50, 30, 5)])
    assert halved.strongest_dbuv_m[0] == pytest.approx(86.96 - 10 * math.log10(2), abs=1e-3), "5 of 10 MHz"


def limits():
    from serantau.bundle import load_bundle

    return load_bundle(THREELANDS).spectrum.limits


def test_each_transmitter_is_asked_about_the_limits_that_are_for_it():
    batch = read_transmitters(
        table(
            "low,-0.2,0.5,30,763,10,20,any", "high,-0.2,0.5,30,3500,10,20,no", "tuned,-0.2,0.5,30,3500,10,20,yes",
            header=f"{HEADER},synchronised",
        )
    )  # fmt: skip
    questions = questions_for(batch, limits(), [])
    assert [one.limit.id for one in questions] == ["tl-700-0", "tl-700-6", "tl-3500-unsync"]
    # In free space, where further is always weaker: P.1812 lets a duct take over near 20 km.
    setting = Setting(read_border(EAST, 5, "left"), Flat(), 60, 380, FreeSpace(), profile_points=50)
    found = run(setting, batch, questions)
    assert [one.asked for one in found] == [1, 1, 1]
    for one in found:
        limit = one.question.limit.value_dbuv_m
        for exceeded in one.exceedances:
            assert exceeded.margin_db == pytest.approx(limit - exceeded.worst_dbuv_m)
            assert exceeded.points == int((one.strongest_dbuv_m > limit).sum())
    inside, border = found[1].strongest_dbuv_m.max(), found[0].strongest_dbuv_m.max()
    assert inside < border, "6 km further away"


def test_a_border_far_away_is_refused_in_one_sentence():
    (one,) = read_transmitters(table("a,50.1,1.6,30,763,10,28"))
    with pytest.raises(SpectrumError) as refused:
        run(
            Setting(read_border(line((103.6, 1.2), (103.7, 1.2)), 5, "left"), Flat(), 60, 380, FreeSpace()),
            [one],
            [Question(0, 10, 50, 3, 0)],
        )
    assert "Transmitter a: The border lies" in str(refused.value)
    assert "swapped" in str(refused.value) and "\n" not in str(refused.value)


def test_without_a_limit_nothing_is_exceeded():
    batch = read_transmitters(table("a,-0.2,0.5,30,2600,10,20"))
    with pytest.raises(SpectrumError, match="No limit is for these"):
        questions_for(batch, limits(), [])
    (only,) = questions_for(batch, limits(), [Question(0, 10, 50, 3, 0)])
    assert only.limit is None


def test_what_was_kept_is_not_computed_again():
    batch = read_transmitters(table("a,-0.2,0.5,30,763,10,20", "b,-0.1,0.6,30,763,10,20"))
    setting = Setting(read_border(EAST, 20, "left"), Flat(), 60, 380, P1812(), profile_points=50)
    questions = questions_for(batch, limits(), [])
    kept = {}
    whole = list(coordinate(setting, batch, questions, keep=kept.__setitem__))[-1]
    assert set(kept) == {0, 1}
    computed = {}
    again = list(coordinate(setting, batch, questions, {0: kept[0]}.get, computed.__setitem__))[-1]
    assert set(computed) == {1}
    for one, two in zip(whole, again, strict=True):
        np.testing.assert_array_equal(one.strongest_dbuv_m, two.strongest_dbuv_m)


# --- the command, killed in the middle ---------------------------------------------------------------------------------


def command(folder, out):
    words = [
        sys.executable,
        "-m",
        "serantau",
        "spectrum",
        "coordinate",
        folder / "t.csv",
        "--border",
        folder / "b.geojson",
    ]
    words += ["--neighbour", "left", "--out", out, "--member", "QAA", "--region", THREELANDS, "--spacing", "0.5"]
    return [str(word) for word in words]


def test_a_run_that_was_killed_goes_on_and_ends_the_same(tmp_path):
    rows = [f"t{n},{-0.05 - n * 0.003},0.5,30,763,10,25" for n in range(60)]
    (tmp_path / "t.csv").write_bytes(table(*rows))
    (tmp_path / "b.geojson").write_bytes(EAST)
    whole, cut = tmp_path / "whole", tmp_path / "cut"
    subprocess.run(command(tmp_path, whole), check=True, capture_output=True)
    running = subprocess.Popen(command(tmp_path, cut), stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    until = time.monotonic() + 60
    while running.poll() is None and time.monotonic() < until and not list(cut.glob(".partial/*/*.npy")):
        time.sleep(0.005)
    running.kill()
    running.wait()
    assert not list(cut.glob("*.csv")) or running.returncode == 0
    subprocess.run(command(tmp_path, cut), check=True, capture_output=True)
    names = sorted(path.name for path in whole.iterdir())
    assert names == [
        *("exceedances.csv", "map.geojson", "map.svg", "report.docx", "report.pdf", "run.json", "strengths.csv"),
    ]
    for name in names:
        assert (cut / name).read_bytes() == (whole / name).read_bytes(), name
    assert sorted(path.name for path in cut.iterdir()) == names
