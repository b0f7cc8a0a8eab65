"""One running server for all that ask it."""

from __future__ import annotations

import pytest

from tests.support.taxii import CHECKED, taxii_server

ACCOUNTS = {
    **CHECKED,
    "reader": ("QBB", "AMBER", {"region-amber": "r", "region-green": "r", "region-clear": "r", "tombstones": "r"}),
    "pusher": ("QAA", "AMBER", {"region-amber": "rw", "region-clear": "rw", "tombstones": "r"}),
}


@pytest.fixture(scope="session")
def server(tmp_path_factory):
    """The invented region's server on SQLite."""
    with taxii_server(tmp_path_factory.mktemp("taxii"), ACCOUNTS) as running:
        yield running
