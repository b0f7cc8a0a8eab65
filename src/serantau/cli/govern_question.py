"""Options that describe a flow of data, and the words in which answers are given."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any, TypeVar

import click

from serantau.base import AsOf
from serantau.cli.groups import stop
from serantau.cli.options import Day, region_option, remember

if TYPE_CHECKING:
    from serantau.bundle import Bundle
    from serantau.govern import Assessment, Flow, LawFacts
    from serantau.govern.decide import Decider
    from serantau.govern.model import Coverage, Provision

Command = TypeVar("Command", bound=Callable[..., Any])

NO_ADVICE = (
    "This is no legal advice. These are the sources and how well each was checked; ask counsel before relying on it."
)

_ASSESSED = re.compile(
    r"(?P<name>[a-z0-9.-]+)=(?:assessed-)?(?P<finding>yes|no|not-assessed)"
    r"(?:\s+by\s+(?P<by>.+?)\s+on\s+(?P<on>\d{4}-\d{2}-\d{2}))?"
)


class Fact(click.ParamType[tuple[str, bool]]):
    """A circumstance: ``NAME=yes`` or ``NAME=no``."""

    name = "NAME=yes|no"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> tuple[str, bool]:
        """Read the circumstance, or fail with what to write."""
        if isinstance(value, tuple):
            return value
        name, sign, said = str(value).partition("=")
        if not sign or said.lower() not in {"yes", "no", "true", "false"}:
            self.fail(f"{str(value)[:60]!r}: write NAME=yes or NAME=no; what is not known is left out.", param, ctx)
        return name.strip(), said.lower() in {"yes", "true"}


class Assessed(click.ParamType["Assessment"]):
    """A judgement: ``NAME=yes by WHO on YYYY-MM-DD``."""

    name = "NAME=yes|no by WHO on DAY"

    def convert(self, value: object, param: click.Parameter | None, ctx: click.Context | None) -> Assessment:
        """Read the judgement, or fail with what to write."""
        from serantau.govern import Assessment, Finding

        if isinstance(value, Assessment):
            return value
        found = _ASSESSED.fullmatch(str(value).strip())
        if found is None:
            self.fail(
                f"{str(value)[:80]!r}: write for example `similar-law=yes by Legal department on 2026-10-01`.",
                param,
                ctx,
            )
        try:
            on = date.fromisoformat(found["on"]) if found["on"] else None
        except ValueError:
            self.fail(f"{found['on']} is no day of the calendar.", param, ctx)
        finding = {"yes": Finding.YES, "no": Finding.NO}.get(found["finding"], Finding.NOT_ASSESSED)
        return Assessment(found["name"], finding, (found["by"] or "").strip(), on)


FACT = Fact()
ASSESSED = Assessed()


def days_options(command: Command) -> Command:
    """Add ``--region``, ``--date`` and ``--known``; the command gets ``region``, ``as_of`` and ``known``."""
    from serantau.cli.options import KNOWN_DAY

    for option in (
        click.option(
            "--known",
            type=KNOWN_DAY,
            callback=remember("known"),
            help="Use only what was known by this day.  [default: the newest]",
        ),
        click.option(
            "--date",
            "--as-of",
            "as_of",
            type=Day(),
            callback=remember("as_of"),
            help="The day of the transfer.  [default: today]",
        ),
        region_option,
    ):
        command = option(command)
    return command


def profile_options(command: Command) -> Command:
    """Add what is sent and by whom; `serantau govern words` lists the words."""
    for option in (
        click.option("--fact", "facts", type=FACT, multiple=True, help="A circumstance; may be given several times."),
        click.option("--volume", help="How many people the data are about.  [default: not stated]"),
        click.option("--recipient", required=True, help="What the recipient is: controller or processor."),
        click.option("--exporter", required=True, help="Role and kind of the exporter, as in controller/private."),
        click.option("--sector", default="general", show_default=True, help="Sector of the exporter."),
        click.option("--data", required=True, help="Category of the data, as in personal.health."),
    ):
        command = option(command)
    return command


def evidence_options(command: Command) -> Command:
    """Add what is in hand."""
    for option in (
        click.option(
            "--assessed",
            "assessments",
            type=ASSESSED,
            multiple=True,
            help="A judgement that the law asks for, with who made it and when; may be given several times.",
        ),
        click.option("--holds", multiple=True, help="A safeguard or ground in hand; may be given several times."),
    ):
        command = option(command)
    return command


def flow_options(command: Command) -> Command:
    """Add everything that describes one flow."""
    command = evidence_options(command)
    command = profile_options(command)
    for option in (
        click.option("--to", "destination", required=True, help="Where the data go: ISO 3166-1 code, as in JP."),
        click.option("--from", "origin", required=True, help="The member the data leave: its code, as in --to."),
    ):
        command = option(command)
    return command


@dataclass(frozen=True)
class Governed:
    """A region with law, and the two days of the question."""

    bundle: Bundle
    law: LawFacts
    decider: Decider
    asof: AsOf

    @property
    def edition(self) -> str:
        """Label of the edition."""
        return self.bundle.edition.label

    def flow(
        self,
        origin: str,
        destination: str,
        data: str,
        sector: str,
        exporter: str,
        recipient: str,
        volume: str | None,
        facts: Sequence[tuple[str, bool]],
        holds: Iterable[str],
    ) -> Flow:
        """The flow that was described; codes of members may be alpha-2 or alpha-3."""
        from serantau.govern import Flow

        return Flow(
            origin=self.decider.member(origin),
            destination=self.code(destination),
            data=data,
            sector=sector,
            exporter=exporter,
            recipient=recipient,
            volume=volume,
            facts=tuple(dict.fromkeys(facts)),
            holds=frozenset(part for one in holds for part in one.replace(",", " ").split()),
        )

    def code(self, country: str) -> str:
        """The alpha-2 code of a country, which for members may be given as their alpha-3 code."""
        wanted = country.strip().upper()
        return self.decider.homes.get(wanted, wanted)

    def cite(self, fact: Provision | Coverage) -> str:
        """Where a rule stands: instrument and article, or that nothing was found."""
        from serantau.govern.model import Provision

        if not isinstance(fact, Provision):
            return f"coverage {fact.id}"
        instrument = self.law.instrument_of[fact.instrument]
        article = "article not known" if fact.article == "unknown" else fact.article
        recalled = " (number recalled)" if fact.article_grade is not None else ""
        return f"{instrument.short}, {article}{recalled}"

    def source(self, source: str) -> str:
        """Title of a source."""
        found = self.bundle.sources.get(source)
        return "recalled, no document" if found is None else found.title


def governed(region: Path, as_of: date | None, known: date | None) -> Governed:
    """Load a region with law."""
    from serantau.bundle import load_bundle, today
    from serantau.govern.decide import Decider

    bundle = load_bundle(region)
    if bundle.law is None:
        stop(f"The region in {region} has no law. docs/guide/region.md says how it is written.")
    asof = AsOf(as_of or today(), known or date.max)
    return Governed(bundle, bundle.law, Decider(bundle.law, bundle.homes), asof)
