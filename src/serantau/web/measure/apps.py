"""The pages and API of the room `measure` as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class MeasureConfig(AppConfig):
    """How far: standing, figures, assessment."""

    name = "serantau.web.measure"
    label = "serantau_measure"
