"""Every page asks the database once how far the register of accepted submissions has come, so every test here has one."""

from __future__ import annotations

import pytest


@pytest.fixture(autouse=True)
def _database(db):
    """A database."""
