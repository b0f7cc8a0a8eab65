"""The JSON API as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class ApiConfig(AppConfig):
    """Every answer of the pages, for programs."""

    name = "serantau.web.api"
    label = "serantau_api"
