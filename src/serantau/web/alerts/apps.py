"""Regional alerts as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class AlertsConfig(AppConfig):
    """Buckets, alerts, warning lists, and the first page of the room `defend`."""

    name = "serantau.web.alerts"
    label = "serantau_alerts"

    def ready(self) -> None:
        """Be told when something new was stored."""
        from serantau.web.alerts.jobs import nudged
        from serantau.web.defend.signals import envelope_stored

        envelope_stored.connect(nudged, dispatch_uid="serantau alerts")
