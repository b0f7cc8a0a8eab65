"""Rule: a call is answered by those it is for, published as far as each author lets it be, and forgotten when it said so."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core.exceptions import PermissionDenied

from serantau.forum import ForumError
from serantau.web.accounts.errors import RefusedError
from serantau.web.accounts.models import Approval
from serantau.web.accounts.policy import PUBLIC
from serantau.web.accounts.services import approvals
from serantau.web.forum import jobs
from serantau.web.forum.models import Answer
from serantau.web.forum.services import consultations
from serantau.web.ledger.models import Event as Row
from tests.forum.scene import ASKED, DAY, NOW, a_body, a_call, circulated, draft
from tests.support.people import signed_in
from tests.web.html_support import Document, accessibility_defects

SAID = consultations.Said("All of them, within a day.", "named", "company", "Cable Company", "a@example.org")


def said(**changed):
    fields = {name: getattr(SAID, name) for name in ("text", "consent", "kind", "name", "email")}
    return consultations.Said(**fields | changed)


def published(people, held):
    """The summary is written, asked for and approved, after the closing."""
    later = held.closes_at + DAY
    consultations.summarise(people.actor("secretary"), held.pk, "Most would send all.", later)
    consultations.ask_to_publish(people.actor("secretary"), held.pk, later)
    approvals.approve(people.actor("second"), Approval.objects.get(subject=held.reference, outcome=""), now=later)


def page(client, held):
    response = client.get(f"/forum/consultations/{held.pk}/")
    assert response.status_code == 200
    assert response["Cache-Control"] == "private, no-store"
    text = response.content.decode()
    assert accessibility_defects(Document(text)) == []
    return text


# --- who may ask and answer ---------------------------------------------------------------------------------------------------


def test_the_secretariat_alone_asks(people):
    for who in ("head", "focal", "auditor", "observer"):
        call = consultations.Call(a_body(people, who), "t", ASKED, NOW, NOW + DAY, everybody=True, keep_days=30)
        with pytest.raises(PermissionDenied):
            consultations.begin(people.actor(who), call, NOW)


@pytest.mark.parametrize(
    "changed",
    [
        {"closes_at": NOW - 2 * DAY},
        {"opens_at": NOW - 3 * DAY, "closes_at": NOW - DAY},
        {"closes_at": NOW + 400 * DAY},
        {"keep_days": 29},
        {"keep_days": 731},
        {"action": ""},
        {"action": "no-such-action"},
        {"text": " "},
        {"text": "x" * 8001},
    ],
    ids=["closes first", "over already", "too long", "kept too short", "kept too long", "about nothing", "no action",
         "asks nothing", "asks too much"],
)  # fmt: skip
def test_a_call_with_a_defect_is_not_opened(people, changed):
    with pytest.raises(ForumError):
        a_call(people, **changed)


def test_a_call_is_about_one_thing(people):
    body = a_body(people)
    with pytest.raises(ForumError, match="choose one"):
        a_call(people, body, paper=circulated(people, body=body))


def test_members_and_the_secretariat_answer_elsewhere(people):
    held = a_call(people)
    for who in ("head", "focal", "secretary", "auditor"):
        with pytest.raises(PermissionDenied):
            consultations.answer(people.actor(who), held.pk, SAID, NOW)
    assert not Answer.objects.exists()


def test_a_partner_answers_as_itself_and_once(people):
    held = a_call(people, everybody=False)
    observer = people.actor("observer")
    consultations.answer(observer, held.pk, said(name="Somebody else", kind="company"), NOW)
    consultations.answer(observer, held.pk, said(text="Another thought."), NOW)
    (one,) = Answer.objects.all()
    assert (one.partner, one.kind, one.name, one.email, one.text) == ("farland", "partner", "", "", "Another thought.")


def test_a_partner_proves_a_second_factor_first(people):
    held = a_call(people)
    with pytest.raises(RefusedError):
        consultations.answer(people.actor("observer", second_factor=False, fresh=False), held.pk, SAID, NOW)
    weak = signed_in(people.observer, second_factor=False, fresh=False)
    assert "Prove your second factor first" in page(weak, held)
    response = weak.post(f"/forum/consultations/{held.pk}/answer/", {"text": "All.", "consent": "named"})
    assert (response.status_code, response["Location"][:15]) == (302, "/account/prove/")


def test_what_is_for_partners_is_not_answered_by_everybody(people):
    held = a_call(people, everybody=False)
    with pytest.raises(PermissionDenied):
        consultations.answer(PUBLIC, held.pk, SAID, NOW)


@pytest.mark.parametrize("at", [NOW - 2 * DAY, NOW + 7 * DAY + timedelta(seconds=1)], ids=["before", "after"])
def test_outside_its_dates_nobody_answers(people, at):
    held = a_call(people)
    with pytest.raises(ForumError, match="not open"):
        consultations.answer(PUBLIC, held.pk, SAID, at)
    consultations.answer(PUBLIC, held.pk, SAID, held.closes_at)


@pytest.mark.parametrize(
    "changed",
    [
        {"text": ""},
        {"text": "x" * 8001},
        {"email": "nowhere"},
        {"email": "a@b" + "c" * 260 + ".org"},
        {"name": ""},
        {"kind": "partner"},
        {"kind": "ministry"},
        {"consent": "perhaps"},
    ],
    ids=str,
)  # fmt: skip
def test_an_answer_with_a_defect_is_not_taken(people, changed):
    held = a_call(people)
    with pytest.raises(ForumError):
        consultations.answer(PUBLIC, held.pk, said(**changed), NOW)
    assert not Answer.objects.exists()


def test_there_is_an_end_to_answers(people, monkeypatch):
    monkeypatch.setattr(consultations, "MOST_ANSWERS", 1)
    held = a_call(people)
    consultations.answer(PUBLIC, held.pk, SAID, NOW)
    with pytest.raises(ForumError, match="as many answers"):
        consultations.answer(PUBLIC, held.pk, SAID, NOW)


def test_the_ledger_holds_no_name_and_no_word(people):
    held = a_call(people)
    consultations.answer(PUBLIC, held.pk, SAID, NOW)
    event = Row.objects.get(event="forum:consultation:answered")
    assert (event.actor, event.subject) == ("public", held.reference)
    assert not any(word in str(event.details) for word in ("Cable", "example.org", "within a day"))


# --- what is published, and what is forgotten -----------------------------------------------------------------------------------


@pytest.fixture
def answered(people):
    """A call with an answer of each consent."""
    held = a_call(people)
    for consent in ("named", "unnamed", "no"):
        words = said(text=f"Text {consent}.", consent=consent, name=f"Author {consent}", email=f"{consent}@example.org")
        consultations.answer(PUBLIC, held.pk, words, NOW)
    return held


def test_answers_are_public_as_far_as_their_authors_let_them_be(people, answered, client):
    assert "Text" not in page(client, answered)
    published(people, answered)
    public = page(client, answered)
    assert "Most would send all." in public
    assert ("Text named." in public, "Author named" in public) == (True, True)
    assert ("Text unnamed." in public, "Author unnamed" in public) == (True, False)
    assert ("Text no." in public, "Author no" in public) == (False, False)
    assert "company: 3" in public
    assert "example.org" not in public


def test_inside_every_answer_is_read_and_addresses_by_the_secretariat_alone(people, answered):
    member = page(signed_in(people.head), answered)
    assert "Text no." in member
    assert "no@example.org" not in member
    assert "no@example.org" in page(signed_in(people.secretary), answered)
    assert "Text no." not in page(signed_in(people.observer), answered)


def test_one_person_publishes_no_summary_and_none_before_the_closing(people, answered):
    secretary = people.actor("secretary")
    consultations.summarise(secretary, answered.pk, "Most would send all.", NOW)
    with pytest.raises(ForumError, match="has closed"):
        consultations.ask_to_publish(secretary, answered.pk, NOW)
    later = answered.closes_at + DAY
    consultations.ask_to_publish(secretary, answered.pk, later)
    with pytest.raises(RefusedError):
        approvals.approve(secretary, Approval.objects.get(), now=later)


def test_a_published_summary_does_not_change(people, answered):
    published(people, answered)
    with pytest.raises(ForumError, match="does not change"):
        consultations.summarise(people.actor("secretary"), answered.pk, "Few would.", NOW)


def test_after_the_stated_days_it_is_forgotten_who_answered(people, answered):
    jobs.forget({}, answered.closes_at + 29 * DAY)
    assert Answer.objects.exclude(email="").count() == 3
    jobs.forget({}, answered.closes_at + 31 * DAY)
    jobs.forget({}, answered.closes_at + 32 * DAY)
    rows = {one.consent: (one.name, one.email, one.text) for one in Answer.objects.all()}
    assert rows == {
        "named": ("Author named", "", "Text named."),
        "unnamed": ("", "", "Text unnamed."),
        "no": ("", "", ""),
    }
    assert Row.objects.filter(event="forum:contacts:forgotten").count() == 1


def test_an_author_has_an_answer_erased(people, answered, client):
    published(people, answered)
    one = Answer.objects.get(consent="named")
    secretary = signed_in(people.secretary)
    assert secretary.post(f"/forum/consultations/{answered.pk}/answers/{one.pk}/erase/").status_code == 303
    one.refresh_from_db()
    assert (one.name, one.email, one.text) == ("", "", "")
    assert "Text named." not in page(client, answered)


# --- pages ----------------------------------------------------------------------------------------------------------------------

FORM = {
    "text": "All of them.",
    "consent": "named",
    "kind": "person",
    "name": "A Reader",
    "email": "a@example.org",
}


def test_everybody_answers_by_a_form(people, client):
    held = a_call(people)
    assert ASKED in page(client, held)
    response = client.post(f"/forum/consultations/{held.pk}/answer/", FORM)
    assert (response.status_code, response["Location"]) == (303, f"/forum/consultations/{held.pk}/")
    assert Answer.objects.get().name == "A Reader"


def test_a_button_pressed_twice_answers_once(people, client):
    held = a_call(people)
    for _ in range(2):
        assert client.post(f"/forum/consultations/{held.pk}/answer/", FORM | {"once": "k"}).status_code == 303
    client.post(f"/forum/consultations/{held.pk}/answer/", FORM | {"once": "another"})
    assert Answer.objects.count() == 2


def test_a_refused_answer_keeps_its_words(people, client):
    held = a_call(people)
    response = client.post(f"/forum/consultations/{held.pk}/answer/", FORM | {"email": "nowhere"})
    assert response.status_code == 400
    assert "All of them." in response.content.decode()


def test_an_answer_of_a_megabyte_is_told_how_long_it_may_be(people, client):
    held = a_call(people)
    response = client.post(f"/forum/consultations/{held.pk}/answer/", FORM | {"text": "x" * 1_000_001})
    assert response.status_code == 413
    assert "1000 kB" in response.content.decode()


def test_one_network_answers_so_often_and_no_more(people, client):
    held = a_call(people)
    address = f"/forum/consultations/{held.pk}/answer/"
    tries = [client.post(address, FORM).status_code for _ in range(consultations.FROM_ONE_NETWORK.most + 1)]
    assert tries == [303] * consultations.FROM_ONE_NETWORK.most + [429]


def test_text_from_people_is_data(people, client):
    held = a_call(people)
    nasty = "<script>alert(1)</script>"
    client.post(f"/forum/consultations/{held.pk}/answer/", FORM | {"text": nasty, "name": nasty})
    assert nasty not in page(signed_in(people.secretary), held)


def test_a_paper_that_one_may_not_read_is_not_named(people, client):
    body = a_body(people)
    held = a_call(people, body, action="", paper=draft(people, body, title="Secret plan"))
    assert "Secret plan" not in page(client, held)
    assert "Secret plan" in page(signed_in(people.secretary), held)


def test_the_secretariat_opens_one_on_the_clocks_of_the_body(people, client):
    body = a_body(people)
    secretary = signed_in(people.secretary)
    assert secretary.get(f"/forum/bodies/{body.pk}/consult/").status_code == 200
    day = (NOW + 5 * DAY).date()
    form = {
        "title": "Reports", "text": ASKED, "action": "tl2030-a2-1", "everybody": "yes", "keep_days": "90",
        "day": str(NOW.date()), "clock": "00:01", "last_day": str(day), "last_clock": "17:00",
    }  # fmt: skip
    response = secretary.post(f"/forum/bodies/{body.pk}/consult/", form)
    assert response.status_code == 303
    text = client.get(response["Location"]).content.decode()
    assert f"{day} 17:00 Etc/GMT-1 ({day} 16:00 UTC)" in text
    assert "Reports" in client.get("/forum/consultations/").content.decode()
    assert secretary.post(f"/forum/bodies/{body.pk}/consult/", form | {"keep_days": "3"}).status_code == 400


def test_many_answers_cost_no_more_queries_and_fill_no_page(people, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    held = a_call(people)
    reader = signed_in(people.head)
    consultations.answer(PUBLIC, held.pk, SAID, NOW)
    page(reader, held)
    with CaptureQueriesContext(connection) as few:
        page(reader, held)
    assert len(few) <= 16
    for number in range(30):
        consultations.answer(PUBLIC, held.pk, said(text=f"Text {number}."), NOW)
    with django_assert_num_queries(len(few)):
        text = page(reader, held)
    assert "Page 1 of 2" in text
