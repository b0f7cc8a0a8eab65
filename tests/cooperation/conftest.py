"""The invented region, on a fixed day, with a database and somebody of each role."""

from __future__ import annotations

import pytest

from tests.web.api_support import THREELANDS, at


@pytest.fixture
def region(settings, db, tmp_path):
    """The invented region on a fixed day, with a data folder of the test's own."""
    at(settings, THREELANDS)
    settings.SERANTAU_DATA = tmp_path / "data"
    return THREELANDS


@pytest.fixture
def people(region):
    """Somebody of each role."""
    from tests.cooperation.scene import Cast  # when Django is ready, which it is not while conftest files are read

    return Cast()
