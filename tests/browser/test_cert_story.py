"""Rule: in a real browser an alert reaches three members' CERTs, is answered or goes on to the next contact, and becomes a case.

A member joins, takes a task, a question is answered by name and refused, and whoever stands outside sees nothing of it all.
"""

from __future__ import annotations

import json

import pytest
from playwright.sync_api import expect

from tests.support.installations import Installation, wait_for
from tests.support.regions import THREELANDS

NARROW = {"width": 390, "height": 844}


@pytest.fixture
def site(start_site, tmp_path):
    """A site of the invented region, commands beside it, and the cookies of four people."""
    here = Installation.on_sqlite(tmp_path, SERANTAU_REGION=str(THREELANDS))
    with start_site(
        region=THREELANDS,
        database_url=here.database,
        environment={"SERANTAU_DATA": str(tmp_path)},
    ) as running:
        process = here.start(["-m", "tests.cooperation.story"])
        output, _ = process.communicate(timeout=60)
        assert process.returncode == 0, output
        yield running, here, json.loads(output.splitlines()[-1])


@pytest.fixture
def browser_of(chromium, site):
    """The browser of one of the people, each with a session of their own; of nobody in particular without a name."""
    running, _here, sessions = site
    opened = []

    def one(who=""):
        context = chromium.new_context(base_url=running.url)
        opened.append(context)
        if who:
            cookie = {"name": sessions["name"], "value": sessions["values"][who], "url": running.url}
            context.add_cookies([cookie])
        page = context.new_page()
        page.set_default_timeout(15_000)
        return page

    yield one
    for context in opened:
        context.close()


def fits(page):
    """Whether a page can be read on a narrow screen without scrolling sideways."""
    wide = page.viewport_size
    page.set_viewport_size(NARROW)
    over = page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")
    page.set_viewport_size(wide)
    assert over <= 0, f"{page.url} scrolls sideways by {over}"


def half_an_hour_passes(here):
    """What waiting would do: deadlines are over, and the jobs that see to them are due."""
    here.ask("UPDATE serantau_cooperation_notice SET deadline_at = '2026-01-01 00:00:00' WHERE state = 'waiting'")
    here.ask("UPDATE serantau_cooperation_told SET deadline = '2026-01-01 00:00:00'")
    here.ask("UPDATE serantau_jobs_job SET run_at = '2026-01-01 00:00:00' WHERE name = 'cooperation.settle'")


def acknowledged(page):
    """Somebody answers the notice that they look at."""
    page.get_by_role("button", name="Acknowledge").click()
    expect(page.locator("p.lead .state")).to_have_text("acknowledged")


def alerted(here, asterra, borealia, second):
    """One acknowledges at once; of the other member nobody does until the second contact has been told."""
    asterra.goto("/cooperation/")
    fits(asterra)
    asterra.get_by_role("link", name="domain-name: bad.example").click()
    fits(asterra)
    acknowledged(asterra)
    borealia.goto("/cooperation/")
    borealia.get_by_role("link", name="domain-name: bad.example").click()
    expect(borealia.locator("tbody tr")).to_have_count(1)
    half_an_hour_passes(here)
    letters = "SELECT count(*) FROM serantau_jobs_mail WHERE subject = '[TLP:GREEN] Regional alert'"
    wait_for(lambda: here.ask(letters) == 3)
    second.goto(borealia.url)
    expect(second.locator("tbody tr")).to_have_count(2)
    acknowledged(second)


def shared(asterra, borealia):
    """A case is opened on the alert, and a member joins; its address."""
    asterra.get_by_role("link", name="Open a case on it").click()
    asterra.get_by_label("Title").fill("Spring phishing")
    asterra.get_by_label("Label").select_option(label="TLP:AMBER")
    asterra.get_by_label("What has happened").fill("Mails since Monday.")
    asterra.get_by_role("button", name="Open it").click()
    asterra.get_by_label("Invite a member").select_option("QBB")
    asterra.get_by_role("button", name="Invite").click()
    borealia.goto("/cooperation/")
    borealia.get_by_role("link", name="Spring phishing").click()
    expect(borealia.locator("main")).not_to_contain_text("Mails since Monday.")
    borealia.get_by_role("button", name="Join the case").click()
    expect(borealia.locator("main")).to_contain_text("Mails since Monday.")
    return asterra.url


def handed_over(asterra, borealia, case):
    """A task is taken, and handed over."""
    asterra.goto(case)
    asterra.get_by_label("A new task").fill("Look at the logs")
    asterra.get_by_label("Offer it to").select_option("QBB")
    asterra.get_by_role("button", name="Add it").click()
    borealia.goto(case)
    borealia.get_by_role("button", name="Take it Look at the logs").click()
    borealia.get_by_label("Offer “Look at the logs” to").select_option("QAA")
    borealia.get_by_role("button", name="Offer", exact=True).click()
    asterra.goto(case)
    asterra.get_by_role("button", name="Take it Look at the logs").click()
    expect(asterra.locator("tbody td").first).to_have_text("Asterra")
    fits(asterra)


def asked(asterra, borealia, corvania):
    """A question to all is answered by name, and refused by name."""
    asterra.goto("/cooperation/questions/new/")
    fits(asterra)
    asterra.get_by_label("Kind").fill("domain-name")
    asterra.get_by_label("What was seen").fill("worse.example")
    asterra.get_by_role("button", name="Ask").click()
    corvania.goto(asterra.url)
    expect(corvania.locator("main")).not_to_contain_text("Borealia")
    for page, answer in ((borealia, "We have seen it"), (corvania, "We do not answer")):
        page.goto(asterra.url)
        page.get_by_label(answer).check()
        page.get_by_label("By name, with the words below").check()
        page.get_by_role("button", name="Answer").click()
    fits(borealia)
    asterra.reload()
    expect(asterra.get_by_role("row", name="Borealia has seen it")).to_be_visible()
    expect(asterra.get_by_role("row", name="Corvania does not answer")).to_be_visible()


def test_from_an_alert_to_a_case_and_a_question(site, browser_of):
    _running, here, _sessions = site
    asterra, borealia, second, corvania = (browser_of(who) for who in ("focal", "borealia", "borealia-2", "corvania"))
    alerted(here, asterra, borealia, second)
    case = shared(asterra, borealia)
    handed_over(asterra, borealia, case)
    asked(asterra, borealia, corvania)

    assert corvania.goto(case).status == 404, "an outsider sees nothing of the case"
    corvania.goto("/cooperation/cases/")
    expect(corvania.locator("main")).to_contain_text("There is none that you may read.")
    public = browser_of()
    public.goto(case)
    assert "/accounts/login/" in public.url
