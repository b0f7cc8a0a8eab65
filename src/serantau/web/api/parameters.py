"""The parameters of the API: one table that reads them, refuses them and describes them in the OpenAPI document."""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from serantau.measure.indicators import FIRST_YEAR, LAST_YEAR, Role
from serantau.measure.paths import MODELS
from serantau.web.site.problems import QuestionError
from serantau.web.site.question import LONGEST, whole

MOST_ROWS = 1000
DEFAULT_ROWS = 100
MOST_SKIPPED = 10_000_000

_NUMBER = re.compile(r"[+-]?(?:\d{1,20}(?:\.\d{0,40})?|\.\d{1,40})(?:[eE][+-]?\d{1,2})?", re.ASCII)


@dataclass(frozen=True)
class Parameter:
    """One parameter of the query.

    Attributes:
        about: What it means, for the document.
        kind: ``text``, ``day``, ``whole``, ``number`` or ``choice``.
        low: Least value of a number.
        high: Greatest value of a number.
        choices: Words of a choice.
        default: What holds where it is left out.
        required: Whether it may not be left out.
    """

    about: str
    kind: str = "text"
    low: float = 0
    high: float = 0
    choices: tuple[str, ...] = ()
    default: Any = None
    required: bool = False

    def schema(self) -> dict[str, Any]:
        """JSON Schema of the value."""
        found: dict[str, Any] = {
            "text": {"type": "string", "maxLength": LONGEST},
            "day": {"type": "string", "format": "date"},
            "whole": {"type": "integer", "minimum": self.low, "maximum": self.high},
            "number": {"type": "number", "minimum": self.low, "maximum": self.high},
            "choice": {"type": "string", "enum": list(self.choices)},
        }[self.kind]
        return found if self.default is None else {**found, "default": self.default}

    def read(self, name: str, given: Mapping[str, str]) -> Any:  # noqa: ANN401 - as many types as kinds
        """The value in an address.

        Raises:
            QuestionError: if it is missing or none of its kind; days are read with the question itself.
        """
        if name not in given:
            if self.required:
                raise QuestionError(f"The parameter {name} is missing. {self.about}", name)
            return self.default
        text = given[name]
        if self.kind == "whole":
            return whole(given, name, 0, int(self.low), int(self.high))
        if self.kind == "number":
            return self._number(name, text)
        if self.kind == "choice" and text not in self.choices:
            raise QuestionError(f"{name}={text} is none of: {', '.join(self.choices)}.", name)
        return text

    def _number(self, name: str, text: str) -> float:
        value = float(text) if _NUMBER.fullmatch(text) else math.nan
        if not self.low <= value <= self.high:
            raise QuestionError(f"{name}={text} is no number from {self.low:g} to {self.high:g}.", name)
        return value


_YEAR: dict[str, Any] = {"kind": "whole", "low": FIRST_YEAR, "high": LAST_YEAR}

PARAMETERS = {
    "plan": Parameter("Id of a plan; left out, the plan that the region shows first."),
    "as_of": Parameter("The day that the question is about, as 2025-12-31; left out, today.", "day"),
    "known": Parameter("Use only what was known here on this day; left out, the newest knowledge.", "day"),
    "member": Parameter("ISO 3166-1 code of a member, of two or three letters."),
    "outcome": Parameter("Id of an outcome, or its code within the plan."),
    "indicator": Parameter("Id of an indicator; /api/v1/indicators lists them."),
    "role": Parameter("Only indicators of this role.", "choice", choices=tuple(role.value for role in Role)),
    "from": Parameter("First year.", **_YEAR),
    "to": Parameter("Last year.", **_YEAR),
    "limit": Parameter(
        f"Rows in one answer, at most {MOST_ROWS}.", "whole", low=1, high=MOST_ROWS, default=DEFAULT_ROWS
    ),
    "offset": Parameter("Rows to skip; the Link header has the next page.", "whole", high=MOST_SKIPPED, default=0),
    "model": Parameter(
        "How the path goes on; left out, logistic below a natural upper bound, else linear.", "choice", choices=MODELS
    ),
    "slope": Parameter(
        "Change a year (logistic: of the logit); left out, fitted.", "number", low=-1_000_000, high=1_000_000
    ),
    "ceiling": Parameter(
        "Ceiling of the logistic curve; left out, the natural bound.", "number", low=0.000001, high=1_000_000_000
    ),
    "band": Parameter("Id of a band, as n78; /api/v1/spectrum/bands lists them."),
    "neighbour": Parameter("Code of the other member."),
    "tx_latitude": Parameter("Transmitter, degrees north.", "number", low=-80, high=80),
    "tx_longitude": Parameter("Transmitter, degrees east.", "number", low=-180, high=180),
    "rx_latitude": Parameter("Receiver, degrees north.", "number", low=-80, high=80),
    "rx_longitude": Parameter("Receiver, degrees east.", "number", low=-180, high=180),
    "frequency_mhz": Parameter("Frequency in MHz.", "number", low=30, high=6000),
    "delta_n": Parameter("Median lapse-rate of refractivity, N-units/km.", "number", low=1, high=156),
    "n0": Parameter("Median refractivity at sea level, N-units.", "number", low=100, high=600),
    "tx_height_m": Parameter("Transmitting antenna above ground, m.", "number", low=1, high=3000, default=30.0),
    "rx_height_m": Parameter("Receiving antenna above ground, m.", "number", low=1, high=3000, default=3.0),
    "erp_dbw": Parameter("Effective radiated power, dBW; 30 is 1 kW.", "number", low=-60, high=80, default=30.0),
    "time_percent": Parameter("Share of time for which it is exceeded.", "number", low=1, high=50, default=10.0),
    "ground": Parameter("What the path runs over.", "choice", choices=("land", "sea"), default="land"),
    "until": Parameter("Last year of the projection; left out, the target's, else five years on.", **_YEAR),
}
"""By name. Whether one is required is said by the operation."""
