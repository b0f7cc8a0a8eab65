"""The frame of the pages of accounts: never cached, and with the region's name."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from serantau.web.bundles import NoBundleError, keeper


def show(request: HttpRequest, template: str, context: Mapping[str, Any], status: int = 200) -> HttpResponse:
    """Render a page inside the frame. Accounts work even where the region's facts do not load."""
    try:
        region = keeper().answers().bundle.region.profile
    except NoBundleError:
        region = None
    return render(request, template, {"region": region, "path": request.path, **context}, status=status)
