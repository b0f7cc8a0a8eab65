"""Rule: notices, and who may read what of the CERTs' cooperation, hold on PostgreSQL as they do on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.tree import ROOT

MODULES = ("tests/cooperation/test_notices.py", "tests/cooperation/test_who_may_read.py")


def test_the_tests_of_the_cooperation_pass_on_postgresql(postgres_url):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *MODULES, "-k", "not hook and not inbox"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
