"""Rule: a GeoTIFF is read as another program wrote it, or refused with the reason; a place gets the height that is there.

The files are written by Pillow (libtiff), which shares nothing with our reader; tiles and predictors that it does not
write are laid out by hand from the specification.
"""

from __future__ import annotations

import contextlib
import io
import struct
import tracemalloc
import zlib

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, TiffImagePlugin

from serantau.sources.terrain import clutter_in, ground_in
from serantau.spectrum.coordination.geotiff import read_geotiff
from serantau.spectrum.errors import SpectrumError
from tests.spectrum.test_coordination import THREELANDS

AREA, POINT = 1, 2
GEOKEYS = 34735


def geotiff(samples, west, north, step, *, raster=AREA, compression=None, nothing=None, model=2, **more):
    """A file as Pillow writes it: the corner of its first sample is at west and north."""
    tags = TiffImagePlugin.ImageFileDirectory_v2()
    tags[33550], tags[33922] = (step, step, 0.0), (0.0, 0.0, 0.0, float(west), float(north), 0.0)
    tags.tagtype[33550] = tags.tagtype[33922] = 12
    tags[GEOKEYS] = (1, 1, 0, 2, 1024, 0, 1, model, 1025, 0, 1, raster)
    tags.tagtype[GEOKEYS] = 3
    if nothing is not None:
        tags[42113], tags.tagtype[42113] = str(nothing), 2
    file = io.BytesIO()
    Image.fromarray(samples).save(file, "TIFF", tiffinfo=tags, compression=compression, **more)
    return file.getvalue()


def slope(rows=40, columns=50, kind="f4"):
    """Heights that rise by 1 m a column and 100 m a row: linear, so that what lies between samples is known."""
    return (np.arange(columns)[None, :] + 100.0 * np.arange(rows)[:, None] + 1).astype(kind)


# --- what another program wrote ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("compression", [None, "tiff_adobe_deflate", "tiff_deflate"])
@pytest.mark.parametrize("kind", ["f4", "i4", "u2", "u1"])
def test_samples_are_those_that_were_written(kind, compression):
    samples = slope(kind="f8").astype(kind) if kind != "u1" else slope().astype("i8").astype("u1")
    raster = read_geotiff("a.tif", geotiff(samples, 100, 10, 0.01, compression=compression))
    assert raster.shape == samples.shape
    assert np.array_equal(raster.load(), samples)


@given(st.integers(1, 60), st.integers(1, 60), st.integers(0, 2**32 - 1), st.sampled_from([None, "tiff_adobe_deflate"]))
@settings(max_examples=30, deadline=None)
def test_whatever_the_size_and_the_samples(rows, columns, seed, compression):
    samples = np.random.default_rng(seed).normal(0, 500, (rows, columns)).astype("f4")
    raster = read_geotiff("a.tif", geotiff(samples, 0, 1, 0.001, compression=compression))
    assert np.array_equal(raster.load(), samples)


def test_a_predictor_over_differences_is_undone():
    samples = slope(kind="u2")
    tags = {317: 2}
    content = geotiff(samples, 100, 10, 0.01, compression="tiff_adobe_deflate")
    assert np.array_equal(read_geotiff("a.tif", content).load(), samples)
    differences = np.diff(samples, axis=1, prepend=np.zeros((samples.shape[0], 1), "u2")).astype("<u2")
    assert np.array_equal(
        read_geotiff("a.tif", by_hand(differences.tobytes(), samples.shape, (1, 16), tags)).load(), samples
    )


def test_the_floating_predictor_is_undone():
    """Adobe's note: the bytes of a row by weight, the heaviest first, each written as the difference to the one before."""
    samples = slope(kind="f4") * np.float32(1.37)
    planes = (
        samples.astype(">f4").view("u1").reshape(*samples.shape, 4).transpose(0, 2, 1).reshape(samples.shape[0], -1)
    )
    differences = np.diff(planes, axis=1, prepend=np.zeros((planes.shape[0], 1), "u1")).astype("u1")
    content = by_hand(differences.tobytes(), samples.shape, (3, 32), {317: 3})
    assert np.array_equal(read_geotiff("a.tif", content).load(), samples)


def test_tiles_are_put_beside_each_other():
    samples = slope(40, 50, "i2")
    padded = np.zeros((48, 64), "<i2")
    padded[:40, :50] = samples
    tiles = [
        zlib.compress(padded[r : r + 16, c : c + 32].tobytes()) for r in range(0, 48, 16) for c in range(0, 64, 32)
    ]
    content = by_hand(tiles, samples.shape, (2, 16), {322: 32, 323: 16})
    assert np.array_equal(read_geotiff("a.tif", content).load(), samples)


