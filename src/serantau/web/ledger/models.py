"""The tables of the ledger, written by its append, its services and its signing, and by nothing else."""

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


class Key(models.Model):
    """A public key of this ledger, in the order in which they were used; the private ones are never here."""

    text = models.CharField(max_length=300, unique=True)
    since = models.DateTimeField()
    rotation = models.TextField(blank=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return self.text


class Epoch(models.Model):
    """A restore: the ledger went on from a backup of ``size`` events. The first epoch needs no row."""

    number = models.IntegerField(primary_key=True)
    size = models.BigIntegerField(unique=True)
    begun_at = models.DateTimeField()
    old_head = models.TextField(blank=True)

    class Meta:
        ordering = ["number"]
        constraints = [
            models.CheckConstraint(condition=Q(number__gte=2), name="ledger_epoch_number"),
            models.CheckConstraint(condition=Q(size__gte=0), name="ledger_epoch_size"),
        ]

    def __str__(self) -> str:
        return f"epoch {self.number}, from event {self.size} on"


class Head(models.Model):
    """A signed head, as it was published."""

    epoch = models.IntegerField()
    size = models.BigIntegerField()
    at = models.DateTimeField()
    note = models.TextField()

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["epoch", "size"], name="ledger_head_once"),
            models.CheckConstraint(condition=Q(size__gte=0), name="ledger_head_size"),
        ]

    def __str__(self) -> str:
        return f"head of {self.size} events, epoch {self.epoch}"
