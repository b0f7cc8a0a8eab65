"""What a member's officers accepted of scams enters the region's exchange, and leaves it when it counts no more."""

from __future__ import annotations

from datetime import datetime

import orjson

from serantau.defend.scams.sharing import ALIAS, coarse, identity_of, indicator, later, release
from serantau.web.bundles import keeper
from serantau.web.defend.models import StoredObject
from serantau.web.defend.services.giving import give, take_back
from serantau.web.scams.services.reporting import CHANGED
from serantau.web.scams.sharing import identifiers, shared
from serantau.web.workflows.events import on

SAID = ("pattern", "labels", "valid_from", "valid_until")
"""What makes a version a new one."""


@on(CHANGED)
def share(subject: str, now: datetime) -> None:
    """Bring what the exchange holds of a thing in line with what a member's accepted reports say of it."""
    _kind, number, member, _why = subject.split(" ")
    names = identifiers(int(number), member)
    held = StoredObject.objects.filter(stix_id__in=names, member=member, is_last=True).first()
    wish = shared(int(number), member, now)
    if wish is None:
        if held is not None:
            take_back(ALIAS, member, held.stix_id, now)
        return
    maker = identity_of(keeper().answers().bundle.region.profile.id, member)
    if held is None:
        hour = coarse(now)
        give(ALIAS, member, indicator(names[0], maker, wish, hour, hour), release(member), now)
        return
    before = orjson.loads(bytes(held.body))
    created, modified = (datetime.fromisoformat(before[name]) for name in ("created", "modified"))
    body = indicator(held.stix_id, maker, wish, created, later(modified, now))
    if any(orjson.loads(body).get(name) != before.get(name) for name in SAID):
        give(ALIAS, member, body, release(member), now)
