"""Rule: every page of the cooperation is whole, bounded in its queries, shows nobody what is not theirs, and does what its forms say."""

from __future__ import annotations

import re

import pytest

from serantau.defend.incidents import Act
from serantau.defend.model import Tlp
from serantau.defend.questions import Says
from serantau.web.cooperation.models import Case, Contact, Hook, Notice, Question, Team
from serantau.web.cooperation.services import cases
from tests.cooperation.scene import (
    NOW,
    a_case,
    a_contact,
    a_notice,
    a_question,
    a_team,
    answered,
    cleared,
    do,
    joined,
    say,
)
from tests.support.people import signed_in
from tests.web.html_support import Document, accessibility_defects

MOST_QUERIES = 32


@pytest.fixture
def as_(people):
    """A browser in which one of the people is signed in."""
    held = {}

    def browser(name):
        if name not in held:
            held[name] = signed_in(getattr(people, name))
        return held[name]

    return browser


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def whole(response, status=200):
    assert response.status_code == status, text_of(response)[:900]
    assert response["Cache-Control"] == "private, no-store"
    document = Document(response.content.decode())
    assert accessibility_defects(document) == []
    return text_of(response)


def post(client, address, **data):
    response = client.post(address, data)
    assert response.status_code == 303, text_of(response)[:1200]
    return response


@pytest.fixture
def held(people):
    """One of everything, of Asterra and Borealia; Corvania is asked one question and stands outside the case."""
    a_team(people)
    contact = a_contact(people)
    a_contact(people, "head", by="focal", days="")
    a_team(people, "borealia")
    people.borealia  # noqa: B018 - makes an account
    case = joined(people, a_case(people), "borealia")
    do(people, case, "focal", Act.ADD_TASK, text="Look at the logs", target="QBB")
    do(people, case, "borealia", Act.TAKE_TASK, task=1)
    do(people, case, "borealia", Act.WRITE, text="Seen here, too.", happened=NOW)
    do(people, case, "focal", Act.PROPOSE, label=Tlp.GREEN)
    do(people, case, "focal", Act.OFFER_LEAD, target="QBB")
    do(people, case, "focal", Act.ADMIT, target="farland")
    do(people, case, "focal", Act.SHARE, entry=1)
    cases.note(people.actor("focal"), case.ref, "Perhaps our own scanner.", NOW)
    question = a_question(people)
    say(people, question, "borealia", Says.SEEN, "In March.", named=True)
    invited = a_case(people, title="Invited only")
    do(people, invited, "focal", Act.INVITE, target="QBB")
    return {
        "notice": a_notice(people, level=Tlp.AMBER).ref,
        "answered": answered(people, level=Tlp.GREEN, number=2).ref,
        "case": case.ref,
        "invited": invited.ref,
        "question": question.ref,
        "contact": contact.ref,
    }


OF_CERTS = [
    "/cooperation/",
    "/cooperation/cases/",
    "/cooperation/cases/new/",
    "/cooperation/questions/",
    "/cooperation/questions/new/",
    "/cooperation/directory/",
    "/cooperation/team/",
    "/cooperation/team/contacts/new/",
]
PAGES = [
    *[(who, address) for who in ("focal", "borealia", "corvania") for address in OF_CERTS],
    ("focal", "/cooperation/notices/{notice}/"),
    ("focal", "/cooperation/notices/{answered}/"),
    ("focal", "/cooperation/cases/new/?notice={notice}"),
    ("focal", "/cooperation/cases/{case}/"),
    ("borealia", "/cooperation/cases/{case}/"),
    ("borealia", "/cooperation/cases/{invited}/"),
    ("observer", "/cooperation/cases/{case}/"),
    ("observer", "/cooperation/cases/"),
    ("focal", "/cooperation/questions/{question}/"),
    ("borealia", "/cooperation/questions/{question}/"),
    ("corvania", "/cooperation/questions/{question}/"),
    ("focal", "/cooperation/team/contacts/{contact}/"),
    ("head", "/cooperation/clearances/"),
    ("secretary", "/cooperation/ceilings/"),
    ("secretary", "/cooperation/directory/"),
]


def test_pages_are_whole_and_ask_the_database_a_bounded_number_of_times(as_, held, django_assert_max_num_queries):
    for who in {who for who, _ in PAGES}:
        as_(who).get("/cooperation/")
    for who, address in PAGES:
        with django_assert_max_num_queries(MOST_QUERIES, info=f"{who}: {address}"):
            whole(as_(who).get(address.format(**held)))


