"""What members reported and a secretariat accepted: small bundles laid over the region's own.

Below ``accepted/`` each decision has a folder named by its number, counted
from 1: ``accepted/0001/``. An acceptance holds fact files under the same
names as the region's own (``accepted/0001/plan/action_reports.yaml``); a
withdrawal holds none and names the submission whose facts no longer count.
Nothing that stands there is ever changed: what a day knew stays reproducible.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from enum import Enum
from typing import Annotated

import msgspec

from serantau.base import PartialDate
from serantau.facts.files import render_records
from serantau.facts.model import Identifier

ACCEPTED = "accepted"
ENTRY = "entry.yaml"
_PLACE = re.compile(rf"({ACCEPTED}/\d{{4,9}})/(.+)")

Count = Annotated[int, msgspec.Meta(ge=1, le=999_999_999)]


class Decision(Enum):
    """What was decided about a submission's facts."""

    ACCEPTED = "accepted"
    WITHDRAWN = "withdrawn"


class Entry(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One decision that changed the facts.

    Attributes:
        number: Its place among all decisions, counted from 1 without a gap.
        decision: Whether facts came in or stopped counting.
        submission: Number of the submission.
        member: Code of the member, or id of the partner, that made it.
        day: The known-date of the facts, or the day from which they no longer count.
    """

    number: Count
    decision: Decision
    submission: Count
    member: Identifier
    day: PartialDate


def entry_folder(number: int) -> str:
    """Folder of a decision.

    >>> entry_folder(7)
    'accepted/0007'
    """
    return f"{ACCEPTED}/{number:04}"


def entry_files(entry: Entry, files: Mapping[str, bytes]) -> dict[str, bytes]:
    """The files of a decision, by path within the region's folder.

    Args:
        entry: The decision.
        files: Fact files by their path within a region (``plan/projects.yaml``); none for a withdrawal.
    """
    folder = entry_folder(entry.number)
    return {
        f"{folder}/{ENTRY}": render_records("entry", [entry]),
        **{f"{folder}/{name}": content for name, content in files.items()},
    }


def split_place(name: str) -> tuple[str, str]:
    """Folder of the decision that a file belongs to (empty for the region's own) and its name within.

    >>> split_place("accepted/0001/plan/projects.yaml"), split_place("plan/projects.yaml")
    (('accepted/0001', 'plan/projects.yaml'), ('', 'plan/projects.yaml'))
    """
    match = _PLACE.fullmatch(name)
    return (match[1], match[2]) if match else ("", name)


def withdrawn_days(entries: Iterable[Entry]) -> dict[str, PartialDate]:
    """For each folder whose facts were withdrawn, the day from which they no longer count."""
    held = tuple(entries)
    ended = {entry.submission: entry.day for entry in held if entry.decision is Decision.WITHDRAWN}
    return {
        entry_folder(entry.number): ended[entry.submission]
        for entry in held
        if entry.decision is Decision.ACCEPTED and entry.submission in ended
    }
