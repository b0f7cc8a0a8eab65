"""The store of threat objects as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class DefendConfig(AppConfig):
    """Objects, who may read and write them, and TAXII 2.1."""

    name = "serantau.web.defend"
    label = "serantau_defend"
