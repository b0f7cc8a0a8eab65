"""Reports and what they name, what is answered to whoever asks, appeals, published months.

A thing that was reported is found by a keyed digest of its normal form. :class:`Answered` holds what the checker
answers for and nothing else, so that a look-up does the same work for a number below the threshold as for one that
nobody ever reported.
"""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import models
from django.db.models import Q

from serantau.defend.scams import Counted, Harm, Part, Stage, State, Thing, Tip, over
from serantau.defend.scams.retention import ends
from serantau.web.accounts.models import CODE

DIGEST = 64
REFERENCE = 40
WORD = 40
LONGEST_VALUE = 2048


class Key(models.Model):
    """One thing that was reported or appealed for, by its digest alone.

    Attributes:
        changed_at: When something last happened that may change what is answered; None once that was seen to.
        cleared_at: When an appeal was upheld; what was received before counts no more.
        silent_until: Until when an appeal silences it.
    """

    thing = models.CharField(max_length=WORD)
    digest = models.CharField(max_length=DIGEST, unique=True)
    changed_at = models.DateTimeField(null=True, db_index=True)
    cleared_at = models.DateTimeField(null=True)
    silent_until = models.DateTimeField(null=True)

    def __str__(self) -> str:
        return f"{self.thing} {self.pk}"


class Answered(models.Model):
    """A thing for which the checker says that it is reported."""

    key = models.OneToOneField(Key, on_delete=models.CASCADE, related_name="answered")
    thing = models.CharField(max_length=WORD)
    digest = models.CharField(max_length=DIGEST, unique=True)
    until = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return f"{self.thing} until {self.until}"


class Report(models.Model):
    """What somebody reported. It names nobody once the times of ``defend.scams.retention`` are over.

    Attributes:
        code: Digest of the receipt code.
        member: Code of the member where it happened; its officers deal with it.
        happened: Day on which it happened, as the reporter says.
        text: The message or what was said, and what was added later.
        question: What an officer asked.
        reason: Why it was rejected, in an officer's words.
        contact: Where the reporter can be reached, if they said so.
        marks: Digests of what reports of one person have in common.
        month: The month in whose figures it counts; empty while it was not accepted.
        parts: Parts of it that are still held.
        delete_at: When the next part is to be deleted.
        revision: Counts changes, so that two officers do not write over each other.
    """

    code = models.CharField(max_length=DIGEST, unique=True)
    harm = models.CharField(max_length=WORD)
    member = models.CharField(max_length=CODE)
    happened = models.DateField(null=True)
    received_at = models.DateTimeField()
    decided_at = models.DateTimeField(null=True)
    state = models.CharField(max_length=WORD, default=State.RECEIVED.value)
    text = models.TextField(blank=True)
    question = models.TextField(blank=True)
    reason = models.TextField(blank=True)
    contact = models.CharField(max_length=254, blank=True)
    amount = models.DecimalField(max_digits=18, decimal_places=2, null=True)
    currency = models.CharField(max_length=3, blank=True)
    marks = models.JSONField(default=list)
    source = models.CharField(max_length=REFERENCE)
    month = models.CharField(max_length=7, blank=True, db_index=True)
    merged_into = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    parts = models.JSONField(default=list)
    delete_at = models.DateTimeField(null=True, db_index=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by member and state, the longest waiting first."""

        ordering = ["received_at", "pk"]
        indexes = [models.Index(fields=["member", "state", "received_at"], name="scam_report_desk")]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=[one.value for one in State]), name="scam_state_is_one"),
            models.CheckConstraint(condition=Q(harm__in=[one.value for one in Harm]), name="scam_harm_is_one"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"scam-report {self.pk}"

    @property
    def at(self) -> State:
        """Its state."""
        return State(self.state)

    def due(self, now: datetime) -> frozenset[Part]:
        """Parts that are held and whose time is over."""
        return over(self.at, self.received_at, self.decided_at, now) & {Part(name) for name in self.parts}

    def next_deletion(self) -> datetime | None:
        """When the next part is to be deleted; None once nothing is held that is."""
        moments = [ends(Part(name), self.at, self.received_at, self.decided_at) for name in self.parts]
        return min(moments, default=None)


class Named(models.Model):
    """A thing that a report names.

    Attributes:
        key: By which it is found; None once its digest was deleted.
        value: Its normal form; empty once that was deleted.
    """

    report = models.ForeignKey(Report, on_delete=models.CASCADE, related_name="things")
    thing = models.CharField(max_length=WORD)
    key = models.ForeignKey(Key, on_delete=models.SET_NULL, null=True, related_name="named")
    value = models.CharField(max_length=LONGEST_VALUE, blank=True)

    class Meta:
        """In the order in which they were named; each once a report."""

        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["report", "key"], name="one_scam_thing_a_report")]

    def __str__(self) -> str:
        return self.thing


class Appeal(models.Model):
    """That somebody says that a thing is theirs and wrongly reported.

    Attributes:
        member: Code of the member whose officers decide.
        value: The thing in its normal form, for the officers.
        words: What the officers say of it; the appellant reads this with the code.
    """

    code = models.CharField(max_length=DIGEST, unique=True)
    key = models.ForeignKey(Key, on_delete=models.PROTECT, related_name="appeals")
    member = models.CharField(max_length=CODE)
    value = models.CharField(max_length=LONGEST_VALUE, blank=True)
    reason = models.TextField(blank=True)
    contact = models.CharField(max_length=254, blank=True)
    stage = models.CharField(max_length=WORD, default=Stage.OPEN.value)
    words = models.TextField(blank=True)
    received_at = models.DateTimeField()
    proposed_by = models.CharField(max_length=REFERENCE, blank=True)
    decided_by = models.CharField(max_length=REFERENCE, blank=True)
    decided_at = models.DateTimeField(null=True)
    delete_at = models.DateTimeField(null=True, db_index=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """The longest waiting first."""

        ordering = ["received_at", "pk"]
        indexes = [models.Index(fields=["member", "stage"], name="scam_appeal_desk")]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=[one.value for one in Stage]), name="scam_stage_is_one")
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"scam-appeal {self.pk}"

    @property
    def at(self) -> Stage:
        """Its stage."""
        return Stage(self.stage)


class PublishedMonth(models.Model):
    """The figures of a month as they were published; they never change."""

    month = models.CharField(max_length=7, unique=True)
    body = models.JSONField()
    made_at = models.DateTimeField()

    class Meta:
        """The latest first."""

        ordering = ["-month"]

    def __str__(self) -> str:
        return self.month


def counted(report: Report, things: frozenset[Thing]) -> Counted:
    """What of a report is counted."""
    amount = report.amount if report.amount is not None and report.amount > Decimal(0) else None
    return Counted(Harm(report.harm), report.member, things, amount, report.currency if amount else "")


def tip_of(report: Report) -> Tip:
    """A report as far as counting is concerned: dated when it happened, and at the latest when it came."""
    happened = report.received_at
    if report.happened is not None and report.happened < report.received_at.date():
        happened = report.received_at - (report.received_at.date() - report.happened)
    return Tip(report.pk, happened, report.received_at, frozenset(report.marks))
