"""Questions that members ask each other about policies.

What is asked stays between the members and the secretariat until the owner of the policy answers; then both stand with
the policy for everybody, as the form says.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from serantau.web.accounts.models import CODE, Person

KEY = 120


class PolicyQuestion(models.Model):
    """A question about a policy, and the answer.

    Attributes:
        policy: Key of the policy in the register.
        owner: Code of the member that answers; empty where the secretariat does, because the policy is the region's.
        member: Code of the member that asks.
        answer: What the owner says; empty until it does.
    """

    policy = models.CharField(max_length=KEY)
    owner = models.CharField(max_length=CODE, blank=True)
    member = models.CharField(max_length=CODE)
    text = models.TextField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    answer = models.TextField(blank=True)
    answered_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    answered_at = models.DateTimeField(null=True)

    class Meta:
        """In the order in which they were asked."""

        ordering = ["pk"]
        indexes = [
            models.Index(fields=["policy"], name="question_policy"),
            models.Index(fields=["owner", "answered_at"], name="question_waiting"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=(Q(answer="") & Q(answered_at=None)) | (~Q(answer="") & Q(answered_at__isnull=False)),
                name="an_answer_has_its_time",
            ),
            models.CheckConstraint(condition=~Q(owner=models.F("member")), name="nobody_asks_themselves"),
        ]

    def __str__(self) -> str:
        return f"question {self.pk}"

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"question {self.pk}"
