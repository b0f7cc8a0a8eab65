"""What every test can ask for: a PostgreSQL server, a real browser, a running site; no network beyond this machine."""

from __future__ import annotations

import os
import secrets
import tempfile
from typing import TYPE_CHECKING

import hypothesis
import pytest

from tests.support.budget import TimeBudget
from tests.support.network import refuse_outside_network

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from contextlib import AbstractContextManager

    from playwright.sync_api import Browser, Page

    from tests.support.postgres import PostgresServer
    from tests.support.site import LiveSite

FOR_TESTS = {"SERANTAU_HYPOTHESIS", "SERANTAU_CHROMIUM"}
"""Variables that are addressed to the tests themselves."""

# The same examples in every run: a green commit stays green. The soak run looks for new ones.
hypothesis.settings.register_profile(
    "test",
    deadline=None,
    derandomize=True,
    max_examples=60,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.register_profile(
    "soak",
    deadline=None,
    max_examples=3000,
    print_blob=True,
    suppress_health_check=[hypothesis.HealthCheck.too_slow],
)
hypothesis.settings.load_profile(os.environ.get("SERANTAU_HYPOTHESIS", "test"))


def pytest_configure(config: pytest.Config) -> None:
    """Close the network, start counting seconds, and give the site an installation of its own."""
    refuse_outside_network()
    # Tables are as wide as the terminal. Tests read them as a pipe does, wherever they are run.
    os.environ.pop("COLUMNS", None)
    config.pluginmanager.register(TimeBudget(), "serantau-time-budget")
    _configure_site(config)


def _configure_site(config: pytest.Config) -> None:
    """Settings for tests inside this process: nothing of the developer's own data folder, secret or database.

    DATABASE_URL is kept: the tests of the database room run the others again with it. pytest-django does the rest
    after this hook.
    """
    from serantau.ledger.notes import PrivateKey

    folder = tempfile.TemporaryDirectory(prefix="serantau-test-")
    config.add_cleanup(folder.cleanup)
    for name in [name for name in os.environ if name.startswith("SERANTAU_") and name not in FOR_TESTS]:
        del os.environ[name]
    os.environ["SERANTAU_DATA"] = folder.name
    os.environ["SERANTAU_SECRET_KEY"] = secrets.token_urlsafe(50)
    os.environ["SERANTAU_LEDGER_KEY"] = PrivateKey("serantau.test/ledger", secrets.token_bytes(32)).text()
    os.environ["DJANGO_SETTINGS_MODULE"] = "serantau.web.config.settings"
    from django.conf import settings

    assert settings.DATABASES, "reading one setting loads them all"
    # Whoever imports the WSGI application here wants its answers, not a thread that locks the tests' database.
    settings.SERANTAU_JOBS = False


@pytest.hookimpl(wrapper=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> Iterator[None]:
    """Mark every Hypothesis test, so that the soak run finds them all; then put the long files first."""
    for item in items:
        if getattr(getattr(item, "obj", None), "is_hypothesis_test", False):
            item.add_marker(pytest.mark.property)
    yield
    items.sort(key=lambda item: not item.nodeid.startswith(LONG_FILES))


LONG_FILES = ("tests/web/test_pages_crawl.py", "tests/roles/test_table.py")
"""Begun first, so that no process of the suite is left with one of them when the other has nothing more to do."""


@pytest.fixture(scope="session")
def postgres_server() -> Iterator[PostgresServer]:
    """One PostgreSQL server for the whole session; ask it for databases."""
    from tests.support.postgres import postgres_server

    with postgres_server() as server:
        yield server


@pytest.fixture
def postgres_url(postgres_server: PostgresServer) -> str:
    """The address of an empty PostgreSQL database, as ``DATABASE_URL`` wants it."""
    return postgres_server.create_database()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """One browser for a module of browser tests.

    Playwright keeps an event loop running in this thread as long as its browser is open, and neither
    ``asyncio.run`` nor Django's database layer works inside one. So the browser ends with the module, and browser
    tests have modules of their own that look at the site from outside.
    """
    from tests.support.chromium import chromium_browser

    with chromium_browser() as browser:
        yield browser


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    """A new page in a new profile. An error in a page's script, or on its console, fails the test."""
    context = chromium.new_context()
    opened = context.new_page()
    complaints: list[str] = []
    opened.on("pageerror", lambda error: complaints.append(str(error)))
    opened.on("console", lambda message: complaints.append(message.text) if message.type == "error" else None)
    yield opened
    context.close()
    assert not complaints, "the page complained: " + "; ".join(complaints)


@pytest.fixture
def start_site() -> Callable[..., AbstractContextManager[LiveSite]]:
    """Servers of your own: a context manager that takes what ``tests.support.site.live_site`` takes."""
    from tests.support.site import live_site

    return live_site


@pytest.fixture(scope="session")
def live_site(request: pytest.FixtureRequest) -> Iterator[LiveSite]:
    """A running site: the shipped region on SQLite, shared by the session.

    Parametrise it indirectly with a dictionary of what ``tests.support.site.live_site`` takes:
    ``@pytest.mark.parametrize("live_site", [{"region": PATH}], indirect=True, scope="session")``.
    """
    from tests.support.site import live_site

    with live_site(**getattr(request, "param", {})) as site:
        yield site
