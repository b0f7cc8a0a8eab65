"""``serantau spectrum``: which frequencies, what the members have in common, and what others did."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING

import click

from serantau.base import AsOf, suggest
from serantau.cli.groups import CONTEXT, LazyGroup, stop
from serantau.cli.options import Number, asof, common_options, format_option, own_folder
from serantau.cli.output import Column, Row, emit

if TYPE_CHECKING:
    from serantau.bundle import Bundle
    from serantau.spectrum.harmonise import Amount, Common, Holdings, Radio
    from serantau.spectrum.model import Band, Held, SpectrumFacts
    from serantau.spectrum.ranges import Ranges

BOUNDS = (
    "Amounts in MHz, both directions of a pair together: at least, as last reported, at most. What is not known counts "
    "nothing below and everything above."
)

members_option = click.option(
    "--member", "codes", multiple=True, metavar="CODE", help="Only this member; may be given several times."
)
bands_option = click.option(
    "--band", "names", multiple=True, metavar="BAND", help="Only this band, such as n78; may be given several times."
)


@click.group(
    cls=LazyGroup,
    context_settings=CONTEXT,
    commands_at={
        "coordinate": "serantau.cli.spectrum_coordinate:coordinate",
        "field": "serantau.cli.spectrum_field:field",
        "import": "serantau.cli.spectrum_national:check_import",
        "template": "serantau.cli.spectrum_national:template",
    },
)
def spectrum() -> None:
    """Compare frequency plans, find common megahertz, see what others did, coordinate at a border."""


@dataclass(frozen=True)
class _Question:
    """A question on one day to some members."""

    bundle: Bundle
    asof: AsOf
    members: tuple[str, ...]

    @property
    def facts(self) -> SpectrumFacts:
        return self.bundle.spectrum

    @property
    def edition(self) -> str:
        return self.bundle.edition.label

    def holdings(self) -> Holdings:
        from serantau.spectrum.harmonise import Holdings

        return Holdings(self.facts, self.members, self.asof)

    def bands(self, names: Sequence[str]) -> tuple[Band, ...]:
        """The bands named, or every band that some member has something in."""
        by_id = {band.id: band for band in self.facts.bands}
        for name in names:
            if name not in by_id:
                hint = suggest(name, by_id) or "`serantau spectrum bands` lists those in use."
                stop(f"There is no band {name[:20]!r}. {hint}")
        if names:
            return tuple(by_id[name] for name in dict.fromkeys(names))
        used = {row.band for row in self.facts.holdings}
        used |= {name for total in self.facts.totals for name in total.band_ids}
        return tuple(band for band in self.facts.bands if band.id in used)


def _ask(region: Path, as_of: date | None, known: date | None, codes: Sequence[str]) -> _Question:
    from serantau.bundle import load_bundle

    bundle = load_bundle(region, own_folder())
    day = asof(as_of, known)
    present = [member.id for member in bundle.region.members_at(day)]
    for code in codes:
        if code not in present:
            stop(f"There is no member {code[:20]!r} on {day.valid}. {suggest(code, present)}".strip())
    return _Question(bundle, day, tuple(dict.fromkeys(codes)) or tuple(present))


# --- bands and holdings ----------------------------------------------------------------------------------------------


@spectrum.command()
@bands_option
@common_options
@format_option
def bands(region: Path, as_of: date | None, known: date | None, names: tuple[str, ...], format: str) -> None:
    """List the bands, which others each covers, and how many members have something in it."""
    question = _ask(region, as_of, known, ())
    chosen = question.bands(names) if names else question.facts.bands
    rows: list[Row] = [
        {
            "band": band.id,
            "duplex": band.duplex.value,
            "uplink_mhz": _text(band.uplink),
            "downlink_mhz": _text(band.downlink),
            "covers": [other.id for other in question.facts.bands if other is not band and band.covers(other)],
            "grade": band.grade,
            "source": band.source,
            "note": band.note,
        }
        for band in chosen
    ]
    columns: list[Column] = [
        ("band", "Band"),
        ("duplex", "Duplex"),
        ("uplink_mhz", "Uplink MHz"),
        ("downlink_mhz", "Downlink MHz"),
        ("covers", "A radio for it also serves"),
        ("grade", "Grade"),
    ]
    emit(rows, format, columns, "Bands", edition=question.edition)


@spectrum.command()
@members_option
@bands_option
@common_options
@format_option
def holdings(
    region: Path,
    as_of: date | None,
    known: date | None,
    codes: tuple[str, ...],
    names: tuple[str, ...],
    format: str,
) -> None:
    """List who holds what on the day: ranges where they are known, amounts where they are not."""
    from serantau.spectrum.model import holdings_at

    question = _ask(region, as_of, known, codes)
    wanted = {band.id for band in question.bands(names)}
    rows = [
        _held_row(held)
        for held in holdings_at(question.facts, question.asof)
        if held.fact.member in question.members and wanted & set(_bands_of(held))
    ]
    columns: list[Column] = [
        ("member", "Member"),
        ("band", "Band"),
        ("range_mhz", "Range MHz"),
        ("total_mhz", "MHz, both directions"),
        ("holder", "Holder"),
        ("area", "Area"),
        ("holds", "Holds on the day"),
        ("valid_to", "Until"),
        ("grade", "Grade"),
    ]
    note = "A range or an amount that is not shown is not known. `unknown`: the source gives no end, or no beginning."
    emit(rows, format, columns, "Holdings", [note], question.edition)


def _bands_of(held: Held) -> tuple[str, ...]:
    from serantau.spectrum.model import Total

    return held.fact.band_ids if isinstance(held.fact, Total) else (held.fact.band,)


def _held_row(held: Held) -> Row:
    from serantau.spectrum.harmonise import SIDES
    from serantau.spectrum.model import Holding

    fact = held.fact
    ranged = isinstance(fact, Holding)
    width = fact.lead.width * SIDES[fact.duplex] if isinstance(fact, Holding) and fact.lead else None
    return {
        "id": fact.id,
        "member": fact.member,
        "band": " ".join(_bands_of(held)),
        "range_mhz": " / ".join(map(str, fact.occupied)) if isinstance(fact, Holding) else None,
        "total_mhz": width if ranged else getattr(fact, "total_mhz", None),
        "duplex": fact.duplex,
        "holder": fact.holder or "unassigned",
        "technology": fact.technology,
        "area": fact.area,
        "price": fact.price,
        "holds": held.holds,
        "valid_from": fact.valid_from,
        "valid_to": fact.valid_to,
        "grade": fact.grade,
        "source": fact.source,
        "note": fact.note,
    }


# --- harmonisation ---------------------------------------------------------------------------------------------------


@spectrum.command()
@members_option
@bands_option
@common_options
@format_option
def common(
    region: Path,
    as_of: date | None,
    known: date | None,
    codes: tuple[str, ...],
    names: tuple[str, ...],
    format: str,
) -> None:
    """Show what the same radio can use in every member, band by band, and whose data would narrow it."""
    from serantau.spectrum.harmonise import radio_of, radios_of

    question = _ask(region, as_of, known, codes)
    held = question.holdings()
    chosen = question.bands(names)
    found = [held.common(radio_of(band)) for band in chosen]
    whole = [held.common(radio) for radio in radios_of(chosen)]
    rows = [_common_row(one) for one in found]
    columns: list[Column] = [
        ("band", "Band"),
        ("lower_mhz", "At least"),
        ("reported_mhz", "Reported"),
        ("upper_mhz", "At most"),
        ("reported_ranges", "Reported common"),
        ("narrowed_by", "Narrowed most by the data of"),
    ]
    totals = [sum(getattr(one.amount, name) for one in whole) for name in ("lower", "reported", "upper")]
    whole_radio = f"all {len(chosen)} bands" if len(chosen) > 1 else "this band"
    total = (
        f"A radio for {whole_radio}: at least {totals[0]:g}, as reported {totals[1]:g}, at most "
        f"{totals[2]:g} MHz, each megahertz counted once."
    )
    title = f"Common to {', '.join(question.members)}"
    emit(rows, format, columns, title, [total, BOUNDS], question.edition)


def _common_row(one: Common) -> Row:
    most = sorted(one.narrowing.items(), key=lambda item: (-item[1], item[0]))
    return {
        "band": one.radio.name,
        "lower_mhz": one.amount.lower,
        "reported_mhz": one.amount.reported,
        "upper_mhz": one.amount.upper,
        "known_ranges": _ranges(one.known),
        "reported_ranges": _ranges(one.reported),
        "possible_ranges": _ranges(one.possible),
        "narrowed_by": [member for member, mhz in most if mhz == most[0][1] and mhz > 0],
        "narrowing_mhz": dict(most),
        "members": {use.member: _amount(use.amount) for use in one.uses},
        "open_questions": {use.member: list(use.open_questions) for use in one.uses},
    }


def _amount(amount: Amount) -> dict[str, float]:
    return {"lower": amount.lower, "reported": amount.reported, "upper": amount.upper}


@spectrum.command()
@members_option
@common_options
@format_option
def conflicts(region: Path, as_of: date | None, known: date | None, codes: tuple[str, ...], format: str) -> None:
    """Show where two members' uses of the same frequencies would disturb each other at a border."""
    from itertools import combinations

    from serantau.spectrum.conflicts import conflicts_between

    question = _ask(region, as_of, known, codes)
    if len(question.members) < 2:
        stop("Name two members at least: --member AAA --member BBB.")
    found = [
        one
        for ours, theirs in combinations(question.members, 2)
        for one in conflicts_between(question.facts, ours, theirs, question.asof)
    ]
    rows: list[Row] = [
        {
            "members": f"{one.ours.member} {one.theirs.member}",
            "kind": one.kind,
            "shared_mhz": _ranges(one.shared),
            "ours": f"{one.ours.holder}, {one.ours.band}, {one.ours.area}",
            "theirs": f"{one.theirs.holder}, {one.theirs.band}, {one.theirs.area}",
            "certain": one.certain,
            "our_holding": one.ours.id,
            "their_holding": one.theirs.id,
        }
        for one in found
    ]
    columns: list[Column] = [
        ("members", "Between"),
        ("kind", "What meets what"),
        ("shared_mhz", "MHz"),
        ("ours", "Ours"),
        ("theirs", "Theirs"),
        ("certain", "Both surely hold"),
    ]
    notes = [
        "Frequencies alone do not tell who is a neighbour: read the pairs that share a border, on land or across a strait.",
        "Holdings without a range cannot be compared and are not here.",
    ]
    emit(rows, format, columns, "Conflicts", notes, question.edition)


