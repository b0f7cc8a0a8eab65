"""Stored objects and what they demand of readers; accounts with their rights; statuses; tombstones.

Which collections there are follows from the region's facts; a row of :class:`Collection` only numbers one that was
written to. Pages are read by SQL of their own (see :mod:`serantau.web.defend.store`), so the indexes here are made for
that: each names the columns in the order in which a page is cut out of them.
"""

from __future__ import annotations

from django.db import models
from django.db.models import Q

from serantau.defend.model import HIGHEST_CLEARANCE, Release, Tlp
from serantau.web.accounts.models import CODE, MachineAccount

LONGEST_ID = 300
"""A STIX identifier is a type and a UUID; the type has at most 250 letters (STIX 2.1, 2.9 and 3.1)."""

LONGEST_TYPE = 250
LONGEST_VERSION = 60
FINGERPRINT = 64
CLEARANCES = [one.value for one in Tlp if one <= HIGHEST_CLEARANCE]


class Collection(models.Model):
    """A collection that something was put into.

    Attributes:
        uuid: Its id in the protocol.
        alias: Its short name, as the region's facts give it.
    """

    uuid = models.UUIDField(unique=True)
    alias = models.CharField(max_length=CODE + 10, unique=True)
    made_at = models.DateTimeField()

    class Meta:
        """By name."""

        ordering = ["alias"]

    def __str__(self) -> str:
        return self.alias


class ReleaseClass(models.Model):
    """One of the few different demands that stored rows make; what it means is worked out by ``may_read`` alone.

    Attributes:
        upto: The clearance from which on it is not given any more; -1 where there is no upper end.
        audience: Codes of the members named as recipients, in order, with spaces between.
    """

    need = models.SmallIntegerField()
    upto = models.SmallIntegerField(default=-1)
    producer = models.CharField(max_length=CODE, blank=True)
    audience = models.CharField(max_length=2000, blank=True)

    class Meta:
        """Each once."""

        constraints = [
            models.UniqueConstraint(fields=["need", "upto", "producer", "audience"], name="defend_release_once")
        ]

    def __str__(self) -> str:
        return f"{Tlp(self.need).label} of {self.producer or 'the hub'}"

    def release(self) -> Release:
        """The demand as the engine knows it."""
        upto = None if self.upto < 0 else Tlp(self.upto)
        return Release(Tlp(self.need), upto, self.producer, frozenset(self.audience.split()))


class Lane(models.Model):
    """Rows of one collection, one STIX version and one release: a page is merged from the lanes a reader may read.

    Attributes:
        mark: A random number, by which a process knows whether what it remembers is of this database.
    """

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="lanes")
    spec = models.SmallIntegerField()
    release = models.ForeignKey(ReleaseClass, on_delete=models.PROTECT, related_name="+")
    mark = models.BigIntegerField()

    class Meta:
        """Each once."""

        constraints = [models.UniqueConstraint(fields=["collection", "spec", "release"], name="defend_lane_once")]

    def __str__(self) -> str:
        return f"{self.collection_id}, {self.spec}: {self.release_id}"


class Clock(models.Model):
    """The one row that holds the last moment given to an object. It is read and written under the write lock."""

    id = models.SmallIntegerField(primary_key=True, default=1)
    last = models.BigIntegerField(default=0)

    class Meta:
        """One row."""

        constraints = [models.CheckConstraint(condition=Q(id=1), name="defend_clock_one_row")]

    def __str__(self) -> str:
        return str(self.last)


class StoredObject(models.Model):
    """One version of an object, as one contributor brought it into one collection.

    Attributes:
        seq: The moment at which it was added, in microseconds since 1970, and its place: strictly increasing in the
            order of commits, over all collections.
        lane: Collection, STIX version and release together.
        stix_id, type: As written.
        version: As written; empty where the object says none, and then it is the moment of its addition.
        version_us: The version in microseconds since 1970.
        member: Code of the contributor; empty for the hub.
        tlp: The label of the object itself.
        is_first, is_last: Whether it is the contributor's first or last version of the object in this collection.
        is_first_of_spec, is_last_of_spec: The same among those of its STIX version.
        origin: For a tombstone: the collection that the deleted object was in.
        body: As received.
    """

    # SQLite keeps such a key as the table's own order; the numbers are ours and never the database's.
    seq = models.BigAutoField(primary_key=True)
    lane = models.ForeignKey(Lane, on_delete=models.PROTECT, related_name="+", db_index=False)
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+", db_index=False)
    stix_id = models.CharField(max_length=LONGEST_ID)
    type = models.CharField(max_length=LONGEST_TYPE)
    version = models.CharField(max_length=LONGEST_VERSION, blank=True)
    version_us = models.BigIntegerField()
    member = models.CharField(max_length=CODE, blank=True)
    tlp = models.SmallIntegerField()
    is_first = models.BooleanField()
    is_last = models.BooleanField()
    is_first_of_spec = models.BooleanField()
    is_last_of_spec = models.BooleanField()
    revoked = models.BooleanField(default=False)
    origin = models.ForeignKey(Collection, on_delete=models.PROTECT, null=True, related_name="+", db_index=False)
    body = models.BinaryField()

    class Meta:
        """In the order of their addition."""

        ordering = ["seq"]
        indexes = [
            models.Index(fields=["lane", "is_last", "seq"], name="defend_by_last"),
            models.Index(fields=["lane", "type", "is_last", "seq"], name="defend_by_type_last"),
            models.Index(fields=["lane", "is_first", "seq"], name="defend_by_first"),
            models.Index(fields=["lane", "type", "is_first", "seq"], name="defend_by_type_first"),
            # The few that are last or first of their STIX version and not of all.
            models.Index(
                fields=["lane", "seq"], condition=Q(is_last_of_spec=True, is_last=False), name="defend_last_of_spec"
            ),
            models.Index(
                fields=["lane", "seq"], condition=Q(is_first_of_spec=True, is_first=False), name="defend_first_of_spec"
            ),
            models.Index(fields=["lane", "version_us", "seq"], name="defend_version"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["stix_id", "collection", "member", "version_us"], name="defend_one_of_a_version"
            )
        ]

    def __str__(self) -> str:
        return f"{self.stix_id} {self.version}"


