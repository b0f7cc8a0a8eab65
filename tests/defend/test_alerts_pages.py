"""Rule: everybody sees figures without names, from TLP:CLEAR alone and none that are small; CERTs what they are cleared for.

And what correlation finds reaches the duty contacts who may know of it, and nobody else.
"""

from __future__ import annotations

import json
import re
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from serantau.defend.escalation import State as Answer
from serantau.defend.figures import Figures, public
from serantau.defend.model import Tlp
from serantau.web.accounts.roles import Role
from serantau.web.alerts.models import Alert
from serantau.web.alerts.services import correlating, figures, lists
from serantau.web.cooperation.models import Notice
from serantau.web.cooperation.services import notices
from serantau.web.workflows.events import follow
from tests.cooperation.scene import Cast
from tests.defend.alerts_scene import NOW, Sharing, run
from tests.support.people import make_person, signed_in
from tests.support.regions import THREELANDS
from tests.web.html_support import Document, accessibility_defects

MOST_QUERIES = 16
LATER = NOW + timedelta(hours=2)


@pytest.fixture(autouse=True)
def _region(db, settings):
    settings.SERANTAU_REGION = str(THREELANDS)


def page(client, address="/defend/"):
    response = client.get(address)
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    html = response.content.decode()
    assert accessibility_defects(Document(html)) == []
    return " ".join(re.sub(r"<[^>]+>", " ", html.partition('<main id="content"')[2]).split())


def shared(tlp, *, values=6):
    sharing = Sharing()
    sharing.many(values, tlp)
    run()
    figures.refresh(LATER)
    return sharing


def test_an_empty_installation_says_so_and_how_to_begin():
    text = page(Client())
    assert "Nothing has been shared with everybody yet. That does not mean that nothing was shared." in text
    assert "How to begin" in text


def test_the_public_sees_figures_of_clear_alone_and_no_observable():
    shared(Tlp.CLEAR)
    text = page(Client())
    assert "secret0" not in text
    assert "Borealia" not in text
    assert "domain-name 5 5" in text


def test_what_is_shared_with_some_leaves_no_trace_for_everybody():
    before = page(Client())
    shared(Tlp.GREEN)
    assert page(Client()) == before


def test_the_public_is_given_no_small_count():
    shared(Tlp.CLEAR, values=2)
    text = page(Client())
    assert "domain-name fewer than 5 fewer than 5" in text
    assert "not enough alerts" in text


def test_no_small_count_is_the_difference_of_others():
    """Both tables count the same observables; what is given of them does not add up to what is held back."""
    held = public(Figures(seen_by=((1, 44), (2, 4)), types=(("url", 31, 0), ("domain-name", 17, 1)), alerts=7))
    assert held.seen_by == ((1, 40), (2, None))
    assert held.types == (("url", 30, 0), ("domain-name", 15, None))
    assert held.alerts == 5


@pytest.mark.parametrize("level", [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER])
def test_an_officer_reads_what_their_clearance_allows(level):
    shared(Tlp.GREEN)
    people = Cast(level)
    text = page(signed_in(people.focal))
    assert ("secret0.example" in text) is (level >= Tlp.GREEN)
    assert f"You read up to {level.label}" in text


@pytest.mark.parametrize("role", [Role.SECRETARIAT, Role.AUDITOR, None])
def test_who_is_of_no_cert_reads_what_everybody_reads(role):
    shared(Tlp.GREEN)
    assert "secret0" not in page(signed_in(make_person(role)))


def test_a_page_asks_a_fixed_number_of_questions():
    shared(Tlp.GREEN)
    client = signed_in(Cast(Tlp.GREEN).focal)
    client.get("/defend/")
    with CaptureQueriesContext(connection) as few:
        client.get("/defend/")
    shared(Tlp.GREEN, values=30)
    with CaptureQueriesContext(connection) as many:
        client.get("/defend/")
    assert len(many) == len(few) <= MOST_QUERIES


def test_the_state_of_lists_is_shown():
    client = signed_in(make_person(Role.SECRETARIAT))
    assert "None is loaded." in page(client, "/defend/lists/")
    raw = {"name": "Resolvers", "type": "cidr", "list": ["192.0.2.0/24", "x"], "matching_attributes": ["ip-dst"]}
    lists.load(json.dumps(raw).encode(), "resolvers.json", NOW)
    assert "Resolvers cidr 1 1 1 no network" in page(client, "/defend/lists/")


def test_an_alert_reaches_those_who_may_know_of_it_and_is_told_once():
    people = Cast(Tlp.AMBER)
    people.focal, people.borealia  # noqa: B018 - made when they are asked for
    sharing = Sharing()
    sharing.all_share(tlp=Tlp.AMBER)
    run()
    for _ in range(2):
        follow(correlating.CHANGED, "store 1", LATER)
    assert {(one.member, one.alert) for one in Notice.objects.all()} == {
        (member, Alert.objects.get(level=Tlp.AMBER).stix_id) for member in ("QAA", "QBB")
    }
    assert {one.told for one in Alert.objects.all()} == {1}


def test_a_contact_who_answers_false_positive_is_heard():
    people = Cast(Tlp.GREEN)
    people.focal  # noqa: B018
    Sharing().all_share()
    run()
    follow(correlating.CHANGED, "store 1", LATER)
    notice = Notice.objects.get()
    notices.answer(people.actor("focal"), notice.ref, Answer.FALSE_POSITIVE, "Our own scanner.", LATER)
    follow(notices.FALSE_POSITIVE, notice.reference, LATER)
    assert Alert.objects.get(level=Tlp.GREEN).state == "withdrawn"
