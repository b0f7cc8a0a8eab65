"""Rule: a decision goes its whole way in a real browser, from the convening to the ledger that an outsider verifies.

Convened, discussed, objected to, revised, agreed by silence, adopted, published by two people, found in the plan as a
milestone and as a new action. A company answers a call, and its answer is published as it let it be; a partner adds
a programme.
"""

from __future__ import annotations

import re
import urllib.request
from pathlib import Path

import pytest
from playwright.sync_api import expect

from serantau.bundle import SHIPPED
from tests.accounts.support import code_of
from tests.support.installations import Installation, wait_for

TRAINING = SHIPPED / "training"
TITLE = "Declaration on outage reports"
TEXT = "The members report outages of submarine cables.\n\nThey do so within three days."
RULES = {
    "plenary": "yes",
    "ad_referendum": "yes",
    "silence_is_assent": "yes",
    "objection_ends_silence": "no",
    "absence_blocks": "no",
    "refers": "no",
}
NUMBERS = {
    "silence_days": "14",
    "most_extensions": "1",
    "extension_days": "7",
    "most_time_requests": "1",
    "time_request_days": "7",
    "most_opted_out": "0",
}


PROGRAMME = {
    "code": "network-school",
    "title": "School for people who run networks",
    "subject": "human-resources",
    "year": "2026",
    "state": "planned",
    "seats": "40",
    "valid_from": "2026-01-01",
    "valid_to": "open",
}


@pytest.fixture
def site(start_site, tmp_path):
    """The site for training, with its people; e-mail -> password and secret."""
    data = tmp_path / "training"
    said = Installation.on_sqlite(tmp_path).command("demo", "--data", str(data))
    people = {
        row[0]: (row[1], row[2]) for row in re.findall(r"(\S+@example\.invalid)\s+(\S+)\s+([A-Z2-7]{16,}|\S*)", said)
    }
    here = Installation(data, f"sqlite:///{data / 'training.sqlite3'}", {"SERANTAU_REGION": str(TRAINING)})
    with start_site(region=TRAINING, database_url=here.database, environment={"SERANTAU_DATA": str(data)}) as running:
        yield running, here, people


@pytest.fixture
def browser_of(chromium):
    """A browser of its own for each person."""
    opened = []

    def one():
        context = chromium.new_context()
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(60_000)
        return page

    yield one
    for context in opened:
        context.close()


def signed_in(running, people, page, name):
    """Sign in with password and code."""
    password, secret = people[f"{name}@example.invalid"]
    page.goto(f"{running.url}/accounts/login/")
    page.locator("[name=login]").fill(f"{name}@example.invalid")
    page.locator("[name=password]").fill(password)
    page.locator("main button[type=submit]").first.click()
    page.locator("[name=code]").fill(code_of(secret))
    page.locator("main button[type=submit]").first.click()
    page.wait_for_url(lambda address: "/accounts/" not in address)
    return page


def convened(running, secretary):
    """A body with rules of its own, a meeting, and a paper under consultation; its address."""
    secretary.goto(f"{running.url}/forum/bodies/new/")
    secretary.get_by_label("Short name").fill("MIN")
    secretary.get_by_label("Name", exact=True).fill("Digital ministers")
    secretary.get_by_role("button", name="Enter the body").click()
    secretary.locator("#verb-adopted").check()
    for name, value in RULES.items():
        secretary.locator(f"#rule-{name}").select_option(value)
    for name, value in NUMBERS.items():
        secretary.locator(f"#rule-{name}").fill(value)
    secretary.get_by_role("button", name="Enter these rules").click()
    body = secretary.url
    secretary.get_by_role("link", name="Convene a meeting").click()
    secretary.get_by_label("Title").fill("Seventh meeting")
    secretary.get_by_label("First day").fill("2027-01-10")
    secretary.get_by_label("Last day").fill("2027-01-11")
    secretary.get_by_role("button", name="Convene").click()
    expect(secretary.get_by_role("heading", level=1)).to_have_text("Seventh meeting")
    secretary.goto(body)
    secretary.get_by_role("link", name="Begin a paper").click()
    secretary.get_by_label("Title").fill(TITLE)
    secretary.locator("#paper-text").fill(TEXT)
    commitment(secretary)
    secretary.get_by_role("button", name="Keep the draft").click()
    secretary.get_by_role("button", name="Circulate to the members").click()
    opened(secretary)
    return secretary.url


