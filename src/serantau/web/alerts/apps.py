"""Regional alerts as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Buckets, alerts, warning lists, and the first page of the room `defend`."""

    name = "serantau.web.alerts"
    label = "serantau_alerts"
