"""Members who share what they saw, for tests of correlation over the real store."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime, timedelta

from serantau.defend.model import Tlp
from serantau.web.alerts.models import Alert
from serantau.web.alerts.services import correlating
from serantau.web.defend.accounts import account_of
from serantau.web.defend.lanes import collection_of
from serantau.web.defend.models import TaxiiAccount
from serantau.web.defend.services import add_envelope
from tests.defend.scene import EVERYTHING, envelope, indicator, make_account

NOW = datetime(2026, 11, 26, 12, tzinfo=UTC)  # a Thursday: a window began at midnight
MEMBERS = ("QAA", "QBB", "QCC")


def stamp(when):
    return when.strftime("%Y-%m-%dT%H:%M:%S.000Z")


class Sharing:
    """An account of each member, and what they share."""

    def __init__(self, attribution=Tlp.CLEAR):
        rights = {**EVERYTHING, **{f"{one.lower()}-out": "rw" for one in MEMBERS}}
        held = {row.machine.member: account_of(row) for row in TaxiiAccount.objects.select_related("machine")}
        self.accounts = held or {one: make_account(one, rights=rights, attribution=attribution) for one in MEMBERS}
        self.count = 0

    def share(self, member, value="bad.example", when=NOW, tlp=Tlp.GREEN, *, alias="region-green", now=None, **more):
        """Share an indicator of a domain; its object."""
        one = self.made(member, value, when, tlp, **more)
        self.send(member, [one], alias, now or when + timedelta(minutes=1))
        return one

    def made(self, member, value="bad.example", when=NOW, tlp=Tlp.GREEN, **more):
        """An indicator of a domain."""
        self.count += 1
        stamps = {"created": stamp(when), "valid_from": stamp(when), "modified": stamp(when)}
        return {
            **indicator(self.count, tlp),
            "id": f"indicator--{uuid.uuid5(uuid.NAMESPACE_URL, f'{member} {self.count}')}",
            "pattern": f"[domain-name:value = '{value}']",
            **stamps,
            **more,
        }

    def send(self, member, objects, alias="region-green", now=NOW):
        """An envelope."""
        return add_envelope(self.accounts[member], collection_of(alias), envelope(objects), now)

    def many(self, values, tlp=Tlp.GREEN):
        """Every member shares the same so many things, in one envelope."""
        for member in MEMBERS:
            self.send(member, [self.made(member, f"secret{number}.example", NOW, tlp) for number in range(values)])

    def all_share(self, value="bad.example", **more):
        """Every member shares the same; the objects."""
        return [self.share(one, value, **more) for one in MEMBERS]


def run(now=NOW + timedelta(hours=1)):
    """Correlate."""
    return correlating.run(now)


def levels():
    """Label and state of every alert."""
    return [(Tlp(one.level).name, one.state, one.members) for one in Alert.objects.order_by("key_id", "cell", "level")]
