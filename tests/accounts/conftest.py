"""What the tests of accounts share: the invented region, letters, a database that may be emptied after a test."""

from __future__ import annotations

import pytest
from django.core import mail
from django.core.management.commands import flush

from tests.support.regions import THREELANDS
from tests.support.writes import unrecorded


@pytest.fixture(autouse=True)
def _region(settings):
    settings.SERANTAU_REGION = str(THREELANDS)


@pytest.fixture
def letters():
    """Letters sent so far, the newest last."""
    return mail.outbox


@pytest.fixture(scope="session", autouse=True)
def _emptying():
    """A test that saves its transactions ends with an empty database, which no event records."""
    patch = pytest.MonkeyPatch()
    emptied = flush.Command.handle

    def handle(self, **options):
        with unrecorded():
            return emptied(self, **options)

    patch.setattr(flush.Command, "handle", handle)
    yield
    patch.undo()
