"""What was decided about facts, read from the database: how much there is, and the files of it."""

from __future__ import annotations

from dataclasses import dataclass

from django.db import connection

from serantau.web.review.models import RegisterEntry


@dataclass(frozen=True)
class Standing:
    """How far the register has come; two that are equal hold the same decisions."""

    size: int
    digest: str


EMPTY = Standing(0, "")
LOOK = "SELECT size, digest FROM serantau_review_register WHERE id = %s"


def standing() -> Standing:
    """How far the register has come: one query for one row, asked at every request, so without the mapper's detour."""
    with connection.cursor() as cursor:
        cursor.execute(LOOK, [1])
        row = cursor.fetchone()
    return Standing(*row) if row else EMPTY


def accepted_files(upto: int | None = None) -> dict[str, bytes]:
    """The files of the decisions, by path within a region's folder.

    Args:
        upto: Number of the last decision; None for all.
    """
    rows = RegisterEntry.objects.all() if upto is None else RegisterEntry.objects.filter(number__lte=upto)
    return {name: content for entry in rows for name, content in entry.contents().items()}
