"""Feeds as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class FeedsConfig(AppConfig):
    """Feeds in, and what goes out otherwise than over TAXII."""

    name = "serantau.web.feeds"
    label = "serantau_feeds"

    def ready(self) -> None:
        """Enter the jobs."""
        from serantau.web.feeds import jobs  # noqa: F401
