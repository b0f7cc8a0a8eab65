"""Rule: every page of the forum is whole, bounded in its queries, shows nobody what is not theirs, and does what its forms say."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime

import pytest

from serantau.forum import Act, Mode, Say, Stage
from serantau.web.accounts.models import Approval
from serantau.web.accounts.services import approvals
from serantau.web.forum.models import Body, Meeting, Paper
from serantau.web.forum.services import meetings, papers
from serantau.web.plan.models import Milestone
from tests.forum.scene import (
    DAY,
    NOW,
    OUTAGES,
    TEXT,
    a_body,
    a_call,
    a_meeting,
    agreed,
    circulated,
    decided,
    do,
    draft,
    follow_up,
    fresh,
    opened,
    published,
    say,
)
from tests.support.people import signed_in
from tests.web.html_support import Document, accessibility_defects

MOST_QUERIES = 26


@pytest.fixture
def as_(people):
    """A browser in which one of the people is signed in."""

    def browser(name):
        return signed_in(getattr(people, name))

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
    """A body, a meeting, and a paper in each state."""
    body = a_body(people)
    meeting = a_meeting(people, body)
    secretary = people.actor("secretary")
    found = {
        "draft": draft(people, body),
        "circulated": circulated(people, body=body),
        "opened": opened(people, body=body),
        "agreed": agreed(people, body=body),
        "decided": decided(people, body=body),
        "published": published(people, body=body),
    }
    found["revised"] = opened(people, body=body)
    papers.revise(secretary, found["revised"].pk, TEXT + "\n\nAnd more.", "More.", [], 0, NOW)
    meetings.add_item(secretary, meeting, "", found["opened"], NOW)
    meetings.name_participant(secretary, meeting, "QAA", "A Delegate", NOW)
    meetings.report(secretary, meeting, "The meeting took note.", NOW)
    papers.comment(people.actor("focal"), found["opened"].pk, 1, "Which reports?", NOW)
    call = a_call(people, body).pk
    return {name: paper.pk for name, paper in found.items()} | {"body": body.pk, "meeting": meeting.pk, "call": call}


PUBLIC = {
    "home": "/forum/",
    "body": "/forum/bodies/{body}/",
    "meeting": "/forum/meetings/{meeting}/",
    "published": "/forum/papers/{published}/",
    "milestones": "/milestones/",
    "consultations": "/forum/consultations/",
    "consultation": "/forum/consultations/{call}/",
    "decided": "/actions/decided/",
}
INSIDE = {
    "circulated": "/forum/papers/{circulated}/",
    "opened": "/forum/papers/{opened}/",
    "agreed": "/forum/papers/{agreed}/",
    "decided": "/forum/papers/{decided}/",
    "revised": "/forum/papers/{revised}/",
    "compare": "/forum/papers/{revised}/versions/1/2/",
    "version": "/forum/papers/{revised}/versions/1/",
}
OF_THE_SECRETARIAT = {
    "draft": "/forum/papers/{draft}/",
    "new body": "/forum/bodies/new/",
    "convene": "/forum/bodies/{body}/convene/",
    "consult": "/forum/bodies/{body}/consult/",
    "begin": "/forum/bodies/{body}/write/",
    "edit": "/forum/papers/{draft}/edit/",
    "revise": "/forum/papers/{opened}/edit/",
}
PAGES = [
    *[("nobody", name, address) for name, address in PUBLIC.items()],
    *[("focal", name, address) for name, address in (PUBLIC | INSIDE).items()],
    *[("head", name, address) for name, address in INSIDE.items()],
    *[("secretary", name, address) for name, address in (PUBLIC | INSIDE | OF_THE_SECRETARIAT).items()],
    *[("auditor", name, address) for name, address in INSIDE.items()],
]


def test_pages_are_whole_and_ask_the_database_a_bounded_number_of_times(
    as_, held, client, django_assert_max_num_queries
):
    follow_up()
    browsers = {who: as_(who) for who in ("focal", "head", "secretary", "auditor")} | {"nobody": client}
    for browser in browsers.values():
        browser.get("/forum/")
    for who, name, address in PAGES:
        with django_assert_max_num_queries(MOST_QUERIES, info=f"{who}: {name}"):
            whole(browsers[who].get(address.format(**held)))


def test_more_papers_cost_no_more_queries(as_, people, held, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = as_("focal")
    client.get("/forum/")
    with CaptureQueriesContext(connection) as few:
        client.get("/forum/")
    body = Body.objects.get()
    for _ in range(5):
        opened(people, body=body)
    with django_assert_num_queries(len(few)):
        client.get("/forum/")


def test_the_public_sees_what_is_published_and_nothing_else(held, client):
    assert "Sharing of outage reports" in whole(client.get(f"/forum/papers/{held['published']}/"))
    page = whole(client.get("/forum/"))
    assert "1 paper that you may read" in page
    assert "Consultations that are open Reports of outages MIN" in page
    for name in ("draft", "circulated", "opened", "agreed", "decided", "revised"):
        assert client.get(f"/forum/papers/{held[name]}/").status_code == 404
    assert client.get(f"/forum/papers/{held['revised']}/versions/1/2/").status_code == 404
    meeting = whole(client.get(f"/forum/meetings/{held['meeting']}/"))
    assert "A Delegate" not in meeting
    assert "took note" not in meeting


def test_a_published_declaration_names_signatories_and_commitments_with_the_first_promised_date(held, client):
    follow_up()
    page = whole(client.get(f"/forum/papers/{held['published']}/"))
    assert "adopted by MIN on" in page
    assert "Asterra, Borealia, Corvania" in page
    assert "Name a contact for outages" in page
    assert "2027-03-31" in page


def test_a_list_does_not_say_adopted_of_what_is_not(as_, held):
    text = whole(as_("head").get("/forum/"))
    assert "under consultation to be adopted" in text
    assert "draft adopted" not in text and "under consultation adopted" not in text


def test_positions_and_comments_are_for_those_inside(as_, people, held):
    say(people, fresh(Paper(pk=held["opened"])), "borealia", Say.OBJECTS, "Three days are too few.")
    papers.share(people.actor("secretary"), held["opened"], "farland", NOW)
    inside = whole(as_("head").get(f"/forum/papers/{held['opened']}/"))
    assert "Three days are too few." in inside
    assert "Borealia: objects" in inside
    assert "Which reports?" in inside
    observer = whole(as_("observer").get(f"/forum/papers/{held['opened']}/"))
    assert "The members share reports of outages." in observer
    assert "Three days are too few." not in observer
    assert "Which reports?" not in observer
    assert "objects" not in observer


def test_nobody_agrees_by_pressing_the_button_without_choosing(as_, people, held):
    address = f"/forum/papers/{held['opened']}/"
    offered = re.search(
        r'<select id="say"[^>]*required>(.*?)</select>', as_("head").get(address).content.decode(), re.DOTALL
    )
    assert offered[1].startswith('<option value="">') and "selected" not in offered[1]
    refused = as_("head").post(f"{address}position/", {"say": "", "text": "", "wish": "say"})
    assert "Choose where your member stands." in whole(refused, 400)


def test_a_draft_position_is_seen_by_its_own_member_alone(as_, held):
    address = f"/forum/papers/{held['opened']}/"
    post(as_("focal"), f"{address}position/", say="objects", text="Perhaps too wide.", wish="draft")
    assert "Perhaps too wide." in whole(as_("head").get(address))
    for who in ("borealia", "secretary", "auditor"):
        assert "Perhaps too wide." not in whole(as_(who).get(address))


def test_a_refusal_says_which_rule_and_who_must_act(as_, held):
    response = as_("secretary").post(f"/forum/papers/{held['opened']}/act/decide/")
    assert "the paper is “under consultation”, and it would have to be: consensus" in whole(response, 409)
    response = as_("head").post(f"/forum/papers/{held['opened']}/position/", {"say": "objects", "text": " "})
    assert "given in words" in whole(response, 409)


def test_what_is_due_soon_is_told_to_whoever_has_not_answered(as_, people, held):
    assert "Your member has not answered" in whole(as_("head").get("/forum/"))
    say(people, fresh(Paper(pk=held["opened"])), "head", Say.AGREES)
    assert "Your member has not answered" not in whole(as_("head").get("/forum/"))


def test_the_differences_are_shown_word_by_word(as_, people, held):
    papers.revise(people.actor("secretary"), held["opened"], TEXT.replace("three", "ten"), "Ten days.", [], 0, NOW)
    page = as_("head").get(f"/forum/papers/{held['opened']}/versions/1/2/").content.decode()
    assert "<del>three </del><ins>ten </ins>" in page
    assert "Ten days." in page


def test_what_was_said_on_an_earlier_version_can_be_read_again(as_, people, held):
    say(people, fresh(Paper(pk=held["opened"])), "borealia", Say.OBJECTS, "Three days are too few.")
    papers.revise(people.actor("secretary"), held["opened"], TEXT.replace("three", "ten"), "Ten days.", [], 0, NOW)
    now, before = (f"/forum/papers/{held['opened']}/{more}" for more in ("", "versions/1/"))
    assert "Three days are too few." not in whole(as_("head").get(now))
    earlier = whole(as_("head").get(before))
    for words in ("Three days are too few.", "Which reports?", "within three days"):
        assert words in earlier
    assert as_("observer").get(before).status_code == 404


def test_a_comment_is_about_a_paragraph_that_there_is(as_, held):
    address = f"/forum/papers/{held['opened']}/comment/"
    assert "paragraphs 1 to 2" in whole(as_("head").post(address, {"paragraph": "3", "text": "Which?"}), 400)


@pytest.mark.parametrize("paragraph", ["-1", "nan", "one"])
def test_what_is_no_number_is_no_comment_on_the_whole(as_, held, paragraph):
    address = f"/forum/papers/{held['opened']}/comment/"
    assert "paragraphs 1 to 2" in whole(as_("head").post(address, {"paragraph": paragraph, "text": "Which?"}), 400)


@pytest.mark.parametrize(
    "changed, said",
    [
        ({"day": "0001-01-01"}, "The first day is no date"),
        ({"last_day": "9999-12-31"}, "The last day is no date"),
        ({"day": "2026-01-10"}, "longer than a month"),
        ({"title": "x" * 201}, "longer than 200 characters"),
    ],
)
def test_a_meeting_with_a_defect_is_not_convened(as_, people, changed, said):
    form = {"title": "Seventh", "day": "2027-01-10", "clock": "00:00", "last_day": "2027-01-11", "last_clock": "17:00"}
    address = f"/forum/bodies/{a_body(people).pk}/convene/"
    assert said in whole(as_("secretary").post(address, form | changed), 400)
    assert not Meeting.objects.exists()


def test_a_decision_that_is_not_public_is_not_named_beside_one_that_is(as_, people, client):
    body = a_body(people)
    formula = decided(people, body=body, title="Use of minus X", lets_outside=OUTAGES)
    paper = published(people, body=body, instrument=OUTAGES, formula=formula)
    assert "Use of minus X" in whole(as_("head").get(f"/forum/papers/{paper.pk}/"))
    public = whole(client.get(f"/forum/papers/{paper.pk}/"))
    assert "Agreement on outages of networks" in public
    assert "Use of minus X" not in public


def test_nothing_is_referred_to_nobody(as_, people):
    paper = say(people, opened(people, NOW - 3 * DAY), "head", Say.OBJECTS, now=NOW - 2 * DAY)
    papers.close_due(paper.pk, NOW)
    refer = f"/forum/papers/{paper.pk}/act/refer/"
    assert "No body above MIN is entered" in whole(as_("secretary").post(refer), 400)
    with_above = a_body(people, "SUM")
    below = a_body(people, "SOM", above=with_above)
    other = say(people, opened(people, NOW - 3 * DAY, body=below), "head", Say.OBJECTS, now=NOW - 2 * DAY)
    post(as_("secretary"), f"/forum/papers/{other.pk}/act/refer/")
    assert fresh(other).at is Stage.REFERRED


def test_a_decision_becomes_a_new_action_where_it_says_so(people, client):
    new = papers.Commitment("Keep a register of cables", "QAA", "", date(2027, 6, 30), "tl2030-o2")
    paper = published(people, commitments=(new, papers.Commitment("Meet", "", "tl2030-a2-1")))
    follow_up()
    page = whole(client.get("/actions/decided/"))
    assert "New actions O2" in page
    assert "Keep a register of cables QAA 2027-06-30" in page
    assert client.get("/actions/decided/").content.decode().count(f'href="/forum/papers/{paper.pk}/"') == 2
    assert 'href="/actions/decided/"' in client.get("/actions/").content.decode()


@pytest.mark.parametrize("outcome, action", [("tl2030-o2", "tl2030-a2-1"), ("nothing", "")], ids=["both", "none such"])
def test_a_new_action_stands_under_one_outcome(as_, people, outcome, action):
    body = a_body(people)
    form = {"title": "T", "verb": "adopted", "text": "One.", "text-1": "Do", "outcome-1": outcome, "action-1": action}
    whole(as_("secretary").post(f"/forum/bodies/{body.pk}/write/", form), 400)
    assert not Paper.objects.exists()


def test_text_from_people_is_data(as_, people, held):
    nasty = "<script>alert(1)</script>"
    papers.comment(people.actor("head"), held["opened"], 1, nasty, NOW)
    say(people, fresh(Paper(pk=held["opened"])), "head", Say.OBJECTS, nasty)
    assert nasty not in as_("head").get(f"/forum/papers/{held['opened']}/").content.decode()


RULES_FORM = {
    "verbs": ["adopted", "noted"],
    "plenary": "yes",
    "ad_referendum": "yes",
    "silence_is_assent": "yes",
    "silence_days": "14",
    "objection_ends_silence": "no",
    "most_extensions": "1",
    "extension_days": "7",
    "most_time_requests": "2",
    "time_request_days": "7",
    "absence_blocks": "no",
    "most_opted_out": "0",
    "refers": "no",
}


def test_the_secretariat_works_through_its_forms(as_):
    secretary = as_("secretary")
    address = post(
        secretary, "/forum/bodies/new/", short_name="SOM", name="Senior officials", zone="Etc/GMT-1", above=""
    )["Location"]
    post(secretary, f"{address}rules/", **RULES_FORM)
    assert Body.objects.get().procedure().silence_days == 14
    made = post(
        secretary,
        f"{address}convene/",
        title="Seventh meeting",
        day="2027-01-10",
        clock="09:00",
        last_day="2027-01-11",
        last_clock="17:00",
        place="Port Aster",
        host="QAA",
        chair="QBB",
    )["Location"]
    assert Meeting.objects.get().starts_at == datetime(2027, 1, 10, 8, tzinfo=UTC)
    paper = post(
        secretary,
        f"{address}write/",
        title="Roaming",
        verb="adopted",
        text="One.\r\n\r\nTwo.",
        **{"text-1": "Cut prices", "owner-1": "QCC", "action-1": "tl2030-a2-1", "due-1": "2027-06-30"},
    )["Location"]
    post(secretary, f"{made}agenda/", title="", paper=str(Paper.objects.get().pk))
    post(secretary, f"{made}participants/", party="farland", name="An Observer")
    post(secretary, f"{paper}edit/", title="Roaming", verb="noted", text="One.", revision="1")
    post(secretary, f"{paper}act/circulate/", revision="2")
    post(secretary, f"{paper}act/open/", mode="plenary")
    post(as_("head"), f"{paper}position/", say="agrees", wish="say")
    post(as_("borealia"), f"{paper}position/", say="agrees with a reservation", text="As we read it.", wish="say")
    post(secretary, f"{paper}act/absence/", member="QCC")
    post(secretary, f"{paper}act/conclude/")
    post(secretary, f"{paper}act/decide/")
    post(secretary, f"{paper}publish/")
    assert Paper.objects.get().at is Stage.DECIDED
    assert Approval.objects.get().summary == "Publish “Roaming”, noted by SOM."


@pytest.mark.parametrize(
    "field, value",
    [
        ("silence_days", "0"),
        ("silence_days", "x"),
        ("silence_days", "9999"),
        ("most_extensions", "21"),
        ("plenary", ""),
        ("plenary", "perhaps"),
        ("verbs", []),
        ("verbs", ["sung"]),
    ],
)
def test_rules_with_a_defect_are_refused_whole(as_, people, field, value):
    body = a_body(people, given=None)
    response = as_("secretary").post(f"/forum/bodies/{body.pk}/rules/", {**RULES_FORM, field: value})
    whole(response, 400)
    body.refresh_from_db()
    assert body.rules is None


@pytest.mark.parametrize(
    "data",
    [
        {"title": ""},
        {"verb": "sung"},
        {"text": " "},
        {"text-1": "Do", "owner-1": "XXX"},
        {"text-1": "Do", "action-1": "nothing"},
        {"text-1": "Do", "due-1": "soon"},
    ],
    ids=str,
)
def test_a_paper_with_a_defect_is_not_begun(as_, people, data):
    body = a_body(people)
    form = {"title": "Roaming", "verb": "adopted", "text": "One."}
    whole(as_("secretary").post(f"/forum/bodies/{body.pk}/write/", form | data), 400)
    assert not Paper.objects.exists()


def test_what_does_not_exist_is_said_not_to(as_, people, client):
    a_body(people)
    for address in ("/forum/papers/99/", "/forum/bodies/99/", "/forum/meetings/99/"):
        assert client.get(address).status_code == 404
    secretary = as_("secretary")
    assert secretary.post("/forum/papers/99/act/decide/").status_code == 404
    assert secretary.post("/forum/meetings/99/agenda/").status_code == 404
    assert secretary.post("/milestones/99/").status_code == 404


def test_the_calendar_holds_the_meetings(client, people):
    from icalendar import Calendar

    meeting = a_meeting(people, a_body(people))
    feed = client.get("/forum/meetings.ics")
    (event,) = Calendar.from_ical(feed.content).walk("VEVENT")
    assert event["dtstart"].dt == meeting.starts_at.replace(microsecond=0)
    assert str(event["summary"]) == "MIN 1: Digital ministers"


def test_a_milestone_is_moved_and_ended_on_its_page(as_, people, client):
    published(people)
    follow_up()
    held = Milestone.objects.get()
    head = as_("head")
    assert "The new date is none" in whole(
        head.post(f"/milestones/{held.pk}/", {"wish": "move", "due": "x", "reason": "Late."}), 400
    )
    post(head, f"/milestones/{held.pk}/", wish="move", due="2027-09-30", reason="The law is late.")
    page = whole(client.get("/milestones/"))
    assert "2027-03-31" in page
    assert "2027-09-30" in page
    post(head, f"/milestones/{held.pk}/", wish="done", reason="Named.")
    held.refresh_from_db()
    assert (held.state, held.first_due) == ("done", date(2027, 3, 31))


def test_a_second_person_approves_on_the_page_of_approvals(as_, people):
    paper = decided(people)
    post(as_("secretary"), f"/forum/papers/{paper.pk}/publish/")
    approvals.approve(people.actor("second"), Approval.objects.get(), now=NOW)
    assert fresh(paper).at is Stage.PUBLISHED


def test_a_meeting_decides_only_when_everybody_is_heard(as_, people):
    paper = opened(people, mode=Mode.PLENARY)
    do(people, paper, Act.SAY, who="head", say=Say.AGREES)
    response = as_("secretary").post(f"/forum/papers/{paper.pk}/act/conclude/")
    assert "Borealia, Corvania must say where they stand" in whole(response, 409)


def test_agenda_and_report_are_files_for_an_office(as_, held, client):
    import io

    import docx

    where = f"/forum/meetings/{held['meeting']}"
    head = as_("head")
    assert head.get(f"{where}/agenda.pdf").content.startswith(b"%PDF")
    report = docx.Document(io.BytesIO(head.get(f"{where}/report.docx").content))
    said = " ".join(one.text for one in report.paragraphs)
    assert "The meeting took note." in said
    assert "A Delegate" in said
    public = docx.Document(io.BytesIO(client.get(f"{where}/agenda.docx").content))
    assert not any("Sharing of outage reports" in cell.text for table in public.tables for cell in table._cells)
    assert client.get(f"{where}/report.docx").status_code == 404
    assert client.get(f"{where}/minutes.docx").status_code == 404
