"""Requests for coordination between two members, and their records.

Rows name members by their permanent codes. A draft is seen by its own member alone; what was sent by the two, and by
nobody else.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
from django.db import models
from django.db.models import Q

from serantau.spectrum.limits import Silence
from serantau.spectrum.procedure import Case, Entry, Stage, Standing, Terms
from serantau.web.accounts.models import CODE

if TYPE_CHECKING:
    from serantau.spectrum.coordination import Finding, Transmitter

REFERENCE = 40
NAME = 200
STAGES = [one.value for one in Stage]
STANDINGS = [one.value for one in Standing]


class Coordination(models.Model):
    """A request for coordination.

    Attributes:
        member: Code of the member that asks.
        neighbour: Code of the member that answers.
        border: The line between them, GeoJSON as it was given.
        side: On which side of the line, in its direction, the neighbour lies.
        ground: What the run takes the ground for: ``land``, ``sea`` or ``tiles``.
        limits: Ids of limits that are held.
        own_limit: A limit that the sender states itself; None for none.
        weeks: Answers are due so many weeks after it was sent.
        agreement: Id of the agreement that says so; empty if the sender asks for it.
        run: Counts runs that were asked for, so that a late one is not taken for a later one.
        asked_at: When the run that goes on was asked for; None while none does.
        findings: What the last run found; None before it ended.
        reminded: Names of the reminders that were sent.
        revision: Counts changes, so that two people do not write over each other.
    """

    member = models.CharField(max_length=CODE)
    neighbour = models.CharField(max_length=CODE)
    title = models.CharField(max_length=NAME)
    border = models.TextField()
    side = models.CharField(max_length=5)
    spacing_km = models.FloatField()
    delta_n = models.FloatField()
    n0 = models.FloatField()
    origin = models.CharField(max_length=NAME)
    ground = models.CharField(max_length=10)
    limits = models.JSONField(default=list)
    own_limit = models.JSONField(null=True)
    weeks = models.PositiveSmallIntegerField()
    silence = models.CharField(max_length=10)
    reminders = models.JSONField(default=list)
    agreement = models.CharField(max_length=CODE, blank=True)
    stage = models.CharField(max_length=20, default=Stage.DRAFT.value)
    sent_at = models.DateTimeField(null=True)
    due_at = models.DateTimeField(null=True)
    reminded = models.JSONField(default=list)
    run = models.PositiveIntegerField(default=0)
    asked_at = models.DateTimeField(null=True)
    computed_at = models.DateTimeField(null=True)
    run_error = models.TextField(blank=True)
    edition = models.CharField(max_length=80, blank=True)
    said = models.JSONField(default=list)
    findings = models.JSONField(null=True)
    made_by = models.CharField(max_length=REFERENCE)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by both sides; open deadlines are looked for often."""

        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(fields=["member", "-changed_at"], name="coordination_member"),
            models.Index(fields=["neighbour", "-changed_at"], name="coordination_neighbour"),
            models.Index(fields=["stage", "due_at"], name="coordination_stage_due"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=STAGES), name="coordination_stage_is_one"),
            models.CheckConstraint(condition=~Q(member=models.F("neighbour")), name="coordination_is_of_two"),
        ]

    def __str__(self) -> str:
        return f"coordination {self.pk}"

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"coordination {self.pk}"

    @property
    def at(self) -> Stage:
        """Its stage, as last written; :meth:`case` and ``advance`` tell the stage of a moment."""
        return Stage(self.stage)

    def terms(self) -> Terms:
        """When answers are due, and what silence means."""
        return Terms(self.weeks, Silence(self.silence), tuple(self.reminders), self.agreement)

    def case(self) -> Case:
        """The request as the engine sees it."""
        rows = self.stations.order_by("position").values_list("name", "standing", "reason", "silent")
        entries = tuple(Entry(name, Standing(standing), reason, silent) for name, standing, reason, silent in rows)
        return Case(self.at, entries, self.due_at, self.sent_at)

    def outline(self) -> Case:
        """The request without its records: enough for its deadline."""
        return Case(self.at, (), self.due_at, self.sent_at)

    def batch(self) -> tuple[Transmitter, ...]:
        """Its records as the engine of runs takes them."""
        from serantau.spectrum.coordination import Transmitter

        rows = self.stations.order_by("position").values_list("raw", flat=True)
        return tuple(msgspec.convert(raw, Transmitter) for raw in rows)

    def found(self) -> tuple[Finding, ...]:
        """What the last run found; nothing before it ended."""
        from serantau.spectrum.coordination import Finding

        return msgspec.convert(self.findings or [], tuple[Finding, ...])


class Station(models.Model):
    """One record of a request.

    Attributes:
        name: The sender's own identifier.
        raw: The transmitter, field by field.
        reason: Why it was rejected, or on what condition approved.
        silent: Whether it was approved because no answer came.
        margin_db: Limit minus field strength where it is over a limit by most; None where it is over none.
        limit: Id of that limit.
    """

    coordination = models.ForeignKey(Coordination, on_delete=models.CASCADE, related_name="stations")
    position = models.PositiveIntegerField()
    name = models.CharField(max_length=80)
    raw = models.JSONField()
    standing = models.CharField(max_length=20, default=Standing.PENDING.value)
    reason = models.TextField(blank=True)
    silent = models.BooleanField(default=False)
    margin_db = models.FloatField(null=True)
    limit = models.CharField(max_length=CODE, blank=True)
    answered_at = models.DateTimeField(null=True)
    registered_at = models.DateTimeField(null=True)

    class Meta:
        """In the order of the table that they came in."""

        ordering = ["position"]
        indexes = [models.Index(fields=["coordination", "standing", "position"], name="station_standing")]
        constraints = [
            models.UniqueConstraint(fields=["coordination", "position"], name="one_station_a_position"),
            models.UniqueConstraint(fields=["coordination", "name"], name="one_station_a_name"),
            models.CheckConstraint(condition=Q(standing__in=STANDINGS), name="station_standing_is_one"),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def transmitter(self) -> dict[str, Any]:
        """Its fields, for a table."""
        raw: dict[str, Any] = self.raw
        return raw
