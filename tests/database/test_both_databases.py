"""Rule: the same site starts on SQLite and on PostgreSQL, from an empty database, with the same migrations."""

from __future__ import annotations

import sqlite3
import urllib.request

import psycopg
import pytest

from tests.support.tree import ROOT

REGION = ROOT / "tests" / "regions" / "threelands"
# Procrastinate carries the jobs where PostgreSQL is, and knows nothing else; its tables are its own.
APPLIED = "SELECT app, name FROM django_migrations WHERE app <> 'procrastinate' ORDER BY app, name"


def page_of(site) -> str:
    with urllib.request.urlopen(site.url, timeout=30) as answer:
        assert answer.status == 200
        return answer.read().decode()


@pytest.fixture
def sites(start_site, postgres_url, tmp_path):
    """The front page and the migrations that were applied, by database."""
    file = tmp_path / "site.sqlite3"
    with start_site(region=REGION, database_url=f"sqlite:///{file}") as site:
        on_sqlite = page_of(site)
    with start_site(region=REGION, database_url=postgres_url) as site:
        on_postgres = page_of(site)
    held = sqlite3.connect(file)
    with psycopg.connect(postgres_url) as connection:
        applied = held.execute(APPLIED).fetchall(), connection.execute(APPLIED).fetchall()
    held.close()
    return on_sqlite, on_postgres, *applied


def test_pages_and_migrations_agree(sites):
    on_sqlite, on_postgres, migrated_sqlite, migrated_postgres = sites
    assert on_sqlite == on_postgres
    assert migrated_postgres
    assert migrated_sqlite == migrated_postgres
