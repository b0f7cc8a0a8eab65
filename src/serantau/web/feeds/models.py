"""Feeds as members set them up, and how far each has come."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from serantau.web.accounts.models import CODE
from serantau.web.defend.models import TaxiiAccount

LONGEST_ADDRESS = 500
LONGEST_SAID = 1000


class Kind(models.TextChoices):
    """What is asked, or told."""

    TAXII = "taxii", _("TAXII 2.1 collection")
    MISP = "misp", _("MISP feed")
    CSV = "csv", _("List as CSV")
    HOOK = "hook", _("Webhook")


SOURCES = (Kind.TAXII, Kind.MISP, Kind.CSV)
"""Kinds that bring something in."""


class Feed(models.Model):
    """A feed. It acts as an account of its member: what the account may not read or write, it does not either.

    Attributes:
        account: As which it reads or writes.
        member: Code of the member whose it is.
        title: What people call it.
        address: What is asked, or told.
        alias: The collection that it puts into, or, for a hook, gives from.
        light: The label of what bears none; None leaves it to the collection.
        options: Columns of a list, days that its values hold.
        secret: Credentials, sealed; empty where there are none. For a hook, what its key is made from.
        minutes: How often it is asked.
        paused: Whether it rests.
        made_by: Who made it.
        ended_at: Since when it is over.
    """

    account = models.ForeignKey(TaxiiAccount, on_delete=models.PROTECT, related_name="feeds")
    member = models.CharField(max_length=CODE)
    kind = models.CharField(max_length=10, choices=Kind.choices)
    title = models.CharField(max_length=120)
    address = models.CharField(max_length=LONGEST_ADDRESS, blank=True)
    alias = models.CharField(max_length=CODE + 10)
    light = models.SmallIntegerField(null=True)
    options = models.JSONField(default=dict)
    secret = models.TextField(blank=True)
    minutes = models.PositiveIntegerField(default=60)
    paused = models.BooleanField(default=False)
    made_by = models.CharField(max_length=40)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """By member and title."""

        ordering = ["member", "title", "pk"]
        indexes = [models.Index(fields=["member"], name="feeds_feed_member")]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"feed {self.pk}"

    @property
    def is_source(self) -> bool:
        """Whether it brings something in."""
        return self.kind in SOURCES


class Progress(models.Model):
    """How far a feed has come. It is work on its way: what a feed brings in is stored envelope by envelope.

    Attributes:
        cursor: From where it goes on, in the words of its kind.
        next_at: When it is due; None where it waits for a person (a list that is uploaded).
        tried_at, done_at: When it was last asked, and last heard to the end.
        failures: How often in a row it failed.
        said: Why it failed last.
        objects_in_all, refused: What it brought (or told) and what of that could not be used, in all.
    """

    feed = models.OneToOneField(Feed, on_delete=models.CASCADE, related_name="progress")
    cursor = models.JSONField(default=dict)
    next_at = models.DateTimeField(null=True)
    tried_at = models.DateTimeField(null=True)
    done_at = models.DateTimeField(null=True)
    failures = models.PositiveIntegerField(default=0)
    said = models.CharField(max_length=LONGEST_SAID, blank=True)
    objects_in_all = models.BigIntegerField(default=0)
    refused = models.BigIntegerField(default=0)

    class Meta:
        """Found by when it is due."""

        indexes = [models.Index(fields=["next_at"], name="feeds_progress_due")]

    def __str__(self) -> str:
        return f"feed {self.feed_id}"
