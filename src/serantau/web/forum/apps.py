"""The forum as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class ForumConfig(AppConfig):
    """Bodies, meetings, papers and positions."""

    name = "serantau.web.forum"
    label = "serantau_forum"

    def ready(self) -> None:
        """Say how publications are carried out once a second person approved."""
        from serantau.web.forum.services import consultations, publishing  # noqa: F401 - they register themselves