def test_more_of_everything_costs_no_more_queries(as_, people, held, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    addresses = [
        "/cooperation/",
        "/cooperation/cases/",
        "/cooperation/questions/",
        f"/cooperation/cases/{held['case']}/",
    ]
    client = as_("borealia")
    before = {}
    for address in addresses:
        client.get(address)
        with CaptureQueriesContext(connection) as few:
            client.get(address)
        before[address] = len(few)
    case = Case.objects.get(ref=held["case"])
    for number in range(4):
        do(people, joined(people, a_case(people), "borealia"), "focal", Act.ADD_TASK, text="More", target="QBB")
        a_question(people, value=f"other{number}.example")
        do(people, case, "focal", Act.ADD_TASK, text="Again", target="QBB")
        do(people, case, "borealia", Act.WRITE, text="Again.")
    for address in addresses:
        with django_assert_num_queries(before[address]):
            client.get(address)


def test_an_outsider_sees_nothing_at_all(as_, people, held):
    """Corvania has asked for nothing, is in no case, and reads as before there were any: no word, no number."""
    page = whole(as_("corvania").get("/cooperation/cases/"))
    assert "There is none that you may read." in page
    for name in ("case", "invited"):
        assert as_("corvania").get(f"/cooperation/cases/{held[name]}/").status_code == 404
        assert as_("corvania").post(f"/cooperation/cases/{held[name]}/act/join/").status_code == 404
    assert as_("corvania").get(f"/cooperation/notices/{held['notice']}/").status_code == 404
    for address in OF_CERTS:
        page = as_("corvania").get(address).content.decode()
        assert "Spring phishing" not in page
        assert "Invited only" not in page


def test_a_clearance_that_was_lowered_takes_everything_away_at_once(as_, people, held):
    cleared(people.focal, "QAA", Tlp.GREEN)
    inbox = whole(as_("focal").get("/cooperation/"))
    assert "TLP:AMBER" not in inbox
    for kind, name in (("notices", "notice"), ("cases", "case"), ("questions", "question")):
        assert as_("focal").get(f"/cooperation/{kind}/{held[name]}/").status_code == 404
    cleared(people.focal, "QAA", Tlp.AMBER_STRICT, ceiling=Tlp.GREEN)
    assert as_("focal").get(f"/cooperation/notices/{held['notice']}/").status_code == 404


def test_a_note_is_the_own_members_alone(as_, held):
    address = f"/cooperation/cases/{held['case']}/"
    assert "Perhaps our own scanner." in whole(as_("head").get(address))
    for who in ("borealia", "observer"):
        assert "Perhaps our own scanner." not in whole(as_(who).get(address))


def test_a_partner_sees_what_was_shown_to_it(as_, held):
    page = whole(as_("observer").get(f"/cooperation/cases/{held['case']}/"))
    assert "Mails since Monday." in page
    for hidden in ("Seen here, too.", "Look at the logs", "Borealia", "Focal", "Proposed"):
        assert hidden not in page
    assert as_("observer").get(f"/cooperation/cases/{held['invited']}/").status_code == 404


def test_an_invitation_shows_the_title_and_no_more(as_, people, held):
    page = whole(as_("borealia").get(f"/cooperation/cases/{held['invited']}/"))
    assert "Invited only" in page
    assert "Mails since Monday." not in page


def test_the_invitation_to_a_red_case_shows_no_title_and_joining_names_one_person(as_, people):
    case = a_case(people, label=Tlp.RED, title="Of one ministry")
    do(people, case, "focal", Act.INVITE, target="QBB")
    for address in ("/cooperation/", "/cooperation/cases/", f"/cooperation/cases/{case.ref}/"):
        page = whole(as_("borealia").get(address))
        assert "Invitation to a case" in page
        assert "Of one ministry" not in page
    assert as_("head").get(f"/cooperation/cases/{case.ref}/").status_code == 404, "of the right member, but not named"
    post(as_("borealia"), f"/cooperation/cases/{case.ref}/act/join/")
    assert "Of one ministry" in whole(as_("borealia").get(f"/cooperation/cases/{case.ref}/"))
    post(as_("focal"), f"/cooperation/cases/{case.ref}/act/name/", person=people.head.pk)
    assert "Of one ministry" in whole(as_("head").get(f"/cooperation/cases/{case.ref}/"))


def test_whoever_left_sees_its_own_words_alone(as_, people, held):
    case = Case.objects.get(ref=held["case"])
    post(as_("borealia"), f"/cooperation/cases/{case.ref}/act/leave/", revision=case.revision)
    page = whole(as_("borealia").get(f"/cooperation/cases/{case.ref}/"))
    assert "Seen here, too." in page
    assert "Mails since Monday." not in page
    assert "Look at the logs" not in page


def test_a_case_goes_its_way_by_its_forms(as_, people):
    post(as_("focal"), "/cooperation/cases/new/", title="By forms", label="2", text="It began.")
    case = Case.objects.get()
    address = f"/cooperation/cases/{case.ref}/"
    post(as_("focal"), f"{address}act/invite/", target="QBB")
    people.borealia  # noqa: B018 - makes an account
    post(as_("borealia"), f"{address}act/join/")
    post(as_("borealia"), f"{address}act/write/", text="Here, too.", happened="2026-11-20T08:30")
    post(as_("focal"), f"{address}act/add-task/", text="Look at the logs", target="QBB", due="2027-01-31")
    assert "task offered: Look at the logs" in whole(as_("borealia").get("/cooperation/"))
    post(as_("borealia"), f"{address}act/take-task/", task="1")
    assert "your task: Look at the logs" in whole(as_("borealia").get("/cooperation/"))
    refused = whole(as_("focal").post(f"{address}act/close/"), 409)
    assert "Tasks are open: 1. Borealia, Asterra" not in refused
    assert "Tasks are open: 1. Borealia must finish them, or the lead drop them." in refused
    post(as_("borealia"), f"{address}act/finish-task/", task="1")
    post(as_("focal"), f"{address}act/propose/", label="1")
    assert "a looser label is proposed" in whole(as_("borealia").get("/cooperation/"))
    post(as_("borealia"), f"{address}act/consent/")
    case.refresh_from_db()
    assert case.tlp == Tlp.GREEN
    post(as_("focal"), f"{address}act/offer-lead/", target="QBB")
    post(as_("borealia"), f"{address}act/take-lead/")
    post(as_("focal"), f"{address}act/leave/")
    post(as_("borealia"), f"{address}act/close/")
    page = whole(as_("borealia").get(address))
    for said in (
        "Asterra · Focal · opened the case",
        "took the lead",
        "offered the lead to Borealia",
        "closed the case",
    ):
        assert said in page
    assert "2027-01-31" in page
    assert "of 2026-11-20 08:30 UTC" in page


def test_two_people_do_not_write_over_each_other(as_, people, held):
    case = Case.objects.get(ref=held["case"])
    address = f"/cooperation/cases/{case.ref}/act/tighten/"
    post(as_("borealia"), address, label="3", revision=case.revision)
    response = as_("focal").post(address, {"label": "4", "revision": case.revision})
    assert "Somebody changed the case" in whole(response, 409)


def test_a_question_by_its_forms(as_, people):
    people.borealia, people.corvania  # noqa: B018 - make accounts
    form = {"kind": "url", "value": "https://bad.example/", "label": "1", "hours": "5", "whom": "these"}
    post(as_("focal"), "/cooperation/questions/new/", **form, members=["QBB", "QCC"])
    held = Question.objects.get()
    address = f"/cooperation/questions/{held.ref}/"
    assert "Asked." in whole(as_("focal").get(address))
    before = whole(as_("focal").get(address))
    post(as_("borealia"), f"{address}answer/", says="seen", named="no", text="We have it since March.")
    assert whole(as_("focal").get(address)) == before, "an answer without name looks like silence"
    post(as_("corvania"), f"{address}answer/", says="refuses", named="yes")
    page = whole(as_("focal").get(address))
    assert "Corvania does not answer" in page
    assert "No answer by name: Borealia" in page
    assert "since March" not in page
    mine = whole(as_("borealia").get(address))
    assert "has seen it without name" in mine
    assert "Corvania" not in mine
    post(as_("focal"), f"{address}close/")
    page = whole(as_("focal").get(address))
    assert "They are too few to say anything" in page
    refused = whole(as_("borealia").post(f"{address}answer/", {"says": "seen", "named": "yes"}), 409)
    assert "Asterra may ask again" in refused


def test_too_many_questions_are_refused_before_anybody_is_written_to(as_, people, monkeypatch):
    from serantau.web.accounts.services.limits import DAY, Limit
    from serantau.web.cooperation.services import questions

    monkeypatch.setattr(questions, "ASKED", Limit("questions of a test", 1, DAY))
    form = {"kind": "url", "value": "v", "label": "1", "hours": "5", "whom": "all"}
    post(as_("focal"), "/cooperation/questions/new/", **form)
    whole(as_("focal").post("/cooperation/questions/new/", form), 429)
    assert Question.objects.count() == 1


def test_somebody_is_said_once_it_ended_and_they_are_two(as_, people):
    held = a_question(people)
    say(people, held, "borealia")
    post(as_("focal"), f"/cooperation/questions/{held.ref}/close/")
    assert "Somebody among them has seen it." in whole(as_("focal").get(f"/cooperation/questions/{held.ref}/"))


def test_the_directory_ships_empty_and_is_each_members_own(as_, people):
    assert "No team is entered yet." in whole(as_("focal").get("/cooperation/directory/"))
    form = {"name": "Asterra CERT", "zone": "Etc/UTC", "minutes": "20", "email": "cert@example.org"}
    post(as_("focal"), "/cooperation/team/", **form)
    contact = {
        "name": "Night desk",
        "email": "desk@example.org",
        "days": ["0", "1"],
        "starts": "22:00",
        "ends": "06:00",
    }
    post(as_("focal"), "/cooperation/team/contacts/new/", **contact, person=people.focal.pk)
    held = Contact.objects.get()
    address = f"/cooperation/team/contacts/{held.ref}/"
    post(as_("focal"), f"{address}shift/", **{"from": "2036-01-01T08:00", "until": "2036-01-01T18:00"})
    page = whole(as_("borealia").get("/cooperation/directory/"))
    assert "Asterra: Asterra CERT" in page
    assert "Night desk" in page
    assert "on duty 2036-01-01 08:00 to 2036-01-01 18:00 UTC" in page
    assert as_("borealia").get(address).status_code == 404
    post(as_("focal"), f"{address}erase/")
    assert Contact.objects.count() == 0
    assert "desk@example.org" not in as_("borealia").get("/cooperation/directory/").content.decode()
    assert Team.objects.get().minutes == 20


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"minutes": "0"}, "between a minute and a week"),
        ({"zone": "Nowhere/Else"}, "Choose one of the time zones"),
        ({"email": "nobody"}, "is no mail address"),
        ({"pgp": "-----BEGIN PGP PRIVATE KEY BLOCK-----"}, "public key block"),
        ({"name": " "}, "The name is missing"),
    ],
)
def test_what_a_team_cannot_be(as_, changed, said):
    form = {"name": "CERT", "zone": "Etc/UTC", "minutes": "20"} | changed
    assert said in whole(as_("focal").post("/cooperation/team/", form), 400)
    assert Team.objects.count() == 0


