"""The API of the room `plan` as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class PlanConfig(AppConfig):
    """What was agreed: plans, actions, meetings."""

    name = "serantau.web.plan"
    label = "serantau_plan"
