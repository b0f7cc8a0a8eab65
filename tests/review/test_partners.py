"""Rule: a partner's observer submits what its own partner does, by the life that every submission has, and nothing else."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied
from django.test import Client
from django.urls import reverse

from serantau.base import AsOf
from serantau.registers import Asked, register_entries
from serantau.review import ReviewError
from serantau.web.accounts.policy import Actor, Kind
from serantau.web.accounts.roles import Role
from serantau.web.bundles import keeper
from serantau.web.jobs.models import Mail
from serantau.web.review.kinds import kind_named, kinds_of, rooms
from serantau.web.review.rules import find, readable
from serantau.web.review.services import decisions, drafts
from serantau.web.site.problems import NotHereError
from tests.review.scene import NOW, TODAY, fresh
from tests.support.people import signed_in

KIND = "forum.cooperation"
PROGRAMME = {
    "code": "network-school",
    "title": "School for people who run networks",
    "subject": "human-resources",
    "year": "2027",
    "state": "planned",
    "seats": "40",
    "funding": [{"funder": "Farland", "amount": "120000", "currency": "XTS"}],
    "actions": ["tl2030-a2-1"],
    "due": "2027-11-30",
    "valid_from": "2027-01-01",
    "valid_to": "open",
}
NEARLAND = Actor(
    Kind.PERSON, 999, partner="nearland", roles=frozenset({Role.PUBLIC, Role.OBSERVER}), second_factor=True, fresh=True
)


def draft_of(people, raws=(PROGRAMME,), kind=KIND, who="observer", room="forum"):
    held = drafts.begin(people.actor(who), drafts.Begun(room, "Programme of 2027", "CC BY 4.0"), NOW)
    drafts.add_records(people.actor(who), held.pk, kind_named(kind), list(raws), NOW)
    return fresh(held)


def sent_in(people, **words):
    held = draft_of(people, **words)
    drafts.submit(people.actor(words.get("who", "observer")), held.pk, held.version, NOW)
    return fresh(held)


def entries(day=TODAY, **asked):
    return register_entries(keeper().answers().bundle, AsOf(day), Asked(**asked))


def test_a_partner_adds_a_programme_and_it_counts_once_accepted(people):
    held = sent_in(people)
    assert (held.member, held.partner, held.party) == ("", "farland", "farland")
    assert entries(day=NOW.date().replace(year=2027), year=2027) == ()
    decisions.accept(people.actor("secretary"), held.pk, held.version, NOW)
    (one,) = entries(day=NOW.date().replace(year=2027), year=2027)
    assert one.key == "farland.network-school"
    assert (one.entry.id, one.entry.partner) == (f"farland.network-school.s{held.pk}", "farland")
    assert (str(one.entry.known), one.entry.source, one.entry.grade.value) == (
        TODAY.isoformat(), f"submission-{held.pk}", "primary",
    )  # fmt: skip
    assert keeper().answers().bundle.sources[one.entry.source].organisation == "Farland"
    page = Client().get("/forum/registers/cooperation/farland.network-school/?as_of=2027-06-01").content.decode()
    assert "School for people who run networks" in page
    assert "Rebuild" not in page


def test_what_was_accepted_can_be_taken_back(people):
    from serantau.web.accounts.services import approvals

    held = sent_in(people)
    decisions.accept(people.actor("secretary"), held.pk, held.version, NOW)
    decisions.ask_retract(people.actor("secretary"), held.pk, "Not this year.", NOW)
    (wish,) = approvals.waiting(now=NOW)
    approvals.approve(people.actor("second"), wish, now=NOW)
    assert entries(day=NOW.date().replace(year=2027), year=2027) == ()


def test_a_programme_stated_anew_keeps_the_date_first_stated(people, settings):
    held = sent_in(people)
    decisions.accept(people.actor("secretary"), held.pk, held.version, NOW)
    later = NOW + timedelta(days=7)
    settings.SERANTAU_TODAY = later.date()
    again = drafts.begin(people.actor("observer"), drafts.Begun("forum", "Moved", "CC BY 4.0"), later)
    drafts.add_records(
        people.actor("observer"), again.pk, kind_named(KIND), [{**PROGRAMME, "due": "2028-03-31"}], later
    )
    drafts.submit(people.actor("observer"), again.pk, fresh(again).version, later)
    decisions.accept(people.actor("secretary"), again.pk, fresh(again).version, later)
    (one,) = entries(day=NOW.date().replace(year=2027), year=2027)
    assert (str(one.first_due), str(one.entry.due), one.moved) == ("2027-11-30", "2028-03-31", True)


def test_letters_reach_the_other_side(people):
    _ = people.secretary, people.observer
    held = sent_in(people)
    (first,) = Mail.objects.all()
    assert first.recipients == [people.secretary.email]
    assert "farland" in first.subject
    decisions.question(people.actor("secretary"), held.pk, "Who teaches?", held.version, NOW)
    assert Mail.objects.latest("pk").recipients == [people.observer.email]


def test_nobody_else_sees_it_before_it_is_sent_in(people):
    held = draft_of(people)
    others = [people.actor(name) for name in ("focal", "head", "neighbour", "secretary", "auditor")]
    for actor in (*others, NEARLAND):
        assert not readable(actor).exists()
        with pytest.raises(NotHereError):
            find(actor, held.pk)
    assert list(readable(people.actor("observer"))) == [held]
    drafts.submit(people.actor("observer"), held.pk, held.version, NOW)
    assert [readable(actor).exists() for actor in others] == [False, False, False, True, True]
    assert not readable(NEARLAND).exists()


def test_without_a_second_factor_nothing_is_read_or_begun(people):
    held = draft_of(people)
    weak = people.actor("observer", second_factor=False, fresh=False)
    assert not readable(weak).exists()
    with pytest.raises(PermissionDenied):
        drafts.begin(weak, drafts.Begun("forum", "Title", "CC BY 4.0"), NOW)
    client = signed_in(people.observer, second_factor=False, fresh=False)
    response = client.get(f"/reporting/submissions/{held.pk}/")
    assert response.status_code == 302
    assert response.headers["Location"].startswith("/account/prove/")


def test_a_partner_submits_its_own_kind_alone_and_a_member_never_that(people):
    assert rooms(partners=True) == ("forum",)
    assert [kind.name for kind in kinds_of("forum", partners=True)] == [KIND]
    assert KIND not in [kind.name for kind in kinds_of("forum")]
    observer = people.actor("observer")
    with pytest.raises(PermissionDenied):
        drafts.begin(observer, drafts.Begun("plan", "Title", "CC BY 4.0"), NOW)
    held = draft_of(people)
    law = {"theme": "cybercrime", "law": "None.", "valid_from": "2026", "valid_to": "open"}
    with pytest.raises(ReviewError, match="not yours"):
        drafts.add_records(observer, held.pk, kind_named("forum.legislation"), [law], NOW)
    with pytest.raises(ReviewError, match="not yours"):
        draft_of(people, who="focal")
    named = {**PROGRAMME, "partner": "nearland"}
    with pytest.raises(ReviewError, match="submission of farland"):
        drafts.add_records(observer, held.pk, kind_named(KIND), [named], NOW)


def test_the_pages_lead_an_observer_from_the_menu_to_the_form(people):
    client = signed_in(people.observer)
    assert "Begin a submission" in client.get("/reporting/").content.decode()
    assert client.get("/reporting/rounds/").status_code == 403
    form = client.get(reverse("review:begin")).content.decode()
    assert "Registers: cooperation" in form
    answer = client.post(reverse("review:begin"), {"room": "forum", "title": "New", "licence": "CC BY 4.0"})
    assert answer.status_code == 303
    page = client.get(answer.headers["Location"]).content.decode()
    assert "Cooperation of a partner" in page
    assert "Legislation by theme" not in page
    add = answer.headers["Location"] + f"add/{KIND}/"
    form = client.get(add).content.decode()
    assert "tl2030-a2-1" in form, "the actions that may be named stand below the field"
    flat = {name: value for name, value in PROGRAMME.items() if isinstance(value, str)}
    sent = client.post(add, {**flat, "actions": "tl2030-a2-1\ntl2030-a2-2", "funding-0-funder": "Farland"})
    assert sent.status_code == 303
    assert "School for people who run networks" in client.get(answer.headers["Location"]).content.decode()


MEMBERS = {
    "forum.projects": {"code": "ring-two", "title": "A second ring", "kind": "pledge"},
    "forum.legislation": {"theme": "cybercrime", "law": "Chapter 9 of the penal code."},
    "forum.policies": {"code": "one-mast", "title": "One mast", "topic": "permits", "text": "Masts are shared."},
    "forum.adoptions": {
        "policy": "qaa.dig-once",
        "evidence": [{"title": "The order", "address": "https://example.org/o"}],
    },
}


@pytest.mark.parametrize("kind", MEMBERS)
def test_a_member_enters_what_its_register_takes(people, kind):
    raw = {**MEMBERS[kind], "valid_from": "2026-01-01", "valid_to": "open"}
    held = sent_in(people, raws=[raw], kind=kind, who="neighbour")
    decisions.accept(people.actor("secretary"), held.pk, held.version, NOW)
    if kind == "forum.adoptions":
        (one,) = entries(about="permits")
        assert [row.member for row in one.adoptions] == ["QBB", "QCC"]
    else:
        assert [one.entry.source for one in entries(owner="QBB") if one.entry.source.startswith("submission")] == [
            f"submission-{held.pk}"
        ]


def test_what_does_not_fit_is_refused_with_every_contradiction(people):
    raw = {**PROGRAMME, "actions": ["tl2030-a9-9"]}
    held = sent_in(people, raws=[raw])
    with pytest.raises(ReviewError) as refused:
        decisions.accept(people.actor("secretary"), held.pk, held.version, NOW)
    assert any("tl2030-a9-9" in str(problem) for problem in refused.value.problems)
    assert entries(day=NOW.date().replace(year=2027), year=2027) == ()
