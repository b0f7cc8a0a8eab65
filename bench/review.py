"""The review: the table of who has answered, a file of 5,000 rows checked, accepted submissions laid over a region."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, date, datetime

from _harness import Figure, cpu_seconds, run

from serantau.base import AsOf, PartialDate
from serantau.bundle import SHIPPED, load_bundle
from serantau.facts import Decision, Entry, Grade
from serantau.facts.accepted import entry_files
from serantau.measure.indicators import Observation
from serantau.plan import PlanFacts
from serantau.plan.progress import Compliance, answer_table
from serantau.plan.reports import ActionReport, Evidence, Status

ACTIONS, MEMBERS, YEARS = 100, 11, 5
ROWS = 5_000
DECISIONS = 200
NOW = datetime(2026, 11, 28, 12, tzinfo=UTC)
TODAY = date(2026, 11, 28)
REGION = SHIPPED / "training"


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - as the harness calls it
    """Measure the engine, then what stands around it."""
    yield _table()
    yield _preview()
    yield _laid_over()
    if not quick:
        with tempfile.TemporaryDirectory(prefix="serantau-bench-") as folder:
            yield _round(folder)


def _facts() -> tuple[PlanFacts, list[str], list[int]]:
    """A plan of a hundred actions, on each of which each member reported for each year."""
    plans = load_bundle(REGION).plans
    one = next(action for action in plans.all_actions if action.plan == "tl2030")
    from msgspec.structs import replace as with_

    actions = tuple(with_(one, id=f"tl2030-b{n}", code=f"B{n}", dependencies=()) for n in range(ACTIONS))
    members = [f"X{chr(65 + n)}A" for n in range(MEMBERS)]
    years = list(range(2021, 2021 + YEARS))
    evidence = (Evidence(title="Minutes", address="https://minutes.example"),)
    reports = tuple(
        ActionReport(
            id=f"{action.id}.{member}.{year}", action=action.id, member=member, year=year, status=Status.DONE,
            evidence=evidence, source="tl-plan", grade=Grade.PRIMARY, known=PartialDate(f"{year + 1}-03-01"),
        )
        for action in actions for member in members for year in years
    )  # fmt: skip
    return replace(plans, all_actions=actions, all_action_reports=reports), members, years


def _table() -> Figure:
    facts, members, years = _facts()

    def table() -> tuple[list[Compliance], list[dict[str, tuple[str, ...]]]]:
        found = answer_table(facts, "tl2030", members, years, AsOf(TODAY))
        return [found.compliance(year) for year in years], [found.unanswered(year) for year in years]

    assert table()[0][0].answered == ACTIONS * MEMBERS
    return Figure("table of 100 actions x 11 members x 5 years", cpu_seconds(table) * 1e3, "ms")


def _preview() -> Figure:
    from serantau.review import Context, FactKind
    from serantau.review.reading import preview

    kind = FactKind("measure.observations", "Figures", Observation, "x.csv", licensed=True)
    rows = "".join(f"coverage,{1950 + n % 75},{n % 100},primary\n" for n in range(ROWS))
    content = f"indicator,year,value,grade\n{rows}".encode()

    def check() -> None:
        assert preview(kind, "x.csv", content, Context("XNA", 1, TODAY)).good

    return Figure("5,000 rows of CSV checked", cpu_seconds(check, 3) * 1e3, "ms")


def _laid_over() -> Figure:
    files: dict[str, bytes] = {}
    for number in range(1, DECISIONS + 1):
        report = (
            f"action_reports:\n  - id: r{number}\n    action: tl2030-a2-1\n    member: XNA\n    year: 2024\n"
            f"    status: in progress\n    source: tl-plan\n    grade: primary\n"
            f"    known: {2025 + number // 180}-{1 + number // 15 % 12:02}-{1 + number % 15:02}\n"
        )
        entry = Entry(
            number=number, decision=Decision.ACCEPTED, submission=number, member="XNA", day=PartialDate("2025-01-01")
        )
        files |= entry_files(entry, {"plan/action_reports.yaml": report.encode()})
    plain = cpu_seconds(lambda: load_bundle(REGION), 3)
    laid = cpu_seconds(lambda: load_bundle(REGION, accepted=files), 3)
    return Figure("200 accepted submissions laid over a region", (laid - plain) * 1e3, "ms")


def _round(folder: str) -> Figure:
    os.environ.update(
        {
            "SERANTAU_DATA": folder,
            "SERANTAU_DEBUG": "1",
            "DATABASE_URL": f"sqlite:///{folder}/bench.sqlite3",
            "SERANTAU_REGION": str(REGION),
        }
    )
    from serantau.web.config.start import prepare

    prepare()
    from serantau.web.accounts.policy import Actor, Kind
    from serantau.web.accounts.roles import Role
    from serantau.web.ledger.guard import writes_permitted
    from serantau.web.review.answers import round_table
    from serantau.web.review.kinds import REPORTS
    from serantau.web.review.models import Item, ReportingRound, Submission

    facts, _, years = _facts()
    bundle = replace(load_bundle(REGION), plans=facts)
    with writes_permitted():
        asked = ReportingRound.objects.create(
            title="R", plan="tl2030", year=years[-1], opens_at=NOW, due_at=NOW.replace(year=2027), zone="Etc/UTC",
            made_by="system", made_at=NOW,
        )  # fmt: skip
        for number in range(MEMBERS):
            held = Submission.objects.create(
                member=f"X{chr(65 + number)}A", room="plan", round=asked, title="T", licence="L", state="submitted",
                made_by="person 1", made_at=NOW, changed_at=NOW, submitted_at=NOW,
            )  # fmt: skip
            items = [
                Item(submission=held, position=place, kind=REPORTS, raw={}, about=action.id, year=year)
                for place, (action, year) in enumerate((a, y) for a in facts.all_actions for y in years)
            ]
            Item.objects.bulk_create(items, batch_size=500)
    secretariat = Actor(Kind.PERSON, roles=frozenset({Role.SECRETARIAT}), second_factor=True)

    def table() -> list[object]:
        found = round_table(bundle, asked, secretariat, TODAY)
        return [
            (found.cell(action, member), found.missing(member))
            for action in found.table.actions[:1]
            for member in found.members
        ]

    return Figure("who has not answered, from the database, 5,500 answers", cpu_seconds(table) * 1e3, "ms")


if __name__ == "__main__":
    run(figures)
