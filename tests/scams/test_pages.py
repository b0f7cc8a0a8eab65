"""Rule: the pages are whole, bounded, show nobody what is not theirs, and say of few reports what they say of none."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from django.test import Client

from serantau.web.accounts.bodies import bodies_today
from serantau.web.accounts.roles import Room
from serantau.web.accounts.services import machines
from serantau.web.scams import forms, rules
from serantau.web.scams.models import Answered, Appeal, Report
from serantau.web.scams.services import upkeep
from tests.scams.scene import DAY, NOW, PHONE, TODAY, accepted, appeal, form, report, reported
from tests.support.people import signed_in
from tests.web.html_support import Document, accessibility_defects

MOST_QUERIES = 14
UNKNOWN = "+442079460111"


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
    assert accessibility_defects(Document(response.content.decode())) == []
    return text_of(response)


def sent(client, **fields):
    """Send a report; its code."""
    page = client.post("/scams/report/", form(**fields))
    whole(page)
    return re.search(r'<code class="secret">([^<]+)</code>', page.content.decode())[1]


PUBLIC = ["", "report/", "check/", "mine/", "appeal/", "privacy/", "figures/"]


def test_pages_are_whole_and_ask_the_database_a_bounded_number_of_times(
    as_, people, client, django_assert_max_num_queries
):
    made, _code = report(contact="somebody@example.org")
    held, _code = appeal()
    for number in range(7):
        accepted(people, str(number))
    upkeep.publish_months(NOW + 40 * DAY, ["QAA", "QBB"])
    officer = as_("officer")
    inner = ["desk/", "desk/?state=accepted", f"desk/reports/{made.pk}/", f"desk/appeals/{held.pk}/"]
    for browser, pages in ((client, PUBLIC), (officer, PUBLIC + inner)):
        browser.get("/scams/")
        for page in pages:
            with django_assert_max_num_queries(MOST_QUERIES, info=page):
                whole(browser.get(f"/scams/{page}"))


def test_more_reports_cost_the_desk_no_more_queries(as_, people, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    report()
    client = as_("officer")
    client.get("/scams/desk/")
    with CaptureQueriesContext(connection) as few:
        client.get("/scams/desk/")
    for number in range(5):
        report(str(number))
        appeal(value=f"+44207946010{number}")
    with django_assert_num_queries(len(few)):
        client.get("/scams/desk/")


@pytest.mark.parametrize("page", PUBLIC)
def test_the_language_of_the_address_goes_along_with_every_link_and_form(region, client, page):
    document = Document(client.get(f"/scams/{page}?language=id").content.decode())
    inside = [link for link in document.links if link.startswith("/") and not link.startswith(("/api/v", "/static/"))]
    assert [link for link in inside if "language=" not in link] == []
    sent = [one.get("action") for one in document.all("form") if one.get("method") == "post"]
    assert [action for action in sent if "language=id" not in action] == []


# --- reporting -------------------------------------------------------------------------------------------------------------


def test_a_report_is_sent_followed_answered_and_withdrawn_by_its_code_alone(region, as_):
    client = Client()
    code = sent(
        client,
        links="hxxps://shop[.]example/\nhttps://shop.example/pay?x=1",
        accounts="123-456-7890",
        amount="1500,50",
        currency="XTS",
        happened="2026-11-01",
    )
    held = Report.objects.get()
    assert [(row.thing, row.value) for row in held.things.all()] == [
        ("phone-number", PHONE),
        ("bank-account", "XA:1234567890"),
        ("domain-name", "shop.example"),
        ("url", "https://shop.example/pay?x=1"),
    ]
    assert (str(held.amount), held.currency, held.state) == ("1500.50", "XTS", "received")
    as_("officer").post(f"/scams/desk/reports/{held.pk}/act/ask/", {"words": "Which bank?"})
    page = whole(client.post("/scams/mine/", {"code": code.lower().replace("-", " ")}))
    assert "Which bank?" in page
    page = whole(client.post("/scams/mine/", {"code": code, "wish": "add", "text": "The one by the river."}))
    assert "Added." in page
    assert "Which bank?" not in page
    page = whole(client.post("/scams/mine/", {"code": code, "wish": "withdraw"}))
    assert "withdrawn" in page
    assert PHONE not in page
    whole(client.post("/scams/mine/", {"code": code, "wish": "withdraw"}), 409)
    whole(client.post("/scams/mine/", {"code": "AAAA-AAAA-AAAA-AAAA"}), 404)


@pytest.mark.parametrize(
    "fields, field",
    [
        ({"harm": "sung"}, "harm"),
        ({"member": "XXX"}, "member"),
        ({"phones": "soon"}, "phones"),
        ({"accounts": "1"}, "accounts"),
        ({"links": "no link here"}, "links"),
        ({"emails": "nobody"}, "emails"),
        ({"phones": "", "text": " "}, "text"),
        ({"text": "x" * 4001}, "text"),
        ({"happened": "2026-11-22"}, "happened"),
        ({"happened": "soon"}, "happened"),
        ({"amount": "-5", "currency": "XTS"}, "amount"),
        ({"amount": "NaN", "currency": "XTS"}, "amount"),
        ({"amount": "5", "currency": ""}, "currency"),
        ({"contact": "nobody"}, "contact"),
        ({"phones": "\n".join(f"+4420794601{number:02}" for number in range(11))}, "phones"),
    ],
    ids=str,
)
def test_a_report_with_a_defect_is_refused_whole_with_what_was_written_kept(region, client, fields, field):
    page = client.post("/scams/report/", form(**fields))
    whole(page, 400)
    document = Document(page.content.decode())
    assert document.by_id(f"scam-{field}") is not None
    assert f'href="#scam-{field}"' in page.content.decode()
    assert not Report.objects.exists()


def test_programs_are_told_from_people_without_asking_anybody_else(region, client):
    now = datetime.now(UTC)
    for fields in (
        {"website": "https://example.org"},
        {"token": ""},
        {"token": "made up"},
        {"token": forms.new_token(now)},
        {"token": forms.new_token(now - timedelta(days=2))},
    ):
        whole(client.post("/scams/report/", form(**fields)), 400)
    assert not Report.objects.exists()
    fields = form()
    whole(client.post("/scams/report/", fields))
    assert client.post("/scams/report/", fields).status_code == 409
    assert Report.objects.count() == 1


def test_a_form_from_elsewhere_is_refused(region):
    assert Client(enforce_csrf_checks=True).post("/scams/report/", form()).status_code == 403


def test_one_network_sends_so_many_reports_and_no_more(region, client, monkeypatch):
    monkeypatch.setattr(rules, "REPORTS", replace(rules.REPORTS, most=3))
    for _ in range(rules.REPORTS.most):
        sent(client)
    refused = client.post("/scams/report/", form())
    assert refused.status_code == 429
    assert int(refused["Retry-After"]) > 0
    assert sent(Client(REMOTE_ADDR="198.51.100.7"))


def test_what_people_write_is_data(region, as_, client):
    nasty = "<script>alert(1)</script>{{ 7 }}"
    code = sent(client, text=nasty)
    held = Report.objects.get()
    for page in (
        as_("officer").post(f"/scams/desk/reports/{held.pk}/uncover/"),
        client.post("/scams/mine/", {"code": code}),
    ):
        assert "<script>" not in page.content.decode()


# --- checking --------------------------------------------------------------------------------------------------------------


def ask(client, value=PHONE, **more):
    return client.post("/scams/check/", {"kind": "phones", "value": value, **more})


def answer_of(page):
    """A page without what stands in it of the question itself and of the visitor's form."""
    return re.sub(r"value=\"[^\"]*\"", "", page.content.decode())


