"""People, machine accounts, memberships, invitations, approvals, and what is counted and remembered about sign-ins.

Rows name members and partners by their permanent ids; who they are is the region's business. Of every secret that we
hand out (an invitation, a token) only the digest is kept.
"""

from __future__ import annotations

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from serantau.web.accounts.roles import EVERY, Role

CODE = 80
"""Longest id of a fact (see serantau.base.identifiers)."""

DIGEST = 64
"""SHA-256 in hexadecimal."""


class PersonManager(BaseUserManager):
    """Finds people by e-mail; its case does not matter, so it is kept in small letters."""

    def get_by_natural_key(self, username: str | None) -> Person:
        """Find by e-mail, in any case."""
        return self.get(email=clean_email(username or ""))


class Person(AbstractBaseUser):
    """Somebody with an account. The e-mail is the login; there is no other name to remember.

    Attributes:
        sessions_ended: How often they signed out everywhere; each time all sessions opened before stop being valid.
    """

    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    is_active = models.BooleanField(default=True)
    made_at = models.DateTimeField(default=timezone.now)
    sessions_ended = models.PositiveIntegerField(default=0)

    objects = PersonManager()

    USERNAME_FIELD = "email"
    EMAIL_FIELD = "email"
    REQUIRED_FIELDS = ["name"]

    def __str__(self) -> str:
        return self.name or self.email

    def clean(self) -> None:
        """Keep the e-mail in small letters."""
        self.email = clean_email(self.email)

    def _get_session_auth_hash(self, secret: str | None = None) -> str:
        """What a session must know to go on: it changes with the password, and when somebody signs out everywhere."""
        words = f"{self.password}:{self.sessions_ended}"
        return salted_hmac("serantau.accounts.session", words, secret=secret, algorithm="sha256").hexdigest()

    @property
    def reference(self) -> str:
        """How events and rows name this person."""
        return f"person {self.pk}"


class Membership(models.Model):
    """What a person may act as, for whom, where and how long. One at a time; the old ones stay as history.

    Attributes:
        role: The value of a ``Role``.
        body: Code of the member, id of the partner, or empty for the region's own roles.
        rooms: ``every``, or the names of rooms with spaces between.
        granted_by: Who gave it; None where it was given on the server's own command line.
    """

    person = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="memberships")
    role = models.CharField(max_length=30)
    body = models.CharField(max_length=CODE, blank=True)
    rooms = models.CharField(max_length=200, default=EVERY)
    valid_from = models.DateField()
    valid_to = models.DateField(null=True, blank=True)
    granted_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    granted_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    ended_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """One running membership a person; one running head of delegation a member."""

        constraints = [
            models.UniqueConstraint(fields=["person"], condition=Q(ended_at=None), name="one_membership_at_a_time"),
            models.UniqueConstraint(
                fields=["body"],
                condition=Q(ended_at=None, role=Role.HEAD_OF_DELEGATION.value),
                name="one_head_of_delegation_a_member",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.person}: {self.role} {self.body}".strip()


class Invitation(models.Model):
    """A link that makes one account, for one e-mail, until a day.

    Attributes:
        digest: Digest of the secret in the link.
        made_by: Who invites; None where the invitation was made on the server's own command line.
    """

    digest = models.CharField(max_length=DIGEST, unique=True)
    email = models.EmailField()
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=30)
    body = models.CharField(max_length=CODE, blank=True)
    rooms = models.CharField(max_length=200, default=EVERY)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    used_at = models.DateTimeField(null=True, blank=True)
    used_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """Listed by e-mail and by body."""

        indexes = [models.Index(fields=["email"]), models.Index(fields=["body", "made_at"])]

    def __str__(self) -> str:
        return f"invitation of {self.email}"