def commitment(page):
    """What the paper would have a member do, and the action that it would begin."""
    page.locator("#text-1").fill("Name a contact for outages")
    page.locator("#owner-1").select_option("XNA")
    page.locator("#due-1").fill("2027-06-30")
    page.locator("#text-2").fill("Keep a register of outages")
    page.locator("#outcome-2").select_option(index=1)
    page.locator("#due-2").fill("2027-09-30")


def opened(page):
    """The consultation is opened, in writing."""
    page.get_by_label("Open the consultation").select_option("ad referendum")
    page.get_by_role("button", name="Open", exact=True).click()
    expect(page.locator("p.lead .state")).to_have_text("under consultation")


def commented(page, paper, text):
    """A member says something about the second paragraph."""
    page.goto(paper)
    page.locator("#comment-paragraph").fill("2")
    page.locator("#comment-text").fill(text)
    page.get_by_role("button", name="Say this").click()


def days_pass(here):
    """The deadline is over: what waiting for two weeks would do."""
    here.ask("UPDATE serantau_forum_paper SET due_at = '2026-01-01 00:00:00' WHERE stage = 'under consultation'")


def in_the_plan(reader, running, paper):
    """The public goes from the plan's actions to what decisions added, and from there back to the declaration."""
    reader.goto(f"{running.url}/actions/")
    reader.get_by_role("link", name="New actions and milestones that decisions added").click()
    row = reader.get_by_role("row").filter(has_text="Keep a register of outages")
    expect(row).to_contain_text("2027-09-30")
    row.get_by_role("link").click()
    assert reader.url == paper
    expect(reader.locator("main")).to_contain_text("Signatories")


def answered(running, here, company, secretary, approver):
    """A company answers an open call; with the summary its answer is published without its name, as it let it be."""
    company.goto(f"{running.url}/forum/consultations/")
    company.get_by_role("link", name="How should outages be reported?").click()
    call = company.url
    company.locator("#answer-name").fill("Mast Company")
    company.locator("#answer-email").fill("a@example.org")
    company.locator("#answer-text").fill("Within an hour.")
    company.get_by_label("may be published without the name").check()
    company.get_by_role("button", name="Send the answer").click()
    expect(company.locator("p.said")).to_contain_text("was taken")
    expect(company.locator("main")).not_to_contain_text("Within an hour.")
    here.ask(
        "UPDATE serantau_forum_consultation SET opens_at = '2026-01-01 00:00:00', closes_at = '2026-02-01 00:00:00'"
    )
    secretary.goto(call)
    secretary.locator("#summary-text").fill("Most would report soon.")
    secretary.get_by_role("button", name="Keep the summary").click()
    secretary.get_by_role("button", name="Ask that it be published").click()
    approver.goto(f"{running.url}/approvals/")
    approver.get_by_role("button", name="Approve").click()
    company.goto(call)
    expect(company.locator("main")).to_contain_text("Most would report soon.")
    expect(company.locator("main")).to_contain_text("Within an hour.")
    expect(company.locator("main")).not_to_contain_text("Mast Company")


