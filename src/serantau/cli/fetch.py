"""``serantau measure fetch``: figures from their publishers, and what they would change."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from serantau.cli.options import Day, format_option, region_option

if TYPE_CHECKING:
    from serantau.bundle import Bundle
    from serantau.sources.apply import Home
    from serantau.sources.catalogue import Known
    from serantau.sources.client import Client, Progress
    from serantau.sources.series import Difference, FetchedSeries, Query
    from serantau.sources.store import HeldFile, Written

SOURCES = ("worldbank", "unsdg", "sdmx", "file")
LAYOUTS = ("itu", "itu-wide", "ookla-tiles", "speedtest", "gci")
GRADES = ("primary", "secondary", "weak")
AREA_CODES = ("alpha3", "alpha2", "m49")
YEAR = click.IntRange(1950, 2100)
COLUMNS = (
    ("indicator", "indicator"),
    ("member", "member"),
    ("year", "year"),
    ("change", "change"),
    ("held", "held"),
    ("fetched", "fetched"),
    ("flags", "flags"),
    ("note", "note"),
)
_STEPS = 100


@click.command("fetch")
@click.argument("source", type=click.Choice(SOURCES))
@click.argument("indicators", nargs=-1, required=True, metavar="INDICATOR...")
@region_option
@click.option("--member", "members", multiple=True, metavar="CODE", help="Only this member; may be repeated.")
@click.option("--from", "first", type=YEAR, help="First year.  [default: all]")
@click.option("--to", "last", type=YEAR, help="Last year.  [default: all]")
@click.option("--where", multiple=True, metavar="NAME=VALUE", help="Choose one breakdown, as in Sex=BOTHSEX.")
@click.option("--endpoint", metavar="URL", default="", help="Start of the service's address, before /data for SDMX.")
@click.option("--area-dimension", default="REF_AREA", show_default=True, help="SDMX: dimension of the country.")
@click.option("--codes", type=click.Choice(AREA_CODES), default="alpha3", show_default=True, help="SDMX: its values.")
@click.option("--file", "path", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="A downloaded file.")
@click.option("--layout", type=click.Choice(LAYOUTS), default="itu", show_default=True, help="Columns of the file.")
@click.option("--column", "columns", multiple=True, metavar="MEANING=NAME", help="The file's own name of a column.")
@click.option("--year", type=YEAR, help="Year of the whole file, where no column holds it.")
@click.option("--sheet", default="", help="Sheet of an XLSX file.")
@click.option("--skip", type=click.IntRange(0, 1000), default=0, help="Lines above the header of the file.")
@click.option("--source-id", default="", metavar="ID", help="Source of the region under which rows are kept.")
@click.option("--grade", type=click.Choice(GRADES), help="Grade of new rows.  [default: primary; for a file secondary]")
@click.option("--date", "known", type=Day(past_only="Nothing is known before its day."), help="Known-date of new rows.")
@click.option("--apply", is_flag=True, help="Write the new rows. Without it nothing is changed.")
@click.option("--data", type=click.Path(file_okay=False, path_type=Path), help="Keep rows in this folder of yours.")
@click.option("--into", default="", metavar="FILE.csv", help="Observation file of the bundle that takes new rows.")
@click.option("--cache", type=click.Path(file_okay=False, path_type=Path), help="Folder of kept answers.")
@click.option("--allow-private", is_flag=True, help="Let --endpoint be a private server, also over plain http.")
@click.option("--certificates", type=click.Path(exists=True, dir_okay=False, path_type=Path), help="PEM file to trust.")
@format_option
def fetch(source: str, indicators: tuple[str, ...], region: Path, format: str, **options: Any) -> None:  # noqa: ANN401
    """Fetch figures from SOURCE and show what they would change.

    SOURCE is worldbank (Indicators API), unsdg (UN SDG database), sdmx (any SDMX endpoint, with --endpoint or
    --file) or file (a table you downloaded, with --file). INDICATOR is an indicator of the region, or INDICATOR=CODE
    with the source's own code; for sdmx the code is FLOW/KEY.

    Nothing is written without --apply. A revision is a new row with today's known-date; old rows stay. Rows that may
    not be redistributed are written into a folder of your own (--data) and never into the bundle.
    """
    from serantau.bundle import load_bundle
    from serantau.cli.output import emit
    from serantau.sources.series import difference
    from serantau.sources.store import OBSERVATIONS, held_rows, read_files

    _check_usage(source, options)
    bundle = load_bundle(region)
    home = _home(bundle, options)
    files = read_files(region / OBSERVATIONS) + (read_files(home.data) if home.data else ())
    wanted = _wanted(source, indicators, bundle)
    with _progress(len(wanted)) as progress:
        fetched = _fetch_all(source, wanted, bundle, home, options, progress)
    held = held_rows(files)
    differences = [difference(held, series) for series in fetched]
    written = _apply(differences, files, home, source, options) if options["apply"] else None
    rows = [row for change in differences for row in _rows(change)]
    notes = [note for change in differences for note in _notes(change)]
    notes.append(_outcome(differences, written))
    emit(rows, format, COLUMNS, title=f"What {source} gives otherwise", notes=notes, edition=bundle.edition.label)


def _check_usage(source: str, options: dict[str, Any]) -> None:
    first, last = options["first"], options["last"]
    if first and last and first > last:
        raise click.UsageError(f"--from {first} comes after --to {last}.")
    if source == "file" and options["path"] is None:
        raise click.UsageError("SOURCE file needs --file PATH.")
    if source == "sdmx" and not options["endpoint"] and options["path"] is None:
        raise click.UsageError("SOURCE sdmx needs --endpoint URL, or --file PATH for a message that you downloaded.")
    if source in {"worldbank", "unsdg"} and options["path"] is not None:
        raise click.UsageError(f"SOURCE {source} is asked over the network and takes no --file.")
    if options["allow_private"] and not options["endpoint"]:
        raise click.UsageError("--allow-private speaks of the server named with --endpoint; name it.")
    if options["into"] and options["data"] is not None:
        raise click.UsageError("--into names a file of the bundle, --data a folder of yours. Give one of the two.")


def _home(bundle: Bundle, options: dict[str, Any]) -> Home:
    from serantau.sources.apply import Home

    measure = bundle.measure
    home = Home(bundle.root, bundle.sources, measure.indicators, measure.tables, options["data"], options["into"])
    home.check_data_folder()
    return home


def _wanted(source: str, indicators: tuple[str, ...], bundle: Bundle) -> tuple[Known, ...]:
    from serantau.sources.catalogue import known_series, resolve

    return resolve(indicators, source, bundle.measure.indicators, known_series(bundle.root))


def _fetch_all(
    source: str, wanted: tuple[Known, ...], bundle: Bundle, home: Home, options: dict[str, Any], progress: Progress
) -> list[FetchedSeries]:
    from serantau.sources.client import Client
    from serantau.sources.documents import read_bytes

    queries = [_query(source, known, bundle, home, options) for known in wanted]
    if source == "file":
        return _read_file(queries, options)
    if options["path"] is not None:
        from serantau.sources.sdmx import read_sdmx

        content = read_bytes(options["path"])
        return [read_sdmx(content, query, area_dimension=options["area_dimension"]) for query in queries]
    allowed = _allowed(options)
    cache = options["cache"] or _default_cache()
    with Client(cache=cache, allow_private=allowed, certificates=options["certificates"]) as client:
        ask = _reader(source, client, options, progress)
        fetched = []
        for query in queries:
            fetched.append(ask(query))
            progress("done", 1, 1)
        return fetched


def _reader(
    source: str, client: Client, options: dict[str, Any], progress: Progress
) -> Callable[[Query], FetchedSeries]:
    endpoint = options["endpoint"]
    if source == "sdmx":
        from serantau.sources.sdmx import fetch_sdmx

        area = options["area_dimension"]
        return lambda query: fetch_sdmx(client, query, endpoint, area_dimension=area, progress=progress)
    if source == "unsdg":
        from serantau.sources import unsdg

        return lambda query: unsdg.fetch_unsdg(client, query, endpoint=endpoint or unsdg.ENDPOINT, progress=progress)
    from serantau.sources import worldbank

    base = endpoint or worldbank.ENDPOINT
    return lambda query: worldbank.fetch_worldbank(client, query, endpoint=base, progress=progress)


def _read_file(queries: list[Query], options: dict[str, Any]) -> list[FetchedSeries]:
    from serantau.sources.catalogue import parse_pairs
    from serantau.sources.downloads import layout, load_download
    from serantau.sources.tables import read_table

    columns = layout(options["layout"], parse_pairs(options["columns"]))
    table = read_table(options["path"], sheet=options["sheet"], skip=options["skip"])
    return [load_download(table, query, columns, year=options["year"]) for query in queries]


def _query(source: str, known: Known, bundle: Bundle, home: Home, options: dict[str, Any]) -> Query:
    from serantau.sources.apply import SOURCE_OF_LAYOUT, SOURCE_OF_READER
    from serantau.sources.catalogue import parse_pairs
    from serantau.sources.series import Query

    reader = SOURCE_OF_LAYOUT[options["layout"]] if source == "file" else SOURCE_OF_READER[source]
    source_id = options["source_id"] or known.source or reader
    where = {**known.where, **parse_pairs(options["where"])}
    areas = _areas(source, bundle, options)
    return Query(
        known.indicator, known.code, areas, options["first"], options["last"], where, source_id, home.licence(source_id)
    )


def _areas(source: str, bundle: Bundle, options: dict[str, Any]) -> dict[str, str]:
    """For each member asked for its code in the source."""
    from serantau.sources.catalogue import area_codes

    members = bundle.region.members
    chosen = [bundle.region.member(code) for code in options["members"]] if options["members"] else members
    system = {"worldbank": "alpha3", "unsdg": "m49", "file": "any"}.get(source) or options["codes"]
    return area_codes(bundle.root, chosen, system)


def _apply(
    differences: list[Difference],
    files: tuple[HeldFile, ...],
    home: Home,
    source: str,
    options: dict[str, Any],
) -> tuple[Written, ...]:
    from serantau.facts import Grade
    from serantau.sources.apply import choose_files
    from serantau.sources.store import write_differences

    grade = options["grade"] or ("secondary" if source == "file" else "primary")
    known = options["known"] or date.today()  # noqa: DTZ011 - the day on the person's own calendar
    return write_differences(choose_files(differences, files, home), known, Grade(grade))


def _rows(change: Difference) -> Iterator[dict[str, object]]:
    def row(member: str, year: int, what: str, **cells: object) -> dict[str, object]:
        start = {"indicator": change.series.indicator, "member": member, "year": year, "change": what}
        return {**start, "held": None, "fetched": None, "flags": "", "note": "", **cells}

    for new in change.added:
        yield row(new.member, new.year, "added", fetched=new.value, flags=new.flags, note=new.note)
    for other in change.changed:
        new, old = other.fetched, other.held
        note = f"held since {old.known} from {old.source}"
        yield row(new.member, new.year, "changed", held=old.value, fetched=new.value, flags=new.flags, note=note)
    for gone in change.removed:
        yield row(gone.member, gone.year, "not given", held=gone.value, flags=gone.flags, note="stays as it is")
    for left in change.series.skipped:
        yield row(left.member, left.year, "not taken", note=f"{left.text}: {left.why}")


def _notes(change: Difference) -> Iterator[str]:
    series = change.series
    yield (
        f"{series.indicator}: {len(change.added)} added, {len(change.changed)} changed, {change.same} the same, "
        f"{len(change.removed)} held and not given; published {series.published}; licence {series.licence}."
    )
    silent = [member for member in series.members if not any(row.member == member for row in series.rows)]
    if silent:
        yield f"{series.indicator}: no figure for {', '.join(silent)}."


def _outcome(differences: list[Difference], written: tuple[Written, ...] | None) -> str:
    count = sum(len(change.rows) for change in differences)
    if not count:
        return "Nothing to write: every figure is held already."
    if written is None:
        return f"Nothing was written. --apply would add {count} rows."
    return " ".join(f"Added {entry.rows} rows to {entry.path.name}." for entry in written)


def _allowed(options: dict[str, Any]) -> frozenset[str]:
    if not options["allow_private"]:
        return frozenset()
    from serantau.sources.addresses import parse_target

    return frozenset({parse_target(options["endpoint"]).origin})


def _default_cache() -> Path:
    base = os.environ.get("XDG_CACHE_HOME") or str(Path.home() / ".cache")
    return Path(base) / "serantau" / "answers"


@contextmanager
def _progress(count: int) -> Iterator[Progress]:
    """A bar on the error stream, if a person looks at it."""
    if not sys.stderr.isatty():
        yield lambda _what, _done, _total: None
        return
    with click.progressbar(length=count * _STEPS, label="fetching", file=sys.stderr) as bar:
        finished = 0

        def move(what: str, done: int, total: int | None) -> None:
            nonlocal finished
            if what == "done":
                finished += 1
            part = 0 if what == "done" or not total else min(_STEPS - 1, _STEPS * done // total)
            bar.update(max(0, finished * _STEPS + part - bar.pos))

        yield move
