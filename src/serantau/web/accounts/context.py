"""What every template can ask: who is signed in, and what their menu holds."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from serantau.web.accounts.actor import actor_of
from serantau.web.accounts.menu import entries_of
from serantau.web.site.problems import is_api


def account(request: HttpRequest) -> dict[str, Any]:
    """The actor and the menu; nothing on the API, which has none."""
    if is_api(request):
        return {}
    actor = actor_of(request)
    return {"actor": actor, "menu": list(entries_of(actor)) if actor.signed_in else []}