@spectrum.command()
@members_option
@click.option("--band", "name", required=True, metavar="BAND", help="The band to plan for, such as n78.")
@click.option(
    "--budget",
    type=Number(0, 1e6),
    required=True,
    help="How many MHz may be released or moved, both directions counted.",
)
@click.option("--channel", type=Number(0, 1000), default=10, show_default=True, help="Narrowest run worth having, MHz.")
@click.option("--raster", type=Number(0.5, 1000), default=5, show_default=True, help="Raster of releases, MHz.")
@common_options
@format_option
def optimise(
    region: Path,
    as_of: date | None,
    known: date | None,
    codes: tuple[str, ...],
    name: str,
    budget: float,
    channel: float,
    raster: float,
    format: str,
) -> None:
    """Find the releases and moves that add most common megahertz, among members whose holdings are wholly known."""
    from serantau.spectrum.harmonise import radio_of
    from serantau.spectrum.optimise import best_plan

    question = _ask(region, as_of, known, codes)
    radio: Radio = radio_of(question.bands([name])[0])
    plan = best_plan(question.holdings(), radio, budget, channel_mhz=channel, raster_mhz=raster)
    rows: list[Row] = [
        {"member": one.member, "what": "assign what nobody holds", "mhz": _ranges(one.ranges), "holder": None}
        for one in plan.releases
    ]
    rows += [
        {
            "member": move.holding.member,
            "what": "move",
            "mhz": _ranges(move.holding.occupied),
            "holder": move.holding.holder,
        }
        for move in plan.moves
    ]
    columns: list[Column] = [("member", "Member"), ("what", "What"), ("mhz", "MHz"), ("holder", "Holder")]
    left = [f"{member} is left out: {reason}." for member, reason in plan.left_out.items()]
    proof = "No plan is better." if plan.gap_mhz == 0 else f"A plan better by {plan.gap_mhz:g} MHz is not ruled out."
    said = (
        f"Common already: {_ranges(plan.common) or 'nothing'}. Added: {_ranges(plan.added) or 'nothing'}, "
        f"{plan.added_mhz:g} MHz for {plan.touched_mhz:g} MHz released or moved. {proof}"
    )
    title = f"Best plan for {radio.name} in {', '.join(plan.members)}"
    emit(rows, format, columns, title, [said, *left], question.edition)


