"""Rule: every page of the review is whole, bounded in its queries, readable by software, and does what its forms say."""

from __future__ import annotations

import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from serantau.review import State
from serantau.web.accounts.roles import Role
from serantau.web.review.models import CalendarFeed, ReportingRound, Submission
from tests.review.scene import REPORT, a_round, accepted, draft, fresh, questioned, submitted
from tests.support.people import signed_in
from tests.web.html_support import Document, accessibility_defects

PDF = b"%PDF-1.7\n%test\n"


@pytest.fixture
def as_(people):
    """A browser in which one of the people is signed in."""

    def browser(name):
        return signed_in(getattr(people, name))

    return browser


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def whole(response, status=200):
    assert response.status_code == status, text_of(response)[:600]
    assert response["Cache-Control"] == "private, no-store"
    document = Document(response.content.decode())
    assert accessibility_defects(document) == []
    return document


def post(client, address, **data):
    response = client.post(address, data)
    assert response.status_code == 303, text_of(response)[:900]
    return response


PAGES = {
    "to do": "/reporting/",
    "submissions": "/reporting/submissions/",
    "begin": "/reporting/submissions/new/",
    "draft": "/reporting/submissions/{draft}/",
    "add": "/reporting/submissions/{draft}/add/plan.action_reports/",
    "add a project": "/reporting/submissions/{draft}/add/plan.project_reports/",
    "edit": "/reporting/submissions/{draft}/record/1/",
    "upload": "/reporting/submissions/{draft}/upload/plan.action_reports/",
    "questioned": "/reporting/submissions/{questioned}/",
    "accepted": "/reporting/submissions/{accepted}/",
    "rounds": "/reporting/rounds/",
    "round": "/reporting/rounds/{round}/",
    "calendar": "/reporting/calendar/",
}
FOR_THE_SECRETARIAT = ("to do", "submissions", "questioned", "accepted", "rounds", "round", "calendar")


@pytest.fixture
def numbers(people):
    """One submission in each state, and a round."""
    asked = a_round(people)
    return {
        "round": asked.pk,
        "draft": draft(people, asked=asked).pk,
        "questioned": questioned(people, raws=[{**REPORT, "action": "tl2030-a2-1"}], asked=asked).pk,
        "submitted": submitted(people, raws=[{**REPORT, "action": "tl2030-a3-1"}], asked=asked).pk,
        "accepted": accepted(people, raws=[{**REPORT, "action": "tl2030-a2-10"}], asked=asked).pk,
    }


@pytest.mark.parametrize("name", PAGES)
def test_a_members_pages_are_whole(as_, numbers, name, django_assert_max_num_queries):
    client = as_("focal")
    client.get("/reporting/")
    with django_assert_max_num_queries(16):
        whole(client.get(PAGES[name].format(**numbers)))


@pytest.mark.parametrize("name", FOR_THE_SECRETARIAT)
def test_the_secretariats_pages_are_whole(as_, numbers, name, django_assert_max_num_queries):
    client = as_("secretary")
    client.get("/reporting/")
    with django_assert_max_num_queries(16):
        whole(client.get(PAGES[name].format(**numbers)))
    whole(client.get("/reporting/rounds/new/"))


@pytest.mark.parametrize(
    "address", ["/reporting/", "/reporting/submissions/", "/reporting/rounds/{round}/", "/reporting/submissions/{big}/"]
)
def test_the_number_of_queries_does_not_grow_with_the_rows(
    as_, people, address, django_assert_num_queries, connection_queries
):
    asked = a_round(people)
    big = draft(people, asked=asked)
    where = address.format(round=asked.pk, big=big.pk)
    client = as_("focal")
    client.get(where)
    few = connection_queries(lambda: client.get(where))
    from serantau.web.review.kinds import kind_named
    from serantau.web.review.services import drafts
    from tests.review.scene import NOW

    for number in range(12):
        draft(people, raws=[{**REPORT, "year": str(2000 + number)}], asked=asked)
    rows = [{**REPORT, "year": str(1990 + number)} for number in range(60)]
    drafts.add_records(people.actor("focal"), big.pk, kind_named("plan.action_reports"), rows, NOW)
    assert connection_queries(lambda: client.get(where)) <= few + 1


@pytest.fixture
def connection_queries():
    """How many queries a call makes."""
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    def count(call):
        with CaptureQueriesContext(connection) as queries:
            assert call().status_code == 200
        return len(queries)

    return count


