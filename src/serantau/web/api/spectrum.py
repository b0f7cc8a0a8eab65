"""Operations on spectrum: bands, holdings, what is common, what meets, policy, recommendations, one path."""

from __future__ import annotations

from serantau.base import AsOf, Truth, suggest
from serantau.facts.model import is_known, is_valid
from serantau.spectrum.conflicts import conflicts_between
from serantau.spectrum.errors import SpectrumError
from serantau.spectrum.harmonise import Amount, Common, Holdings, radio_of
from serantau.spectrum.model import Band, Held, Holding, Total, holdings_at
from serantau.spectrum.recommend import Recommendation, recommendations
from serantau.web.api.asking import Asked, UnknownNameError
from serantau.web.api.router import operation
from serantau.web.api.rows import head, sources_in
from serantau.web.api.spectrum_model import (
    AmountOut,
    BandsAnswer,
    CommonAnswer,
    CommonRow,
    ConflictRow,
    ConflictsAnswer,
    FieldAnswer,
    HeldRow,
    HoldingsAnswer,
    PolicyAnswer,
    RecommendationRow,
    RecommendationsAnswer,
    StepRow,
)
from serantau.web.site.problems import QuestionError

TIMES = ("as_of", "known")
GROUP = "Spectrum"
PATH = (
    *("tx_latitude", "tx_longitude", "rx_latitude", "rx_longitude", "frequency_mhz", "delta_n", "n0"),
    *("tx_height_m", "rx_height_m", "erp_dbw", "time_percent", "ground"),
)
POINTS = 200


@operation("/spectrum/bands", BandsAnswer, *TIMES, group=GROUP)
def spectrum_bands(asked: Asked) -> BandsAnswer:
    """The bands, with uplink, downlink and duplex, and which covers which."""
    rows = asked.bundle.spectrum.bands
    covers = {one.id: tuple(two.id for two in rows if two is not one and one.covers(two)) for one in rows}
    return BandsAnswer(**head(asked.question, sources=sources_in(rows)), rows=rows, covers=covers)


@operation("/spectrum/holdings", HoldingsAnswer, "member", "band", *TIMES, group=GROUP)
def spectrum_holdings(asked: Asked) -> HoldingsAnswer:
    """Who holds what on the day: ranges, and amounts whose range is not known."""
    members, band = {one.id for one in asked.present()}, _band(asked)
    held = [
        one
        for one in holdings_at(asked.bundle.spectrum, asked.question.asof)
        if one.fact.member in members and (band is None or band.id in _bands_of(one))
    ]
    sources = sources_in(one.fact for one in held)
    return HoldingsAnswer(**head(asked.question, sources=sources), rows=tuple(map(_held_row, held)))


@operation("/spectrum/common", CommonAnswer, "band", *TIMES, group=GROUP)
def spectrum_common(asked: Asked) -> CommonAnswer:
    """Megahertz that the same radio can use in every member, band by band.

    At least, as last reported, at most: what is not known counts nothing below and everything above. Without a band
    those in which a member has anything are answered.
    """
    facts, asof, band = asked.bundle.spectrum, asked.question.asof, _band(asked)
    found = holdings_at(facts, asof)
    used = {name for one in found for name in _bands_of(one)}
    bands = [band] if band is not None else [one for one in facts.bands if one.id in used]
    holdings = Holdings(facts, [one.id for one in asked.question.answers.members(asof)], asof)
    rows = tuple(_common_row(holdings.common(radio_of(one))) for one in bands)
    return CommonAnswer(**head(asked.question, sources=sources_in(one.fact for one in found)), rows=rows)


@operation(
    "/spectrum/conflicts",
    ConflictsAnswer,
    "member",
    "neighbour",
    *TIMES,
    required=("member", "neighbour"),
    group=GROUP,
)
def spectrum_conflicts(asked: Asked) -> ConflictsAnswer:
    """Where the uses of two members meet: uplink in downlink, FDD against TDD, TDD that may not be synchronised.

    Frequencies alone do not tell who is a neighbour. Holdings without a range cannot be compared.
    """
    (ours,), theirs = asked.present(), asked.neighbour()
    if ours.id == theirs.id:
        raise QuestionError("A member is no neighbour of its own. Name another one.", "neighbour")
    found = conflicts_between(asked.bundle.spectrum, ours.id, theirs.id, asked.question.asof)
    rows = tuple(
        ConflictRow(
            kind=one.kind.value,
            ours=one.ours.id,
            theirs=one.theirs.id,
            shared=tuple((part.low, part.high) for part in one.shared),
            certain=one.certain,
        )
        for one in found
    )
    sources = sources_in([part for one in found for part in (one.ours, one.theirs)])
    return ConflictsAnswer(**head(asked.question, sources=sources), member=ours.id, neighbour=theirs.id, rows=rows)


@operation("/spectrum/policy", PolicyAnswer, "member", *TIMES, group=GROUP)
def spectrum_policy(asked: Asked) -> PolicyAnswer:
    """What members do in fifteen dimensions of 5G and telecommunications policy. Not known is not no."""
    members, asof = {one.id for one in asked.present()}, asked.question.asof
    rows = tuple(one for one in asked.bundle.spectrum.policies if one.member in members and _stands(one, asof))
    return PolicyAnswer(**head(asked.question, sources=sources_in(rows)), rows=rows)


