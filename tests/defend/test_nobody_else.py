"""Rule: over random stories of objects, labels, versions, terms and accounts, nobody ever receives what is not theirs.

The oracle below is written anew from the rules (docs/decisions/0024) and asks no code of the store: it keeps every
version that was sent, and says for each reader which identifiers may reach it. Every endpoint is asked over HTTP, as the
account itself asks, and everything that came is looked at: bodies, manifests, versions, statuses, headers, cursors.
"""

from __future__ import annotations

import json
import os
from dataclasses import dataclass, field

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from serantau.defend.model import HIGHEST_CLEARANCE, Tlp
from serantau.web.defend.auth import MEMORY
from tests.defend.asking import Asker, objects
from tests.defend.scene import envelope, identifier, indicator, make_account
from tests.support.regions import THREELANDS

COLLECTIONS = ("region-green", "qaa-out")
UNREADABLE = identifier("marking-definition", 99)
LABELS = [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED, Tlp.UNKNOWN, None]
CLEARANCES = [one for one in Tlp if one <= HIGHEST_CLEARANCE]
READERS = [("QAA", Tlp.CLEAR), ("QBB", Tlp.AMBER_STRICT), *(("QCC", one) for one in CLEARANCES)]
EVERYWHERE = dict.fromkeys((*COLLECTIONS, "tombstones"), "rw")


EXAMPLES = 300 if os.environ.get("SERANTAU_HYPOTHESIS") == "soak" else 8
"""Each is some four hundred requests."""


@dataclass(frozen=True)
class Sent:
    """A version that was sent."""

    member: str
    number: int
    day: int
    label: Tlp
    named_from: Tlp | None
    collection: str
    secret: str


@dataclass
class Oracle:
    """What may reach whom."""

    sent: list[Sent] = field(default_factory=list)

    def may_have(self, member: str, clearance: Tlp, one: Sent) -> bool:
        """Whether the bytes of a version may reach a reader: it and every newer version of it must be for them."""
        if member == one.member:
            return True
        newer = [
            other
            for other in self.sent
            if (other.member, other.number) == (one.member, one.number) and other.day >= one.day
        ]
        return all(
            other.named_from is not None and max(other.label, other.named_from) <= clearance and other.label < Tlp.RED
            for other in newer
        )

    def may_know(self, clearance: Tlp, one: Sent) -> bool:
        """Whether a reader may know the thing itself, whoever saw it."""
        newer = [
            other
            for other in self.sent
            if (other.member, other.number) == (one.member, one.number) and other.day >= one.day
        ]
        return all(other.label <= clearance for other in newer)


def in_bytes(sent: Sent) -> dict[str, object]:
    """A version as it is sent; its name is in its bytes and nowhere else."""
    marks = {"object_marking_refs": [UNREADABLE]} if sent.label is Tlp.UNKNOWN else {}
    label = None if sent.label is Tlp.UNKNOWN else sent.label
    day = f"2026-01-{sent.day:02}T00:00:00.000Z"
    return indicator(sent.number, label, day, name=sent.secret, **marks)


STEPS = st.lists(
    st.tuples(
        st.sampled_from(["QAA", "QBB"]),
        st.integers(1, 3),
        st.integers(1, 5),
        st.sampled_from(LABELS[:-1]),
        st.sampled_from([Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT, None]),
        st.integers(0, 1),
    ),
    min_size=1,
    max_size=7,
)


@pytest.fixture(autouse=True)
def _region(db, settings):
    settings.SERANTAU_REGION = str(THREELANDS)


@settings(
    max_examples=EXAMPLES,
    phases=[Phase.generate],
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=STEPS, deletions=st.lists(st.integers(0, 6), max_size=2))
def test_nobody_receives_what_is_not_theirs(steps, deletions):
    MEMORY.clear()
    oracle, senders, statuses = Oracle(), {}, {}
    base = _next_number()
    for place, (member, number, day, label, named_from, collection) in enumerate(steps):
        one = Sent(member, base + number, day, label, named_from, COLLECTIONS[collection], f"secret-{base}-{place}-")
        sender = senders.setdefault(
            (member, named_from), Asker(make_account(member, rights=EVERYWHERE, attribution=named_from))
        )
        answer = sender.send(objects(one.collection), envelope([in_bytes(one)]))
        told = json.loads(answer.content)
        if told["success_count"]:
            oracle.sent.append(one)
        statuses[told["id"]] = sender
    readers = {(member, one): Asker(make_account(member, one, EVERYWHERE)) for member, one in READERS}
    _look(oracle, readers, statuses, base)
    for place in deletions:
        if place < len(oracle.sent):
            one = oracle.sent[place]
            own = next(asker for (member, _), asker in senders.items() if member == one.member)
            own.ask("DELETE", objects(one.collection, identifier("indicator", one.number) + "/"))
    _look(oracle, readers, statuses, base)


def _look(oracle, readers, statuses, base):
    """Everything that each reader can get, held against the oracle."""
    for (member, clearance), asker in readers.items():
        got = _everything_said(asker, base)
        for one in oracle.sent:
            if one.secret in got:
                assert oracle.may_have(member, clearance, one), (member, clearance, one)
        for name in {identifier("indicator", one.number) for one in oracle.sent}:
            of_it = [one for one in oracle.sent if identifier("indicator", one.number) == name]
            if name in got:
                assert any(oracle.may_have(member, clearance, one) for one in of_it), (member, clearance, of_it)
        for one in oracle.sent:
            pattern = f"a{one.number}.example"
            if pattern in got:
                of_it = [other for other in oracle.sent if other.number == one.number]
                assert any(
                    oracle.may_have(member, clearance, other) or oracle.may_know(clearance, other) for other in of_it
                ), (member, clearance, of_it)
        for number, sender in statuses.items():
            if sender.account.id != asker.account.id:
                assert asker.get(f"status/{number}/").status_code == 404


def _everything_said(asker, base):
    """Everything that an account can get of the objects of one story, as one text."""
    said = [json.dumps(_everything(asker))]
    for alias in (*COLLECTIONS, "tombstones"):
        there = objects(alias)
        for path in (there, there.replace("/objects/", "/manifest/")):
            answer = asker.get(path, {"match[version]": "all"})
            said += [answer.content.decode(), str(dict(answer.headers))]
        for number in range(base + 1, base + 4):
            name = identifier("indicator", number)
            for rest in (f"{name}/", f"{name}/versions/", f"{name}/?match[version]=all"):
                answer = asker.get(objects(alias, rest))
                if answer.status_code == 200:
                    said.append(answer.content.decode() + name)
    return "\n".join(said)


def _everything(asker):
    """All versions of all collections, in small pages."""
    query = {"match[version]": "all", "limit": 2}
    return [one for alias in (*COLLECTIONS, "tombstones") for one in asker.objects(alias, query)]


_numbers = iter(range(1000, 10**9, 10))


def _next_number():
    return next(_numbers)
