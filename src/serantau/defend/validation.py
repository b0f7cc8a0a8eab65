"""One object against the whole of its standard, by OASIS' own validator: slow, so for background jobs.

The validator (stix2-validator 3.2.0) brings its schemas with it and is given nothing that it could fetch. It is told
the version and never left to build a path from what a stranger wrote; what is long or deep is not given to it at all,
and what it stumbles over is a finding and no failure of ours.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, NamedTuple

from serantau.base import Problem
from serantau.defend.patterns import bounded
from serantau.defend.stix import check

MOST_FINDINGS = 50
"""Findings of one object that are told."""

MOST_VALUES = 20_000
"""Values in an object that is checked."""

_LONGEST = 300


class Finding(NamedTuple):
    """What the validator says of an object.

    Attributes:
        error: Whether the standard says must; else it says should.
        text: What is wrong.
    """

    error: bool
    text: str


def findings(data: Mapping[str, Any]) -> tuple[Finding, ...]:
    """What is not as the standard has it, what must be before what should be; empty where all is.

    >>> findings({"type": "domain-name", "id": "domain-name--3c10e93f-798e-5a26-a0c1-08156efab7f5"})[0].error
    True
    """
    checked = check(data)
    if isinstance(checked, Problem):
        return (Finding(error=True, text=str(checked)),)
    pattern = data.get("pattern")
    if isinstance(pattern, str) and not bounded(pattern):
        return (Finding(error=False, text="The pattern is too long or too deep to be checked."),)
    if _values(data) > MOST_VALUES:
        return (Finding(error=False, text="The object has too many values to be checked."),)
    return _validated(dict(data), checked.spec_version)


def _validated(data: dict[str, Any], version: str) -> tuple[Finding, ...]:
    from stix2validator import ValidationOptions, validate_instance

    try:
        result = validate_instance(data, ValidationOptions(version=version))
    except Exception as error:  # noqa: BLE001 - it stumbles over hostile values in many ways, and says so in its own
        return (Finding(error=True, text=f"The validator cannot read it ({type(error).__name__})."),)
    found = [Finding(error=True, text=_short(error)) for error in result.errors]
    found += [Finding(error=False, text=_short(warning)) for warning in result.warnings]
    return tuple(found[:MOST_FINDINGS])


def _short(said: object) -> str:
    text = " ".join(str(said).split())
    return text if len(text) <= _LONGEST else text[: _LONGEST - 1] + "…"


def _values(data: Mapping[str, Any]) -> int:
    count = 0
    todo: list[Any] = [data]
    while todo:
        inner = todo.pop()
        count += len(inner)
        if count > MOST_VALUES:
            break
        parts = inner.values() if isinstance(inner, Mapping) else inner
        todo += [part for part in parts if isinstance(part, dict | list)]
    return count
