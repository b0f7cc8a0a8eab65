"""The WSGI application: ``granian --interface wsgi serantau.web.config.wsgi:application``."""

from __future__ import annotations

import os

from django.core.wsgi import get_wsgi_application

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serantau.web.config.settings")

application = get_wsgi_application()


def _run_jobs() -> None:
    """Every server process is ready to run jobs; a lease decides which of them does."""
    from django.conf import settings

    from serantau.web.jobs.runner import start

    if settings.SERANTAU_JOBS:
        start()


_run_jobs()
