"""Limits at borders, agreements on how to coordinate, and refractivity for runs that bring none: facts of the region."""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from serantau.facts import Fact
from serantau.facts.model import Identifier, Text

Megahertz = Annotated[float, msgspec.Meta(ge=30.0, le=6000.0)]


class Answer(Enum):
    """A condition of a limit, or what a transmitter is."""

    YES = "yes"
    NO = "no"
    ANY = "any"


class Silence(Enum):
    """What it means when no answer came in time."""

    NOTHING = "nothing"
    APPROVES = "approves"


class Limit(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A field strength that two parties agreed not to exceed, or an example of one.

    Attributes:
        id: Permanent identifier.
        title: The agreement or recommendation.
        parties: Who agreed; ``example`` for what binds nobody here, ``stated`` for what one side asks for.
        low_mhz: Lower edge of the band.
        high_mhz: Upper edge of the band.
        synchronised: For which transmitters.
        preferential: For which transmitters.
        reference_bandwidth_mhz: Bandwidth that the value is for.
        height_m: Receiving height above ground.
        time_percent: Share of time.
        location_percent: Share of locations.
        distance_km: How far inside the neighbour; 0 on the border.
        value_dbuv_m: The limit, dB(uV/m) in the reference bandwidth.
    """

    id: Identifier
    title: Text
    parties: Text
    low_mhz: Megahertz
    high_mhz: Megahertz
    synchronised: Answer
    preferential: Answer
    reference_bandwidth_mhz: Annotated[float, msgspec.Meta(gt=0.0, le=400.0)]
    height_m: Annotated[float, msgspec.Meta(ge=1.0, le=100.0)]
    time_percent: Annotated[float, msgspec.Meta(ge=1.0, le=50.0)]
    location_percent: Annotated[float, msgspec.Meta(ge=1.0, le=99.0)]
    distance_km: Annotated[float, msgspec.Meta(ge=0.0, le=100.0)]
    value_dbuv_m: Annotated[float, msgspec.Meta(ge=-50.0, le=150.0)]

    @property
    def example(self) -> bool:
        """Whether it binds nobody here."""
        return self.parties == "example"

    @property
    def stated(self) -> bool:
        """Whether one side alone says so."""
        return self.parties == "stated"

    def applies_to(self, frequency_mhz: float, synchronised: Answer, preferential: Answer) -> bool:
        """Whether the limit is for such a transmitter; what a transmitter does not say matches either."""
        inside = self.low_mhz <= frequency_mhz <= self.high_mhz
        pairs = ((self.synchronised, synchronised), (self.preferential, preferential))
        return inside and all(Answer.ANY in pair or pair[0] is pair[1] for pair in pairs)


class Refractivity(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Median refractivity at a place, for runs that bring none of their own.

    Attributes:
        id: Permanent identifier.
        member: Id of the member.
        place: Where it was read.
        delta_n: Lapse-rate in the lowest kilometre, N-units/km.
        n0: Sea-level surface refractivity, N-units.
    """

    id: Identifier
    member: Identifier
    place: Text
    delta_n: Annotated[float, msgspec.Meta(gt=0.0, lt=157.0)]
    n0: Annotated[float, msgspec.Meta(gt=0.0, lt=1000.0)]


class Agreement(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What two members agreed on how requests for coordination are answered.

    Attributes:
        id: Permanent identifier.
        title: The agreement.
        parties: Ids of the members, separated by blanks.
        answer_weeks: Answers are due so many weeks after a request was sent.
        silence: What it means when none came by then.
        reminder_days: Days before that on which the other side is reminded, separated by blanks.
    """

    id: Identifier
    title: Text
    parties: Text
    answer_weeks: Annotated[int, msgspec.Meta(ge=1, le=52)]
    silence: Silence
    reminder_days: Annotated[str, msgspec.Meta(pattern=r"^\d{1,3}( \d{1,3}){0,5}$")]

    @property
    def members(self) -> frozenset[str]:
        """Ids of the members."""
        return frozenset(self.parties.split())

    @property
    def reminders(self) -> tuple[int, ...]:
        """Days before the deadline."""
        return tuple(int(one) for one in self.reminder_days.split())


class ClutterClass(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How high what stands on the ground is taken to be, for a class of a land cover.

    Attributes:
        id: Permanent identifier.
        scheme: The land cover that numbers the classes.
        code: Number of the class.
        name: What it is.
        height_m: Representative clutter height.
    """

    id: Identifier
    scheme: Identifier
    code: Annotated[int, msgspec.Meta(ge=0, le=65_535)]
    name: Text
    height_m: Annotated[float, msgspec.Meta(ge=0.0, le=100.0)]
