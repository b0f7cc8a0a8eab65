"""``serantau review``: what members submitted on the site and the secretariat decided."""

from __future__ import annotations

import json
from pathlib import Path

import click

from serantau.cli.groups import CONTEXT, LazyGroup
from serantau.cli.options import format_option, region_option
from serantau.cli.output import Column, Row, emit


@click.group(
    cls=LazyGroup,
    context_settings=CONTEXT,
    commands_at={"export": "serantau.cli.review:export", "list": "serantau.cli.review:list_"},
)
def review() -> None:
    """See and export what was accepted on the site."""


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path),
    required=True,
    help="Folder to write; as REGION/accepted it becomes part of that region.",
)
@click.option("--upto", type=click.IntRange(min=0), help="Number of the last decision.  [default: all]")
@click.option("--force", is_flag=True, help="Replace an earlier export.")
@region_option
def export(out: Path, upto: int | None, force: bool, region: Path) -> None:
    """Export accepted submissions as fact files.

    One folder a decision: the facts that came in, or the name of the submission whose facts no longer count. A region
    with these files below `accepted/` is the same edition as the site that exported them, and reading them back
    changes nothing. With --upto the state after an earlier decision is written, edition for edition.
    """
    from serantau.bundle import load_bundle
    from serantau.cli.folders import MARK, refuse_unfit, whole_folder
    from serantau.facts.accepted import ACCEPTED

    refuse_unfit(out, force=force)
    files, size = _register(upto)
    edition = load_bundle(region, accepted=files).edition
    with whole_folder(out) as draft:
        for name, content in files.items():
            path = draft / name.removeprefix(f"{ACCEPTED}/")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content)
        report = {"edition": edition.label, "decisions": size, "facts": edition.accepted or None}
        (draft / MARK).write_text(json.dumps(report, indent=2) + "\n", encoding="utf-8")
    click.echo(f"Wrote {size} decisions to {out}: with them the region is edition {edition.label}.")


def _register(upto: int | None) -> tuple[dict[str, bytes], int]:
    from serantau.web.config.start import prepare

    prepare()
    from serantau.web.review.register import accepted_files, standing

    size = standing().size
    last = size if upto is None else min(upto, size)
    return accepted_files(last), last


@click.command("list")
@region_option
@format_option
def list_(region: Path, format: str) -> None:
    """List the decisions that changed the facts.

    The number of the last one is what stands behind the plus sign of an edition.
    """
    from serantau.facts import FactFolder

    files, _ = _register(None)
    folder = FactFolder(region, accepted=files)
    rows: list[Row] = [
        {
            "number": one.number,
            "decision": one.decision,
            "submission": one.submission,
            "member": one.member,
            "day": str(one.day),
        }
        for one in folder.entries
    ]
    columns: list[Column] = [
        ("number", "Number"),
        ("decision", "Decision"),
        ("submission", "Submission"),
        ("member", "Member"),
        ("day", "Day"),
    ]
    notes = [] if rows else ["No submission has been accepted yet."]
    emit(rows, format, columns, "Decisions on facts", notes, folder.edition.label)
