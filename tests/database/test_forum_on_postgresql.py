"""Rule: papers, letters, consultations and briefs hold on PostgreSQL as they do on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.tree import ROOT

MODULES = ("test_services.py", "test_consultations.py", "test_letters.py")
ALIKE = "defect or what_the_secretariat or who_reads or by_a_form or is_data or fill_no_page or erased or only_a_head"
"""Tests whose answer no database changes, and which others of the same modules stand for."""


def test_the_tests_of_the_forums_services_pass_on_postgresql(postgres_url):
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *(f"tests/forum/{name}" for name in MODULES), "-k", f"not ({ALIKE})"],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