@operation("/spectrum/recommendations", RecommendationsAnswer, "member", *TIMES, required=("member",), group=GROUP)
def spectrum_recommendations(asked: Asked) -> RecommendationsAnswer:
    """What a member might do, by which criterion, and who has done it."""
    (member,) = asked.present()
    everybody = [one.id for one in asked.question.answers.members(asked.question.asof)]
    found = recommendations(asked.bundle.spectrum, member.id, everybody, asked.question.asof)
    records = [one.finding.record for one in found] + [peer.record for one in found for peer in one.peers]
    sources = sources_in([*(one for one in records if one is not None), *(one.finding.criterion for one in found)])
    rows = tuple(map(_recommendation_row, found))
    return RecommendationsAnswer(**head(asked.question, sources=sources), member=member.id, rows=rows)


@operation("/spectrum/field", FieldAnswer, *PATH, *TIMES, required=PATH[:7], group=GROUP)
def spectrum_field(asked: Asked) -> FieldAnswer:
    """Field strength of one path over flat ground by ITU-R P.1812, with every step and the reason for the mode.

    For terrain, land cover, limits and many transmitters at once there are the command line and, for administrations,
    the pages of coordination. Refractivity has no default: in the tropics it decides the result.
    """
    from serantau.spectrum.coordination import Flat
    from serantau.spectrum.coordination.path import ground_between
    from serantau.spectrum.propagation import P1812, FreeSpace, Links
    from serantau.spectrum.propagation.p1812.equations import EQUATIONS

    given = asked.values
    start, end = (given["tx_latitude"], given["tx_longitude"]), (given["rx_latitude"], given["rx_longitude"])
    time = [given["time_percent"]]
    try:
        ground = ground_between(Flat(sea=given["ground"] == "sea"), start, end, POINTS)
        links = Links.of(
            ground.profiles,
            frequency_ghz=given["frequency_mhz"] / 1000,
            tx_height_m=given["tx_height_m"],
            rx_height_m=given["rx_height_m"],
            latitude_deg=ground.latitude_deg or 0.0,
            delta_n=given["delta_n"],
            n0=given["n0"],
            vertical=True,
            tx_coast_km=ground.tx_coast_km,
            rx_coast_km=ground.rx_coast_km,
        )
        found, free = P1812().predict(links, time), FreeSpace().predict(links, time)
    except SpectrumError as error:
        raise QuestionError(str(error), "rx_latitude") from error
    power = given["erp_dbw"] - 30  # the prediction is for 1 kW
    rows = tuple(
        StepRow(
            key=one.key,
            equation=one.number,
            unit=one.unit,
            meaning=one.meaning,
            value=float(found.steps[one.key].ravel()[0]),
        )
        for one in EQUATIONS
    )
    return FieldAnswer(
        **head(asked.question),
        method=found.method,
        distance_km=float(links.distance_km[0]),
        field_strength_dbuv_m=float(found.field_strength_dbuv_m[0, 0]) + power,
        free_space_dbuv_m=float(free.field_strength_dbuv_m[0, 0]) + power,
        loss_db=float(found.loss_db[0, 0]),
        mode=found.reason(0, 0),
        rows=rows,
    )


def _band(asked: Asked) -> Band | None:
    name = asked.values["band"]
    if name is None:
        return None
    found = asked.bundle.spectrum.band(name)
    if found is None:
        known = [one.id for one in asked.bundle.spectrum.bands]
        raise UnknownNameError(f"There is no band {name!r}. {suggest(name, known)}".strip(), "band")
    return found


def _bands_of(one: Held) -> tuple[str, ...]:
    return one.fact.band_ids if isinstance(one.fact, Total) else (one.fact.band,)


def _stands(one: object, asof: AsOf) -> bool:
    return is_known(one, asof) and is_valid(one, asof) is not Truth.NO  # type: ignore[arg-type] # a fact


def _held_row(one: Held) -> HeldRow:
    fact = one.fact
    ranged = fact if isinstance(fact, Holding) else None
    total = sum(part.width for part in fact.occupied) if isinstance(fact, Holding) else fact.total_mhz
    return HeldRow(
        id=fact.id,
        member=fact.member,
        bands=_bands_of(one),
        holder=fact.holder,
        area=fact.area,
        holds=one.holds.value,
        duplex=fact.duplex.value if fact.duplex else None,
        uplink_low_mhz=ranged.uplink_low_mhz if ranged else None,
        uplink_high_mhz=ranged.uplink_high_mhz if ranged else None,
        downlink_low_mhz=ranged.downlink_low_mhz if ranged else None,
        downlink_high_mhz=ranged.downlink_high_mhz if ranged else None,
        total_mhz=total,
        valid_from=fact.valid_from,
        valid_to=fact.valid_to,
        source=fact.source,
        grade=fact.grade,
        note=fact.note,
    )


def _amount(one: Amount) -> AmountOut:
    return AmountOut(lower=one.lower, reported=one.reported, upper=one.upper)


def _common_row(one: Common) -> CommonRow:
    return CommonRow(
        band=one.radio.name,
        duplex=one.radio.duplex.value,
        common=_amount(one.amount),
        members={use.member: _amount(use.amount) for use in one.uses},
        narrowing=dict(one.narrowing),
    )


def _recommendation_row(one: Recommendation) -> RecommendationRow:
    criterion = one.finding.criterion
    return RecommendationRow(
        criterion=criterion.id,
        title=criterion.title,
        threshold=criterion.threshold,
        unit=criterion.unit,
        basis=criterion.basis,
        met=one.finding.met.value,
        record=one.finding.record.id if one.finding.record else None,
        peers=tuple(peer.record.id for peer in one.peers if peer.record is not None),
    )
