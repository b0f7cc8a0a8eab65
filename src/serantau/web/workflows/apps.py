"""The workflows between rooms as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class WorkflowsConfig(AppConfig):
    """What one room does when something happened in another."""

    name = "serantau.web.workflows"
    label = "serantau_workflows"
