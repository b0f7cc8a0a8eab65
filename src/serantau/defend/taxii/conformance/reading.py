"""Requirements 25 to 60: versions, filters, timestamps, manifests, pages."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from serantau.defend.model import Tlp
from serantau.defend.taxii.conformance.world import (
    Reply,
    World,
    expect,
    expect_error,
    fresh,
    ids,
    indicator,
    observable,
    require,
    versions_of,
)
from serantau.defend.taxii.v21.media import STIX_21
from serantau.defend.tlp import marking_object

Check = Callable[[World], None]
FIRST, LAST = "x-taxii-date-added-first", "x-taxii-date-added-last"
_STAMP = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z")
_MOST_PAGES = 200


def duplicate(world: World) -> None:
    """25."""
    one = indicator()
    world.keep(one)
    told = expect(world.post(one), 202).json()
    require(told["failure_count"] == 0, f"failure_count {told['failure_count']}")
    found = world.objects(match_id=one["id"], match_version="all")
    require(len(found) == 1, f"stored {len(found)} times")


def newer_versions(world: World) -> None:
    """26."""
    name, other = fresh(), indicator()
    world.keep(*versions_of(name, 1))
    world.keep(*versions_of(name, 2, 3), other)
    found = world.objects(match_id=f"{name},{other['id']}", match_version="all")
    require(len(found) == 4, f"{len(found)} of 4")


def _chosen(version: str, *days: int) -> Check:
    def check(world: World) -> None:
        name = fresh()
        world.keep(*versions_of(name, 1, 2, 3))
        query = {"match_version": version} if version else {}
        found = [one["modified"] for one in world.objects(match_id=name, **query)]
        wanted = [f"2026-01-{day:02}T00:00:00.000Z" for day in days]
        require(sorted(found) == wanted, f"{found}")

    return check


def two_ids(world: World) -> None:
    """33."""
    one, other, third = indicator(), indicator(), indicator()
    world.keep(one, other, third)
    found = ids(world.objects(match_id=f"{one['id']},{other['id']}"))
    require(sorted(found) == sorted([one["id"], other["id"]]), f"{found}")


def observable_without_version(world: World) -> None:
    """34."""
    one = observable()
    world.keep(one)
    require(world.objects(match_id=one["id"]) == [one], "not returned as it came")


def observable_with_version(world: World) -> None:
    """35."""
    one = observable(spec_version="2.1")
    world.keep(one)
    require(world.objects(match_id=one["id"]) == [one], "not returned as it came")


def marking(world: World) -> None:
    """36."""
    one = marking_object(Tlp.AMBER_STRICT)
    told = expect(world.post(one), 202).json()
    require(told["failure_count"] == 0, f"{told['failures']}"[:200])
    found = world.objects(match_id=one["id"])
    require(found == [one], f"{found}"[:200])


def types_and_spec(world: World) -> None:
    """37."""
    one, other = indicator(), observable(spec_version="2.1")
    third = {
        "type": "identity",
        "spec_version": "2.1",
        "id": fresh("identity"),
        "created": "2026-01-01T00:00:00.000Z",
        "modified": "2026-01-01T00:00:00.000Z",
        "name": "check",
    }
    world.keep(one, other, third)
    names = f"{one['id']},{other['id']},{third['id']}"
    found = ids(world.objects(match_id=names, match_type="indicator,domain-name", match_spec_version="2.1"))
    require(sorted(found) == sorted([one["id"], other["id"]]), f"{found}")


def no_hit(world: World) -> None:
    """38."""
    require(world.objects(match_type="x-nothing-of-this-type") == [], "objects of another type")


def unknown_match(world: World) -> None:
    """39."""
    expect(world.get(match_foo="x"), 200, 400)


def stix_2_0(world: World) -> None:
    """40."""
    one = indicator(labels=["anomalous-activity"])
    del one["spec_version"], one["pattern_type"]
    reply = world.post(one)
    require(reply.status < 500, f"HTTP {reply.status}")


def custom_type(world: World) -> None:
    """41."""
    one = indicator(fresh("x-scam-report"), type="x-scam-report")
    world.keep(one)
    require(world.objects(match_id=one["id"]) == [one], "not returned as it came")


def microseconds_kept(world: World) -> None:
    """42."""
    one = indicator(modified="2026-01-01T00:00:00.123456Z")
    world.keep(one)
    found = expect(world.get(match_id=one["id"]), 200).body
    require(b'"2026-01-01T00:00:00.123456Z"' in found, "modified is written otherwise")
    records = expect(world.get("manifest/", match_id=one["id"]), 200).json()["objects"]
    require(records[0]["version"] == one["modified"], f"version {records[0]['version']}")


def no_fraction(world: World) -> None:
    """43."""
    one = indicator()
    one["created"] = one["modified"] = "2024-01-01T00:00:00Z"
    reply = world.post(one)
    require(reply.status < 500, f"HTTP {reply.status}")


def _dated(reply: Reply) -> tuple[str, str]:
    expect(reply, 200)
    first, last = reply.headers.get(FIRST, ""), reply.headers.get(LAST, "")
    require(_STAMP.fullmatch(first) and _STAMP.fullmatch(last), f"{first!r} and {last!r}")
    require(first <= last, f"{first} after {last}")
    return first, last


def dated_objects(world: World) -> None:
    """44."""
    one, other = indicator(), indicator()
    world.keep(one, other)
    _dated(world.get(match_id=f"{one['id']},{other['id']}"))


def dated_others(world: World) -> None:
    """45."""
    one = indicator()
    world.keep(one)
    for rest in ("manifest/", f"objects/{one['id']}/", f"objects/{one['id']}/versions/"):
        _dated(world.get(rest))


def manifest(world: World) -> None:
    """46."""
    one = indicator()
    world.keep(one)
    (record,) = expect(world.get("manifest/", match_id=one["id"]), 200).json()["objects"]
    require(record["id"] == one["id"] and record["version"] == one["modified"], f"{record}")
    require(record.get("date_added") and record.get("media_type", STIX_21) == STIX_21, f"{record}")


def ascending(world: World) -> None:
    """47."""
    some = [indicator() for _ in range(5)]
    world.keep(*some)
    names = ",".join(ids(some))
    dates = [one["date_added"] for one in expect(world.get("manifest/", match_id=names), 200).json()["objects"]]
    require(len(dates) == 5 and dates == sorted(dates), f"{dates}")
    records = ids(world.get("manifest/", match_id=names).json()["objects"])
    require(records == ids(world.objects(match_id=names)), "manifest and objects differ in order")


def versions(world: World) -> None:
    """48."""
    name = fresh()
    world.keep(*versions_of(name, 1, 2, 3))
    found = expect(world.get(f"objects/{name}/versions/"), 200).json()["versions"]
    require(len(found) == 3, f"{found}")


def one_object(world: World) -> None:
    """49."""
    name = fresh()
    world.keep(*versions_of(name, 1, 2, 3))
    found = expect(world.get(f"objects/{name}/"), 200).json()["objects"]
    require([one["modified"] for one in found] == ["2026-01-03T00:00:00.000Z"], f"{found}"[:200])
    expect_error(world.get(f"objects/{fresh()}/"), 404)


def _walk(world: World, rest: str, query: dict[str, str], *, change: bool = False) -> list[Any]:
    """All pages, by ``next``."""
    found: list[Any] = []
    asked = dict(query)
    for number in range(_MOST_PAGES):
        body = expect(world.get(rest, **asked), 200).json()
        part = body.get("objects") or []
        found += part
        if not body.get("more"):
            return found
        require(body.get("next"), f"more without next: keys {sorted(body)}")
        require(part, "an empty page with more")
        asked["next"] = quote(str(body["next"]), safe="")
        if change:
            asked["limit"] = str(1 + number % 3)
    raise AssertionError


def paging(world: World) -> None:
    """50."""
    some = [indicator() for _ in range(7)]
    world.keep(*some)
    names = ",".join(ids(some))
    for change in (False, True):
        found = ids(_walk(world, "objects/", {"match_id": names, "limit": "2"}, change=change))
        require(found == ids(some), f"{len(found)} of 7, {len(set(found))} different")


def same_next_twice(world: World) -> None:
    """51."""
    some = [indicator() for _ in range(5)]
    world.keep(*some)
    query = {"match_id": ",".join(ids(some)), "limit": "2"}
    query["next"] = quote(expect(world.get(**query), 200).json()["next"], safe="")
    first, second = (expect(world.get(**query), 200).body for _ in range(2))
    require(first == second, "DIFFERENT page")


def next_without_limit(world: World) -> None:
    """52."""
    some = [indicator() for _ in range(5)]
    world.keep(*some)
    query = {"match_id": ",".join(ids(some))}
    cursor = quote(expect(world.get(limit="2", **query), 200).json()["next"], safe="")
    require(len(world.objects(next=cursor, **query)) == 3, "not the rest")


def garbage_next(world: World) -> None:
    """53."""
    world.keep(indicator())
    expect(world.get(next="garbage"), 400, 404)


def manifest_paging(world: World) -> None:
    """54."""
    some = [indicator() for _ in range(5)]
    world.keep(*some)
    found = ids(_walk(world, "manifest/", {"match_id": ",".join(ids(some)), "limit": "2"}))
    require(found == ids(some), f"{len(found)} of 5")


def bad_limits(world: World) -> None:
    """55."""
    found = [world.get(limit=one).status for one in ("0", "-1", "abc")]
    require(found == [400, 400, 400], f"{found}")


def high_limit(world: World) -> None:
    """56."""
    expect(world.get(limit="999999999"), 200)


def added_after(world: World) -> None:
    """57."""
    some = [indicator() for _ in range(3)]
    world.keep(*some)
    names = ",".join(ids(some))
    first, last = _dated(world.get(match_id=names))
    require(world.objects(match_id=names, added_after=last) == [], "not strict")
    require(len(world.objects(match_id=names, added_after=first)) == 2, "not strict at First")
    require(len(world.objects(match_id=names, added_after="2000-01-01T00:00:00.000000Z")) == 3, "not all")


def added_after_forms(world: World) -> None:
    """58."""
    found = [world.get(added_after=one).status for one in ("2020-01-01T00:00:00Z", "2020-01-01T00:00:00.123Z")]
    require(found == [200, 200], f"{found}")


def garbage_added_after(world: World) -> None:
    """59."""
    expect(world.get(added_after="garbage"), 400)


def paging_by_date(world: World) -> None:
    """60."""
    some = [indicator() for _ in range(16)]
    world.keep(*some[:9])
    world.keep(*some[9:])
    names, found, after = ",".join(ids(some)), [], "2000-01-01T00:00:00Z"
    for _ in range(20):
        reply = world.get(match_id=names, added_after=after, limit="3")
        part = expect(reply, 200).json().get("objects") or []
        if not part:
            break
        found += ids(part)
        after = _dated(reply)[1]
    require(sorted(set(found)) == sorted(ids(some)), f"{len(set(found))} of 16")


def filters_of_manifest(world: World) -> None:
    """88."""
    name = fresh()
    world.keep(*versions_of(name, 1, 2, 3))
    found = expect(world.get("manifest/", match_id=name, match_version="first,last", limit="1"), 200).json()
    require(len(found["objects"]) == 1 and found.get("next"), f"{found}"[:200])
    manifest_paging(world)


def once_a_parameter(world: World) -> None:
    """89."""
    types_and_spec(world)
    path = world.at(world.collections.both, "objects/")
    expect_error(world.ask("GET", f"{path}?match[type]=a&match[type]=b"), 400)


def changed_filters(world: World) -> None:
    """90."""
    some = [indicator() for _ in range(4)]
    world.keep(*some)
    names = ",".join(ids(some))
    cursor = quote(expect(world.get(match_id=names, limit="1"), 200).json()["next"], safe="")
    expect_error(world.get(match_id=names, next=cursor, match_type="indicator"), 400)


def dated_everywhere(world: World) -> None:
    """91."""
    dated_objects(world)
    dated_others(world)


def next_later(world: World) -> None:
    """81."""
    some = [indicator() for _ in range(3)]
    world.keep(*some)
    query = {"match_id": ",".join(ids(some)), "limit": "2"}
    query["next"] = quote(expect(world.get(**query), 200).json()["next"], safe="")
    world.sleep(45)
    require(len(world.objects(**query)) == 1, "not the rest")


CHECKS: Mapping[int, Check] = {
    25: duplicate,
    26: newer_versions,
    27: _chosen("", 3),
    28: _chosen("all", 1, 2, 3),
    29: _chosen("first", 1),
    30: _chosen("first,last", 1, 3),
    31: _chosen("2026-01-02T00:00:00.000Z", 2),
    32: _chosen("2026-01-02T00:00:00.000000Z", 2),
    33: two_ids,
    34: observable_without_version,
    35: observable_with_version,
    36: marking,
    37: types_and_spec,
    38: no_hit,
    39: unknown_match,
    40: stix_2_0,
    41: custom_type,
    42: microseconds_kept,
    43: no_fraction,
    44: dated_objects,
    45: dated_others,
    46: manifest,
    47: ascending,
    48: versions,
    49: one_object,
    50: paging,
    51: same_next_twice,
    52: next_without_limit,
    53: garbage_next,
    54: manifest_paging,
    55: bad_limits,
    56: high_limit,
    57: added_after,
    58: added_after_forms,
    59: garbage_added_after,
    60: paging_by_date,
    81: next_later,
    88: filters_of_manifest,
    89: once_a_parameter,
    90: changed_filters,
    91: dated_everywhere,
}
