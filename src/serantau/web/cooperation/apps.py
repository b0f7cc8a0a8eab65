"""The CERTs' cooperation as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class CooperationConfig(AppConfig):
    """Directory, notices of alerts, shared cases, questions."""

    name = "serantau.web.cooperation"
    label = "serantau_cooperation"
