"""What was seen (keys, evidence, buckets), what follows from it (alerts), and how far the work has come.

Nothing here is read by rank alone: a row of evidence, a bucket and an alert each belong to a level, and whoever reads
goes through :mod:`serantau.web.alerts.store`, which asks for a reader first.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from serantau.defend.alerts import State, Why
from serantau.defend.model import ALERT_LEVELS, ObservableKey, Release, Tlp, Word
from serantau.web.accounts.models import CODE

STIX_ID = 300
"""Longest STIX identifier: a type of at most 250 letters and a UUID (STIX 2.1, 2.9 and 3.1)."""

LEVELS = [one.value for one in ALERT_LEVELS]


class Key(models.Model):
    """An observable that somebody reported, in its normal form."""

    digest = models.BinaryField(max_length=32, unique=True)
    type = models.CharField(max_length=80)
    value = models.TextField()

    def __str__(self) -> str:
        return f"{self.type} {self.pk}"

    @property
    def observable(self) -> ObservableKey:
        """The key as the engine knows it."""
        return ObservableKey(self.type, self.value)


class Evidence(models.Model):
    """One member's word on one key, out of the newest version of one stored object.

    Attributes:
        number: Place of the stored object in the store.
        object: Identifier of the stored object; a newer version takes the place of an older one.
        cell: The window of the rule in which it was last seen.
        source: Digest of what it rests on; 0 where nothing is told.
    """

    number = models.BigIntegerField()
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+")
    object = models.CharField(max_length=STIX_ID)
    member = models.CharField(max_length=CODE)
    tlp = models.SmallIntegerField()
    attribution = models.SmallIntegerField(null=True)
    word = models.CharField(max_length=20)
    first = models.DateTimeField()
    last = models.DateTimeField()
    confidence = models.SmallIntegerField(null=True)
    source = models.CharField(max_length=64)
    cell = models.IntegerField()

    class Meta:
        """One word a key, member and object."""

        constraints = [
            models.UniqueConstraint(fields=["object", "member", "key"], name="alerts_one_word"),
            models.CheckConstraint(condition=Q(word__in=[one.value for one in Word]), name="alerts_word_is_one"),
        ]
        indexes = [models.Index(fields=["key", "member"], name="alerts_evidence_key_member")]

    def __str__(self) -> str:
        return f"evidence {self.pk}"


class Bucket(models.Model):
    """What one member said of one key under one label within one window: the evidence, added up.

    Attributes:
        named_from: The label from which on the member may be named for it; None for never.
        sources: Digests of what it rests on, at most as many as the engine keeps.
        doubts: How often it was called a false positive; ``doubted`` and ``expired`` say when last.
    """

    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+")
    cell = models.IntegerField()
    member = models.CharField(max_length=CODE)
    tlp = models.SmallIntegerField()
    n = models.PositiveIntegerField(default=0)
    first = models.DateTimeField(null=True)
    last = models.DateTimeField(null=True)
    confidence = models.SmallIntegerField(null=True)
    named_from = models.SmallIntegerField(null=True)
    sources = models.JSONField(default=list)
    doubts = models.PositiveIntegerField(default=0)
    doubted = models.DateTimeField(null=True)
    expired = models.DateTimeField(null=True)

    class Meta:
        """One a key, window, member and label."""

        constraints = [models.UniqueConstraint(fields=["key", "cell", "member", "tlp"], name="alerts_one_bucket")]
        indexes = [models.Index(fields=["cell", "tlp"], name="alerts_bucket_cell")]

    def __str__(self) -> str:
        return f"bucket {self.pk}"


class Alert(models.Model):
    """A regional alert at one level, as readers cleared for exactly that level see it.

    Attributes:
        level: The label up to which contributions were counted; the row is for readers cleared for this and no more.
        cell, starts: Number and beginning of the window of the rule that it belongs to.
        stix_id: Identifier of the object that the hub issues for it.
        state: Whether it stands, was withdrawn, or was never raised; ``why`` says the reason.
        lists: Warning lists that the key stands on.
        members: How many members saw it.
        independent: As how many of them count: those that rest on one source count as one.
        named: Codes of those that may be named at this level.
        sightings: How often it was seen.
        doubts: How many members called it a false positive.
        first, last: When it was first and last seen.
        reached: When the last of the members that it takes saw it.
        clock: The moment from which it loses weight.
        confidence: Its weight at that moment, 0 to 100.
        revision: Counts what is news; ``issued`` and ``told`` are the revisions that went into the collection and to
            the duty contacts. More sightings by the same members are news once an hour.
        said_last: When it was last seen, as the last revision says.
    """

    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="+")
    rule = models.CharField(max_length=40)
    level = models.SmallIntegerField()
    cell = models.IntegerField()
    starts = models.DateTimeField()
    stix_id = models.CharField(max_length=STIX_ID, unique=True)
    state = models.CharField(max_length=12)
    why = models.CharField(max_length=20, blank=True)
    lists = models.JSONField(default=list)
    members = models.PositiveSmallIntegerField()
    independent = models.PositiveSmallIntegerField()
    named = models.JSONField(default=list)
    sightings = models.PositiveIntegerField()
    doubts = models.PositiveSmallIntegerField(default=0)
    first = models.DateTimeField()
    last = models.DateTimeField()
    reached = models.DateTimeField()
    clock = models.DateTimeField()
    confidence = models.PositiveSmallIntegerField()
    revision = models.PositiveIntegerField(default=1)
    issued = models.PositiveIntegerField(default=0)
    told = models.PositiveIntegerField(default=0)
    said_last = models.DateTimeField()
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        """One a rule, key, window and level; listed by level, newest first."""

        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["key", "cell", "level", "rule"], name="alerts_one_alert"),
            models.CheckConstraint(condition=Q(level__in=LEVELS), name="alerts_level_is_one"),
            models.CheckConstraint(condition=Q(state__in=[one.value for one in State]), name="alerts_state_is_one"),
            models.CheckConstraint(condition=Q(why__in=["", *(one.value for one in Why)]), name="alerts_why_is_one"),
        ]
        indexes = [
            models.Index(fields=["level", "-changed_at"], name="alerts_level_changed"),
            models.Index(fields=["level", "cell"], name="alerts_level_cell"),
            models.Index(fields=["id"], name="alerts_to_issue", condition=Q(issued__lt=models.F("revision"))),
        ]

    def __str__(self) -> str:
        return f"alert {self.pk}"

    @property
    def reference(self) -> str:
        """How events and jobs name it."""
        return f"alert {self.pk}"

    @property
    def tlp(self) -> Tlp:
        """Its level as a label."""
        return Tlp(self.level)

    @property
    def key_type(self) -> str:
        """The kind of observable; the store reads it along."""
        return self.key.type

    @property
    def value(self) -> str:
        """The observable, as it is shown to whoever may read the alert."""
        return self.key.value

    @property
    def release(self) -> Release:
        """Who may read it: whoever is cleared for its level and not for the next one."""
        return Release(self.tlp, ALERT_LEVELS[self.level + 1] if self.level + 1 < len(ALERT_LEVELS) else None)


class Progress(models.Model):
    """How far the store was read; one row."""

    name = models.CharField(max_length=20, primary_key=True)
    number = models.BigIntegerField(default=0)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name} {self.number}"


class Tally(models.Model):
    """The figures of one level, added up beforehand."""

    level = models.SmallIntegerField(primary_key=True)
    at = models.DateTimeField()
    figures = models.JSONField()

    def __str__(self) -> str:
        return f"figures of level {self.level}"


class WarningList(models.Model):
    """A list of what is no threat, loaded from a file of the operator's own.

    Attributes:
        content: The file as it was read, compressed.
        entries: How many entries are looked up; ``refused`` how many are not, with the reasons in ``notes``.
    """

    name = models.CharField(max_length=200, unique=True)
    version = models.CharField(max_length=40)
    kind = models.CharField(max_length=20)
    description = models.TextField(blank=True)
    entries = models.PositiveIntegerField()
    refused = models.PositiveIntegerField(default=0)
    notes = models.JSONField(default=list)
    digest = models.CharField(max_length=64)
    content = models.BinaryField()
    loaded_at = models.DateTimeField()

    class Meta:
        """By name."""

        ordering = ["name"]

    def __str__(self) -> str:
        return self.name
