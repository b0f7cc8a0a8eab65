"""``serantau measure run`` and ``measure schema``: an index of the user's own."""

from __future__ import annotations

import hashlib
import json
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau import __version__
from serantau.cli.folders import MARK, refuse_unfit, whole_folder
from serantau.cli.measure_analyse import analysis_files
from serantau.cli.options import format_option
from serantau.cli.output import Column, Row, csv_text, emit, plain
from serantau.cli.progress import progress

if TYPE_CHECKING:
    from serantau.measure.data import Data
    from serantau.measure.definition import Definition
    from serantau.measure.index import IndexResult
    from serantau.measure.robustness import RobustnessResult

LEVEL = 0.9
DATA = click.Path(exists=True, dir_okay=False, path_type=Path)


@dataclass(frozen=True)
class Computed:
    """One run, before anything is written."""

    definition: Definition
    data: Data
    result: IndexResult
    robustness: Mapping[str, RobustnessResult]


@click.command()
@click.argument("definition", type=DATA)
@click.option(
    "--data", required=True, type=DATA, help="CSV, wide (one row a unit) or long (indicator,unit,year,value)."
)
@click.option("--out", required=True, type=click.Path(path_type=Path), help="Folder for the results; made new.")
@click.option("--force", is_flag=True, help="Replace the folder if it holds an earlier run.")
@click.option("--analyse", is_flag=True, help="Add correlations, Cronbach's alpha, components, influence, profiles.")
@click.option("--robustness", is_flag=True, help="Add rank intervals by the definition's section `robustness`.")
@click.option("--replicates", type=click.IntRange(1, 100_000_000), help="Replicates.  [default: the definition's own]")
@click.option("--seed", type=click.IntRange(0), help="Seed of the random draws.  [default: the definition's own]")
@format_option
def run(
    definition: Path,
    data: Path,
    out: Path,
    force: bool,
    analyse: bool,
    robustness: bool,
    replicates: int | None,
    seed: int | None,
    format: str,
) -> None:
    """Compute an index of your own.

    Takes the tree and the steps from DEFINITION (a YAML file) and writes every table on the way to --out.

    The folder holds the scores, the ranks, the table after each step, what treatment did, every imputed and
    winsorised cell, the units left out, a report, and a copy of the definition. It appears whole or not at all.
    """
    if not robustness and (replicates is not None or seed is not None):
        raise click.UsageError("--replicates and --seed speak of --robustness; add it.")
    refuse_unfit(out, force=force)
    text = definition.read_bytes()
    computed = _compute(definition, data, robustness=robustness, replicates=replicates, seed=seed)
    files = dict(_files(computed))
    if analyse:
        files |= dict(analysis_files(computed.result, computed.data))
    report = _report(computed, definition, data, [*files, "definition.yaml"])
    with whole_folder(out) as draft:
        for name, content in files.items():
            place = draft / name
            place.parent.mkdir(exist_ok=True)
            place.write_text(content, encoding="utf-8", newline="")
        (draft / "definition.yaml").write_bytes(text)
        (draft / MARK).write_text(json.dumps(report, ensure_ascii=False, indent=2, allow_nan=False) + "\n", "utf-8")
    _print(computed, out, format)


@click.command()
def schema() -> None:
    """Print the JSON Schema of a definition.

    Editors use it to complete and check YAML.
    """
    from serantau.measure.definition_file import definition_schema

    click.echo(json.dumps(definition_schema(), ensure_ascii=False, indent=2))


def _compute(definition: Path, data: Path, *, robustness: bool, replicates: int | None, seed: int | None) -> Computed:
    from serantau.measure.data import read_data
    from serantau.measure.definition_file import read_definition
    from serantau.measure.index import run_index

    spec = read_definition(definition)
    values = read_data(data, spec)
    result = run_index(spec, values)
    if not robustness:
        return Computed(spec, values, result, {})
    from serantau.measure.robustness import monte_carlo

    total = replicates or (spec.robustness.replicates if spec.robustness else 1)
    with progress(total, "replicates") as done:
        found = monte_carlo(spec, values, replicates, seed, spec.bottom_up(), done)
    return Computed(spec, values, result, found)


# --- the files -----------------------------------------------------------------------------------------------------------


def _files(computed: Computed) -> Iterator[tuple[str, str]]:
    result = computed.result
    yield "scores.csv", csv_text(list(_wide(result, result.scores, result.nodes)))
    yield "ranks.csv", csv_text(list(_wide(result, result.ranks, result.nodes)))
    leaves = [leaf.id for leaf in result.definition.indicators]
    for order, stage in enumerate(result.stages):
        yield f"stages/{order}-{stage.step}.csv", csv_text(list(_wide(result, stage.values, leaves)))
    yield "treatment.csv", csv_text(_treatment(result), _heads("indicator year points transformed passes"))
    yield "flags.csv", csv_text(list(_flags(result, leaves)), _heads("year unit indicator flag"))
    left_out: list[Row] = [{"unit": unit, "reason": reason} for unit, reason in result.excluded.items()]
    yield "excluded.csv", csv_text(left_out, _heads("unit reason"))
    if computed.robustness:
        yield "intervals.csv", csv_text([row for one in computed.robustness.values() for row in interval_rows(one)])
        yield "pairs.csv", csv_text([row for one in computed.robustness.values() for row in _pair_rows(one)])


