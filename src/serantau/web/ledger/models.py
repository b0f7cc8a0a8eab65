"""The tables of the ledger. Only :mod:`serantau.web.ledger.append` and the signing of heads write them."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class Event(models.Model):
    """One event and its leaf. The leaf stays for ever; content and salt can be erased.

    ``hashes`` holds the leaf's hash and, after it, those of the larger subtrees that this leaf completed, so that one
    row is all that an append inserts, and any node of the tree is found by the place of the leaf that completed it.
    """

    position = models.BigIntegerField(primary_key=True)
    event = models.CharField(max_length=80)
    at = models.DateTimeField()
    actor = models.CharField(max_length=100, blank=True)
    subject = models.CharField(max_length=200, blank=True)
    details = models.JSONField(null=True)
    salt = models.BinaryField(null=True)
    hashes = models.BinaryField()
    once = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - unique, so no value is no text
    erased_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["position"]
        indexes = [
            models.Index(fields=["subject", "position"], name="ledger_event_subject"),
            models.Index(fields=["actor", "position"], name="ledger_event_actor"),
            models.Index(fields=["event", "position"], name="ledger_event_event"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(position__gte=0), name="ledger_event_place"),
            models.CheckConstraint(
                condition=Q(erased_at__isnull=True, salt__isnull=False, details__isnull=False)
                | Q(erased_at__isnull=False, salt__isnull=True, details__isnull=True, actor="", subject=""),
                name="ledger_event_whole_or_erased",
            ),
        ]

    def __str__(self) -> str:
        return f"event {self.position}: {self.event}"


class Tree(models.Model):
    """The one row that says how far the tree has grown. Its lock is the one that is always taken last."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.BigIntegerField(default=0)
    peaks = models.BinaryField(default=b"")

    class Meta:
        constraints = [
            models.CheckConstraint(condition=Q(id=1), name="ledger_tree_one_row"),
            models.CheckConstraint(condition=Q(size__gte=0), name="ledger_tree_size"),
        ]

    def __str__(self) -> str:
        return f"tree of {self.size} leaves"
