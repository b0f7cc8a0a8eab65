"""Pages of the frame itself: the health of the server."""

from __future__ import annotations

import logging

from django.db import DatabaseError, connection
from django.http import HttpRequest, JsonResponse
from django.views.decorators.http import require_safe

from serantau.web.bundles import keeper
from serantau.web.config.access import Role, access

log = logging.getLogger(__name__)


@access(Role.PUBLIC)
@require_safe
def healthz(request: HttpRequest) -> JsonResponse:
    """Whether the server can answer: 200 if it can, 503 if not; ``degraded`` if it answers from an earlier edition."""
    state = keeper().state()
    database = _database()
    working = database == "reachable" and state.answers is not None
    body = {
        "status": ("degraded" if state.problem else "ok") if working else "failing",
        "edition": state.answers.edition if state.answers else None,
        "facts": state.problem or "loaded",
        "database": database,
    }
    response = JsonResponse(body, status=200 if working else 503)
    response["Cache-Control"] = "no-store"
    return response


def _database() -> str:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
            cursor.fetchone()
    except DatabaseError:
        log.exception("the database does not answer")
        return "not reachable"
    return "reachable"
