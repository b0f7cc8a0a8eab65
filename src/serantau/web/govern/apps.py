"""The Django app of the room."""

from __future__ import annotations

from django.apps import AppConfig


class GovernConfig(AppConfig):
    """What may cross a border."""

    name = "serantau.web.govern"
    label = "serantau_govern"
