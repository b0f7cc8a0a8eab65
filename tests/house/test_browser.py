"""Rule: the browser fixture drives a real Chromium, and it cannot leave this machine."""

from __future__ import annotations

import pytest
from playwright.sync_api import Error


def test_the_browser_runs_pages(page):
    page.set_content("<title>here</title><h1>hello</h1>")
    assert page.title() == "here"
    assert page.locator("h1").inner_text() == "hello"


def test_the_browser_cannot_leave_this_machine(chromium):
    context = chromium.new_context()
    answer = context.new_page()
    with pytest.raises(Error, match="ERR_NAME_NOT_RESOLVED"):
        answer.goto("http://www.example.org/")
    context.close()


def test_an_error_in_a_page_is_noticed(page):
    with pytest.raises(Error, match="broken"):
        page.evaluate("() => { throw new Error('broken') }")
