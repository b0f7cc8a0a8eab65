"""Reads ``region.yaml``, ``members.yaml``, ``partners.yaml`` and, where there is one, ``agreements.yaml``."""

from __future__ import annotations

from collections.abc import Iterable
from zoneinfo import ZoneInfo

from serantau.facts import FactFolder, Records
from serantau.region.model import Agreement, Member, Partner, Profile, Region


def load_region(folder: FactFolder) -> Region | None:
    """Load who the region is; problems are added to the folder, which then refuses to finish."""
    profiles = folder.records("region.yaml", "region", Profile)
    members = folder.records("members.yaml", "members", Member)
    partners = folder.records("partners.yaml", "partners", Partner)
    agreements = _agreements(folder)
    _check_unique(folder, members, ("id", "alpha2", "tile"))
    _check_unique(folder, partners, ("id",))
    _check_time_zones(folder, members)
    for profile, where in profiles:
        _check_zone(folder, profile.time_zone, where)
        _check_languages(folder, profile, where)
    if len(profiles.rows) != 1:
        if "region.yaml" not in folder.incomplete:
            folder.report("region.yaml:1", f"holds {len(profiles.rows)} regions.", "Keep exactly one.")
        return None
    by_name = tuple(sorted(members.rows, key=lambda member: member.name))
    return Region(profiles.rows[0], by_name, partners.rows, agreements)


def _agreements(folder: FactFolder) -> tuple[Agreement, ...]:
    if not folder.holds("agreements.yaml"):
        return ()
    held = folder.records("agreements.yaml", "agreements", Agreement)
    _check_unique(folder, held, ("id",))
    return held.rows


def _check_unique(
    folder: FactFolder, records: Records[Member] | Records[Partner] | Records[Agreement], fields: Iterable[str]
) -> None:
    for field in fields:
        first: dict[object, str] = {}
        for record, where in records:
            value = getattr(record, field)
            if value in first:
                folder.report(where, f"{field} {value!r} stands twice (first at {first[value]}).", "Change one.")
            first.setdefault(value, where)


def _check_time_zones(folder: FactFolder, members: Records[Member]) -> None:
    for member, where in members:
        for zone in member.time_zones:
            _check_zone(folder, zone, where)


def _check_languages(folder: FactFolder, profile: Profile, where: str) -> None:
    tags = [language.tag for language in profile.languages]
    for tag in sorted({tag for tag in tags if tags.count(tag) > 1}):
        folder.report(where, f"the language {tag!r} stands twice.", "Keep one.")
    if tags and profile.working_language not in tags:
        what = f"the working language {profile.working_language!r} is not among the languages."
        folder.report(where, what, "Add it with its name.")


def _check_zone(folder: FactFolder, zone: str, where: str) -> None:
    try:
        ZoneInfo(zone)
    except (KeyError, ValueError, OSError):  # unknown, malformed, or a folder of zones
        folder.report(where, f"{zone!r} is no IANA time zone.", "Write for example Asia/Jakarta.")
