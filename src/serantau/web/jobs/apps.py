"""Jobs as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """Work that is done later."""

    name = "serantau.web.jobs"
    label = "serantau_jobs"

    def ready(self) -> None:
        """Learn what jobs there are: each application's module ``jobs``."""
        autodiscover_modules("jobs")
        from serantau.web.jobs import jobs  # noqa: F401 - the package's own
