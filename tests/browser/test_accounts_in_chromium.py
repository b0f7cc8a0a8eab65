"""Rule: in a real browser people get in, prove a second factor and manage accounts, wide and narrow, with and without scripts."""

from __future__ import annotations

import re
import subprocess
import sys
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import expect

from tests.accounts.support import PASSWORD, code_of
from tests.support.regions import THREELANDS

WIDTHS = (1280, 390)
PAGES = {
    "account": "/account/",
    "second-factor": "/accounts/second-factor/",
    "keys": "/accounts/second-factor/keys/",
    "add-key": "/accounts/second-factor/keys/add/",
    "codes": "/accounts/second-factor/codes/",
    "password": "/accounts/password/change/",
    "email": "/accounts/email/",
    "providers": "/accounts/provider/",
    "people": "/people/",
    "invite": "/people/invite/",
    "machines": "/machines/",
    "approvals": "/approvals/",
    "overview": "/",
}
OPEN_PAGES = {
    "sign-in": "/accounts/login/",
    "reset": "/accounts/password/reset/",
    "reset-done": "/accounts/password/reset/done/",
    "closed": "/accounts/signup/",
    "gone": "/invitations/none/",
}


@pytest.fixture(scope="module")
def site(tmp_path_factory):
    """A site of the invented region. A passkey is bound to a name, so it is called localhost."""
    from tests.support.site import live_site

    database = f"sqlite:///{tmp_path_factory.mktemp('site') / 'site.sqlite3'}"
    with live_site(region=THREELANDS, database_url=database) as running:
        yield running, database


@pytest.fixture(scope="module")
def base(site):
    return f"http://localhost:{urlsplit(site[0].url).port}"


def command(site, *words):
    """Run `serantau accounts ...` on the site's database."""
    running, database = site
    data = running.log.parent
    environment = {"SERANTAU_DATA": str(data), "DATABASE_URL": database, "PATH": ""}
    done = subprocess.run(
        [sys.executable, "-m", "serantau", "accounts", *words],
        env=environment,
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout


def link_of(site, email):
    """A link that makes an account of the secretariat."""
    printed = command(site, "create-secretariat", "--email", email, "--name", "Sri")
    return re.search(r"https?://[^/\s]+(/\S+)", printed)[1]


def make_account(page, base, link):
    page.goto(base + link)
    page.get_by_label("Your name").fill("Sri of the secretariat")
    page.get_by_label("Password", exact=True).fill(PASSWORD)
    page.get_by_label("Password again").fill(PASSWORD)
    page.get_by_role("button", name="Make the account").click()
    expect(page.get_by_role("heading", name="Second factor")).to_be_visible()


def sign_in(page, base, email):
    page.goto(base + "/accounts/login/")
    page.get_by_label("Email").fill(email)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def authenticator(page):
    """A virtual one that unlocks itself, as WebAuthn's WebDriver extension describes it."""
    session = page.context.new_cdp_session(page)
    session.send("WebAuthn.enable")
    options = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    session.send("WebAuthn.addVirtualAuthenticator", {"options": options})
    return session


def fits(page, path, tmp_path, name):
    """Nothing runs out of the window at either width."""
    for width in WIDTHS:
        page.set_viewport_size({"width": width, "height": 844})
        page.goto(path)
        assert page.evaluate("document.documentElement.scrollWidth") <= width, (path, width)
        page.screenshot(path=tmp_path / f"{name}-{width}.png", full_page=True)


def test_from_the_link_to_a_passkey_and_back_in_with_it(site, base, page, tmp_path):
    link = link_of(site, "sri@example.org")
    fits(page, base + link, tmp_path, "accept")
    make_account(page, base, link)
    authenticator(page)
    page.get_by_role("link", name="Add a passkey").click()
    page.get_by_label("Name, by which you know it").fill("Sri's laptop")
    page.get_by_label("Sign in with it alone").check()
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_role("heading", name="Recovery codes")).to_be_visible()
    assert page.locator("ul.codes li").count() == 10
    page.screenshot(path=tmp_path / "codes-shown.png", full_page=True)
    page.get_by_role("link", name="I have kept them").click()

    # The work is open now.
    page.goto(base + "/people/")
    expect(page.get_by_role("heading", name="People")).to_be_visible()
    for name, path in PAGES.items():
        fits(page, base + path, tmp_path, name)

    # Out, and in again with the passkey alone.
    page.goto(base + "/account/")
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    page.goto(base + "/accounts/login/")
    page.get_by_role("button", name="Sign in with a passkey").click()
    expect(page.get_by_role("heading", name="Sri of the secretariat")).to_be_visible()
    page.goto(base + "/people/")
    expect(page.get_by_role("heading", name="People")).to_be_visible()

    # The passkey as a second factor after the password.
    page.goto(base + "/account/")
    page.get_by_role("button", name="Sign out", exact=True).first.click()
    sign_in(page, base, "sri@example.org")
    expect(page.get_by_role("heading", name="Your second factor")).to_be_visible()
    page.screenshot(path=tmp_path / "second-factor-asked.png", full_page=True)
    page.get_by_role("button", name="Use a passkey").click()
    expect(page.get_by_role("heading", name="Sri of the secretariat")).to_be_visible()

    # A token is shown, and a passkey that is not there says so.
    page.goto(base + "/machines/")
    page.get_by_label("Name of the program").fill("Statistics feed")
    page.get_by_label("For").select_option("QAA")
    page.get_by_role("button", name="Make a machine account").click()
    page.get_by_label("plan and progress: submit").check()
    page.get_by_role("button", name="Make a token").click()
    assert page.locator("code.secret").inner_text().startswith("srt_")
    page.set_viewport_size({"width": 390, "height": 844})
    assert page.evaluate("document.documentElement.scrollWidth") <= 390
    page.screenshot(path=tmp_path / "token-390.png", full_page=True)