def test_a_report_from_the_first_click_to_a_fact(as_, people):
    focal, secretary = as_("focal"), as_("secretary")
    address = post(focal, "/reporting/submissions/new/", room="plan", title="Our report", licence="CC BY 4.0")[
        "Location"
    ]
    whole(focal.get(address))
    wrong = focal.post(
        f"{address}add/plan.action_reports/", {"action": "tl2030-a2-2", "year": "2025", "status": "done"}
    )
    document = whole(wrong, 400)
    assert "done needs evidence" in text_of(wrong)
    assert document.by_id("field-evidence") is not None
    filled = {
        "action": "tl2030-a2-2",
        "year": "2025",
        "status": "done",
        "evidence-0-title": "Map of masts",
        "evidence-0-address": "https://maps.example/masts",
    }
    post(focal, f"{address}add/plan.action_reports/", **filled)
    held = Submission.objects.get()
    post(focal, f"{address}act/submit/", version=held.version)
    assert "Our report" in text_of(secretary.get("/reporting/"))
    post(secretary, f"{address}act/question/", text="Are they all there?", version=fresh(held).version)
    assert "Are they all there?" in text_of(focal.get(address))
    assert "Our report" in text_of(focal.get("/reporting/"))
    post(focal, f"{address}act/answer/", text="All.", version=fresh(held).version)
    post(secretary, f"{address}act/accept/", version=fresh(held).version)
    assert fresh(held).at is State.ACCEPTED
    whole(secretary.get(address))


def test_a_file_with_bad_cells_is_named_and_a_good_one_is_taken(as_, people):
    focal = as_("focal")
    held = draft(people, room="measure", raws=())
    address = f"/reporting/submissions/{held.pk}/upload/measure.observations/"
    bad = b"indicator,year,value,grade\ncoverage,2024,many,primary\ncoverage,20x4,99,primary\n"
    response = focal.post(address, {"file": SimpleUploadedFile("figures.csv", bad)})
    document = whole(response, 400)
    assert document.rows("wrong-title")[1:] == [
        [
            "2",
            "value",
            "value: expected a number (found 'many').",
            "Write digits, with a point for decimals and nothing else.",
        ],
        [
            "3",
            "year",
            "year: expected a whole number (found '20x4').",
            "Write digits, with a point for decimals and nothing else.",
        ],
    ]
    assert held.items.count() == 0
    good = bad.replace(b"many", b"98").replace(b"20x4", b"2023")
    response = focal.post(address, {"file": SimpleUploadedFile("figures.csv", good)})
    whole(response)
    pending = fresh(held).pending.pk
    assert held.items.count() == 0
    post(focal, f"/reporting/submissions/{held.pk}/take/", pending=pending)
    assert [item.raw["value"] for item in held.items.all()] == ["98", "99"]
    again = focal.post(f"/reporting/submissions/{held.pk}/take/", {"pending": pending})
    assert again.status_code == 409
    assert held.items.count() == 2


@pytest.mark.parametrize(
    "content, words",
    [
        (b"", "Choose a file|empty"),
        (b"PK\x03\x04x", "damaged"),
        (b"x" * (2 * 1024**2 + 1), "larger than 2 MB"),
        (b"\x00\x01", "zero byte"),
    ],
)
def test_what_is_no_table_is_refused_on_the_page(as_, people, content, words):
    held = draft(people, room="measure", raws=())
    response = as_("focal").post(
        f"/reporting/submissions/{held.pk}/upload/measure.observations/", {"file": SimpleUploadedFile("x.csv", content)}
    )
    assert response.status_code in {400, 413}
    assert re.search(words, text_of(response))


# --- files ---------------------------------------------------------------------------------------------------------------


def test_an_attached_file_lies_outside_is_served_as_a_download_and_only_to_those_entitled(as_, people, settings):
    held = draft(people)
    focal = as_("focal")
    name = '../../evil"\r\nX: y.html'
    post(focal, f"/reporting/submissions/{held.pk}/files/", file=SimpleUploadedFile(name, PDF, "text/html"))
    kept = held.attachments.get()
    path = settings.SERANTAU_DATA / "attachments" / kept.place[:2] / kept.place
    assert path.read_bytes() == PDF
    assert (path.stat().st_mode & 0o777) == 0o600
    assert re.fullmatch(r"[0-9a-f]{48}", kept.place)
    response = focal.get(f"/reporting/submissions/{held.pk}/files/{kept.pk}/")
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Disposition"].startswith("attachment; filename=")
    assert ".html" not in response["Content-Disposition"]
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "private, no-store"
    assert response.content == PDF
    for who in ("neighbour", "secretary", "auditor"):
        assert as_(who).get(f"/reporting/submissions/{held.pk}/files/{kept.pk}/").status_code == 404
    post(focal, f"/reporting/submissions/{held.pk}/files/{kept.pk}/remove/")
    assert not path.exists()


