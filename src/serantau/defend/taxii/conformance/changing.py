"""Requirements 61 to 80: rights, bodies, deletions, methods, errors."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

import orjson

from serantau.defend.taxii.conformance.world import (
    Reply,
    Untested,
    World,
    expect,
    expect_error,
    fresh,
    ids,
    indicator,
    require,
    versions_of,
)

Check = Callable[[World], None]


def read_of_write_only(world: World) -> None:
    """61."""
    for rest in ("objects/", "manifest/"):
        expect_error(world.ask("GET", world.at(world.collections.write_only, rest)), 403, 404)


def write_of_read_only(world: World) -> None:
    """62."""
    expect_error(_post_to(world, world.collections.read_only), 403, 404)


def post_to_unknown(world: World) -> None:
    """63."""
    expect_error(_post_to(world, str(uuid.uuid4())), 404)


def _post_to(world: World, collection: str) -> Reply:
    body = orjson.dumps({"objects": [indicator()]})
    return world.ask("POST", world.at(collection, "objects/"), body=body)


def _of_type(kind: str, *statuses: int) -> Check:
    def check(world: World) -> None:
        expect(world.post(indicator(), headers={"Content-Type": kind}), *statuses)

    return check


def _send(world: World, body: bytes, *, chunked: bool = False) -> Reply:
    return world.ask("POST", world.at(world.collections.both, "objects/"), body=body, chunked=chunked)


def invalid_json(world: World) -> None:
    """67."""
    for body in (b"{", b'{"objects": [', b"\xff\xfe", b'{"objects": [NaN]}'):
        expect_error(_send(world, body), 400, 422)


def no_envelope(world: World) -> None:
    """68."""
    for body in (b"[]", b"{}", b"7", b'{"objects": 7}'):
        expect_error(_send(world, body), 400, 422)


def no_object(world: World) -> None:
    """69."""
    found = []
    for one in ({"type": "indicator"}, 7, "text", None):
        reply = world.post(one)
        found.append(reply.status)
        if reply.status == 202:
            require(reply.json()["failure_count"] == 1, "taken as a success")
    require(all(400 <= one < 500 or one == 202 for one in found), f"{found}")


def one_bad_of_three(world: World) -> None:
    """70."""
    one, other = indicator(), indicator()
    bad = {**indicator(), "id": "indicator--bad"}
    told = expect(world.post(one, bad, other), 202).json()
    require((told["success_count"], told["failure_count"]) == (2, 1), f"{told}"[:200])
    failure = told["failures"][0]
    require(failure.get("message"), "a failure without a reason")
    found = ids(world.objects(match_id=f"{one['id']},{other['id']},indicator--bad"))
    require(sorted(found) == sorted([one["id"], other["id"]]), f"{found}")


def too_large(world: World) -> None:
    """71."""
    most = world.ask("GET", world.root).json()["max_content_length"]
    if most > 100_000_000:
        raise Untested(f"{most} bytes are too many to send for this")
    expect_error(_send(world, b" " * (most + 1)), 413)


def chunked(world: World) -> None:
    """72."""
    one = indicator()
    reply = expect(_send(world, orjson.dumps({"objects": [one]}), chunked=True), 202, 411)
    if reply.status == 202:
        require(ids(world.objects(match_id=one["id"])) == [one["id"]], "taken and not stored")


def delete_one_version(world: World) -> None:
    """73."""
    name = fresh()
    world.keep(*versions_of(name, 1, 2, 3))
    path = world.at(world.collections.both, f"objects/{name}/")
    expect(world.ask("DELETE", f"{path}?match[version]=2026-01-02T00:00:00.000Z"), 200)
    found = sorted(one["modified"][8:10] for one in world.objects(match_id=name, match_version="all"))
    require(found == ["01", "03"], f"{found}")


def delete_all(world: World) -> None:
    """74."""
    name = fresh()
    world.keep(*versions_of(name, 1, 2, 3))
    path = world.at(world.collections.both, f"objects/{name}/")
    expect(world.ask("DELETE", path), 200)
    expect_error(world.ask("GET", path), 404)
    require(world.ask("GET", f"{path}versions/").status == 404, "versions are left")
    records = expect(world.get("manifest/", match_id=name, match_version="all"), 200).json()
    require(not records.get("objects"), "the manifest still names it")


def delete_unknown(world: World) -> None:
    """75."""
    expect_error(world.ask("DELETE", world.at(world.collections.both, f"objects/{fresh()}/")), 404)


def delete_without_right(world: World) -> None:
    """76."""
    for name in (world.collections.read_only, world.collections.write_only):
        expect_error(world.ask("DELETE", world.at(name, f"objects/{fresh()}/")), 403, 404)


def put(world: World) -> None:
    """77."""
    body = orjson.dumps({"objects": []})
    reply = world.ask("PUT", world.at(world.collections.both, "objects/"), body=body)
    expect_error(reply, 405)
    require(reply.headers.get("allow"), "HTTP 405 without Allow")


def unknown_path(world: World) -> None:
    """78."""
    expect_error(world.ask("GET", world.at(world.collections.both, "elsewhere/")), 404)


def packed(world: World) -> None:
    """79."""
    world.keep(*(indicator() for _ in range(20)))
    path = world.at(world.collections.both, "objects/")
    reply = expect(world.ask("GET", path, headers={"Accept-Encoding": "gzip"}), 200)
    require(reply.headers.get("content-encoding") == "gzip", f"{reply.headers.get('content-encoding')}")
    require(reply.json()["objects"], "nothing in it")


def published_client(world: World) -> None:
    """80."""
    if world.library is None:
        raise Untested("taxii2-client is not here")
    world.keep(*(indicator() for _ in range(3)))
    said = world.library(world)
    require(not said, said)


def statuses(world: World) -> None:
    """92."""
    path = world.at(world.collections.both, "objects/")
    good = orjson.dumps({"objects": [indicator()]})
    sent = [
        (202, world.post(indicator())),
        (400, world.ask("POST", path, body=b"{")),
        (401, world.ask("POST", path, body=good, credentials=None)),
        (403, world.ask("POST", world.at(world.collections.read_only, "objects/"), body=good)),
        (404, world.ask("POST", world.at(str(uuid.uuid4()), "objects/"), body=good)),
        (406, world.ask("POST", path, body=good, headers={"Accept": "application/foo"})),
        (415, world.ask("POST", path, body=good, headers={"Content-Type": "text/plain"})),
        (200, world.ask("GET", path)),
        (400, world.ask("GET", f"{path}?limit=x")),
        (401, world.ask("GET", path, credentials=None)),
        (403, world.ask("GET", world.at(world.collections.write_only, "objects/"))),
        (404, world.ask("GET", world.at(str(uuid.uuid4()), "objects/"))),
        (406, world.ask("GET", path, headers={"Accept": "application/foo"})),
    ]
    odd = [f"{reply.status} for {wanted}" for wanted, reply in sent if reply.status != wanted]
    require(not odd, ", ".join(odd))


def secure(world: World) -> None:
    """82."""
    if not world.secure:
        raise Untested("asked over http; whoever ends TLS in front holds to 1.2 and later")


def elsewhere(why: str) -> Check:
    """A requirement that no request can look at."""

    def check(_: World) -> None:
        raise Untested(why)

    return check


CHECKS: Mapping[int, Check] = {
    61: read_of_write_only,
    62: write_of_read_only,
    63: post_to_unknown,
    64: _of_type("application/json", 415),
    65: _of_type("application/taxii+json; version=2.1", 202),
    66: _of_type("application/taxii+json", 202),
    67: invalid_json,
    68: no_envelope,
    69: no_object,
    70: one_bad_of_three,
    71: too_large,
    72: chunked,
    73: delete_one_version,
    74: delete_all,
    75: delete_unknown,
    76: delete_without_right,
    77: put,
    78: unknown_path,
    79: packed,
    80: published_client,
    82: secure,
    86: elsewhere("held by a test that lets a clock run: tests/defend"),
    92: statuses,
    95: elsewhere("a matter of DNS; see docs/guide/defend.md"),
    96: elsewhere("its text was not read"),
}
