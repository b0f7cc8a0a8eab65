"""Teams and contacts, notices of alerts, shared cases, questions, and how far each person is cleared.

Rows are addressed by random references: a number in an address would tell how many there are that one may not read.
Members and partners are named by their permanent ids.
"""

from __future__ import annotations

import secrets

from django.db import models
from django.db.models import Q

from serantau.defend import escalation, incidents, questions
from serantau.defend.model import HIGHEST_CLEARANCE, Release, Tlp
from serantau.web.accounts.models import CODE, Person

REFERENCE = 40
"""Longest name of an actor in an event."""

REF = 16
NAME = 200
KIND = 80
STIX_ID = 300
LONGEST_KEY = 20_000
CLEARANCES = [one.value for one in Tlp if one <= HIGHEST_CLEARANCE]
LABELS = [one.value for one in Tlp if one <= Tlp.RED]


def new_ref() -> str:
    """A reference that says nothing.

    >>> len(new_ref())
    12
    """
    return secrets.token_hex(6)


# --- who may read how far -----------------------------------------------------------------------------------------------------


class Clearance(models.Model):
    """The strictest label that a person reads by rank, as the head of their delegation gave it."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="clearance")
    level = models.SmallIntegerField()
    by = models.CharField(max_length=REFERENCE)
    at = models.DateTimeField()

    class Meta:
        """A clearance is one that can be had."""

        constraints = [models.CheckConstraint(condition=Q(level__in=CLEARANCES), name="cooperation_clearance_is_one")]

    def __str__(self) -> str:
        return Tlp(self.level).label


# --- directory ----------------------------------------------------------------------------------------------------------------


class Team(models.Model):
    """A member's CERT as the member describes it.

    Attributes:
        zone: IANA name of the time zone on whose clocks its hours of duty are read.
        minutes: How long each contact has to answer an alert before the next one is told.
        pgp: Its public key, as text; empty for none.
    """

    ref = models.CharField(max_length=REF, unique=True, default=new_ref)
    member = models.CharField(max_length=CODE, unique=True)
    name = models.CharField(max_length=NAME)
    constituency = models.TextField(blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    zone = models.CharField(max_length=60)
    minutes = models.PositiveIntegerField()
    pgp = models.TextField(blank=True)
    changed_by = models.CharField(max_length=REFERENCE)
    changed_at = models.DateTimeField()

    class Meta:
        """By name."""

        ordering = ["name"]

    def __str__(self) -> str:
        return self.name


class Contact(models.Model):
    """A point of contact of a team. Its row goes when it is erased.

    Attributes:
        person: The account that notices reach; None for somebody who is only listed.
        position: Place in the order of escalation, from 1.
        days: Days of the week on which the hours begin: digits, Monday is 0; empty for no hours of their own.
        starts, ends: The hours; equal ones are a whole day.
    """

    ref = models.CharField(max_length=REF, unique=True, default=new_ref)
    team = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="contacts")
    person = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    name = models.CharField(max_length=NAME)
    duty = models.CharField(max_length=NAME, blank=True)
    email = models.EmailField(blank=True)
    phone = models.CharField(max_length=40, blank=True)
    pgp = models.TextField(blank=True)
    position = models.PositiveIntegerField()
    days = models.CharField(max_length=7, blank=True)
    starts = models.TimeField()
    ends = models.TimeField()

    class Meta:
        """In the order of escalation."""

        ordering = ["position", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["team", "person"], condition=Q(person__isnull=False), name="cooperation_one_contact_a_person"
            )
        ]

    def __str__(self) -> str:
        return self.name

    def hours(self) -> escalation.Hours | None:
        """Its hours of duty; None if it has none of its own."""
        if not self.days:
            return None
        return escalation.Hours(frozenset(map(int, self.days)), self.starts, self.ends, self.team.zone)

    def known(self) -> escalation.Contact:
        """The contact as the engine knows it; reads its shifts."""
        hours = self.hours()
        turns = tuple(escalation.Shift(one.starts_at, one.ends_at) for one in self.shifts.all())
        return escalation.Contact(self.pk, (hours,) if hours else (), turns)


class Shift(models.Model):
    """A turn of the rota."""

    contact = models.ForeignKey(Contact, on_delete=models.CASCADE, related_name="shifts")
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()

    class Meta:
        """In order of time."""

        ordering = ["starts_at", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(starts_at__lt=models.F("ends_at")), name="cooperation_a_shift_begins_first"
            )
        ]

    def __str__(self) -> str:
        return f"{self.starts_at:%Y-%m-%d %H:%M}"


class Hook(models.Model):
    """An address of a member's own that is told of notices, with a signature.

    Attributes:
        nonce: From it and the site's secret the key of the signature is worked out; the key itself is kept nowhere.
        level: The strictest label of what is sent there.
    """

    ref = models.CharField(max_length=REF, unique=True, default=new_ref)
    member = models.CharField(max_length=CODE)
    url = models.URLField(max_length=500)
    nonce = models.CharField(max_length=40)
    level = models.SmallIntegerField()
    made_by = models.CharField(max_length=REFERENCE)
    made_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True)

    class Meta:
        """In the order in which they were made."""

        ordering = ["pk"]
        constraints = [models.CheckConstraint(condition=Q(level__in=CLEARANCES), name="cooperation_hook_level_is_one")]

    def __str__(self) -> str:
        return self.url


# --- notices ------------------------------------------------------------------------------------------------------------------


class Notice(models.Model):
    """An alert before one member: what it says, and how it went.

    Attributes:
        alert: STIX id of the alert, which is one of its level.
        revision: The alert's own, so that the same news comes once.
        level, upto: Whoever is cleared for the one and not for the other reads it; -1 where there is no upper end.
        kind, value: What was seen.
        members: By how many members, as far as this level counts.
        deadline_at: When somebody must be told next; None once it was answered or everybody was told.
    """

    ref = models.CharField(max_length=REF, unique=True, default=new_ref)
    alert = models.CharField(max_length=STIX_ID)
    revision = models.PositiveIntegerField()
    member = models.CharField(max_length=CODE)
    level = models.SmallIntegerField()
    upto = models.SmallIntegerField(default=-1)
    kind = models.CharField(max_length=KIND)
    value = models.TextField()
    members = models.PositiveSmallIntegerField()
    first_at = models.DateTimeField()
    last_at = models.DateTimeField()
    raised_at = models.DateTimeField()
    minutes = models.PositiveIntegerField()
    state = models.CharField(max_length=20, default=escalation.State.WAITING.value)
    deadline_at = models.DateTimeField(null=True)
    ended_at = models.DateTimeField(null=True)
    answered_by = models.ForeignKey(Person, on_delete=models.SET_NULL, null=True, related_name="+")
    words = models.TextField(blank=True)

    class Meta:
        """The newest first."""

        ordering = ["-raised_at", "-pk"]
        indexes = [
            models.Index(fields=["member", "state", "-raised_at"], name="cooperation_notice_member"),
            models.Index(fields=["deadline_at"], name="cooperation_notice_deadline"),
        ]
        constraints = [
            models.UniqueConstraint(fields=["alert", "member", "revision"], name="cooperation_one_notice_a_revision"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in escalation.State]), name="cooperation_notice_state_is_one"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"notice {self.ref}"

    @property
    def label(self) -> str:
        """Its label."""
        return Tlp(self.level).label

    @property
    def release(self) -> Release:
        """Who of the member may read it; it is nobody's own, so rank alone decides."""
        return Release(Tlp(self.level), None if self.upto < 0 else Tlp(self.upto))

    def matter(self) -> escalation.Notice:
        """The notice as the engine sees it."""
        told = tuple(escalation.Told(one.contact_number, one.at, one.deadline) for one in self.told.all())
        return escalation.Notice(self.raised_at, self.minutes, escalation.State(self.state), told, self.ended_at)


