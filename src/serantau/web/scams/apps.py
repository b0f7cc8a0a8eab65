"""Scam reports as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class ScamsConfig(AppConfig):
    """Reports from the public, triage, the checker, appeals, monthly figures."""

    name = "serantau.web.scams"
    label = "serantau_scams"
