"""Drops the tables of Django's own users, which the first edition made and never filled."""

from django.core.exceptions import ImproperlyConfigured
from django.db import migrations

TABLES = ("auth_user_user_permissions", "auth_user_groups", "auth_user")


def drop_empty(apps, schema_editor):
    """Drop them where they are; a row in them was written by hand, and is not thrown away."""
    connection = schema_editor.connection
    held = set(connection.introspection.table_names())
    for table in TABLES:
        if table not in held:
            continue
        with connection.cursor() as cursor:
            cursor.execute(f"SELECT COUNT(*) FROM {table}")
            (rows,) = cursor.fetchone()
            if rows:
                raise ImproperlyConfigured(
                    f"The database is of the first edition and its table {table} holds {rows} rows, which were written by "
                    "hand: that edition had no accounts. Keep what you need of them, empty the table, and start again."
                )
            cursor.execute(f"DROP TABLE {table}")


class Migration(migrations.Migration):
    """After the people of this edition have tables of their own."""

    dependencies = [
        ("serantau_accounts", "0001_people"),
        ("auth", "0012_alter_user_first_name_max_length"),
    ]

    operations = [migrations.RunPython(drop_empty, migrations.RunPython.noop)]
