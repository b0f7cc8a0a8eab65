"""Runs the checks and tells what came of each."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from enum import Enum

from serantau.defend.taxii.conformance import asking, changing, reading
from serantau.defend.taxii.conformance.requirements import REQUIREMENTS, Requirement
from serantau.defend.taxii.conformance.world import FailedError, Untested, World

CHECKS: Mapping[int, asking.Check] = {**asking.CHECKS, **reading.CHECKS, **changing.CHECKS}


class Outcome(Enum):
    """What came of a check."""

    MET = "ok"
    FAILED = "FAIL"
    UNTESTED = "not tested"


@dataclass(frozen=True)
class Result:
    """A requirement and what came of it.

    Attributes:
        requirement: The requirement.
        outcome: Whether it is met.
        said: What the server did instead, or why it was not looked at.
    """

    requirement: Requirement
    outcome: Outcome
    said: str = ""


def run(world: World, numbers: Collection[int] | None = None) -> Iterator[Result]:
    """Check every requirement, or those of some numbers, in their order."""
    for one in REQUIREMENTS:
        if numbers is None or one.number in numbers:
            yield _result(one, world)


def _result(one: Requirement, world: World) -> Result:
    try:
        CHECKS[one.number](world)
    except Untested as why:
        return Result(one, Outcome.UNTESTED, str(why))
    except FailedError as failed:
        return Result(one, Outcome.FAILED, str(failed)[:300])
    except (KeyError, TypeError, ValueError, IndexError, AttributeError) as error:
        return Result(one, Outcome.FAILED, f"an answer of another shape ({type(error).__name__}: {error})"[:300])
    return Result(one, Outcome.MET)
