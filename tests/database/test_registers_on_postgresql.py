"""Rule: questions on policies and a partner's submissions hold on PostgreSQL as they do on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.tree import ROOT

MODULES = ("tests/forum/test_policy_questions.py", "tests/review/test_partners.py")
CHOSEN = "waits_among or only_the_owner or given_once or adds_a_programme or taken_back or nobody_else"
"""Those in which rows are written, constraints hold, or what somebody may read is asked of the database."""


def test_their_tests_pass_on_postgresql(postgres_url):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *MODULES, "-k", CHOSEN],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert "6 passed" in done.stdout
