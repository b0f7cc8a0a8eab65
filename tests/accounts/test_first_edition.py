"""Rule: a data folder of the edition before accounts goes on working: its empty tables of users go, its rows never."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys

import pytest

# What the first edition's settings made of an empty database.
BEFORE = """
import django
from django.conf import settings
settings.configure(
    INSTALLED_APPS=["django.contrib.contenttypes", "django.contrib.auth", "django.contrib.sessions"],
    DATABASES={"default": {"ENGINE": "django.db.backends.sqlite3", "NAME": %r}},
    DEFAULT_AUTO_FIELD="django.db.models.BigAutoField", USE_TZ=True,
)
django.setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
"""
ROW = """INSERT INTO auth_user (password, is_superuser, username, last_name, email, is_staff, is_active, date_joined,
first_name) VALUES ('', 0, 'x', '', '', 0, 1, '2026-01-01', '')"""


@pytest.fixture
def old(tmp_path):
    """The database of an old data folder."""
    file = tmp_path / "serantau.sqlite3"
    subprocess.run([sys.executable, "-c", BEFORE % str(file)], check=True)
    assert "auth_user" in tables(file)
    return file


def tables(file):
    held = sqlite3.connect(file)
    found = {name for (name,) in held.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
    held.close()
    return found


def start(file):
    """Bring it to the present schema, as the site does when it starts."""
    program = "from serantau.cli.database import open_database; open_database()"
    kept = {
        name: value for name, value in os.environ.items() if not name.startswith(("SERANTAU_", "DJANGO_", "DATABASE"))
    }
    environment = {**kept, "SERANTAU_DATA": str(file.parent), "SERANTAU_DEBUG": "1"}
    return subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)


def test_the_empty_tables_go_and_the_new_ones_come(old):
    done = start(old)
    assert done.returncode == 0, done.stderr
    held = tables(old)
    assert "serantau_accounts_person" in held
    assert not {name for name in held if name.startswith("auth_user")}
    assert start(old).returncode == 0


def test_a_row_written_by_hand_is_not_thrown_away(old):
    held = sqlite3.connect(old)
    held.execute(ROW)
    held.commit()
    held.close()
    done = start(old)
    assert done.returncode != 0
    assert "first edition" in done.stderr
    assert "auth_user" in tables(old)