# --- policy ----------------------------------------------------------------------------------------------------------


@spectrum.command()
@members_option
@click.option("--dimension", help="Only this dimension, such as coverage or site-permits.")
@common_options
@format_option
def policy(
    region: Path,
    as_of: date | None,
    known: date | None,
    codes: tuple[str, ...],
    dimension: str | None,
    format: str,
) -> None:
    """Compare what members do, dimension by dimension; a dimension without a record is not known."""
    from serantau.base import Truth
    from serantau.facts.model import is_known, is_valid
    from serantau.spectrum.model import Dimension

    question = _ask(region, as_of, known, codes)
    names = [one.value for one in Dimension]
    if dimension is not None and dimension not in names:
        every = f"There are: {', '.join(names)}."
        stop(f"There is no dimension {dimension[:30]!r}. {suggest(dimension, names) or every}")
    found = [
        one
        for one in question.facts.policies
        if one.member in question.members
        and dimension in {None, one.dimension.value}
        and is_known(one, question.asof)
        and is_valid(one, question.asof) is not Truth.NO
    ]
    order = names.index
    rows: list[Row] = [
        {
            "dimension": one.dimension,
            "member": one.member,
            "topic": one.topic,
            "value": one.value,
            "unit": one.unit,
            "as_of": one.valid_from,
            "grade": one.grade,
            "source": one.source,
            "note": one.note,
        }
        for one in sorted(found, key=lambda one: (order(one.dimension.value), one.topic, one.member))
    ]
    columns: list[Column] = [
        ("dimension", "Dimension"),
        ("member", "Member"),
        ("topic", "Topic"),
        ("value", "Value"),
        ("as_of", "As of"),
        ("grade", "Grade"),
    ]
    silent = [name for name in names if name not in {one.dimension.value for one in found}]
    notes = [f"Not known of any of them: {', '.join(silent)}."] if silent and dimension is None else []
    emit(rows, format, columns, "5G and telecommunications policy", notes, question.edition)