@pytest.mark.parametrize(
    "content",
    [b"", b"MZ\x90\x00", b"\x7fELF", b"PK\x03\x04 no office", b"GIF89a\x00", b"\x00" * 10, b"<svg\x00>"],
)
def test_other_files_are_refused_whatever_they_are_called(as_, people, content):
    held = draft(people)
    response = as_("focal").post(
        f"/reporting/submissions/{held.pk}/files/",
        {"file": SimpleUploadedFile("report.pdf", content, "application/pdf")},
    )
    assert response.status_code == 400
    assert held.attachments.count() == 0


def test_a_refused_file_leaves_nothing_on_the_disk(as_, people, settings):
    held = draft(people)
    post(as_("focal"), f"/reporting/submissions/{held.pk}/files/", file=SimpleUploadedFile("a.pdf", PDF))
    again = as_("focal").post(f"/reporting/submissions/{held.pk}/files/", {"file": SimpleUploadedFile("b.pdf", PDF)})
    assert again.status_code == 400
    assert len([one for one in (settings.SERANTAU_DATA / "attachments").rglob("*") if one.is_file()]) == 1


def test_evidence_may_name_a_file_that_is_attached(as_, people):
    focal, held = as_("focal"), draft(people, raws=())
    post(focal, f"/reporting/submissions/{held.pk}/files/", file=SimpleUploadedFile("a.pdf", PDF))
    kept = held.attachments.get()
    form = whole(focal.get(f"/reporting/submissions/{held.pk}/add/plan.action_reports/"))
    assert form.by_id("field-evidence-0-file") is not None
    filled = {
        "action": "tl2030-a2-2",
        "year": "2025",
        "status": "done",
        "evidence-0-title": "It",
        "evidence-0-file": kept.digest,
    }
    post(focal, f"/reporting/submissions/{held.pk}/add/plan.action_reports/", **filled)
    post(focal, f"/reporting/submissions/{held.pk}/files/{kept.pk}/remove/")
    refused = focal.post(f"/reporting/submissions/{held.pk}/act/submit/", {"version": fresh(held).version})
    assert refused.status_code == 400
    assert "names a file that is not attached" in text_of(refused)


# --- tables to take away ----------------------------------------------------------------------------------------------------


def test_what_is_taken_away_is_run_by_no_spreadsheet(as_, people):
    import io

    import openpyxl

    nasty = '=HYPERLINK("http://evil.example","x")'
    held = submitted(people, raws=[{**REPORT, "obstacles": nasty, "note": "@SUM(1)"}])
    secretary = as_("secretary")
    csv = secretary.get(f"/reporting/submissions/{held.pk}/records/plan.action_reports.csv")
    assert "'=HYPERLINK" in csv.content.decode() and "'@SUM(1)" in csv.content.decode()
    assert csv["Content-Disposition"].startswith("attachment")
    xlsx = secretary.get(f"/reporting/submissions/{held.pk}/records/plan.action_reports.xlsx")
    cells = [cell for row in openpyxl.load_workbook(io.BytesIO(xlsx.content)).worksheets[1].iter_rows() for cell in row]
    assert [cell.data_type for cell in cells if cell.value == nasty] == ["s"]
    assert secretary.get(f"/reporting/submissions/{held.pk}/records/plan.action_reports.pdf").status_code == 404


def test_the_template_of_a_kind_can_be_had(as_, people):
    response = as_("focal").get("/reporting/templates/measure.observations.xlsx")
    assert response.content.startswith(b"PK")
    assert as_("focal").get("/reporting/templates/measure.nothing.xlsx").status_code == 404


# --- rounds and the calendar ---------------------------------------------------------------------------------------------------


ROUND = {
    "title": "Report on 2025",
    "plan": "tl2030",
    "year": "2025",
    "opens": "2026-11-01",
    "due": "2027-01-31",
    "clock": "17:00",
    "zone": "Etc/GMT-1",
}


