"""Rule: people, machines, approvals and limits hold on PostgreSQL as they do on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.tree import ROOT

MODULES = ("test_approvals.py", "test_machines.py", "test_story.py", "test_tidying.py")


def test_the_tests_of_accounts_pass_on_postgresql(postgres_url):
    modules = [f"tests/accounts/{name}" for name in MODULES]
    limits = "tests/accounts/test_two_processes.py"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *modules, limits, "-k", "not two_processes_let"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