@spectrum.command()
@click.option("--member", "code", required=True, metavar="CODE", help="The member to advise.")
@common_options
@format_option
def recommend(region: Path, as_of: date | None, known: date | None, code: str, format: str) -> None:
    """Say what a member might do, by which criterion, and which peers have done it."""
    from serantau.spectrum.recommend import findings, rank_ranges, recommendations

    question = _ask(region, as_of, known, ())
    if code not in question.members:
        stop(f"There is no member {code[:20]!r} on {question.asof.valid}. {suggest(code, question.members)}".strip())
    found = recommendations(question.facts, code, question.members, question.asof)
    rows: list[Row] = [
        {
            "recommendation": one.finding.criterion.title,
            "met": one.finding.met,
            "threshold": _threshold(one.finding.criterion.threshold, one.finding.criterion.unit),
            "here": one.finding.record.value if one.finding.record else None,
            "peers": [f"{peer.member}: {peer.record.value}" for peer in one.peers if peer.record],
            "basis": one.finding.criterion.basis,
            "criterion": one.finding.criterion.id,
            "evidence": [peer.record.id for peer in one.peers if peer.record],
        }
        for one in found
    ]
    columns: list[Column] = [
        ("recommendation", "Recommendation"),
        ("met", "Met here"),
        ("here", "Here"),
        ("threshold", "Threshold"),
        ("peers", "Who meets it, and how"),
        ("basis", "Basis"),
    ]
    ranks = {one.member: one for one in rank_ranges(findings(question.facts, question.members, question.asof))}
    notes = ["`unknown` means: find out first; no record says."]
    if code in ranks:
        rank = ranks[code]
        notes.append(
            f"Whatever the weights of the criteria, {code} stands between rank {rank.best} and {rank.worst} of "
            f"{len(ranks)} (in nine of ten cases {rank.low} to {rank.high}); {rank.known} of its criteria are known."
        )
    emit(rows, format, columns, f"Recommendations for {code}", notes, question.edition)


