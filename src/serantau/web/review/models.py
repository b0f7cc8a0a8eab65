"""Submissions with their records, files and messages; rounds that ask for them; the register of what was decided.

Rows name members, actions and indicators by their permanent ids. What was accepted is kept as the very fact files that
it became, so that what counts today can be written down and read again without asking this code what it meant.
"""

from __future__ import annotations

from typing import Any

from django.db import models
from django.db.models import Q

from serantau.facts import Decision
from serantau.review import Party, State
from serantau.web.accounts.models import CODE, DIGEST, Person

REFERENCE = 40
"""Longest name of somebody in events and rows: ``person 17``."""
NAME = 200
STATES = [state.value for state in State]


class ReportingRound(models.Model):
    """What the members are asked for, and by when.

    Attributes:
        plan: Id of the plan whose actions are reported on.
        year: Year that is reported on.
        zone: IANA name of the time zone of the body that asks.
    """

    title = models.CharField(max_length=NAME)
    plan = models.CharField(max_length=CODE)
    year = models.IntegerField()
    opens_at = models.DateTimeField()
    due_at = models.DateTimeField()
    zone = models.CharField(max_length=60)
    made_by = models.CharField(max_length=REFERENCE)
    made_at = models.DateTimeField()

    class Meta:
        """One round a plan and year; it opens before it is due."""

        constraints = [
            models.UniqueConstraint(fields=["plan", "year"], name="one_round_a_plan_and_year"),
            models.CheckConstraint(condition=Q(opens_at__lt=models.F("due_at")), name="a_round_opens_before_it_is_due"),
        ]

    def __str__(self) -> str:
        return self.title


class Submission(models.Model):
    """What one member, or one partner, hands in at once.

    Attributes:
        member: Code of the member; empty for a partner's.
        partner: Id of the partner; empty for a member's.
        room: The room whose facts it holds.
        licence: On which terms its figures may be passed on, as the member stated them.
        submitted_at: When it was first sent in; None while nobody but the member may see it.
        submitted_by: Who sent it in last.
        version: Counts changes, so that two people do not write over each other.
    """

    member = models.CharField(max_length=CODE, blank=True)
    partner = models.CharField(max_length=CODE, blank=True, default="")
    room = models.CharField(max_length=30)
    round = models.ForeignKey(ReportingRound, on_delete=models.PROTECT, null=True, related_name="submissions")
    title = models.CharField(max_length=NAME)
    licence = models.CharField(max_length=NAME)
    state = models.CharField(max_length=20, default=State.DRAFT.value)
    made_by = models.CharField(max_length=REFERENCE)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    submitted_at = models.DateTimeField(null=True)
    submitted_by = models.CharField(max_length=REFERENCE, blank=True)
    decided_at = models.DateTimeField(null=True)
    decided_by = models.CharField(max_length=REFERENCE, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by member and by state."""

        indexes = [
            models.Index(fields=["member", "-changed_at"], name="submission_member"),
            models.Index(fields=["state", "-changed_at"], name="submission_state"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(state__in=STATES), name="submission_state_is_one"),
            models.CheckConstraint(
                condition=(Q(member="") & ~Q(partner="")) | (~Q(member="") & Q(partner="")),
                name="a_submission_is_of_one_party",
            ),
        ]

    def __str__(self) -> str:
        return f"submission {self.pk}"

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"submission {self.pk}"

    @property
    def party(self) -> str:
        """Code of the member or id of the partner that hands it in."""
        return self.member or self.partner

    @property
    def at(self) -> State:
        """Its state."""
        return State(self.state)


class Item(models.Model):
    """One record of a submission, as text.

    Attributes:
        kind: Name of its kind of fact.
        raw: The record, the way a fact file has it, without what the review fills in.
        about: What it is about, by which an answer is looked for: the id of an action or an indicator.
        year: The year it speaks of, where it speaks of one.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="items")
    position = models.PositiveIntegerField()
    kind = models.CharField(max_length=80)
    raw = models.JSONField()
    about = models.CharField(max_length=CODE, blank=True)
    year = models.IntegerField(null=True)

    class Meta:
        """In the order in which they were added."""

        ordering = ["position"]
        indexes = [models.Index(fields=["kind", "year", "about"], name="item_answers")]
        constraints = [models.UniqueConstraint(fields=["submission", "position"], name="one_item_a_position")]

    def __str__(self) -> str:
        return f"{self.kind} {self.position}"


