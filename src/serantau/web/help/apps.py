"""Search, glossary and help as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class HelpConfig(AppConfig):
    """Words and where they are explained."""

    name = "serantau.web.help"
    label = "serantau_help"