def _threshold(number: float | None, unit: str) -> str | None:
    return None if number is None else f"{number:g} {unit}".strip()


@spectrum.command()
@members_option
@common_options
@format_option
def prices(region: Path, as_of: date | None, known: date | None, codes: tuple[str, ...], format: str) -> None:
    """Compare what was paid: per megahertz and head, and per year of the licence; the two orders differ."""
    from serantau.spectrum.prices import prices as compare

    question = _ask(region, as_of, known, codes)
    rows: list[Row] = [
        {
            "award": one.award.id,
            "member": one.award.member,
            "title": one.award.title,
            "year": one.award.year,
            "mhz": one.award.total_mhz,
            "years": one.award.years,
            "paid": one.paid,
            "currency": one.award.currency,
            "usd_per_mhz_pop": one.usd_per_mhz_pop,
            "usd_per_mhz_pop_year": one.usd_per_mhz_pop_year,
            "rate": one.rate.per_usd if one.rate else None,
            "rate_grade": one.rate.grade if one.rate else None,
            "people": one.population.people if one.population else None,
            "people_grade": one.population.grade if one.population else None,
            "missing": list(one.missing),
            "grade": one.award.grade,
            "source": one.award.source,
            "note": one.award.note,
        }
        for one in compare(question.facts, question.asof, question.members)
    ]
    columns: list[Column] = [
        ("member", "Member"),
        ("title", "Award"),
        ("year", "Year"),
        ("years", "Term, years"),
        ("usd_per_mhz_pop", "USD per MHz and head", lambda value: f"{value:.3f}"),
        ("usd_per_mhz_pop_year", "and per year", lambda value: f"{value:.4f}"),
        ("rate", "Units per USD"),
        ("people", "People", lambda value: f"{value:,.0f}"),
        ("missing", "Not known"),
    ]
    notes = ["Exchange rates and populations of the year of the award; each has its grade in JSON and CSV."]
    emit(rows, format, columns, "Prices of spectrum", notes, question.edition)


@spectrum.command()
@members_option
@common_options
@format_option
def concentration(region: Path, as_of: date | None, known: date | None, codes: tuple[str, ...], format: str) -> None:
    """Show how concentrated the holding of spectrum is (Herfindahl-Hirschman index, 0 to 10,000)."""
    from serantau.spectrum.concentration import concentration as measure

    question = _ask(region, as_of, known, codes)
    held = question.holdings()
    found = [measure(held, member) for member in question.members]
    rows: list[Row] = [
        {
            "member": one.member,
            "hhi": one.hhi,
            "holders": len(one.shares),
            "shares_mhz": dict(one.shares),
            "without_amount": list(one.without_amount),
        }
        for one in found
    ]
    columns: list[Column] = [
        ("member", "Member"),
        ("hhi", "HHI", lambda value: f"{value:,.0f}"),
        ("shares_mhz", "MHz by holder, both directions"),
        ("without_amount", "Holders whose amount is not known"),
    ]
    note = "Of what is known to be held nationwide or was last reported; with the amounts that are not known it would differ."
    emit(rows, format, columns, "Concentration of spectrum", [note], question.edition)


def _text(part: object) -> str | None:
    return None if part is None else str(part)


def _ranges(ranges: Ranges) -> str:
    return ", ".join(map(str, ranges))