def programme_added(running, partner, secretary, reader):
    """A partner enters what it will do, the secretariat accepts, and everybody reads it in the register."""
    partner.goto(f"{running.url}/reporting/submissions/new/?room=forum")
    partner.get_by_label("Title").fill("Programme of 2027")
    partner.get_by_role("button", name="Begin").click()
    submission = partner.url
    partner.goto(f"{submission}add/forum.cooperation/")
    for name, value in PROGRAMME.items():
        field = partner.locator(f"[name='{name}']")
        (field.select_option if field.evaluate("one => one.tagName") == "SELECT" else field.fill)(value)
    partner.get_by_role("button", name="Add the record").click()
    partner.get_by_role("button", name="Send in").click()
    expect(partner.locator(".said")).to_contain_text("Sent in")
    secretary.goto(submission)
    secretary.get_by_role("button", name="Accept").click()
    expect(secretary.locator(".said")).to_contain_text("Accepted")
    reader.goto(f"{running.url}/forum/registers/cooperation/")
    expect(reader.locator("main")).to_contain_text("School for people who run networks")


def verified(running, here, reader, folder):
    """An outsider takes the ledger from the site, and needs nothing but the public key."""
    here.command("ledger", "sign")
    reader.goto(f"{running.url}/ledger/")
    key = re.search(r"(\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+)", reader.locator("main").inner_text())[1]
    file: Path = folder / "ledger.jsonl"
    with urllib.request.urlopen(f"{running.url}/ledger/export.jsonl", timeout=60) as answer:
        file.write_bytes(answer.read())
    outsider = Installation.on_sqlite(folder / "elsewhere")
    outsider.data.mkdir()
    assert "holds" in outsider.command("ledger", "verify", str(file), "--key", key)


def test_from_the_convening_to_a_decision_that_an_outsider_verifies(site, browser_of, tmp_path):
    running, here, people = site
    secretary = signed_in(running, people, browser_of(), "secretariat-1")
    first = signed_in(running, people, browser_of(), "head-xna")
    second = signed_in(running, people, browser_of(), "head-xma")
    reader = browser_of()
    paper = convened(running, secretary)
    assert reader.goto(paper).status == 404, "what is discussed is nobody else's"

    commented(first, paper, "Which cables?")
    commented(second, paper, "Three days are too few.")
    second.get_by_label("Position", exact=True).select_option("objects")
    second.locator("#say-text").fill("Three days are too few.")
    second.get_by_role("button", name="Take this position").click()
    expect(second.locator("main")).to_contain_text("these would stand in the way")

    days_pass(here)
    secretary.goto(paper)
    expect(secretary.locator("p.lead .state")).to_have_text("no consensus")
    secretary.get_by_role("link", name="Circulate a changed text").click()
    secretary.locator("#paper-why").fill("Ten days, as one member asked.")
    secretary.locator("#paper-text").fill(TEXT.replace("three", "ten"))
    secretary.get_by_role("button", name="Circulate this version").click()
    opened(secretary)
    second.goto(paper)
    second.get_by_role("link", name="version 2").click()
    expect(second.locator("del")).to_have_text("three ")
    expect(second.locator("ins")).to_have_text("ten ")

    days_pass(here)
    secretary.goto(paper)
    expect(secretary.locator("p.lead .state")).to_have_text("consensus")
    expect(secretary.locator("table").first).to_contain_text("no objection by the deadline")
    secretary.get_by_role("button", name="Record the decision").click()
    secretary.get_by_role("button", name="Ask that it be published").click()
    approver = signed_in(running, people, browser_of(), "secretariat-2")
    approver.goto(f"{running.url}/approvals/")
    approver.get_by_role("button", name="Approve").click()

    def followed():
        reader.goto(f"{running.url}/milestones/")
        return "Name a contact for outages" in reader.locator("main").inner_text()

    wait_for(followed)
    assert reader.goto(paper).status == 200
    expect(reader.locator("p.lead")).to_contain_text("adopted by MIN on")
    expect(reader.locator("#commitments-title + div, #commitments-title ~ div").first).to_contain_text("2027-06-30")
    in_the_plan(reader, running, paper)
    answered(running, here, reader, secretary, approver)
    programme_added(running, signed_in(running, people, browser_of(), "observer"), secretary, reader)
    verified(running, here, reader, tmp_path)
