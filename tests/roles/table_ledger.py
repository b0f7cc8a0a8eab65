"""The ledger: hashes, heads and proofs for everybody; the content of an event for those who may know it."""

from __future__ import annotations

from datetime import UTC, datetime

from serantau.ledger import Event
from serantau.web.ledger.changes import change
from serantau.web.ledger.signing import sign
from tests.support.roles import EVERYBODY, Case, Scene

NOW = datetime(2026, 3, 1, tzinfo=UTC)
UNPROVED = {"secretariat, no second factor": 404}
"""The route is open, so it sends nobody to prove a second factor; without one there is nothing here."""

AUDITORS = {"secretariat", "secretariat, stale", "auditor"}
OPEN = ("index", "checkpoint", "heads", "inclusion", "consistency", "export")
QUERIES = {"inclusion": "event=0", "consistency": "first=1"}


class Happened(Scene):
    """One event by nobody of the cast, at the place 0, and the ledger's own at the place 1; both signed."""

    def __init__(self):
        super().__init__()
        with change(Event.SUBMISSION_SUBMITTED, actor="person 999999", subject="submission 1", now=NOW):
            pass
        sign(NOW)


CASES = [
    *(Case("GET", f"ledger:{name}", query=QUERIES.get(name, ""), scene=Happened) for name in OPEN),
    *(Case("POST", f"ledger:{name}", ok=405, scene=Happened) for name in OPEN),
    Case("GET", "ledger:receipt", {"position": 1}, "the ledger's own", EVERYBODY, scene=Happened),
    Case(
        "GET",
        "ledger:receipt",
        {"position": 0},
        "somebody's",
        AUDITORS,
        refused=404,
        nobody=404,
        others=UNPROVED,
        scene=Happened,
    ),
    Case("GET", "ledger:receipt", {"position": 99}, "nothing", set(), refused=404, nobody=404, scene=Happened),
    Case("GET", "ledger:events", allowed=AUDITORS, scene=Happened),
    Case("POST", "ledger:events", allowed=AUDITORS, ok=405, scene=Happened),
    Case("POST", "ledger:receipt", {"position": 0}, "somebody's", ok=405, scene=Happened),
]