def test_a_round_is_opened_moved_and_shown_on_the_bodys_clocks(as_, people):
    secretary = as_("secretary")
    address = post(secretary, "/reporting/rounds/new/", **ROUND)["Location"]
    held = ReportingRound.objects.get()
    assert held.due_at.isoformat() == "2027-01-31T16:00:00+00:00"
    assert "2027-01-31 17:00 Etc/GMT-1 (2027-01-31 16:00 UTC)" in text_of(secretary.get(address)).replace(
        " )", ")"
    ).replace("( ", "(")
    post(secretary, f"{address}move/", due="2027-02-15", clock="12:00")
    held.refresh_from_db()
    assert held.due_at.isoformat() == "2027-02-15T11:00:00+00:00"


@pytest.mark.parametrize(
    "field, value",
    [
        ("title", " "),
        ("plan", "nothing"),
        ("year", "soon"),
        ("opens", "x"),
        ("due", "2026-10-01"),
        ("clock", "25:00"),
        ("zone", "Mars/Base"),
    ],
)
def test_a_round_with_a_defect_is_not_opened(as_, people, field, value):
    response = as_("secretary").post("/reporting/rounds/new/", {**ROUND, field: value})
    whole(response, 400)
    assert not ReportingRound.objects.exists()


def test_who_has_not_answered(as_, people):
    asked = a_round(people)
    submitted(people, raws=[{**REPORT, "action": "tl2030-a2-10"}], asked=asked)
    draft(people, raws=[{**REPORT, "action": "tl2030-a3-1"}], asked=asked)
    for_secretary = whole(as_("secretary").get(f"/reporting/rounds/{asked.pk}/")).rows("summary-title")
    # Asterra: 5 actions, 3 answered in the region's own facts, one under review, one draft that nobody else sees.
    assert for_secretary[1:] == [["Asterra", "1", "1", "5"], ["Borealia", "5", "0", "5"], ["Corvania", "4", "0", "5"]]
    own = whole(as_("focal").get(f"/reporting/rounds/{asked.pk}/"))
    assert own.rows("summary-title")[1:] == [["Asterra", "1", "1", "5"]]
    answers = {row[0]: row[1:] for row in own.rows("table-title")}
    assert answers["A3.1 One complaint office for the three lands"][0] == "no answer draft"
    others = whole(as_("neighbour").get(f"/reporting/rounds/{asked.pk}/"))
    answers = {row[0]: row[1:] for row in others.rows("table-title")}
    assert answers["A3.1 One complaint office for the three lands"][0] == "no answer"
    assert answers["A2.10 Share masts across borders"][0] == "no answer"


def test_a_calendar_address_is_secret_revocable_and_dies_with_the_role(as_, people, client):
    from icalendar import Calendar

    from serantau.web.accounts.models import Membership
    from tests.support.writes import unrecorded

    asked = a_round(people)
    focal = as_("focal")
    page = focal.post("/reporting/calendar/", {"act": "make"})
    whole(page)
    (address,) = re.findall(r"http://testserver(/reporting/calendar/[\w-]{40,}\.ics)", page.content.decode())
    assert address.partition("calendar/")[2].removesuffix(".ics") not in str(CalendarFeed.objects.values())
    feed = client.get(address)
    assert feed.status_code == 200
    assert feed["Cache-Control"] == "private, no-store"
    (event,) = Calendar.from_ical(feed.content).walk("VEVENT")
    assert event["dtend"].dt == asked.due_at
    assert str(event["summary"]) == "Due: Report on 2025"
    with unrecorded():
        Membership.objects.filter(person=people.focal).update(role=Role.OBSERVER.value)
    assert client.get(address).status_code == 404
    with unrecorded():
        Membership.objects.filter(person=people.focal).update(role=Role.FOCAL_POINT.value)
    post(focal, "/reporting/calendar/", act="revoke")
    assert client.get(address).status_code == 404
    assert client.get("/reporting/calendar/x.ics").status_code == 404


@pytest.mark.parametrize("address", ["/", "/reporting/submissions/1/files/", "/api/v1/members"])
def test_a_body_that_is_too_large_is_refused_before_it_is_read(client, region, address):
    def never():
        raise AssertionError("the body was read")

    body = type("Body", (), {"read": lambda *_: never(), "readline": lambda *_: never()})()
    response = client.request(
        REQUEST_METHOD="POST", PATH_INFO=address, CONTENT_LENGTH=str(17 * 1024**2), CONTENT_TYPE="text/plain",
        **{"wsgi.input": body},
    )  # fmt: skip
    assert response.status_code == 413
