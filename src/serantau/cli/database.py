"""Opens the site's database for a command: settings, data folder, present schema."""

from __future__ import annotations

import os

from serantau.cli.groups import stop


def settle_development() -> None:
    """On a developer's own machine, where no secret is set, the site and the commands share its data folder."""
    if not os.environ.get("SERANTAU_SECRET_KEY"):
        os.environ.setdefault("SERANTAU_DEBUG", "1")


def open_database() -> None:
    """Read the settings and bring the database to the present schema; end the command with a sentence if that fails."""
    settle_development()
    prepare_site()


def prepare_site() -> None:
    """The same for the server, which decides itself whether this is development."""
    from django.core.exceptions import ImproperlyConfigured
    from django.db import DatabaseError, InterfaceError

    from serantau.web.config.start import prepare

    # The database and what lies beside it are for this user alone.
    before = os.umask(0o077)
    try:
        prepare()
    except ImproperlyConfigured as error:
        stop(str(error))
    except (DatabaseError, InterfaceError) as error:
        stop(f"The database does not answer: {str(error).strip().splitlines()[0]}. Check DATABASE_URL.")
    finally:
        os.umask(before)
