"""Rule: the whole way of a report works in a real browser, from the letter of invitation to a score that an outsider trusts."""

from __future__ import annotations

import json
import re
import urllib.request

import pytest
from playwright.sync_api import expect

from tests.accounts.support import PASSWORD, code_of
from tests.support.installations import Installation, wait_for
from tests.support.regions import THREELANDS

FOCAL = "focal@example.org"
SECRETARY = "secretary@example.org"
HEAD = "indicator,year,value,grade\n"
BAD = HEAD + "coverage,2024,almost all,primary\noutage_hours,2O24,12,primary\n"
GOOD = HEAD + "coverage,2024,100,primary\noutage_hours,2024,12,primary\n"


@pytest.fixture
def site(start_site, tmp_path):
    """A site, and commands beside it on the same database."""
    here = Installation.on_sqlite(tmp_path, SERANTAU_REGION=str(THREELANDS))
    with start_site(
        region=THREELANDS, database_url=here.database, environment={"SERANTAU_DATA": str(tmp_path)}
    ) as running:
        yield running, here


@pytest.fixture
def browser_of(chromium):
    """A browser of its own for each person."""
    opened = []

    def one():
        context = chromium.new_context(accept_downloads=True)
        opened.append(context)
        page = context.new_page()
        page.set_default_timeout(20_000)
        return page

    yield one
    for context in opened:
        context.close()


def make_account(page, link):
    """From the link of a letter to a session with a second factor."""
    page.goto(link)
    page.locator("[name=name]").fill(page.locator("[name=name]").input_value() or "Somebody")
    page.locator("[name=password1]").fill(PASSWORD)
    page.locator("[name=password2]").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    page.goto(page.url.split("/account")[0] + "/accounts/second-factor/app/")
    secret = page.locator("#authenticator-secret").input_value()
    page.locator("[name=code]").fill(code_of(secret))
    page.get_by_role("button", name="Set it up").click()
    expect(page.get_by_role("heading", level=1)).to_be_visible()


def score(site):
    """The score of Asterra on outcome 2, and the edition that says so."""
    with urllib.request.urlopen(f"{site.url}/api/v1/standing?as_of=2026-11-21", timeout=60) as answer:
        body = json.load(answer)
    (row,) = [one for one in body["rows"] if (one["member"], one["outcome"]) == ("QAA", "tl2030-o2")]
    return row["score"], body["edition"]


def invited(running, here, secretary, focal):
    """The first account is made where the server runs; the secretariat invites a focal point by letter."""
    said = here.command("accounts", "create-secretariat", "--email", SECRETARY)
    make_account(secretary, running.url + re.search(r"(/invitations/\S+)", said)[1])
    secretary.goto(f"{running.url}/people/invite/")
    secretary.locator("[name=email]").fill(FOCAL)
    secretary.locator("[name=role]").select_option("focal point")
    secretary.locator("[name=body]").select_option("QAA")
    secretary.get_by_role("button", name="Invite").click()
    wait_for(lambda: f"To: {FOCAL}" in running.output())
    wait_for(lambda: "/invitations/" in running.output().split(f"To: {FOCAL}")[1])
    letter = running.output().split(f"To: {FOCAL}")[1].replace("=\n", "")
    make_account(focal, running.url + re.search(r"(/invitations/[\w-]+/)", letter)[1])


def sent_in(running, focal):
    """A draft, a file with two bad cells, the same file corrected; its address."""
    focal.goto(f"{running.url}/reporting/submissions/new/?room=measure")
    focal.get_by_label("Title").fill("Figures for 2024")
    focal.get_by_role("button", name="Begin").click()
    submission = focal.url
    focal.get_by_role("link", name="by a file Figures").click()
    check(focal, BAD)
    rows = focal.locator("table tbody tr")
    expect(rows).to_have_count(2)
    expect(rows.nth(0)).to_contain_text("value: expected a number (found 'almost all')")
    expect(rows.nth(1)).to_contain_text("year: expected a whole number (found '2O24')")
    check(focal, GOOD)
    focal.get_by_role("button", name="Take them in").click()
    expect(focal.get_by_role("heading", name="2 records")).to_be_visible()
    return submission


def check(page, text):
    """Choose a file and have it checked."""
    file = {"name": "figures.csv", "mimeType": "text/csv", "buffer": text.encode()}
    page.get_by_label("File", exact=True).set_input_files(file)
    page.get_by_role("button", name="Check").click()


def questioned_and_answered(running, secretary, focal):
    """The secretariat asks, the member answers."""
    secretary.goto(f"{running.url}/reporting/")
    secretary.get_by_role("link", name="Figures for 2024").click()
    secretary.get_by_label("In words").fill("Does this cover the islands?")
    secretary.get_by_role("button", name="Send back with this question").click()
    focal.goto(f"{running.url}/reporting/")
    focal.get_by_role("link", name="Figures for 2024").click()
    expect(focal.locator(".thread")).to_contain_text("Does this cover the islands?")
    focal.get_by_label("In words").fill("It does.")
    focal.get_by_role("button", name="Answer and send in again").click()


def verified(running, here, reader, folder):
    """An outsider takes the ledger from the site, and needs nothing but the public key."""
    here.command("ledger", "sign")
    reader.goto(f"{running.url}/ledger/")
    key = re.search(r"(\S+\+[0-9a-f]{8}\+[A-Za-z0-9+/=]+)", reader.locator("main").inner_text())[1]
    file = folder / "ledger.jsonl"
    with urllib.request.urlopen(f"{running.url}/ledger/export.jsonl", timeout=60) as answer:
        file.write_bytes(answer.read())
    outsider = Installation.on_sqlite(folder / "elsewhere")
    outsider.data.mkdir()
    assert "holds" in outsider.command("ledger", "verify", str(file), "--key", key)
    lines = file.read_text(encoding="utf-8").splitlines(keepends=True)
    file.write_text("".join(lines[:-2] + lines[-1:]), encoding="utf-8")
    outsider.command("ledger", "verify", str(file), "--key", key, code=1)


def test_from_the_invitation_to_a_score_that_an_outsider_trusts(site, browser_of, tmp_path):
    running, here = site
    secretary, focal, reader = browser_of(), browser_of(), browser_of()
    before, edition = score(running)
    assert edition.endswith("+0")
    invited(running, here, secretary, focal)
    submission = sent_in(running, focal)
    assert secretary.goto(submission).status == 404, "a draft is there for nobody else"
    focal.get_by_role("button", name="Send in").click()
    expect(focal.locator(".said")).to_contain_text("Sent in")
    questioned_and_answered(running, secretary, focal)
    assert score(running) == (before, edition), "reported is not accepted"
    secretary.goto(submission)
    expect(secretary.locator(".thread")).to_contain_text("It does.")
    secretary.get_by_role("button", name="Accept").click()
    expect(secretary.locator(".said")).to_contain_text("Accepted")

    after, new_edition = score(running)
    assert new_edition == edition.replace("+0", "+1")
    # Coverage from 95 to 100 %, hours of outage from 28 to 12, where fewer are better.
    assert after > before
    reader.goto(f"{running.url}/members/QAA/?known=2026-11-20")
    expect(reader.locator("footer")).to_contain_text(new_edition)
    verified(running, here, reader, tmp_path)
