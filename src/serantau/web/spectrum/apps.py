"""The pages of the room `spectrum` as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class SpectrumConfig(AppConfig):
    """Which frequencies: bands, holdings, policy."""

    name = "serantau.web.spectrum"
    label = "serantau_spectrum"
