"""The room `reports` as Django sees it."""

from __future__ import annotations

from django.apps import AppConfig


class ReportsConfig(AppConfig):
    """Files and one page; no tables."""

    name = "serantau.web.reports"
    label = "serantau_reports"