def by_hand(data, shape, kind, tags, *, order="<", model=2, keep=None):
    """A deflated TIFF laid out from the specification (TIFF 6.0, section 2)."""
    parts = data if isinstance(data, list) else [zlib.compress(data)]
    names = (324, 325) if 322 in tags else (273, 279)
    held = {
        256: ("H", (shape[1],)), 257: ("H", (shape[0],)), 258: ("H", (kind[1],)), 259: ("H", (8,)), 277: ("H", (1,)),
        339: ("H", (kind[0],)), 33550: ("d", (0.01, 0.01, 0.0)), 33922: ("d", (0.0, 0.0, 0.0, 100.0, 10.0, 0.0)),
        34735: ("H", (1, 1, 0, 2, 1024, 0, 1, model, 1025, 0, 1, 1)),
        **{tag: ("H", (value,)) for tag, value in tags.items()},
    }  # fmt: skip
    if 322 not in tags:
        held[278] = ("H", (shape[0],))
    start = 8 + sum(map(len, parts))
    held[names[0]] = ("I", tuple(np.cumsum([8, *map(len, parts)])[:-1].tolist()))
    held[names[1]] = ("I", tuple(map(len, parts)))
    kinds, after = {"H": 3, "I": 4, "d": 12}, b""
    entries, beyond = b"", start + 2 + 12 * len(held) + 4
    for tag in sorted(held):
        form, values = held[tag]
        packed = struct.pack(f"{order}{len(values)}{form}", *values)
        entries += struct.pack(f"{order}HHI", tag, kinds[form], len(values))
        if len(packed) > 4:
            entries += struct.pack(f"{order}I", beyond + len(after))
            after += packed
        else:
            entries += packed.ljust(4, b"\0")
    mark = b"II*\0" if order == "<" else b"MM\0*"
    content = (
        mark
        + struct.pack(f"{order}I", start)
        + b"".join(parts)
        + struct.pack(f"{order}H", len(held))
        + entries
        + bytes(4)
        + after
    )
    return content[:keep]


def test_the_other_byte_order_is_read():
    samples = slope(kind="i2")
    content = by_hand(samples.astype(">i2").tobytes(), samples.shape, (2, 16), {}, order=">")
    assert np.array_equal(read_geotiff("a.tif", content).load(), samples)


# --- where it lies ----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("raster, middle", [(AREA, 0.005), (POINT, 0.0)])
def test_a_place_gets_the_height_that_is_there(raster, middle):
    """On a slope that is linear, what lies between samples is known without interpolating."""
    samples = slope()
    held = read_geotiff("a.tif", geotiff(samples, 100, 10, 0.01, raster=raster))
    latitude, longitude = np.array([10 - middle - 0.123, 9.8]), np.array([100 + middle + 0.2345, 100.3])
    row, column = (10 - middle - latitude) / 0.01, (longitude - 100 - middle) / 0.01
    assert held.bilinear(held.load(), latitude, longitude) == pytest.approx(1 + column + 100 * row, abs=1e-3)


def test_outside_is_outside():
    held = read_geotiff("a.tif", geotiff(slope(10, 10), 100, 10, 0.1))
    latitude, longitude = np.array([9.5, 10.01, 8.99, 9.5, 9.5]), np.array([100.5, 100.5, 100.5, 99.99, 101.01])
    assert held.holds(latitude, longitude).tolist() == [True, False, False, False, False]


# --- folders ----------------------------------------------------------------------------------------------------------


def test_ground_from_a_folder(tmp_path):
    samples = slope(100, 100)
    samples[:, :30] = 0.0
    samples[50, 60] = -9999.0
    (tmp_path / "w.tif").write_bytes(geotiff(samples, 100, 10, 0.01, nothing=-9999, compression="tiff_adobe_deflate"))
    (tmp_path / "e.tif").write_bytes(geotiff(np.full((100, 100), 7.0, "f4"), 101, 10, 0.01))
    ground = ground_in(tmp_path)
    where = np.array([9.455, 9.455, 9.495, 9.5]), np.array([100.105, 100.705, 100.605, 101.5])
    height, sea = ground.heights(*where)
    assert sea.tolist() == [True, False, True, False]
    assert height == pytest.approx([0.0, 1 + 70 + 100 * 54, 0.0, 7.0])
    with pytest.raises(SpectrumError, match=r"latitude 8\.500, longitude 100\.500"):
        ground.heights(np.array([8.5]), np.array([100.5]))


