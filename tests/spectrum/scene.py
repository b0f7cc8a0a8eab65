"""Requests for coordination of the invented region, at every stage, for tests with a database."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta

from serantau.spectrum.coordination import read_transmitters
from serantau.spectrum.limits import Silence
from serantau.spectrum.procedure import Act, Command, Party, Terms
from serantau.web.accounts.actor import actor_for
from serantau.web.accounts.roles import Role
from serantau.web.spectrum.jobs import compute
from serantau.web.spectrum.models import Coordination
from serantau.web.spectrum.services import requests
from tests.support.people import make_person

TODAY = date(2026, 11, 21)
NOW = datetime.now(UTC)
"""Pages ask the real clock, so requests are dealt with at the present moment."""
WEEK = timedelta(weeks=1)
BORDER = json.dumps({"type": "LineString", "coordinates": [[0, 0], [0.1, 0]]}).encode()
"""Eleven kilometres along the equator to the east; the neighbour lies on the left, in the north."""
HEADER = "id,latitude,longitude,height_m,frequency_mhz,bandwidth_mhz,erp_dbw"

ROLES = {
    "focal": (Role.FOCAL_POINT, "QAA", "every"),
    "head": (Role.HEAD_OF_DELEGATION, "QAA", "every"),
    "neighbour": (Role.FOCAL_POINT, "QBB", "spectrum"),
    "third": (Role.FOCAL_POINT, "QCC", "every"),
    "other_room": (Role.FOCAL_POINT, "QBB", "plan"),
    "secretary": (Role.SECRETARIAT, "", "every"),
    "auditor": (Role.AUDITOR, "", "every"),
    "observer": (Role.OBSERVER, "farland", "every"),
}


class Cast:
    """One of each, made when asked for."""

    def __init__(self):
        self.held = {}

    def __getattr__(self, name):
        if name not in ROLES:
            raise AttributeError(name)
        if name not in self.held:
            self.held[name] = make_person(*ROLES[name], name=name.capitalize())
        return self.held[name]

    def actor(self, name):
        """Somebody as the policy sees them."""
        return actor_for(getattr(self, name), second_factor=True, fresh=True, today=TODAY)


def table(count=4):
    """A table of records: the first stands at the border and is over the limit, the last is far and weak."""
    rows = [f"t{n},{-0.002 - n % 4 * 0.2:g},0.05,30,763,10,{35 - n % 4 * 15}" for n in range(count)]
    return "\n".join([HEADER, *rows, ""]).encode()


def wish(terms=None, **more):
    """A request to QBB."""
    held = {
        "title": "Mobile at the river",
        "neighbour": "QBB",
        "border": BORDER,
        "side": "left",
        "spacing_km": 1.0,
        "delta_n": 60.0,
        "n0": 380.0,
        "origin": "a test",
        "ground": "land",
        "limits": ("tl-700-0",),
        "own_limit": None,
        "terms": terms or Terms(4, Silence.NOTHING, (14, 3)),
    }
    return requests.Wish(**held | more)


def draft(people, count=4, **more):
    """A request that only the own member sees."""
    return requests.begin(people.actor("focal"), wish(**more), read_transmitters(table(count)), NOW)


def computed(people, count=4, **more):
    """A draft with its field strengths."""
    held = draft(people, count, **more)
    requests.ask_run(people.actor("focal"), held.pk, 0, NOW)
    compute({"coordination": held.pk, "run": 1}, NOW)
    return fresh(held)


def do(people, held, who, act, *ids, reason="", now=NOW):
    """One act of somebody, on some records or on all."""
    command = Command(act, Party.CLOCK, frozenset(ids) if ids else None, reason)
    requests.act(people.actor(who), held.pk, command, 0, now)
    return fresh(held)


def sent(people, count=4, now=NOW, **more):
    """A request that the neighbour sees."""
    return do(people, computed(people, count, **more), "focal", Act.SUBMIT, now=now)


def answered(people, **more):
    """A request with one rejected record and the others approved."""
    held = do(people, sent(people, **more), "neighbour", Act.REJECT, "t0", reason="Too strong.")
    return do(people, held, "neighbour", Act.APPROVE)


def registered(people, **more):
    """A request whose approved records are registered."""
    return do(people, answered(people, **more), "focal", Act.REGISTER)


def fresh(held):
    """The request as it is now."""
    return Coordination.objects.get(pk=held.pk)
