"""What every template of a request can ask: who is signed in, what their menu holds, which region this is."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from serantau.region.model import Profile
from serantau.web.accounts.actor import actor_of
from serantau.web.accounts.menu import entries_of
from serantau.web.bundles import NoBundleError, keeper
from serantau.web.site.problems import is_api


def account(request: HttpRequest) -> dict[str, Any]:
    """The actor, the menu, the region; nothing on the API, which has no pages."""
    if is_api(request):
        return {}
    actor = actor_of(request)
    menu = list(entries_of(actor)) if actor.signed_in else []
    return {"actor": actor, "menu": menu, "path": request.path, "region": region_served()}


def region_served() -> Profile | None:
    """The region of this site, for the head of the page; accounts work even where its facts do not load."""
    try:
        return keeper().answers().bundle.region.profile
    except NoBundleError:
        return None
