"""``serantau check``: whether a region's facts are in order."""

from __future__ import annotations

import os
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.cli.groups import FAILED, problem_lines, stop
from serantau.cli.options import format_option, region_option
from serantau.cli.output import Column, Row, clean, emit

if TYPE_CHECKING:
    from serantau.bundle import Bundle


@click.command()
@click.argument("path", required=False, type=click.Path(exists=True, file_okay=False, path_type=Path))
@click.option(
    "--publish",
    is_flag=True,
    help="If all is in order, add the new permanent ids to published.txt; from then on none of them may disappear.",
)
@click.option("--languages", is_flag=True, help="Show instead what each language of the region lacks.")
@region_option
@format_option
def check(path: Path | None, publish: bool, languages: bool, region: Path, format: str) -> None:
    """Check the facts of a region.

    Reads the folder PATH (or --region) and prints every problem with file, line and remedy, or a summary of what is
    held.
    """
    from serantau.bundle import load_bundle
    from serantau.facts.model import FactError

    root = path or region
    try:
        bundle = load_bundle(root)
    except FactError as error:
        if not error.problems:
            raise
        _show_problems(error, format)
        raise click.exceptions.Exit(FAILED) from None
    if languages:
        _show_languages(bundle, format)
        return
    notes = [f"Everything in {root} is in order."]
    if publish:
        notes.append(_publish(bundle))
        bundle = load_bundle(root)
    columns: list[Column] = [("kind", "Facts"), ("of", "Of"), ("licence", "Licence"), ("count", "Number")]
    title = f"{bundle.region.profile.name}, edition {bundle.edition.label}"
    emit(summary(bundle), format, columns, title=title, notes=notes, edition=bundle.edition.label)


def _show_problems(error: Exception, format: str) -> None:
    """The problems are the answer, so they go where an answer goes."""
    from serantau.facts.model import FactError

    assert isinstance(error, FactError)
    if format == "table":
        for line in problem_lines(error.problems):
            click.echo(line)
        click.echo(clean(error.message), err=True)
    else:
        rows: list[Row] = [{"where": one.where, "what": one.what, "fix": one.fix or None} for one in error.problems]
        emit(rows, format, notes=[error.message])


def _show_languages(bundle: Bundle, format: str) -> None:
    """One line a language; the texts that it lacks, by kind and id."""
    from serantau.languages import SOURCE, catalogue_tags
    from serantau.translation import missing

    spoken, names = catalogue_tags(bundle.root), bundle.names()
    rows: list[Row] = []
    notes = []
    for language in bundle.region.profile.languages:
        facts = bundle.languages.get(language.tag)
        lacking = [] if language.tag == SOURCE else missing(names, facts)
        reviewed = language.tag == SOURCE or (facts is not None and facts.reviewed)
        rows.append(
            {
                "language": language.tag,
                "name": language.name,
                "catalogue": language.tag in spoken,
                "facts": facts is not None or language.tag == SOURCE,
                "missing": len(lacking),
                "reviewed": reviewed,
            }
        )
        if facts is not None and lacking:
            notes.append(f"{language.tag} lacks: {', '.join(f'{kind} {name}' for kind, name in lacking)}.")
    columns: list[Column] = [
        ("language", "Language"),
        ("name", "Name"),
        ("catalogue", "Interface"),
        ("facts", "Names of facts"),
        ("missing", "Missing"),
        ("reviewed", "Reviewed"),
    ]
    title = f"{bundle.region.profile.name}: languages"
    emit(rows, format, columns, title=title, notes=notes, edition=bundle.edition.label)


def summary(bundle: Bundle) -> list[Row]:
    """How many facts of each kind the bundle holds, and under which licence the figures stand."""
    from serantau.forum.registers import Register

    plans, measure = bundle.plans, bundle.measure
    rows: list[Row] = [
        _count("members", bundle.region.members),
        _count("partners", bundle.region.partners),
        _count("agreements", bundle.region.agreements),
        _count("sources", bundle.sources),
        _count("meetings", plans.all_meetings),
    ]
    for plan in plans.all_plans:
        rows.append(_count("outcomes", [one for one in plans.all_outcomes if one.plan == plan.id], plan.id))
        rows.append(_count("actions", [one for one in plans.all_actions if one.plan == plan.id], plan.id))
    roles = Counter(indicator.role.value for indicator in measure.indicators)
    rows += [{"kind": "indicators", "of": f"role {role}", "licence": None, "count": roles[role]} for role in roles]
    licences = {table.file: table.licence for table in measure.tables}
    counts = _lines(bundle)
    rows += [
        {"kind": "observations", "of": file.rpartition("/")[2], "licence": licences[file], "count": counts[file]}
        for file in licences
    ]
    rows.append(_count("observations", measure.observations, "all tables"))
    spectrum = bundle.spectrum
    rows += [_count("bands", spectrum.bands), _count("holdings", spectrum.holdings), _count("totals", spectrum.totals)]
    rows.append(_count("policy records", spectrum.policies))
    registers = bundle.registers
    rows += [_count("entries", registers.entries_of(one), one.value) for one in Register]
    return [*rows, _count("commitments", registers.commitments)]


def _count(kind: str, of: object, owner: str = "") -> Row:
    assert hasattr(of, "__len__")
    return {"kind": kind, "of": owner or None, "licence": None, "count": len(of)}


def _lines(bundle: Bundle) -> dict[str, int]:
    """Observations by file: the bundle loaded, so every line below the header is one."""
    import csv

    counts = {}
    for table in bundle.measure.tables:
        with (bundle.root / table.file).open(encoding="utf-8-sig", newline="") as stream:
            counts[table.file] = sum(1 for cells in csv.reader(stream) if cells) - 1
    return counts


def _publish(bundle: Bundle) -> str:
    """Add the ids that published.txt lacks, by writing a new file and putting it in place of the old."""
    from serantau.bundle import PUBLISHED, permanent_ids

    file = bundle.root / PUBLISHED
    before = file.read_text(encoding="utf-8") if file.is_file() else ""
    held = {line.strip() for line in before.splitlines()}
    new = [name for name in permanent_ids(bundle) if name not in held]
    if not new:
        return f"{PUBLISHED} already has every permanent id."
    gap = "" if not before or before.endswith("\n") else "\n"
    draft = file.with_name(f".{PUBLISHED}.{os.getpid()}")
    try:
        draft.write_text(f"{before}{gap}" + "".join(f"{name}\n" for name in new), encoding="utf-8")
        draft.replace(file)
    except OSError as error:
        draft.unlink(missing_ok=True)
        stop(f"{file} was not changed: {error.strerror}.")
    return f"Added {len(new)} permanent ids to {PUBLISHED}; none of them may disappear from now on."
