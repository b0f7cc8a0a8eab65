"""``serantau spectrum coordinate``: what a batch of transmitters puts into the neighbour."""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from contextlib import suppress
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.base import suggest
from serantau.cli.groups import stop
from serantau.cli.options import Number, asof, common_options, format_option, own_folder
from serantau.cli.output import Column, Row, csv_text, emit
from serantau.cli.progress import progress
from serantau.cli.spectrum_air import Mapped, clutter_of, ground_of, ground_options, maps_option, refractivity

if TYPE_CHECKING:
    from serantau.bundle import Bundle
    from serantau.render.coordination import RunPaper
    from serantau.spectrum.coordination import Finding, Limit, Question, Setting, Strengths, Transmitter

MOST_BYTES = 64 * 1024 * 1024
PARTIAL = ".partial"


@click.command()
@click.argument("transmitters", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option(
    "--border", required=True, type=click.Path(exists=True, dir_okay=False, path_type=Path), help="GeoJSON line."
)
@click.option(
    "--neighbour",
    required=True,
    type=click.Choice(["left", "right"]),
    help="On which side of the line, in its direction, the neighbour lies.",
)
@click.option("--out", required=True, type=click.Path(file_okay=False, path_type=Path), help="Folder for the findings.")
@click.option("--limit", "limits", multiple=True, help="Only this limit; may be given several times.")
@click.option("--distance", "distances", multiple=True, type=Number(0, 100), help="Without a limit: km inside.")
@click.option("--time", "times", multiple=True, type=Number(1, 50), help="Without a limit: per cent of time.")
@click.option("--height", type=Number(1, 100), default=3, show_default=True, help="Without a limit: receiver, m.")
@click.option("--member", "code", help="Take the refractivity held of this member.")
@click.option("--delta-n", type=Number(0, 157, min_open=True, max_open=True), help="Lapse-rate, N-units/km.")
@click.option("--n0", type=Number(0, 1000, min_open=True), help="Sea-level refractivity, N-units.")
@maps_option
@click.option("--spacing", type=Number(0.01, 100), default=1, show_default=True, help="Points, km apart.")
@click.option("--points", type=click.IntRange(5, 5000), default=200, show_default=True, help="Points of each profile.")
@ground_options
@click.option("--sigma", type=Number(0, 30), default=0, show_default=True, help="Location variability, dB.")
@common_options
@format_option
def coordinate(
    transmitters: Path,
    border: Path,
    neighbour: str,
    out: Path,
    limits: tuple[str, ...],
    distances: tuple[float, ...],
    times: tuple[float, ...],
    height: float,
    code: str | None,
    delta_n: float | None,
    n0: float | None,
    maps: Path | None,
    spacing: float,
    points: int,
    terrain: Path | None,
    sea: bool,
    clutter: float,
    landcover: Path | None,
    scheme: str,
    sigma: float,
    region: Path,
    as_of: date | None,
    known: date | None,
    format: str,
) -> None:
    """Compute field strength along a border and inside the neighbour, and who exceeds which limit.

    TRANSMITTERS is a CSV table; docs/guide/coordination.md names its columns. A run that was stopped goes on where it
    was when it is started again with the same input. The folder gets strengths.csv, exceedances.csv, map.svg,
    map.geojson, run.json, report.pdf and report.docx when the run has ended, all or none.
    """
    from serantau.bundle import load_bundle
    from serantau.render.coordination import RunPaper
    from serantau.spectrum.coordination import Setting, finding_of, questions_for, read_border, read_transmitters
    from serantau.spectrum.propagation import P1812

    bundle = load_bundle(region, own_folder())
    batch = read_transmitters(_read(transmitters))
    line = read_border(_read(border), spacing, neighbour)  # type: ignore[arg-type] # Click allows these two words
    middle = len(line.latitude) // 2
    place = Mapped(maps, float(line.latitude[middle]), float(line.longitude[middle])) if maps else None
    found_delta, found_n0, origin = refractivity(bundle, asof(as_of, known), code, delta_n, n0, place)
    ground, ground_words = ground_of(terrain, sea)
    standing, standing_words = clutter_of(bundle, asof(as_of, known), clutter, landcover, scheme)
    setting = Setting(line, ground, found_delta, found_n0, P1812(), points, sigma, standing)
    chosen = _limits(bundle, limits, as_of, known)
    questions = questions_for(batch, chosen, _own_questions(distances, times, height))
    rests_on = (
        f"Method: {setting.method.name}. {origin} Ground: {ground_words}, {standing_words}, "
        f"{len(line.latitude)} points {spacing:g} km apart, {len(batch)} transmitters."
    )
    said = [rests_on, *_limit_notes(questions)]
    rests = (rests_on, sea, _listing(terrain), _listing(landcover))
    run = _run(setting, batch, questions, out, _digest(transmitters, border, setting, questions, rests))
    found = [finding_of(one, batch) for one in run]
    title = f"Coordination run: {transmitters.stem}"
    author = f"Serantau: {bundle.region.profile.name}"
    paper = RunPaper(title, asof(as_of, known).valid, author, bundle.edition.label, [rests_on], found, batch)
    _write(out, batch, found, paper)
    _show(found, format, bundle.edition.label, said, out)


def _read(path: Path) -> bytes:
    if path.stat().st_size > MOST_BYTES:
        stop(f"{path.name} is larger than {MOST_BYTES // 1024**2} MB. Split it.")
    return path.read_bytes()


def _limits(bundle: Bundle, names: Sequence[str], as_of: date | None, known: date | None) -> tuple[Limit, ...]:
    from serantau.base import Truth
    from serantau.facts.model import is_known, is_valid

    day = asof(as_of, known)
    held = {one.id: one for one in bundle.spectrum.limits if is_known(one, day) and is_valid(one, day) is not Truth.NO}
    for name in names:
        if name not in held:
            every = f"There are: {', '.join(sorted(held)) or 'none on that day'}."
            stop(f"There is no limit {name[:40]!r}. {suggest(name, held) or every}")
    # An example binds nobody here: it is asked about by name only.
    return tuple(held[name] for name in names) or tuple(one for one in held.values() if not one.example)


def _own_questions(distances: Sequence[float], times: Sequence[float], height: float) -> list[Question]:
    from serantau.spectrum.coordination import Question

    return [
        Question(distance, time, 50.0, height, 0.0) for distance in distances or (0.0,) for time in times or (10.0,)
    ]


def _limit_notes(questions: Sequence[Question]) -> list[str]:
    from serantau.spectrum.coordination import limit_words

    return list(dict.fromkeys(limit_words(question) for question in questions))


def _listing(folder: Path | None) -> tuple[str, ...]:
    """What names the state of a folder: names, sizes and times of its files."""
    files = sorted(folder.iterdir()) if folder else []
    return tuple(f"{path.name} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in files)


def _digest(
    transmitters: Path, border: Path, setting: Setting, questions: Sequence[Question], rests: Sequence[object]
) -> str:
    """Names everything that field strengths depend on, so that a run goes on with its own parts only."""
    total = hashlib.sha256(transmitters.read_bytes() + border.read_bytes())
    rest = (setting.delta_n, setting.n0, setting.method.name, setting.profile_points, setting.location_sigma_db)
    total.update(repr((rest, len(setting.border.latitude), setting.border.inward_deg[0])).encode())
    total.update(repr((list(questions), list(rests))).encode())
    return total.hexdigest()[:16]


def _run(
    setting: Setting, batch: Sequence[Transmitter], questions: Sequence[Question], out: Path, digest: str
) -> tuple[Strengths, ...]:
    from serantau.spectrum.coordination import coordinate as compute
    from serantau.web.spectrum.shelf import Shelf

    parts = out / PARTIAL / digest
    parts.mkdir(parents=True, exist_ok=True)
    shelf = Shelf(parts)
    with progress(len(batch), "Transmitters") as step:
        for done in compute(setting, batch, questions, shelf.find, shelf.keep):
            if isinstance(done, tuple):
                return done
            step(1)
    raise AssertionError("a run ends with its findings")


def _write(out: Path, batch: Sequence[Transmitter], found: Sequence[Finding], paper: RunPaper) -> None:
    """All files beside their places first, then each into its place; the parts go last."""
    from serantau.render.coordination import drawn, run_map, run_report
    from serantau.render.report import FORMATS, write
    from serantau.spectrum.coordination import EXCEEDANCE, exceedance_rows, geojson, strength_rows

    report = run_report(paper)
    said = [*paper.said, *dict.fromkeys(one.said for one in found)]
    texts = {
        "strengths.csv": csv_text(strength_rows(found)),
        "exceedances.csv": csv_text(exceedance_rows(found), [(name, name) for name in EXCEEDANCE]),
        "map.geojson": json.dumps(geojson(found, batch), ensure_ascii=False, indent=1) + "\n",
        "map.svg": run_map(found, batch, "Field strength at the border"),
        "run.json": json.dumps({"said": said}, ensure_ascii=False, indent=1) + "\n",
    }
    files = {name: text.encode() for name, text in texts.items()}
    files |= {f"report.{form}": write(report, form, drawing=drawn) for form in FORMATS}
    drafts = {name: out / f".{name}.{os.getpid()}" for name in files}
    try:
        for name, content in files.items():
            drafts[name].write_bytes(content)
        for name, draft in drafts.items():
            draft.replace(out / name)
    finally:
        for draft in drafts.values():
            with suppress(FileNotFoundError):
                draft.unlink()
    shutil.rmtree(out / PARTIAL, ignore_errors=True)


def _show(
    found: Sequence[Finding],
    format: str,
    edition: str,
    said: Sequence[str],
    out: Path,
) -> None:
    rows: list[Row] = []
    for one in found:
        place, limited = one.worst_point, one.limit_dbuv_m is not None
        strongest = one.strongest_dbuv_m[place] if place is not None else None
        rows.append(
            {
                "question": one.name,
                "asked": one.asked,
                "strongest_dbuv_m": round(strongest, 1) if strongest is not None else None,
                "transmitter": one.strongest[place] if place is not None else None,
                "limit_dbuv_m": one.limit_dbuv_m,
                "over": len(one.exceedances) if limited else None,
                "worst": [f"{two.transmitter} ({two.margin_db:.1f} dB)" for two in one.exceedances[:3]],
            }
        )
    columns: list[Column] = [
        ("question", "Limit or question"),
        ("asked", "Transmitters asked"),
        ("strongest_dbuv_m", "Strongest dB(uV/m)"),
        ("transmitter", "From"),
        ("limit_dbuv_m", "Limit"),
        ("over", "Over it"),
        ("worst", "Worst, with margin"),
    ]
    emit(rows, format, columns, "Field strength at the border", [*said, f"Written to {out}."], edition)
