"""Requirements 1 to 24: discovery, credentials, media types, collections, statuses."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Mapping

from serantau.defend.taxii.conformance.world import (
    World,
    as_query,
    basic,
    expect,
    expect_error,
    fresh,
    indicator,
    require,
)
from serantau.defend.taxii.v21.media import TAXII_21

Check = Callable[[World], None]


def discovery(world: World) -> None:
    """1."""
    body = expect(world.ask("GET", world.discovery), 200).json()
    require(body.get("title") and body.get("api_roots"), f"keys {sorted(body)}")
    require(body.get("default") in body["api_roots"], f"default {body.get('default')}")


def content_type(world: World) -> None:
    """2."""
    for path in (
        world.discovery,
        world.root,
        f"{world.root}collections/",
        world.at(world.collections.both, "objects/"),
    ):
        kind = expect(world.ask("GET", path), 200).headers.get("content-type", "")
        require(kind.replace(" ", "") == TAXII_21, f"{path}: {kind}")


def api_root(world: World) -> None:
    """3."""
    body = expect(world.ask("GET", world.root), 200).json()
    require(body.get("title"), "no title")
    require(any(TAXII_21 in one for one in body.get("versions", [])), f"versions {body.get('versions')}")
    most = body.get("max_content_length")
    require(isinstance(most, int) and most > 0, f"max_content_length {most}")


def unknown_root(world: World) -> None:
    """4."""
    expect(world.ask("GET", f"/{uuid.uuid4().hex}/"), 404, 401, 403)
    expect(world.ask("GET", f"{world.discovery}{uuid.uuid4().hex}/"), 404, 401, 403)


def malformed_root(world: World) -> None:
    """5."""
    for name in ("%20", "not%2Fthere", "%F0%9F%92%A9", "x" * 200, "%FF"):
        expect(world.ask("GET", f"{world.discovery}{name}/"), 400, 401, 403, 404)


def no_credentials(world: World) -> None:
    """6."""
    expect(world.ask("GET", world.root, credentials=None), 401, 404)


def challenge(world: World) -> None:
    """7."""
    reply = world.ask("GET", f"{world.root}collections/", credentials=None)
    if reply.status == 401:
        require(reply.headers.get("www-authenticate"), "HTTP 401 without WWW-Authenticate")


def wrong_password(world: World) -> None:
    """8."""
    expect(world.ask("GET", f"{world.root}collections/", credentials=basic(world.login, "wrong")), 401, 404)


def unauthorized_resource(world: World) -> None:
    """9."""
    expect_error(world.ask("GET", f"{world.root}collections/", credentials=None), 401, 404)


def no_slash(world: World) -> None:
    """10."""
    path = f"{world.root}collections"
    reply = world.ask("GET", path)
    if reply.status == 200:
        require(reply.json() == world.ask("GET", f"{path}/").json(), "HTTP 200 with another shape")
    else:
        expect(reply, 404, 301, 302, 307, 308)


def _accepting(accept: str, *statuses: int) -> Check:
    def check(world: World) -> None:
        expect(world.ask("GET", f"{world.root}collections/", headers={"Accept": accept}), *statuses)

    return check


def not_acceptable_resource(world: World) -> None:
    """16."""
    expect_error(world.ask("GET", f"{world.root}collections/", headers={"Accept": "application/foo"}), 406)


def collections(world: World) -> None:
    """17."""
    found = expect(world.ask("GET", f"{world.root}collections/"), 200).json().get("collections", [])
    require(found, "no collections")
    for one in found:
        whole = one.get("id") and one.get("title")
        right = isinstance(one.get("can_read"), bool) and isinstance(one.get("can_write"), bool)
        require(whole and right, f"{one}"[:200])


def one_collection(world: World) -> None:
    """18."""
    for name, may in (
        (world.collections.both, (True, True)),
        (world.collections.read_only, (True, False)),
        (world.collections.write_only, (False, True)),
    ):
        body = expect(world.ask("GET", world.at(name)), 200).json()
        said = body.get("can_read"), body.get("can_write")
        require(body.get("id") == name, f"id {body.get('id')}")
        require(said == may, f"{name}: can_read and can_write {said}")


def unknown_collection(world: World) -> None:
    """19."""
    expect_error(world.ask("GET", world.at(str(uuid.uuid4()))), 404)


def empty_collection(world: World) -> None:
    """20."""
    path = world.at(world.collections.read_only, "objects/")
    body = expect(world.ask("GET", path + as_query({"added_after": "2100-01-01T00:00:00Z"})), 200).json()
    require(body is not None and body.get("objects", []) == [] and not body.get("more"), f"{body}")


def post(world: World) -> None:
    """21."""
    one = indicator()
    status = expect(world.post(one), 202).json()
    require(status.get("status") in {"complete", "pending"}, f"status {status.get('status')}")
    counts = [status.get(f"{name}_count") for name in ("total", "success", "failure", "pending")]
    require(counts == [1, 1, 0, 0], f"counts {counts}")
    (success,) = status.get("successes") or [{}]
    require((success.get("id"), success.get("version")) == (one["id"], one["modified"]), f"successes {success}")


def status(world: World) -> None:
    """22."""
    told = world.keep(indicator())
    again = expect(world.ask("GET", f"{world.root}status/{told['id']}/"), 200).json()
    require(again["id"] == told["id"] and again["success_count"] == told["success_count"], f"{again}"[:200])


def unknown_status(world: World) -> None:
    """23."""
    expect_error(world.ask("GET", f"{world.root}status/{uuid.uuid4()}/"), 404)


def malformed_status(world: World) -> None:
    """24."""
    for name in ("7", "not-a-uuid", "%00", "x" * 250):
        expect(world.ask("GET", f"{world.root}status/{name}/"), 400, 404)


# --- 82 and on ---------------------------------------------------------------------------------------------------------------


def basic_is_known(world: World) -> None:
    """83."""
    expect(world.ask("GET", world.root, credentials=basic(world.login, world.key)), 200)
    wrong_password(world)


def roots_well_formed(world: World) -> None:
    """84."""
    for one in expect(world.ask("GET", world.discovery), 200).json()["api_roots"]:
        if one.startswith("/"):
            require("//" not in one and "../" not in one and "?" not in one, one)
        else:
            require(one.startswith("https://") and "?" not in one, one)


def sorted_collections(world: World) -> None:
    """87."""
    found = [one["id"] for one in world.ask("GET", f"{world.root}collections/").json()["collections"]]
    require(found == sorted(found), "not by id")


def alias(world: World) -> None:
    """93."""
    body = expect(world.ask("GET", world.at(world.collections.both)), 200).json()
    if body.get("alias"):
        told = expect(world.ask("GET", world.at(body["alias"])), 200, 404)
        require(told.status == 404 or told.json().get("id") == body["id"], "another collection")


STANDARD = frozenset({"title", "description", "versions", "max_content_length"})


def custom_properties(world: World) -> None:
    """94."""
    body = world.ask("GET", world.root).json()
    odd = [name for name in body if name not in STANDARD and not name.startswith("x_")]
    require(not odd, f"custom properties without x_: {odd}")
    told = expect(world.post(indicator(fresh(), x_own_words="kept")), 202).json()
    require(told.get("success_count") == 1, "an object with a custom property was not taken")


CHECKS: Mapping[int, Check] = {
    1: discovery,
    2: content_type,
    3: api_root,
    4: unknown_root,
    5: malformed_root,
    6: no_credentials,
    7: challenge,
    8: wrong_password,
    9: unauthorized_resource,
    10: no_slash,
    11: _accepting("application/taxii+json", 200),
    12: _accepting("text/html, application/taxii+json;version=2.1;q=0.9", 200),
    13: _accepting("application/taxii+json; version=2.1", 200),
    14: _accepting("application/foo", 406),
    15: _accepting("application/taxii+json;version=2.0", 406),
    16: not_acceptable_resource,
    17: collections,
    18: one_collection,
    19: unknown_collection,
    20: empty_collection,
    21: post,
    22: status,
    23: unknown_status,
    24: malformed_status,
    83: basic_is_known,
    84: roots_well_formed,
    85: discovery,
    87: sorted_collections,
    93: alias,
    94: custom_properties,
}
