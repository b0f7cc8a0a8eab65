"""Work in the background: what gave up, for the secretariat and auditors; another try, for the secretariat."""

from __future__ import annotations

from datetime import UTC, datetime

from serantau.web.jobs.models import Job, State
from tests.support.roles import Case, Scene

NOW = datetime(2026, 3, 1, tzinfo=UTC)
SECRETARIAT = {"secretariat", "secretariat, stale"}


class GaveUp(Scene):
    """One job that gave up."""

    def __init__(self):
        super().__init__()
        self.job = Job.objects.create(name="mail.send", run_at=NOW, made_at=NOW, state=State.DEAD, ended_at=NOW)


def job(scene):
    """Its number."""
    return {"number": scene.job.pk}


CASES = [
    Case("GET", "jobs:index", allowed={*SECRETARIAT, "auditor"}, scene=GaveUp),
    Case("POST", "jobs:index", allowed={*SECRETARIAT, "auditor"}, ok=405, scene=GaveUp),
    Case("POST", "jobs:again", job, "gave up", SECRETARIAT, ok=303, leads="/jobs/", scene=GaveUp),
    Case("GET", "jobs:again", job, "gave up", SECRETARIAT, ok=405, scene=GaveUp),
]
