"""Rule: what a page costs depends on the page, and not on how much is stored or hidden from its reader.

Counted on SQLite: the instructions of its virtual machine that a page takes, for every filter, selectivity and clearance
of tests/support/taxii_million.py, must not grow with the store. The soak run asks a million objects by the clock.
"""

from __future__ import annotations

import pytest
from django.db import connection

from serantau.web.defend import store
from tests.support.regions import THREELANDS
from tests.support.taxii_million import ALIAS, fill, questions
from tests.support.writes import unrecorded

FEW, MANY = 1_500, 12_000
STEP = 100
MOST = 1.3
"""How much more a page may take of a store eight times as large: trees are one level deeper, and pages are full."""

SLACK = 20_000


@pytest.fixture
def counted(db, settings):
    settings.SERANTAU_REGION = str(THREELANDS)

    def instructions(question):
        count = 0

        def progress():
            nonlocal count
            count += STEP
            return 0

        connection.ensure_connection()
        connection.connection.set_progress_handler(progress, STEP)
        try:
            found = store.page(ALIAS, question.reader, question.wanted)
        finally:
            connection.connection.set_progress_handler(None, 0)
        assert question.hits is None or len(found.rows) == question.hits
        return count

    return instructions


def test_no_page_takes_longer_of_a_larger_store(counted):
    with unrecorded():
        fill(FEW)
    before = {question: counted(question) for question in questions()}
    with unrecorded():
        fill(MANY)
    grown = {
        f"{question.name}, {question.clearance}": (before[question], now)
        for question in questions()
        if (now := counted(question)) > before[question] * MOST + SLACK
    }
    assert grown == {}


@pytest.mark.soak
def test_the_first_page_of_a_million_comes_in_50_ms(tmp_path):
    """In a process of its own, for it has a database of its own."""
    import json
    import subprocess
    import sys

    from tests.support.tree import ROOT

    program = (
        "import json, sys; from pathlib import Path; "
        "from tests.support.taxii_million import *; built(Path(sys.argv[1])); "
        "print(json.dumps({f'{q.name}, {q.clearance}': min(first_page(q) for _ in range(5)) for q in questions()}))"
    )
    done = subprocess.run(
        [sys.executable, "-c", program, tmp_path / "million.sqlite3"],
        capture_output=True,
        text=True,
        cwd=ROOT,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    slow = {name: seconds for name, seconds in json.loads(done.stdout.splitlines()[-1]).items() if seconds > 0.05}
    assert slow == {}
