"""A published decision becomes milestones of the plan, or new actions where it says so, one for each commitment."""

from __future__ import annotations

from datetime import date, datetime

from serantau.web.forum.models import Paper
from serantau.web.plan.services import Promise, add_milestone
from serantau.web.workflows.events import on


@on("paper published")
def milestones(subject: str, now: datetime) -> None:
    """Enter the commitments of a paper into the plan."""
    paper = Paper.objects.select_related("body").get(pk=int(subject.rpartition(" ")[2]))
    version = paper.current()
    held = version.commitments if version is not None else []
    decided = paper.decided_at or now
    basis = f"{paper.verb} by {paper.body.short_name} on {decided:%Y-%m-%d}: {paper.title}"[:200]
    for number, one in enumerate(held, start=1):
        due = date.fromisoformat(one["due"]) if one["due"] else None
        promise = Promise(subject, number, basis, one["text"], one["action"], one["owner"], due, one.get("outcome", ""))
        add_milestone(promise, now)