class Told(models.Model):
    """That a contact was told.

    Attributes:
        contact_number: Number of the contact; it stays when the contact is erased, and names nobody then.
    """

    notice = models.ForeignKey(Notice, on_delete=models.CASCADE, related_name="told")
    contact_number = models.PositiveBigIntegerField()
    at = models.DateTimeField()
    deadline = models.DateTimeField()

    class Meta:
        """In order; each once."""

        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(fields=["notice", "contact_number"], name="cooperation_told_once"),
        ]

    def __str__(self) -> str:
        return f"contact {self.contact_number}"


# --- cases --------------------------------------------------------------------------------------------------------------------


class Case(models.Model):
    """A case that members share.

    Attributes:
        proposed: The looser label that the lead proposes; -1 for none.
        alert: STIX id of the alert that it was opened on; empty for none.
        revision: Counts changes, so that two people do not write over each other.
    """

    ref = models.CharField(max_length=REF, unique=True, default=new_ref)
    title = models.CharField(max_length=NAME)
    lead = models.CharField(max_length=CODE)
    tlp = models.SmallIntegerField()
    stage = models.CharField(max_length=10, default=incidents.Stage.OPEN.value)
    offered_lead = models.CharField(max_length=CODE, blank=True)
    proposed = models.SmallIntegerField(default=-1)
    alert = models.CharField(max_length=STIX_ID, blank=True)
    opened_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """The newest change first."""

        ordering = ["-changed_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(tlp__in=LABELS), name="cooperation_case_label_is_one"),
            models.CheckConstraint(
                condition=Q(stage__in=[one.value for one in incidents.Stage]), name="cooperation_case_stage_is_one"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"case {self.ref}"

    @property
    def label(self) -> str:
        """Its label."""
        return Tlp(self.tlp).label

    def matter(self) -> incidents.Case:
        """The case as the engine sees it."""
        held = list(self.standings.all())
        return incidents.Case(
            lead=self.lead,
            tlp=Tlp(self.tlp),
            stage=incidents.Stage(self.stage),
            members=tuple((one.member, incidents.Standing(one.standing)) for one in held if one.standing),
            contributors=frozenset(one.member for one in held if one.contributed),
            offered_lead=self.offered_lead,
            proposed=None if self.proposed < 0 else Tlp(self.proposed),
            consents=frozenset(one.member for one in held if one.consents),
            tasks=tuple(one.matter() for one in self.tasks.all()),
            partners=frozenset(one.partner for one in self.partners.all()),
        )


class CaseMember(models.Model):
    """Where a member stands in a case.

    Attributes:
        standing: Empty where its invitation was taken back.
        contributed: Whether its words stand in the case.
        consents: Whether it consents to the looser label that is proposed.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="standings")
    member = models.CharField(max_length=CODE)
    standing = models.CharField(max_length=10, blank=True)
    contributed = models.BooleanField(default=False)
    consents = models.BooleanField(default=False)

    class Meta:
        """In the order of their invitation."""

        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "member"], name="cooperation_one_standing_a_member")]
        indexes = [models.Index(fields=["member", "standing"], name="cooperation_standing_member")]

    def __str__(self) -> str:
        return f"{self.member}: {self.standing}"


class CasePartner(models.Model):
    """That a partner looks on."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="partners")
    partner = models.CharField(max_length=CODE)
    at = models.DateTimeField()

    class Meta:
        """Once a partner."""

        ordering = ["partner"]
        constraints = [models.UniqueConstraint(fields=["case", "partner"], name="cooperation_one_look_a_partner")]

    def __str__(self) -> str:
        return self.partner


class CaseReader(models.Model):
    """A person whom a TLP:RED case is for: who opened it, who joined for a member, and whom a colleague named."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="readers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")
    member = models.CharField(max_length=CODE)

    class Meta:
        """Once a person."""

        ordering = ["pk"]
        constraints = [models.UniqueConstraint(fields=["case", "person"], name="cooperation_named_once")]

    def __str__(self) -> str:
        return f"person {self.person_id}"


class Entry(models.Model):
    """One thing in the timeline of a case: what somebody wrote, or what was done.

    Attributes:
        act: What was done; ``WRITE`` for words.
        target: The member or partner that it was about.
        label: The label that it was about; -1 for none.
        task: Number of the task; 0 for none.
        happened_at: When what is written about happened, where the author says so.
        shared: Whether partners that look on see it.
    """

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="entries")
    number = models.PositiveIntegerField()
    act = models.CharField(max_length=40)
    member = models.CharField(max_length=CODE)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    target = models.CharField(max_length=CODE, blank=True)
    label = models.SmallIntegerField(default=-1)
    task = models.PositiveIntegerField(default=0)
    text = models.TextField(blank=True)
    happened_at = models.DateTimeField(null=True)
    shared = models.BooleanField(default=False)

    class Meta:
        """In order."""

        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["case", "number"], name="cooperation_one_entry_a_number")]

    def __str__(self) -> str:
        return f"entry {self.number}"


class Task(models.Model):
    """Something to do in a case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="tasks")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=NAME)
    owner = models.CharField(max_length=CODE, blank=True)
    offered = models.CharField(max_length=CODE, blank=True)
    state = models.CharField(max_length=10, default=incidents.TaskState.OPEN.value)
    due = models.DateField(null=True)

    class Meta:
        """In order."""

        ordering = ["number"]
        constraints = [
            models.UniqueConstraint(fields=["case", "number"], name="cooperation_one_task_a_number"),
            models.CheckConstraint(
                condition=Q(state__in=[one.value for one in incidents.TaskState]), name="cooperation_task_state_is_one"
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def matter(self) -> incidents.Task:
        """The task as the engine sees it."""
        return incidents.Task(self.number, self.owner, self.offered, incidents.TaskState(self.state))


class Note(models.Model):
    """What a member notes on a case for its own people; nobody else sees it, and it is no part of the case."""

    case = models.ForeignKey(Case, on_delete=models.CASCADE, related_name="notes")
    member = models.CharField(max_length=CODE)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        """In order of time."""

        ordering = ["pk"]

    def __str__(self) -> str:
        return f"note of {self.member}"


# --- questions ----------------------------------------------------------------------------------------------------------------


class Question(models.Model):
    """Have you seen this?

    Attributes:
        kind, value: What is asked about.
    """

    ref = models.CharField(max_length=REF, unique=True, default=new_ref)
    asker = models.CharField(max_length=CODE)
    kind = models.CharField(max_length=KIND)
    value = models.CharField(max_length=2000)
    words = models.TextField(blank=True)
    tlp = models.SmallIntegerField()
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField()
    due_at = models.DateTimeField()
    closed_at = models.DateTimeField(null=True)

    class Meta:
        """The newest first."""

        ordering = ["-asked_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(tlp__in=CLEARANCES), name="cooperation_question_label_is_one")
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"question {self.ref}"

    @property
    def label(self) -> str:
        """Its label."""
        return Tlp(self.tlp).label

    def matter(self) -> questions.Question:
        """The question as the engine sees it."""
        answers = tuple(questions.Answer(one.member, questions.Says(one.says), one.named) for one in self.asked.all())
        return questions.Question(self.asker, Tlp(self.tlp), self.asked_at, self.due_at, answers, self.closed_at)


class Asked(models.Model):
    """What one member that was asked says; the asker reads it as far as ``named`` goes."""

    question = models.ForeignKey(Question, on_delete=models.CASCADE, related_name="asked")
    member = models.CharField(max_length=CODE)
    says = models.CharField(max_length=10, default=questions.Says.NOT_YET.value)
    named = models.BooleanField(default=False)
    words = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    at = models.DateTimeField(null=True)

    class Meta:
        """In the order of the codes."""

        ordering = ["member"]
        constraints = [
            models.UniqueConstraint(fields=["question", "member"], name="cooperation_asked_once"),
            models.CheckConstraint(
                condition=Q(says__in=[one.value for one in questions.Says]), name="cooperation_says_is_one"
            ),
        ]
        indexes = [models.Index(fields=["member", "says"], name="cooperation_asked_member")]

    def __str__(self) -> str:
        return f"{self.member}: {self.says}"
