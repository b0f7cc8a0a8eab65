"""What must be done before the first request."""

from __future__ import annotations

import os


def prepare() -> None:
    """Read the settings, make the data folder and bring the database to the present schema.

    Raises:
        ImproperlyConfigured: if a setting is missing or unsafe.
        django.db.Error: if the database cannot be reached.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "serantau.web.config.settings")
    import django
    from django.conf import settings
    from django.core.management import call_command

    django.setup()
    settings.SERANTAU_DATA.mkdir(parents=True, exist_ok=True)
    call_command("migrate", interactive=False, verbosity=0)
