"""What each endpoint of TAXII 2.1 does, once it is known who asks for what."""

from __future__ import annotations

import uuid
from collections.abc import Callable, Iterable, Mapping

import orjson

from serantau.defend.model import Reader
from serantau.defend.taxii.collections import Planned
from serantau.defend.taxii.v21 import cursor, media, resources
from serantau.defend.taxii.v21.errors import DeniedError, MediaError, UnknownError
from serantau.defend.taxii.v21.filters import Filters
from serantau.defend.taxii.v21.paths import API_ROOT, Endpoint
from serantau.defend.taxii.v21.times import shown
from serantau.web.bundles import keeper
from serantau.web.defend import store
from serantau.web.defend.accounts import NO_RIGHT
from serantau.web.defend.bodies import read_body, stated_length
from serantau.web.defend.door import Answer, Asked, cursor_keys
from serantau.web.defend.gate import GATE
from serantau.web.defend.lanes import collection_of, planned_collections
from serantau.web.defend.models import Status
from serantau.web.defend.services import intake, removing

TOMBSTONES = "tombstones"


def discovery(asked: Asked) -> Answer:
    """4.1."""
    return Answer(resources.discovery(_title(), API_ROOT))


def api_root(asked: Asked) -> Answer:
    """4.2."""
    return Answer(resources.api_root(_title()))


def _title() -> str:
    bundle = keeper().held() or keeper().answers().bundle
    return f"Threat exchange of {bundle.region.profile.short_name}"


def status(asked: Asked) -> Answer:
    """4.3: for the account that sent the envelope; to all others there is none."""
    try:
        number = uuid.UUID(asked.place.name)
    except ValueError:
        raise _no_status() from None
    row = Status.objects.filter(pk=number, account_id=asked.account.id).first()
    if row is None:
        raise _no_status()
    return Answer(_status(row))


def _status(row: Status) -> bytes:
    from serantau.defend.taxii.v21.times import of_moment

    counts = {"successes": row.successes, "failures": row.failures}
    return resources.status(str(row.pk), of_moment(row.at), counts, bytes(row.said), row.findings)


def _no_status() -> UnknownError:
    return UnknownError("There is no such status, or it is older than seven days.")


def collections(asked: Asked) -> Answer:
    """5.1: those in which the account may do anything, by their ids."""
    found = [_described(asked, plan) for plan in planned_collections() if asked.account.right(plan.alias) != NO_RIGHT]
    return Answer(orjson.dumps({"collections": found} if found else {}))


def collection(asked: Asked) -> Answer:
    """5.2."""
    return Answer(orjson.dumps(_described(asked, _plan(asked))))


def _described(asked: Asked, plan: Planned) -> dict[str, object]:
    right = asked.account.right(plan.alias)
    return resources.collection(plan, can_read=right.read, can_write=right.write)


def _plan(asked: Asked) -> Planned:
    """The collection that the path names, if the account may do anything in it.

    Raises:
        UnknownError: if there is none, as far as the account may know.
    """
    plan = collection_of(asked.place.name)
    if plan is None or asked.account.right(plan.alias) == NO_RIGHT:
        raise UnknownError("There is no such collection.")
    return plan


def _readable(asked: Asked) -> Planned:
    plan = _plan(asked)
    if not asked.account.right(plan.alias).read:
        raise DeniedError("This account may not read this collection.")
    return plan


def _page(asked: Asked, plan: Planned, wanted: Filters, kind: str, *, bodies: bool) -> tuple[store.Page, str]:
    """A page, and the cursor of the next; empty where this is the last."""
    name = asked.place.object
    bound = (str(asked.account.id).encode(), plan.id.encode(), kind.encode(), name.encode(), wanted.digest)
    after = cursor.read(cursor_keys(), wanted.cursor, bound) if wanted.cursor else wanted.added_after
    found = store.page(
        plan.alias,
        asked.account.reader,
        store.Wanted(
            after=max(after, wanted.added_after),
            limit=wanted.limit,
            ids=(name,) if name else wanted.ids,
            types=wanted.types,
            specs=wanted.specs,
            versions=wanted.versions,
        ),
        bodies=bodies,
        origins=_origins(asked) if plan.alias == TOMBSTONES else None,
    )
    following = cursor.make(cursor_keys()[0], found.rows[-1].seq, bound) if found.more else ""
    return found, following


def _origins(asked: Asked) -> Iterable[str]:
    return [alias for alias, right in asked.account.rights.items() if right.read]


