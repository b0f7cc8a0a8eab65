"""How much weight an alert still has: it fades with time, a new member's sighting renews it, a doubt lessens it.

``score(t) = base x (1 - (t / tau)^(1 / delta))`` for ``t`` up to ``tau``, then nothing.

Source of the formula: Iklody, Wagener, Dulaunoy, Mokaddem, Wagner, "Decaying Indicators of Compromise" (arXiv
1902.03914), as MISP has computed it since 2.4.116. Grade: memory, since the paper was not read for this; the formula is
restated. In MISP every sighting sets ``t`` back to 0, so one member can keep an indicator alive for all. Here, labelled
ours: a member's first sighting of a span does, its later ones move the clock by a quarter of the time between; every
member that calls it a false positive takes away one witness's part of the base; and an end that the producers stated
wins over all.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta
from types import MappingProxyType

AGAIN = 4
"""A member's further sightings move the clock by one part in so many of the time since its first."""

UNSTATED = 50
"""The base where nobody stated a confidence. Ours."""


@dataclass(frozen=True, slots=True)
class Decay:
    """How fast a kind of observable loses weight.

    Attributes:
        tau: When nothing is left.
        delta: Above 1 it keeps its weight long and loses it late; below 1 the other way about.
    """

    tau: timedelta
    delta: float = 3.0


MODELS: MappingProxyType[str, Decay] = MappingProxyType(
    {
        "ipv4-addr": Decay(timedelta(days=30)),
        "ipv6-addr": Decay(timedelta(days=30)),
        "url": Decay(timedelta(days=30)),
        "domain-name": Decay(timedelta(days=90)),
        "email-addr": Decay(timedelta(days=90)),
        "file-sha256": Decay(timedelta(days=365)),
        "file-sha1": Decay(timedelta(days=365)),
        "file-md5": Decay(timedelta(days=365)),
    }
)
"""By type of key. Ours: addresses change hands within weeks, files stay what they are (RFC 9424 says as much of how
fragile each kind is; grade memory)."""

OTHER = Decay(timedelta(days=90))


def model_of(key_type: str) -> Decay:
    """How a type of key decays.

    >>> model_of("ipv4-addr").tau.days, model_of("mutex").tau.days
    (30, 90)
    """
    return MODELS.get(key_type, OTHER)


def clock_of(spans: Iterable[tuple[datetime, datetime]]) -> datetime:
    """The instant from which weight is lost: the latest that any member moves it to.

    Args:
        spans: The first and the last sighting of each member that still holds to it.

    Raises:
        ValueError: if there are none.

    >>> from datetime import UTC
    >>> day = lambda number: datetime(2026, 11, number, tzinfo=UTC)
    >>> clock_of([(day(1), day(5))]).day, clock_of([(day(1), day(5)), (day(5), day(5))]).day
    (2, 5)
    """
    return max(first + (last - first) / AGAIN for first, last in spans)


def base_of(confidence: int | None, witnesses: int, doubts: int) -> int:
    """The weight at the beginning, 0 to 100.

    >>> base_of(80, 4, 1), base_of(None, 3, 0), base_of(80, 2, 5)
    (60, 50, 0)
    """
    stated = UNSTATED if confidence is None else min(max(confidence, 0), 100)
    return stated * max(witnesses - doubts, 0) // max(witnesses, 1)


def score(base: float, clock: datetime, now: datetime, decay: Decay, valid_until: datetime | None = None) -> float:
    """The weight at a moment.

    >>> from datetime import UTC
    >>> start = datetime(2026, 11, 1, tzinfo=UTC)
    >>> [round(score(80, start, start + timedelta(days=days), Decay(timedelta(days=30), 1))) for days in (0, 15, 30, 31)]
    [80, 40, 0, 0]
    """
    if valid_until is not None and now >= valid_until:
        return 0.0
    part = (now - clock) / decay.tau
    if part <= 0:
        return float(base)
    return 0.0 if part >= 1 else base * (1 - part ** (1 / decay.delta))


def ends_at(clock: datetime, decay: Decay) -> datetime:
    """When nothing is left: what an issued object says it is valid until."""
    return clock + decay.tau


__all__ = ["AGAIN", "MODELS", "OTHER", "UNSTATED", "Decay", "base_of", "clock_of", "ends_at", "model_of", "score"]
