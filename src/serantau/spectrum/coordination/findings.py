"""What a run found as plain data: rows for tables, GeoJSON (RFC 7946), and a form that can be kept and read again."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

import msgspec

from serantau.spectrum.coordination.model import Exceedance, Question, Strengths, Transmitter

Row = dict[str, Any]
DECIMALS = 3
"""Of dB; a thousandth is far below what any method claims."""
DEGREES = 6

STRENGTH = (
    *("question", "point", "latitude", "longitude", "strongest_dbuv_m", "transmitter", "limit_dbuv_m", "margin_db"),
)
EXCEEDANCE = ("transmitter", "limit", "points", "worst_point", "worst_dbuv_m", "margin_db")
"""Columns of the two tables."""


class Finding(msgspec.Struct, frozen=True):
    """Field strengths of one question, without the engine's arrays.

    Attributes:
        name: Id of the limit, or the question in words.
        said: The limit, or that there is none, in one sentence.
        distance_km: How far inside the neighbour.
        time_percent: Share of time.
        limit_dbuv_m: The limit; None where none was asked about.
        example: Whether the limit binds nobody here.
        latitude: Of the points, degrees.
        longitude: Of the points, degrees.
        strongest_dbuv_m: Of the strongest transmitter at each point; None where none was asked about.
        strongest: Id of that transmitter.
        exceedances: Transmitters over the limit, the worst first.
        asked: How many transmitters the question was asked about.
    """

    name: str
    said: str
    distance_km: float
    time_percent: float
    limit_dbuv_m: float | None
    example: bool
    latitude: tuple[float, ...]
    longitude: tuple[float, ...]
    strongest_dbuv_m: tuple[float | None, ...]
    strongest: tuple[str | None, ...]
    exceedances: tuple[Exceedance, ...]
    asked: int

    @property
    def worst_point(self) -> int | None:
        """Number of the point with the highest field strength; None if no transmitter was asked about."""
        held = [(value, -number) for number, value in enumerate(self.strongest_dbuv_m) if value is not None]
        return -max(held)[1] if held else None


def finding_of(found: Strengths, batch: Sequence[Transmitter]) -> Finding:
    """What a run found for one question, as plain data."""
    question = found.question
    ids = [batch[who].id if who >= 0 else None for who in found.strongest.tolist()]
    values = [
        round(value, DECIMALS) if name is not None else None
        for value, name in zip(found.strongest_dbuv_m.tolist(), ids, strict=True)
    ]
    over = [
        Exceedance(
            one.transmitter,
            one.limit,
            one.points,
            one.worst_point,
            round(one.worst_dbuv_m, DECIMALS),
            round(one.margin_db, DECIMALS),
        )
        for one in found.exceedances
    ]
    return Finding(
        question_name(question),
        limit_words(question),
        question.distance_km,
        question.time_percent,
        question.limit.value_dbuv_m if question.limit else None,
        question.limit.example if question.limit else False,
        tuple(round(one, DEGREES) for one in found.latitude.tolist()),
        tuple(round(one, DEGREES) for one in found.longitude.tolist()),
        tuple(values),
        tuple(ids),
        tuple(over),
        found.asked,
    )


def question_name(question: Question) -> str:
    """Id of the limit that is asked about, or the question in words."""
    if question.limit is not None:
        return question.limit.id
    return f"{question.distance_km:g} km, {question.time_percent:g} % of time"


def limit_words(question: Question) -> str:
    """The limit of a question in one sentence; without one, that there is none."""
    limit = question.limit
    if limit is None:
        return "Field strength computed, no agreed limit."
    return (
        f"{limit.id}: {limit.value_dbuv_m:g} dB(uV/m) in {limit.reference_bandwidth_mhz:g} MHz at {limit.height_m:g} m, "
        f"{limit.distance_km:g} km inside, {limit.time_percent:g} % of time. {limit.title}"
        f"{' (an example: it binds nobody here)' if limit.example else ''}"
        f"{'; nobody agreed to it' if limit.stated else f', grade {limit.grade.value}'}."
    )


def strength_rows(findings: Sequence[Finding]) -> list[Row]:
    """Every point of every question, with its strongest transmitter and the margin to the limit."""
    return [
        {
            "question": one.name,
            "point": number,
            "latitude": one.latitude[number],
            "longitude": one.longitude[number],
            "strongest_dbuv_m": value,
            "transmitter": one.strongest[number],
            "limit_dbuv_m": one.limit_dbuv_m,
            "margin_db": None
            if one.limit_dbuv_m is None or value is None
            else round(one.limit_dbuv_m - value, DECIMALS),
        }
        for one in findings
        for number, value in enumerate(one.strongest_dbuv_m)
    ]


def exceedance_rows(findings: Sequence[Finding]) -> list[Row]:
    """Every transmitter over a limit, the worst of each limit first."""
    return [{name: getattr(over, name) for name in EXCEEDANCE} for one in findings for over in one.exceedances]


def worst_margins(findings: Sequence[Finding]) -> Mapping[str, Exceedance]:
    """For every transmitter that is over some limit, where it is over by most."""
    worst: dict[str, Exceedance] = {}
    for finding in findings:
        for over in finding.exceedances:
            held = worst.get(over.transmitter)
            if held is None or over.margin_db < held.margin_db:
                worst[over.transmitter] = over
    return worst


def geojson(findings: Sequence[Finding], batch: Sequence[Transmitter]) -> Row:
    """The points and the transmitters as a FeatureCollection."""
    features = [
        _feature(row["longitude"], row["latitude"], {"kind": "point", **row}) for row in strength_rows(findings)
    ]
    features += [_feature(one.longitude, one.latitude, {"kind": "transmitter", "id": one.id}) for one in batch]
    return {"type": "FeatureCollection", "features": features}


def _feature(longitude: float, latitude: float, properties: Row) -> Row:
    geometry = {"type": "Point", "coordinates": [longitude, latitude]}
    return {"type": "Feature", "geometry": geometry, "properties": properties}