def test_the_key_of_a_hook_is_shown_once(as_, people):
    a_team(people)
    page = whole(as_("focal").post("/cooperation/team/hooks/new/", {"url": "https://hook.example/in", "label": "1"}))
    key = re.search(r"\b[0-9a-f]{64}\b", page)[0]
    assert key not in whole(as_("focal").get("/cooperation/team/"))
    assert key not in str(list(Hook.objects.values()))
    refused = as_("focal").post("/cooperation/team/hooks/new/", {"url": "http://hook.example/in", "label": "1"})
    assert "https address" in whole(refused, 400)


def test_a_notice_is_answered_once_by_whoever_is_first(as_, people, held):
    address = f"/cooperation/notices/{held['notice']}/"
    page = whole(as_("head").get(address))
    assert "Desk focal" in page
    assert "waits for an answer" in page
    post(as_("head"), f"{address}answer/", wish="acknowledge")
    page = whole(as_("focal").get(address))
    assert "Answered by Head" in page
    assert "It has ended already: acknowledged." in whole(as_("focal").post(f"{address}answer/"), 409)


def test_text_from_people_is_data(as_, people, held):
    nasty = "<script>alert(1)</script>"
    case = Case.objects.get(ref=held["case"])
    do(people, case, "borealia", Act.WRITE, text=nasty)
    cases.note(people.actor("focal"), case.ref, nasty, NOW)
    question = a_question(people, value=nasty)
    say(people, question, "borealia", Says.SEEN, nasty, named=True)
    for address in ("/cooperation/", f"/cooperation/cases/{case.ref}/", f"/cooperation/questions/{question.ref}/"):
        assert nasty not in as_("focal").get(address).content.decode()


def test_nothing_of_the_menu_or_its_numbers_says_what_waits(as_, people, held):
    """The menu is the same for somebody with an inbox full and somebody with none, and leads nobody to a closed door."""
    menus = {
        who: re.findall(r'href="(/cooperation/[^"]*)"', as_(who).get("/account/").content.decode())
        for who in ("focal", "corvania")
    }
    assert menus["focal"] == menus["corvania"] == ["/cooperation/"]
    assert Notice.objects.filter(member="QCC").count() == 0