def test_clutter_by_class(tmp_path):
    classes = np.where(np.arange(100)[None, :] < 50, 1, 2).repeat(100, axis=0).astype("u1")
    (tmp_path / "c.tif").write_bytes(geotiff(classes, 100, 10, 0.01))
    from serantau.bundle import load_bundle

    held = load_bundle(THREELANDS).spectrum.clutter
    where = np.array([9.5, 9.5]), np.array([100.2, 100.8])
    assert clutter_in(tmp_path, held).heights(*where).tolist() == [0.0, 15.0]
    with pytest.raises(SpectrumError, match="class 1, and no height is held"):
        clutter_in(tmp_path, held[1:]).heights(*where)


def test_a_folder_says_what_is_wrong_with_it(tmp_path):
    with pytest.raises(SpectrumError, match="holds no elevation tile"):
        ground_in(tmp_path)
    (tmp_path / "a.tif").write_bytes(geotiff(slope(), 100, 10, 0.01))
    (tmp_path / "N01E103.hgt").write_bytes(b"")
    with pytest.raises(SpectrumError, match="both HGT and GeoTIFF"):
        ground_in(tmp_path)


# --- what is refused --------------------------------------------------------------------------------------------------

WHOLE = by_hand(slope(kind="i2").tobytes(), (40, 50), (2, 16), {})


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "no mark of a TIFF"),
        (b"II+\0" + bytes(20), "BigTIFF"),
        (b"II*\0\xff\xff\xff\x7f", "middle of its tags"),
        (WHOLE[:-40], "middle of its tags"),
        (geotiff(slope(), 100, 10, 0.01, model=1), "not in degrees"),
        (geotiff(slope(), 100, 10, 2.0), "no part of a degree"),
        (geotiff(slope(), 300, 10, 0.01), "no place of the Earth"),
        (geotiff(slope().astype("u1"), 100, 10, 0.01, compression="packbits"), "compressed in way 32773"),
        (geotiff(np.zeros((4, 4, 3), "u1"), 100, 10, 0.01), "several bands"),
        (by_hand(b"", (60_000, 60_000), (2, 16), {}), "are the most"),
        (by_hand(b"", (40, 50), (2, 64), {}), "64 bits of kind 2"),
        (by_hand(b"", (40, 50), (2, 16), {317: 3}), "predictor 3"),
        (by_hand(b"", (40, 50), (2, 16), {}, model=3), "not in degrees"),
    ],
)
def test_what_cannot_be_read_says_why(content, words):
    with pytest.raises(SpectrumError, match=words) as error:
        read_geotiff("a.tif", content)
    assert error.value.message.startswith("a.tif ")


@pytest.mark.parametrize(
    "content, words",
    [
        (by_hand([b"no zlib"], (40, 50), (2, 16), {}), "cannot be unpacked"),
        (by_hand(slope(20, 50, "i2").tobytes(), (40, 50), (2, 16), {}), "middle of its samples"),
        (by_hand(slope(kind="i2").tobytes(), (40, 50), (2, 16), {322: 16, 323: 16}), "strips or tiles is not whole"),
        (by_hand(slope(kind="i2").tobytes(), (40, 50), (2, 16), {322: 0, 323: 16}), "blocks have"),
    ],
)
def test_samples_that_are_not_whole_say_so(content, words):
    with pytest.raises(SpectrumError, match=words):
        read_geotiff("a.tif", content).load()


def test_a_small_file_does_not_unpack_into_a_large_one():
    bomb = zlib.compress(bytes(200_000_000), 9)
    raster = read_geotiff("a.tif", by_hand([bomb], (40, 50), (2, 16), {}))
    tracemalloc.start()
    raster.load()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 5_000_000


@given(st.data())
@settings(max_examples=150, deadline=None)
def test_damaged_files_are_refused_or_read_and_never_crash(data):
    content = bytearray(WHOLE)
    for _ in range(data.draw(st.integers(1, 6))):
        content[data.draw(st.integers(0, len(content) - 1))] = data.draw(st.integers(0, 255))
    with contextlib.suppress(SpectrumError):
        read_geotiff("a.tif", bytes(content[: data.draw(st.integers(0, len(content)))])).load()
