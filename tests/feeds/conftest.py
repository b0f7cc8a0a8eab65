"""The invented region with two members' accounts, and servers of others that feeds are asked from."""

from __future__ import annotations

import pytest

from tests.sources.conftest import server  # noqa: F401 - a server that plays a script
from tests.web.api_support import THREELANDS, at


@pytest.fixture
def region(settings, db, tmp_path):
    """The invented region on a fixed day, with a data folder of the test's own."""
    at(settings, THREELANDS)
    settings.SERANTAU_DATA = tmp_path / "data"
    return THREELANDS