def test_few_reports_a_silenced_number_and_none_get_the_same_page(region, people, client):
    reported(people, 2)
    few, never = ask(client), ask(client, UNKNOWN)
    assert answer_of(few) == answer_of(never)
    reported(people, 3, NOW + timedelta(seconds=1))
    listed = ask(client)
    assert "Yes: several people reported it" in whole(listed)
    appeal()
    assert answer_of(ask(client)) == answer_of(never)
    assert "That does not mean that it is safe" in whole(never)


def test_the_same_number_of_questions_is_asked_of_the_database(region, people, client, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    reported(people, 2)
    ask(client)
    with CaptureQueriesContext(connection) as never:
        ask(client, UNKNOWN)
    with django_assert_num_queries(len(never)):
        ask(client)


def test_a_page_of_a_reported_domain_is_answered_for(region, people, client):
    for number in range(3):
        held = sent(Client(REMOTE_ADDR=f"198.51.{number}.7"), links="shop.example", phones="")
        assert held
    for one in Report.objects.all():
        signed_in(people.officer).post(f"/scams/desk/reports/{one.pk}/act/accept/")
    # Within one burst they are one; the clock of the test sets them apart.
    from tests.support.writes import unrecorded

    with unrecorded():
        for number, one in enumerate(Report.objects.all()):
            Report.objects.filter(pk=one.pk).update(received_at=one.received_at - timedelta(hours=number))
    upkeep.revise_answers(NOW + DAY)
    assert Answered.objects.count() == 1
    page = client.post("/scams/check/", {"kind": "links", "value": "https://shop.example/pay/now"})
    assert "Yes: several people" in whole(page)


@pytest.mark.parametrize(
    "data", [{}, {"kind": "x", "value": "1"}, {"kind": "accounts", "value": "123456"}, {"value": "no"}]
)
def test_a_question_that_is_none_says_how_to_ask(region, client, data):
    whole(client.post("/scams/check/", {"kind": "phones", **data}), 400)


def test_questions_of_one_network_are_counted(region, client, monkeypatch):
    monkeypatch.setattr(rules, "CHECKS", replace(rules.CHECKS, most=3))
    for _ in range(rules.CHECKS.most):
        assert ask(client).status_code == 200
    assert ask(client).status_code == 429


# --- appeals ---------------------------------------------------------------------------------------------------------------


def test_an_appeal_is_answered_alike_for_every_number_and_decided_by_two(region, people, as_):
    reported(people)
    pages = []
    for value in (PHONE, UNKNOWN):
        client = Client()
        data = form(kind="phones", value=value, reason="It is ours.", contact="owner@example.org")
        page = client.post("/scams/appeal/", data)
        whole(page)
        pages.append(re.sub(r"<code class=\"secret\">[^<]+", "", page.content.decode()))
        code = re.search(r'<code class="secret">([^<]+)', page.content.decode())[1]
        assert "being looked at" in whole(client.post("/scams/mine/", {"code": code}))
    assert pages[0] == pages[1]
    held = Appeal.objects.latest("pk")
    address = f"/scams/desk/appeals/{held.pk}/step/"
    assert as_("officer").post(address, {"wish": "propose upholding", "words": "Forged."}).status_code == 303
    assert "being looked at" in whole(client.post("/scams/mine/", {"code": code}))
    whole(as_("officer").post(address, {"wish": "confirm"}), 409)
    assert as_("second").post(address, {"wish": "confirm"}).status_code == 303
    page = whole(client.post("/scams/mine/", {"code": code}))
    assert "granted" in page
    assert "Forged." in page


@pytest.mark.parametrize(
    "fields", [{"reason": " "}, {"member": ""}, {"value": "x"}, {"contact": "x"}, {"website": "x"}], ids=str
)
def test_an_appeal_with_a_defect_is_not_taken(region, client, fields):
    data = form(kind="phones", value=PHONE, reason="It is ours.") | fields
    whole(client.post("/scams/appeal/", data), 400)
    assert not Appeal.objects.exists()


# --- the desk --------------------------------------------------------------------------------------------------------------


def test_an_officer_sees_a_report_masked_until_they_uncover_it(region, as_):
    made, _code = report(text="Call +60 12 345 6789 or somebody@example.org", contact="reporter@example.org")
    officer = as_("officer")
    page = whole(officer.get(f"/scams/desk/reports/{made.pk}/"))
    assert "r…@example.org" in page
    for hidden in ("reporter@", "somebody@", "345 6789"):
        assert hidden not in page
    page = whole(officer.post(f"/scams/desk/reports/{made.pk}/uncover/"))
    assert "reporter@example.org" in page
    assert "345 6789" in page


def test_no_other_member_sees_a_report_or_its_number(region, as_):
    report()
    page = whole(as_("borealia").get("/scams/desk/"))
    assert "received (0)" in page
    for who in ("secretary", "auditor"):
        assert as_(who).get("/scams/desk/").status_code == 403


def test_refusals_at_the_desk_say_why(region, as_):
    made, _code = report()
    officer = as_("officer")
    address = f"/scams/desk/reports/{made.pk}/act/"
    assert "Say it in words" in whole(officer.post(f"{address}reject/"), 400)
    assert "number of another report" in whole(officer.post(f"{address}merge/", {"other": str(made.pk)}), 400)
    assert officer.post(f"{address}sing/").status_code == 404
    assert "Choose what to do" in whole(officer.post(f"/scams/desk/appeals/{appeal()[0].pk}/step/"), 400)


# --- figures ---------------------------------------------------------------------------------------------------------------


def test_the_figures_are_shown_with_signs_for_what_is_withheld(region, people, client):
    for number in range(7):
        accepted(people, str(number))
    assert "No month has been published" in whole(client.get("/scams/figures/"))
    upkeep.publish_months(NOW + 40 * DAY, ["QAA", "QBB", "QCC"])
    page = client.get("/scams/figures/")
    assert "withheld" in whole(page)
    assert "Asterra" in whole(page)
    table = client.get("/scams/figures.csv")
    assert table["Content-Type"].startswith("text/csv")
    rows = client.get("/scams/figures.json").json()["rows"]
    assert table.content.decode().count("\r\n") == len(rows) + 1
    assert client.get("/api/v1/scams/figures").json()["rows"] == rows


def test_the_page_of_the_outcome_leads_here(region, client):
    page = client.get("/outcomes/tl2030-o2/").content.decode()
    assert 'href="/scams/report/' in page
    assert "/scams/report/" not in client.get("/outcomes/tl2030-o1/").content.decode()


# --- programs --------------------------------------------------------------------------------------------------------------


def api(client, address, body, token="", **more):
    headers = {"Authorization": f"Bearer {token}"} if token else {}
    text = body if isinstance(body, str) else json.dumps(body)
    return client.post(f"/api/v1/scams/{address}", text, content_type="application/json", headers=headers | more)


@pytest.fixture
def token(people):
    """Makes tokens of a machine account of Asterra."""
    head = people.actor("second")
    account = machines.make_account(head, "QAA", "Hotline", bodies_today(TODAY), now=NOW)
    return lambda *scopes: machines.make_token(head, account, list(scopes), 30, now=NOW).text


def test_programs_ask_and_are_answered_alike(region, people, client):
    reported(people, 2)
    few, never = (api(client, "check", {"kind": "phone", "value": value}) for value in (PHONE, UNKNOWN))
    assert few.content == never.content == b'{"reported":false}'
    assert dict(few.headers) == dict(never.headers)
    reported(people, 3, NOW + timedelta(seconds=1))
    assert api(client, "check", {"kind": "phone", "value": PHONE}).json() == {"reported": True}


@pytest.mark.parametrize(
    "body",
    ["", "[]", "{", '{"kind": "phone"}', '{"kind": "phone", "value": 5}', '{"kind": "phone", "value": "x", "more": 1}',
     '{"kind": "sung", "value": "1"}', "[" * 5000, "x" * 70_000, '{"kind": "account", "value": "1234567"}'],
)  # fmt: skip
def test_a_question_of_a_program_that_is_none_is_a_problem(region, client, body):
    response = api(client, "check", body)
    assert response.status_code == 400
    assert response["Content-Type"] == "application/problem+json"
    assert "no-store" in response["Cache-Control"]
    assert len(response.json()["detail"]) > 20


def test_programs_send_reports_for_their_own_member_with_the_scope(region, client, token):
    good = token(f"{Room.DEFEND.value}:submit")
    body = {"harm": "shopping", "phones": [PHONE], "text": "Sent on."}
    response = api(client, "reports", body, good, **{"Idempotency-Key": "1"})
    assert response.status_code == 201
    held = Report.objects.get()
    assert (held.member, held.source.partition(" ")[0]) == ("QAA", "machine")
    assert response.json()["code"]
    assert api(client, "reports", body, good, **{"Idempotency-Key": "1"}).status_code == 409
    assert api(client, "reports", {**body, "harm": "x"}, good).status_code == 400
    assert api(client, "reports", {**body, "member": "QBB"}, good).status_code == 400
    for scope in (f"{Room.DEFEND.value}:read", f"{Room.PLAN.value}:submit"):
        assert api(client, "reports", body, token(scope)).status_code in {403, 404}
    assert api(client, "reports", body).status_code == 401
    assert api(client, "reports", body, "srt_made_up").status_code == 401
    assert Report.objects.count() == 1
    assert client.get("/api/v1/scams/reports", headers={"Authorization": f"Bearer {good}"}).status_code == 405
    assert client.get("/api/v1/scams/check").status_code == 405