def _heads(names: str) -> list[Column]:
    return [(name, name) for name in names.split()]


def _wide(result: IndexResult, table: object, columns: Sequence[str]) -> Iterator[Row]:
    """One row for each year and unit, one column for each node; the year only where the data have one."""
    from numpy import ndarray

    assert isinstance(table, ndarray)
    counted = table.dtype.kind in "iu"
    for at, year in enumerate(result.years):
        for row, unit in enumerate(result.units):
            head: dict[str, object] = {"unit": unit} if result.years == (0,) else {"unit": unit, "year": year}
            values = table[at, row].tolist()
            cells = [value or None for value in values] if counted else [_present(value) for value in values]
            yield head | dict(zip(columns, cells, strict=True))


def _present(value: float) -> float | None:
    return None if math.isnan(value) else value


def _treatment(result: IndexResult) -> list[Row]:
    return [
        {
            "indicator": report.indicator,
            "year": report.year or None,
            "points": report.points,
            "transformed": report.transformed or None,
            "passes": report.passes,
            "skewness_before": report.skewness[0],
            "skewness_after": report.skewness[1],
            "kurtosis_before": report.kurtosis[0],
            "kurtosis_after": report.kurtosis[1],
            "note": report.note or None,
        }
        for report in result.treatment
    ]


def _flags(result: IndexResult, leaves: Sequence[str]) -> Iterator[Row]:
    """One row for each cell that is not as it was given."""
    for flag, cells in (("imputed", result.imputed), ("winsorised", result.winsorised)):
        for at, row, column in zip(*cells.nonzero(), strict=True):
            year = result.years[at] or None
            yield {"year": year, "unit": result.units[row], "indicator": leaves[column], "flag": flag}


def interval_rows(found: RobustnessResult, level: float = LEVEL) -> list[Row]:
    """One row for each unit: nominal rank, rank interval, mean score."""
    rows: list[Row] = []
    for at, unit in enumerate(found.units):
        low, high = found.interval(unit, level)
        first = int(found.rank_counts[at, 1]) / found.replicates
        rows.append(
            {
                "node": found.node,
                "unit": unit,
                "rank": int(found.nominal[at]) or None,
                "rank_low": low,
                "rank_median": found.median_rank(unit),
                "rank_high": high,
                "prob_first": None if low is None else first,
                "score_mean": _present(float(found.mean[at])),
                "score_sd": _present(float(found.sd[at])),
            }
        )
    return rows


def _pair_rows(found: RobustnessResult) -> Iterator[Row]:
    for unit in found.units:
        for other in found.units:
            if unit != other:
                yield {"node": found.node, "unit": unit, "other": other, "prob_above": found.prob_above(unit, other)}


def _report(computed: Computed, definition: Path, data: Path, files: Sequence[str]) -> dict[str, object]:
    result = computed.result
    steps = [type(step).__name__.lower() for step in result.definition.steps]
    report: dict[str, object] = {
        "made_by": f"serantau {__version__}",
        "id": result.definition.id,
        "title": result.definition.title,
        "definition": {"file": definition.name, "sha256": _digest(definition)},
        "data": {"file": data.name, "sha256": _digest(data)},
        "units": len(result.units),
        "years": [year for year in result.years if year],
        "indicators": len(result.definition.indicators),
        "steps": steps,
        "weights": dict(result.weights),
        "imputed": int(result.imputed.sum()),
        "winsorised": int(result.winsorised.sum()),
        "excluded": dict(result.excluded),
        "notes": list(result.notes),
        "files": sorted(files),
    }
    if computed.robustness:
        one = next(iter(computed.robustness.values()))
        report["robustness"] = {"replicates": one.replicates, "level": LEVEL, "nodes": list(computed.robustness)}
    clean = plain(report)
    assert isinstance(clean, dict)
    return clean


def _digest(path: Path) -> str:
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _print(computed: Computed, out: Path, format: str) -> None:
    result, root = computed.result, computed.definition.root
    intervals = computed.robustness.get(root)
    rows = [_unit_row(result, unit, root, intervals) for unit in result.units]
    rows.sort(key=lambda row: (row["rank"] is None, row["rank"], row["unit"]))
    columns: list[Column] = [("rank", "Rank"), ("unit", "Unit"), ("score", "Score", lambda value: f"{value:.2f}")]
    if intervals:
        columns += [("rank_low", "90 % from"), ("rank_high", "to")]
    columns += [("imputed", "Imputed"), ("winsorised", "Winsorised")]
    notes = [*result.notes, *(f"{unit} was left out: {reason}." for unit, reason in result.excluded.items())]
    notes.append(f"Written to {out}.")
    emit(rows, format, columns, title=f"{result.definition.title}{_year(result)}", notes=notes)


def _unit_row(result: IndexResult, unit: str, root: str, intervals: RobustnessResult | None) -> Row:
    at = result.units.index(unit)
    row: dict[str, object] = {
        "unit": unit,
        "node": root,
        "year": result.years[-1] or None,
        "score": result.score(unit, root),
        "rank": result.rank(unit, root),
        "imputed": int(result.imputed[-1, at].sum()),
        "winsorised": int(result.winsorised[-1, at].sum()),
    }
    if intervals:
        row["rank_low"], row["rank_high"] = intervals.interval(unit, LEVEL)
    return row


def _year(result: IndexResult) -> str:
    return f", {result.years[-1]}" if result.years[-1] else ""
