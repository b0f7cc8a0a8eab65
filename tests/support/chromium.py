"""The real browser: Debian's Chromium, driven by Playwright, unable to leave this machine."""

from __future__ import annotations

import contextlib
import os
from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import sync_playwright

from tests.support.system import NEEDS, find_chromium

if TYPE_CHECKING:
    from collections.abc import Iterator

    from playwright.sync_api import Browser

ARGUMENTS = (
    "--headless",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--disable-dev-shm-usage",
    # The socket guard does not reach into another process, so the browser itself knows no other host.
    "--host-resolver-rules=MAP * ~NOTFOUND, EXCLUDE 127.0.0.1, EXCLUDE localhost",
)


@contextlib.contextmanager
def chromium_browser() -> Iterator[Browser]:
    """Start the browser, and close it at the end."""
    program = find_chromium()
    if program is None:
        pytest.fail(NEEDS["chromium"], pytrace=False)
    # Chromium's sandbox refuses to start as root.
    arguments = [*ARGUMENTS, *(["--no-sandbox"] if os.geteuid() == 0 else [])]
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=arguments)
        try:
            yield browser
        finally:
            browser.close()
