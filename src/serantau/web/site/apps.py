"""The frame of the site as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class SiteConfig(AppConfig):
    """The frame."""

    name = "serantau.web.site"
    label = "serantau_site"
