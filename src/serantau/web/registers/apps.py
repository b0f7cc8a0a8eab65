"""The registers as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class RegistersConfig(AppConfig):
    """What the forum keeps count of."""

    name = "serantau.web.registers"
    label = "serantau_registers"

    def ready(self) -> None:
        """Let members and partners submit entries."""
        from serantau.web.registers import kinds  # noqa: F401 - registers itself