class Pending(models.Model):
    """A file that was checked and found good, until somebody takes it into the submission or another replaces it."""

    submission = models.OneToOneField(Submission, on_delete=models.CASCADE, related_name="pending")
    kind = models.CharField(max_length=80)
    name = models.CharField(max_length=NAME)
    rows = models.JSONField()
    by = models.CharField(max_length=REFERENCE)
    at = models.DateTimeField()

    def __str__(self) -> str:
        return self.name


class Attachment(models.Model):
    """A file that shows something. It lies in the data folder under a random name.

    Attributes:
        name: What its sender called it, cleaned.
        media_type: What its content is.
        digest: ``sha256:`` and its digest, by which evidence names it.
        place: Random name within the folder of attachments.
    """

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="attachments")
    name = models.CharField(max_length=NAME)
    media_type = models.CharField(max_length=100)
    size = models.PositiveIntegerField()
    digest = models.CharField(max_length=DIGEST + 7)
    place = models.CharField(max_length=64, unique=True)
    by = models.CharField(max_length=REFERENCE)
    at = models.DateTimeField()

    class Meta:
        """The same file once a submission."""

        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["submission", "digest"], name="one_file_a_submission")]

    def __str__(self) -> str:
        return self.name


class Message(models.Model):
    """What was said between the member and the secretariat about a submission."""

    submission = models.ForeignKey(Submission, on_delete=models.CASCADE, related_name="messages")
    at = models.DateTimeField()
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    party = models.CharField(max_length=20)
    act = models.CharField(max_length=20)
    text = models.TextField()

    class Meta:
        """In the order in which it was said."""

        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(party__in=[one.value for one in Party]), name="message_party_is_one")
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.at:%Y-%m-%d}"


class Register(models.Model):
    """The one row that says how many decisions on facts there are, and what they come to.

    Attributes:
        size: Number of decisions.
        digest: Of all their files, each time of the digest before and the new files.
    """

    id = models.SmallIntegerField(primary_key=True, default=1)
    size = models.PositiveIntegerField(default=0)
    digest = models.CharField(max_length=DIGEST, blank=True)

    class Meta:
        """One row."""

        constraints = [models.CheckConstraint(condition=Q(id=1), name="register_one_row")]

    def __str__(self) -> str:
        return f"register of {self.size} decisions"


class RegisterEntry(models.Model):
    """One decision that changed the facts; it never changes."""

    number = models.PositiveIntegerField(primary_key=True)
    decision = models.CharField(max_length=20)
    submission = models.ForeignKey(Submission, on_delete=models.PROTECT, related_name="entries")
    day = models.DateField()
    at = models.DateTimeField()
    files = models.JSONField()

    class Meta:
        """A submission is accepted once and withdrawn once."""

        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["submission", "decision"], name="one_decision_a_submission"),
            models.CheckConstraint(
                condition=Q(decision__in=[one.value for one in Decision]), name="entry_decision_is_one"
            ),
        ]

    def __str__(self) -> str:
        return f"decision {self.number}"

    def contents(self) -> dict[str, bytes]:
        """Its files by path within a region's folder."""
        files: dict[str, Any] = self.files
        return {name: content.encode() for name, content in files.items()}


class CalendarFeed(models.Model):
    """A person's own calendar address. Of the secret in it only the digest is kept."""

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="calendar_feeds")
    digest = models.CharField(max_length=DIGEST, unique=True)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        """One that works at a time."""

        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(revoked_at=None), name="one_calendar_a_person")
        ]

    def __str__(self) -> str:
        return f"calendar of {self.person}"


class Reminder(models.Model):
    """That the people of a member were reminded of a round."""

    round = models.ForeignKey(ReportingRound, on_delete=models.CASCADE, related_name="reminders")
    member = models.CharField(max_length=CODE)
    name = models.CharField(max_length=40)
    at = models.DateTimeField()

    class Meta:
        """Each once."""

        constraints = [models.UniqueConstraint(fields=["round", "member", "name"], name="each_reminder_once")]

    def __str__(self) -> str:
        return f"{self.member} {self.name}"
