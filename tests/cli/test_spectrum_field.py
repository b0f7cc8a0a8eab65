"""Rule: one path on the command line gives what the published logs say, step by step with their equation numbers."""

from __future__ import annotations

import json
import math

import pytest

from tests.spectrum.published import published
from tests.support.regions import THREELANDS

ASIDE = ["--region", str(THREELANDS), "--format", "json"]
WORDS = {1: "sea", 3: "coastal", 4: "inland"}


def rows_of(result):
    answer = json.loads(result.stdout)
    return {row["key"]: row for row in answer["rows"]}, answer["notes"]


@pytest.fixture(scope="module")
def inland():
    """A published case over land alone; its log names the same coast, none, as a profile without sea does."""
    return next(
        case for case in published() if set(case.links.profiles.zone[0].tolist()) <= {3, 4} and case.time_percent < 50
    )


def test_a_published_profile_gives_the_published_steps(run, tmp_path, inland):
    links, profiles = inland.links, inland.links.profiles
    columns = (profiles.distance_km, profiles.terrain_m, profiles.clutter_m, profiles.zone)
    rows = [
        f"{d!r},{h!r},{c!r},{WORDS[z]}" for d, h, c, z in zip(*(column[0].tolist() for column in columns), strict=True)
    ]
    path = tmp_path / "profile.csv"
    path.write_text("\n".join(["distance_km,height_m,clutter_m,zone", *rows, ""]), encoding="utf-8")
    words = [
        *("--frequency", float(links.frequency_ghz[0]) * 1000, "--latitude", float(links.latitude_deg[0])),
        *("--tx-height", float(links.tx_height_m[0]), "--rx-height", float(links.rx_height_m[0])),
        *("--delta-n", float(links.delta_n[0]), "--n0", float(links.n0[0]), "--time", inland.time_percent),
    ]
    if not links.vertical[0]:
        words.append("--horizontal")
    found, notes = rows_of(run("spectrum", "field", str(path), *map(str, words), *ASIDE))
    column = f"p{inland.time_percent:g}"
    # The logs hold about ten digits.
    for key, logged in (("Lbfs", "Lbfs"), ("Lbs", "Lbs"), ("Lbc", "Lbc"), ("dlt", "dlt"), ("ae", "ae")):
        if logged in inland.log:
            assert found[key][column] == pytest.approx(inland.log[logged][-1], abs=2e-6), key
    assert found["Lbfs"]["equation"] == "Eq (8)"
    assert any(note.startswith(f"{inland.time_percent:g} % of time: ") for note in notes)


def test_free_space_stands_beside(run):
    """By the two equations of free space, E = 106.96 - 20 log d for 1 kW e.r.p."""
    words = ["--from", "0", "0", "--to", "0", "1", "--frequency", "763", "--member", "QAA", "--sea", "--erp", "25"]
    found, _ = rows_of(run("spectrum", "field", *words, *ASIDE))
    distance = 6371 * math.pi / 180
    assert found["E free"]["p50"] == pytest.approx(106.96 - 20 * math.log10(distance) - 5, abs=1e-4)
    assert found["E"]["p1"] > found["E"]["p50"]


@pytest.mark.parametrize(
    "words, said",
    [
        ([], "Give a PROFILE, or both --from and --to"),
        (["--from", "0", "0"], "Give a PROFILE, or both --from and --to"),
        (["--from", "0", "0", "--to", "0", "0.001"], "0.25"),
        (["--from", "0", "0", "--to", "0", "0"], "the same place"),
    ],
)
def test_what_is_missing_is_told(run, words, said):
    result = run("spectrum", "field", "--frequency", "700", "--member", "QAA", *words, *ASIDE, code=1)
    assert said in result.output


@pytest.mark.parametrize("option", ["--frequency", "--tx-height", "--time", "--delta-n"])
def test_nan_is_no_number(run, option):
    words = ["--frequency", "700", "--from", "0", "0", "--to", "0", "1", option, "nan"]
    result = run("spectrum", "field", *words, "--member", "QAA", *ASIDE, code=2)
    assert option in result.output and "is no number" in result.output


@pytest.mark.parametrize(
    "text, said",
    [
        ("distance_km,heigt_m\n0,1\n", "'heigt_m' is no column"),
        ("distance_km,height_m\n0,1\n1,x\n", "line 3, height_m"),
        ("distance_km,height_m,zone\n0,1,lake\n", "line 2, zone"),
        ("distance_km,height_m\n0,1\n", "1 point is too short"),
        ("distance_km,height_m\n" + "".join(f"{d},1\n" for d in (0, 1, 1, 2, 3)), "the distance does not rise"),
        ("distance_km,height_m\n" + "".join(f"{d},nan\n" for d in range(5)), "no finite number"),
    ],
)
def test_a_bad_profile_names_line_and_column(run, tmp_path, text, said):
    path = tmp_path / "p.csv"
    path.write_text(text, encoding="utf-8")
    words = [str(path), "--frequency", "700", "--member", "QAA", "--latitude", "1", *ASIDE]
    assert said in run("spectrum", "field", *words, code=1).output


def test_a_profile_must_say_where_it_lies(run, tmp_path):
    path = tmp_path / "p.csv"
    path.write_text("distance_km,height_m\n" + "".join(f"{d},1\n" for d in range(6)), encoding="utf-8")
    assert (
        "--latitude"
        in run("spectrum", "field", str(path), "--frequency", "700", "--member", "QAA", *ASIDE, code=1).output
    )


def test_refractivity_from_maps_that_the_user_has(run, tmp_path):
    from tests.spectrum.test_maps import DELTA, N0, text

    words = ["--from", "0", "100", "--to", "1", "101", "--frequency", "700", "--maps", str(tmp_path), *ASIDE]
    assert "holds no DN50.TXT" in run("spectrum", "field", *words, code=1).output
    (tmp_path / "DN50.TXT").write_bytes(text(DELTA))
    (tmp_path / "N050.TXT").write_bytes(text(N0))
    _, notes = rows_of(run("spectrum", "field", *words))
    assert "delta-N 50.10, N0 320.35, from maps at latitude 0.500, longitude 100.500" in notes[0]
    assert "one of the three" in run("spectrum", "field", *words, "--member", "QAA", code=1).output
