"""Milestones and new actions: what a decision has somebody do by a date, under an action or an outcome of the plan.

The first date that was promised is kept for ever; a date that moved stands beside it.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from serantau.web.accounts.models import CODE

NAME = 200
STATES = ("open", "done", "dropped")


class Milestone(models.Model):
    """One commitment.

    Attributes:
        subject: What it follows from, as events name it: ``paper 7``.
        number: Which commitment of it, from 1.
        basis: The decision in words: verb, body and date.
        action: Id of the action of the plan; empty where it belongs to none.
        outcome: Id of the outcome of the plan under which it is a new action by decision; empty for a milestone.
        owner: Code of the member that does it; empty for all of them together.
        due: When it is due now.
        first_due: When it was due when it was first promised; never changed.
        reason: Why its date or state last changed.
    """

    subject = models.CharField(max_length=NAME)
    number = models.PositiveIntegerField()
    basis = models.CharField(max_length=NAME)
    title = models.CharField(max_length=NAME)
    action = models.CharField(max_length=CODE, blank=True)
    outcome = models.CharField(max_length=CODE, blank=True)
    owner = models.CharField(max_length=CODE, blank=True)
    due = models.DateField(null=True)
    first_due = models.DateField(null=True)
    state = models.CharField(max_length=10, default="open")
    reason = models.TextField(blank=True)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()

    class Meta:
        """The earliest due first."""

        ordering = ["due", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["subject", "number"], name="one_milestone_a_commitment"),
            models.CheckConstraint(condition=Q(state__in=STATES), name="milestone_state_is_one"),
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def paper(self) -> int:
        """Number of the paper that it follows from; 0 where it follows from something else."""
        kind, _, number = self.subject.partition(" ")
        return int(number) if kind == "paper" and number.isdecimal() else 0

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"milestone {self.pk}"

    @property
    def moved(self) -> bool:
        """Whether it is due on another day than was first promised."""
        return self.due != self.first_due
