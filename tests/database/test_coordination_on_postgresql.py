"""Rule: requests for coordination go their way on PostgreSQL as they do on SQLite."""

from __future__ import annotations

import os
import subprocess
import sys

from tests.support.tree import ROOT


def test_the_story_of_a_request_is_the_same_on_postgresql(postgres_url):
    modules = ["tests/spectrum/test_requests.py", "tests/spectrum/test_coordination_pages.py"]
    wanted = "whole_way or silence_approves or table_to_the_register or many_answers or thousand_records_are"
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-q", *modules, "-k", wanted],
        cwd=ROOT,
        env={**os.environ, "DATABASE_URL": postgres_url},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout[-4000:] + done.stderr[-2000:]
    assert " passed" in done.stdout