def _dated(body: bytes, page: store.Page) -> Answer:
    """An answer with the moments of its first and last object (3.4: X-TAXII-Date-Added-First and -Last)."""
    if not page.rows:
        return Answer(body)
    first, last = shown(page.rows[0].seq), shown(page.rows[-1].seq)
    return Answer(body, headers=(("X-TAXII-Date-Added-First", first), ("X-TAXII-Date-Added-Last", last)))


def objects(asked: Asked) -> Answer:
    """5.4 and 5.5."""
    if asked.method == "POST":
        return _add(asked)
    plan = _readable(asked)
    wanted = asked.filters("id", "type", "version", "spec_version")
    page, following = _page(asked, plan, wanted, "objects", bodies=True)
    return _dated(resources.envelope((row.body for row in page.rows), following), page)


def manifest(asked: Asked) -> Answer:
    """5.3."""
    plan = _readable(asked)
    wanted = asked.filters("id", "type", "version", "spec_version")
    page, following = _page(asked, plan, wanted, "manifest", bodies=False)
    records = (resources.record(row.stix_id, row.seq, row.version, page.specs[row.lane]) for row in page.rows)
    return _dated(resources.listing("objects", records, following), page)


def one_object(asked: Asked) -> Answer:
    """5.6 and 5.7."""
    if asked.method == "DELETE":
        return _delete(asked)
    plan = _readable(asked)
    wanted = asked.filters("version", "spec_version")
    page, following = _page(asked, plan, wanted, "object", bodies=True)
    if not page.rows:
        _must_exist(plan, asked.account.reader, asked)
    return _dated(resources.envelope((row.body for row in page.rows), following), page)


def versions(asked: Asked) -> Answer:
    """5.8."""
    plan = _readable(asked)
    wanted = asked.filters("spec_version", versions="all")
    page, following = _page(asked, plan, wanted, "versions", bodies=False)
    if not page.rows:
        _must_exist(plan, asked.account.reader, asked)
    return _dated(resources.listing("versions", (row.version or shown(row.seq) for row in page.rows), following), page)


def _must_exist(plan: Planned, reader: Reader, asked: Asked) -> None:
    """An empty page of an object that is there is a page; of one that is not, for this reader, it is nothing.

    Raises:
        UnknownError: if it is not there, as far as the reader may know.
    """
    wanted = store.Wanted(limit=1, ids=(asked.place.object,), versions=(store.ALL,))
    origins = _origins(asked) if plan.alias == TOMBSTONES else None
    if not store.page(plan.alias, reader, wanted, bodies=False, origins=origins).rows:
        raise UnknownError("There is no such object in this collection.")


def _add(asked: Asked) -> Answer:
    plan = _plan(asked)
    if not asked.account.right(plan.alias).write:
        raise DeniedError("This account may not write to this collection.")
    if not media.is_taxii(asked.meta.get("CONTENT_TYPE")):
        raise MediaError(f"Send {media.TAXII_21}, and say so in Content-Type.")
    length = stated_length(asked.meta)
    with GATE.place(resources.MOST_BODY if length is None else length):
        raw = read_body(asked.meta)
        with GATE.turn():
            made = intake.add_envelope(asked.account, plan, raw, asked.now)
    counts = {"successes": len(made.successes), "failures": len(made.failures)}
    from serantau.defend.taxii.v21.times import of_moment

    return Answer(resources.status(made.id, of_moment(made.at), counts, intake.said(made)), 202)


def _delete(asked: Asked) -> Answer:
    plan = _plan(asked)
    right = asked.account.right(plan.alias)
    if not (right.read and right.write):
        raise DeniedError("This account may not delete here: that takes the rights to read and to write.")
    wanted = asked.filters("version", "spec_version", paging=False, versions="all")
    removing.remove(asked.account, plan, asked.place.object, wanted.versions, wanted.specs, asked.now)
    return Answer(b"{}")


HANDLERS: Mapping[Endpoint, Callable[[Asked], Answer]] = {
    Endpoint.DISCOVERY: discovery,
    Endpoint.API_ROOT: api_root,
    Endpoint.STATUS: status,
    Endpoint.COLLECTIONS: collections,
    Endpoint.COLLECTION: collection,
    Endpoint.MANIFEST: manifest,
    Endpoint.OBJECTS: objects,
    Endpoint.OBJECT: one_object,
    Endpoint.VERSIONS: versions,
}