class MachineAccount(models.Model):
    """A program of a member, or of the secretariat, that reads and submits with tokens."""

    name = models.CharField(max_length=120)
    member = models.CharField(max_length=CODE, blank=True)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One running account of a name for each member."""

        constraints = [
            models.UniqueConstraint(fields=["member", "name"], condition=Q(ended_at=None), name="one_machine_of_a_name")
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def reference(self) -> str:
        """How events and rows name this machine."""
        return f"machine {self.pk}"


class Token(models.Model):
    """One key of a machine account. The key itself is shown once and never kept.

    Attributes:
        hint: The first letters of the key, by which a person recognises it.
        scopes: What it allows: ``room:act`` with spaces between.
    """

    account = models.ForeignKey(MachineAccount, on_delete=models.PROTECT, related_name="tokens")
    digest = models.CharField(max_length=DIGEST, unique=True)
    hint = models.CharField(max_length=12)
    scopes = models.CharField(max_length=400)
    made_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return f"{self.account} {self.hint}…"


class TokenUse(models.Model):
    """When a token was last used, to the minute. Apart from the token, since no event records it."""

    token = models.OneToOneField(Token, on_delete=models.CASCADE, primary_key=True, related_name="use")
    at = models.DateTimeField()

    def __str__(self) -> str:
        return f"{self.token} {self.at:%Y-%m-%d %H:%M}"


class Approval(models.Model):
    """A dangerous act that one person asked for and another must approve.

    Attributes:
        act: An act of ``serantau.web.accounts.policy.FOUR_EYES``.
        subject: What it is done to, as events name it: ``submission 7``.
        details: What the act needs to be done; shown to whoever decides.
        outcome: Empty while it waits; then ``approved``, ``refused`` or ``withdrawn``.
    """

    act = models.CharField(max_length=30)
    subject = models.CharField(max_length=120)
    room = models.CharField(max_length=30, blank=True)
    member = models.CharField(max_length=CODE, blank=True)
    summary = models.CharField(max_length=300)
    details = models.JSONField(default=dict)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    decided_by = models.ForeignKey(Person, on_delete=models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    outcome = models.CharField(max_length=20, blank=True)

    class Meta:
        """The same act on the same subject waits once; nobody approves what they asked for."""

        constraints = [
            models.UniqueConstraint(fields=["act", "subject"], condition=Q(outcome=""), name="one_open_approval"),
            models.CheckConstraint(
                condition=Q(decided_by=None) | ~Q(outcome="approved") | ~Q(decided_by=models.F("asked_by")),
                name="four_eyes_are_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.act} {self.subject}"


class SignIn(models.Model):
    """A sign-in, or a failed one, as its owner sees it.

    Attributes:
        address: Network of the visitor: /24 of IPv4, /48 of IPv6.
        how: The ways in which they proved who they are.
    """

    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="sign_ins")
    at = models.DateTimeField(default=timezone.now)
    address = models.CharField(max_length=45)
    agent = models.CharField(max_length=200)
    how = models.CharField(max_length=80)
    succeeded = models.BooleanField()

    class Meta:
        """Listed by person, newest first; deleted by age."""

        indexes = [models.Index(fields=["person", "-at"]), models.Index(fields=["at"])]

    def __str__(self) -> str:
        return f"{self.person} {self.at:%Y-%m-%d %H:%M}"


class Hits(models.Model):
    """How often something was done in one window of time: the counter that all server processes share."""

    key = models.CharField(max_length=DIGEST)
    slot = models.BigIntegerField()
    hits = models.PositiveIntegerField(default=0)
    until = models.DateTimeField()

    class Meta:
        """One counter a key and window; deleted when its window has passed."""

        constraints = [models.UniqueConstraint(fields=["key", "slot"], name="one_counter_a_slot")]
        indexes = [models.Index(fields=["until"])]

    def __str__(self) -> str:
        return f"{self.key[:8]} {self.hits}"


def clean_email(email: str) -> str:
    """The form in which e-mails are kept and compared."""
    return email.strip().lower()