class TaxiiAccount(models.Model):
    """What a machine account may do over TAXII.

    Attributes:
        login: The name that Basic authentication uses; never with a colon.
        clearance: The strictest label that it reads by rank.
        attribution: From which clearance on readers may know who contributed; None for never.
        revision: Counts changes, so that a check that was remembered is known to be old.
    """

    machine = models.OneToOneField(MachineAccount, on_delete=models.PROTECT, related_name="taxii")
    login = models.CharField(max_length=60, unique=True)
    clearance = models.SmallIntegerField()
    attribution = models.SmallIntegerField(null=True)
    revision = models.IntegerField(default=1)
    made_at = models.DateTimeField()

    class Meta:
        """A clearance is one that can be had."""

        constraints = [models.CheckConstraint(condition=Q(clearance__in=CLEARANCES), name="defend_clearance_is_one")]

    def __str__(self) -> str:
        return self.login


class AccountRight(models.Model):
    """What an account may do in one collection; where no row stands, nothing."""

    account = models.ForeignKey(TaxiiAccount, on_delete=models.CASCADE, related_name="rights")
    alias = models.CharField(max_length=CODE + 10)
    can_read = models.BooleanField()
    can_write = models.BooleanField()

    class Meta:
        """One a collection."""

        ordering = ["alias"]
        constraints = [models.UniqueConstraint(fields=["account", "alias"], name="defend_one_right_a_collection")]

    def __str__(self) -> str:
        return f"{self.account_id} {self.alias}"


class Certificate(models.Model):
    """A client certificate by which an account is known, as SHA-256 of its DER form."""

    account = models.ForeignKey(TaxiiAccount, on_delete=models.PROTECT, related_name="certificates")
    fingerprint = models.CharField(max_length=FINGERPRINT)
    made_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        """One running certificate of a fingerprint."""

        constraints = [
            models.UniqueConstraint(
                fields=["fingerprint"], condition=Q(revoked_at=None), name="defend_one_holder_of_a_certificate"
            )
        ]

    def __str__(self) -> str:
        return self.fingerprint[:16]


class Ceiling(models.Model):
    """The strictest clearance that a member may give to its own accounts, as the secretariat set it."""

    member = models.CharField(max_length=CODE, unique=True)
    clearance = models.SmallIntegerField()
    set_at = models.DateTimeField()

    class Meta:
        """A clearance is one that can be had."""

        constraints = [models.CheckConstraint(condition=Q(clearance__in=CLEARANCES), name="defend_ceiling_is_one")]

    def __str__(self) -> str:
        return f"{self.member}: {Tlp(self.clearance).label}"


class Status(models.Model):
    """What became of an envelope; kept for seven days.

    Attributes:
        account: Who sent it; nobody else learns of it.
        said: Successes and failures, as JSON in the form of the protocol.
        findings: What full validation said later, by object; None until it ran.
    """

    id = models.UUIDField(primary_key=True)
    account = models.ForeignKey(TaxiiAccount, on_delete=models.PROTECT, related_name="statuses")
    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    first_seq = models.BigIntegerField()
    last_seq = models.BigIntegerField()
    size = models.PositiveIntegerField()
    successes = models.PositiveIntegerField()
    failures = models.PositiveIntegerField()
    said = models.BinaryField()
    findings = models.JSONField(null=True)

    class Meta:
        """Deleted by age; validated in order."""

        ordering = ["at"]
        indexes = [
            models.Index(fields=["at"], name="defend_status_at"),
            models.Index(fields=["account", "at"], name="defend_status_account"),
        ]

    def __str__(self) -> str:
        return str(self.id)


class Tombstone(models.Model):
    """That a contributor deleted an object, so that it does not come back by mistake."""

    collection = models.ForeignKey(Collection, on_delete=models.PROTECT, related_name="+")
    member = models.CharField(max_length=CODE, blank=True)
    stix_id = models.CharField(max_length=LONGEST_ID)
    version_us = models.BigIntegerField()
    at = models.DateTimeField()

    class Meta:
        """One an object."""

        constraints = [models.UniqueConstraint(fields=["stix_id", "collection", "member"], name="defend_one_tombstone")]

    def __str__(self) -> str:
        return self.stix_id


class Twin(models.Model):
    """The object that the hub made in place of one whose contributor may not be named to all who may know the thing.

    Attributes:
        member: The contributor.
        stix_id: The object.
        twin_id: The hub's.
    """

    member = models.CharField(max_length=CODE)
    stix_id = models.CharField(max_length=LONGEST_ID)
    twin_id = models.CharField(max_length=LONGEST_ID)

    class Meta:
        """One of a kind."""

        constraints = [
            models.UniqueConstraint(fields=["stix_id", "member", "twin_id"], name="defend_one_twin_of_a_kind")
        ]

    def __str__(self) -> str:
        return self.twin_id