def test_everything_works_without_scripts(site, base, chromium, tmp_path):
    context = chromium.new_context(java_script_enabled=False, viewport={"width": 390, "height": 844})
    page = context.new_page()
    try:
        make_account(page, base, link_of(site, "adi@example.org"))
        page.get_by_role("link", name="Set up an app").click()
        box = page.locator("svg.qr").bounding_box()
        assert box["width"] > 150
        assert box["x"] + box["width"] <= 390
        page.screenshot(path=tmp_path / "app-390.png", full_page=True)
        secret = page.get_by_label("Key").input_value()
        page.get_by_role("textbox", name=re.compile("code", re.IGNORECASE)).fill("000")
        page.get_by_role("button", name="Set it up").click()
        assert page.locator(".errorlist").inner_text().strip()
        page.get_by_role("textbox", name=re.compile("code", re.IGNORECASE)).fill(
            code_of(page.get_by_label("Key").input_value() or secret)
        )
        page.get_by_role("button", name="Set it up").click()
        recovery = page.locator("ul.codes li").first.inner_text()
        page.goto(base + "/people/invite/")
        page.get_by_label("E-mail").fill("focal@example.org")
        page.get_by_label("For", exact=True).select_option("QAA")
        page.get_by_role("button", name="Invite").click()
        assert "on its way to focal@example.org" in page.locator(".messages").inner_text()
        page.screenshot(path=tmp_path / "people-390.png", full_page=True)

        page.goto(base + "/account/")
        page.get_by_role("button", name="Sign out everywhere").click()
        sign_in(page, base, "adi@example.org")
        assert not page.get_by_role("button", name="Use a passkey").is_visible(), "what needs a script is not offered"
        page.get_by_role("textbox", name=re.compile("code", re.IGNORECASE)).fill(recovery)
        page.get_by_role("button", name="Sign in").click()
        assert page.locator("h1").inner_text() == "Sri of the secretariat"
    finally:
        context.close()


@pytest.mark.parametrize("name", OPEN_PAGES)
def test_pages_on_the_way_in_fit_their_window(base, chromium, tmp_path, name):
    context = chromium.new_context()
    try:
        fits(context.new_page(), base + OPEN_PAGES[name], tmp_path, name)
    finally:
        context.close()


def test_the_keyboard_goes_through_the_sign_in_in_order(base, page):
    page.set_viewport_size({"width": 390, "height": 844})
    page.goto(base + "/accounts/login/")
    page.get_by_label("Email").focus()
    order = []
    for _ in range(4):
        page.keyboard.press("Tab")
        order.append(page.evaluate("document.activeElement.name || document.activeElement.innerText"))
        box = page.locator(":focus").bounding_box()
        assert box["height"] >= 24 or page.evaluate("document.activeElement.tagName") == "A"
    assert order[0] == "password"
    assert order[1] == "Sign in"
