"""Rule: reports, answers, appeals, retention and what is shared of them are on PostgreSQL what they are on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.tree import ROOT

SOME = "secret_that or sees_to or parts_go or month_is_published or withdrawn or appeal_silences or taken_back"
"""Those whose rules rest on the database: look-ups, joins, deletions, locks."""


def test_the_tests_of_scams_pass_on_postgresql(postgres_url):
    done = subprocess.run(
        [
            sys.executable,
            "-m",
            "pytest",
            "-q",
            "tests/scams/test_services.py",
            "tests/scams/test_sharing.py",
            "-k",
            SOME,
        ],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
