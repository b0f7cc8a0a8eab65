"""The tables of jobs, of the lease of who runs them, and of mails to send."""

from __future__ import annotations

from django.db import models
from django.db.models import Q


class State(models.TextChoices):
    """How far a job has come."""

    QUEUED = "queued"
    RUNNING = "running"
    DONE = "done"
    DEAD = "dead"


class Job(models.Model):
    """One job. The row commits with the data that asked for it; on PostgreSQL a procrastinate job points to it."""

    name = models.CharField(max_length=80)
    args = models.JSONField(default=dict)
    key = models.CharField(max_length=200, null=True, unique=True)  # noqa: DJ001 - unique, so no value is no text
    state = models.CharField(max_length=10, choices=State.choices, default=State.QUEUED)
    run_at = models.DateTimeField()
    attempts = models.IntegerField(default=0)
    holder = models.CharField(max_length=80, blank=True)
    held_until = models.DateTimeField(null=True)
    error = models.TextField(blank=True)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [models.Index(fields=["state", "run_at"], name="jobs_job_due")]
        constraints = [
            models.CheckConstraint(condition=Q(attempts__gte=0), name="jobs_job_attempts"),
            models.CheckConstraint(condition=Q(state__in=State.values), name="jobs_job_state"),
            models.CheckConstraint(
                condition=Q(state=State.RUNNING, held_until__isnull=False)
                | Q(~Q(state=State.RUNNING), held_until__isnull=True, holder=""),
                name="jobs_job_held_while_running",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} {self.key or self.pk}: {self.state}"


class Lease(models.Model):
    """Who may do something that one process at a time must do, and until when."""

    name = models.CharField(max_length=40, primary_key=True)
    holder = models.CharField(max_length=80)
    until = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.name}, held by {self.holder}"


class Mail(models.Model):
    """A mail to send, or sent; its text is erased some weeks later."""

    message_id = models.CharField(max_length=200, unique=True)
    sender = models.CharField(max_length=320)
    recipients = models.JSONField()
    subject = models.CharField(max_length=400)
    text = models.TextField()
    html = models.TextField(blank=True)
    made_at = models.DateTimeField()
    sent_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"mail {self.pk}"
