"""Bodies with their rules, meetings with their agendas, papers with their versions, comments and positions.

Rows name members, partners and actions by their permanent ids. What a member said is appended, never written over; the
latest row of a version is where it stands.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec
from django.db import models
from django.db.models import Q

from serantau.forum import Matter, Mode, Position, Rules, Say, Stage, Verb
from serantau.web.accounts.models import CODE, Person
from serantau.web.forum import agreements

REFERENCE = 40
NAME = 200
STAGES = [one.value for one in Stage]


class Body(models.Model):
    """A body that meets and decides.

    Attributes:
        zone: IANA name of the time zone on whose clocks its deadlines are read.
        rules: Its rules of procedure, as it stated them; None until it has, and then it can decide nothing.
        above: The body to which papers without consensus are referred.
    """

    name = models.CharField(max_length=NAME)
    short_name = models.CharField(max_length=30, unique=True)
    zone = models.CharField(max_length=60)
    rules = models.JSONField(null=True)
    rules_at = models.DateTimeField(null=True)
    above = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="below")
    made_by = models.CharField(max_length=REFERENCE)
    made_at = models.DateTimeField()

    class Meta:
        """By name."""

        ordering = ["short_name"]

    def __str__(self) -> str:
        return self.short_name

    def procedure(self) -> Rules | None:
        """Its rules of procedure; None while it has stated none."""
        return None if self.rules is None else msgspec.convert(self.rules, Rules)


class Meeting(models.Model):
    """A meeting of a body.

    Attributes:
        host: Code of the member that hosts it; empty where not known.
        chair: Code of the member that has the chair.
        report: What was said and agreed, in the secretariat's words; empty until it is written.
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="meetings")
    number = models.PositiveIntegerField()
    title = models.CharField(max_length=NAME)
    starts_at = models.DateTimeField()
    ends_at = models.DateTimeField()
    place = models.CharField(max_length=NAME, blank=True)
    host = models.CharField(max_length=CODE, blank=True)
    chair = models.CharField(max_length=CODE, blank=True)
    report = models.TextField(blank=True)
    made_by = models.CharField(max_length=REFERENCE)
    made_at = models.DateTimeField()

    class Meta:
        """The latest first; a number once a body."""

        ordering = ["-starts_at", "-pk"]
        constraints = [
            models.UniqueConstraint(fields=["body", "number"], name="one_meeting_a_number"),
            models.CheckConstraint(condition=Q(starts_at__lt=models.F("ends_at")), name="a_meeting_begins_first"),
        ]

    def __str__(self) -> str:
        return f"{self.body.short_name} {self.number}"


class Participant(models.Model):
    """Somebody who takes part, as the secretariat lists them.

    Attributes:
        party: Code of a member or id of a partner.
    """

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="participants")
    party = models.CharField(max_length=CODE)
    name = models.CharField(max_length=NAME)

    class Meta:
        """By delegation."""

        ordering = ["party", "pk"]

    def __str__(self) -> str:
        return self.name


class Paper(models.Model):
    """A paper before a body.

    Attributes:
        verb: What the body is asked to do with it, and once decided, has done.
        instrument: Id of the region's agreement that it carries out; empty for none.
        lets_outside: Id of the agreement outside which its decision would let members stay; empty for every other paper.
        formula: The paper by which the body decided that members may stay outside this one.
        version: Number of the version that is dealt with.
        circulated_at: When it was first circulated; None while nobody but the secretariat may see it.
        opened_at: When the consultation on this version was opened.
        revision: Counts changes, so that two people do not write over each other.
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="papers")
    meeting = models.ForeignKey(Meeting, on_delete=models.PROTECT, null=True, related_name="papers")
    title = models.CharField(max_length=NAME)
    verb = models.CharField(max_length=20)
    stage = models.CharField(max_length=20, default=Stage.DRAFT.value)
    version = models.PositiveIntegerField(default=1)
    mode = models.CharField(max_length=20, blank=True)
    due_at = models.DateTimeField(null=True)
    out = models.JSONField(default=list)
    extensions = models.PositiveIntegerField(default=0)
    time_requests = models.PositiveIntegerField(default=0)
    instrument = models.CharField(max_length=NAME, blank=True)
    lets_outside = models.CharField(max_length=NAME, blank=True)
    formula = models.ForeignKey("self", on_delete=models.PROTECT, null=True, related_name="+")
    made_by = models.CharField(max_length=REFERENCE)
    made_at = models.DateTimeField()
    changed_at = models.DateTimeField()
    circulated_at = models.DateTimeField(null=True)
    opened_at = models.DateTimeField(null=True)
    decided_at = models.DateTimeField(null=True)
    published_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)

    class Meta:
        """Listed by stage; open deadlines are looked for often."""

        ordering = ["-changed_at", "-pk"]
        indexes = [
            models.Index(fields=["stage", "due_at"], name="paper_stage_due"),
            models.Index(fields=["-changed_at"], name="paper_changed"),
        ]
        constraints = [
            models.CheckConstraint(condition=Q(stage__in=STAGES), name="paper_stage_is_one"),
            models.CheckConstraint(condition=Q(verb__in=[one.value for one in Verb]), name="paper_verb_is_one"),
        ]

    def __str__(self) -> str:
        return f"paper {self.pk}"

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"paper {self.pk}"

    @property
    def at(self) -> Stage:
        """Its stage, as last written; :meth:`matter` and ``advance`` tell the stage of a moment."""
        return Stage(self.stage)

    def matter(self) -> Matter:
        """The paper as the engine sees it."""
        version = self.current()
        stood = self.positions.filter(version=self.version).order_by("pk")
        return _matter(self, version.eligible if version is not None else [], stood)

    def current(self) -> Version | None:
        """The version that is dealt with."""
        return self.versions.filter(number=self.version).first()


def matters(papers: Sequence[Paper]) -> dict[int, Matter]:
    """Several papers as the engine sees them, in two questions to the database."""
    eligible = {
        (one.paper_id, one.number): one.eligible
        for one in Version.objects.filter(paper__in=papers).only("paper_id", "number", "eligible")
    }
    stood: dict[tuple[int, int], list[MemberPosition]] = {}
    for one in MemberPosition.objects.filter(paper__in=papers).order_by("pk"):
        stood.setdefault((one.paper_id, one.version), []).append(one)
    keys = {paper.pk: (paper.pk, paper.version) for paper in papers}
    return {
        paper.pk: _matter(paper, eligible.get(keys[paper.pk], []), stood.get(keys[paper.pk], [])) for paper in papers
    }


def _matter(paper: Paper, eligible: Sequence[str], rows: Iterable[MemberPosition]) -> Matter:
    stood = {row.member: Position(row.member, Say(row.say), row.text) for row in rows}
    return Matter(
        verb=Verb(paper.verb),
        stage=paper.at,
        version=paper.version,
        mode=Mode(paper.mode) if paper.mode else None,
        due=paper.due_at,
        positions=tuple(stood.get(member, Position(member)) for member in eligible),
        out=frozenset(paper.out),
        extensions=paper.extensions,
        time_requests=paper.time_requests,
        allows_out=agreements.lets_outside(paper.instrument),
        formula=paper.formula is not None and allows(paper.formula, paper.body_id, paper.instrument),
    )


def allows(formula: Paper, body: int, instrument: str) -> bool:
    """Whether a paper is a body's decision, by everybody, that members may stay outside an instrument."""
    decided = formula.at in {Stage.DECIDED, Stage.PUBLISHED} and not formula.out
    return decided and bool(instrument) and formula.lets_outside == instrument and formula.body_id == body


class Version(models.Model):
    """A version of a paper's text; it never changes once it was circulated.

    Attributes:
        eligible: Members on the day of its circulation, in the order of their codes; empty before.
        commitments: What it would have the members do: text, owner, action and due date of each.
        why: What changed since the version before, in the secretariat's words.
    """

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="versions")
    number = models.PositiveIntegerField()
    text = models.TextField()
    commitments = models.JSONField(default=list)
    why = models.TextField(blank=True)
    eligible = models.JSONField(default=list)
    made_by = models.CharField(max_length=REFERENCE)
    made_at = models.DateTimeField()
    circulated_at = models.DateTimeField(null=True)

    class Meta:
        """In their order."""

        ordering = ["number"]
        constraints = [models.UniqueConstraint(fields=["paper", "number"], name="one_text_a_version")]

    def __str__(self) -> str:
        return f"version {self.number}"


class MemberPosition(models.Model):
    """Where a member stood from some moment on; appended, never changed."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="positions")
    version = models.PositiveIntegerField()
    member = models.CharField(max_length=CODE)
    say = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    by = models.CharField(max_length=REFERENCE)
    at = models.DateTimeField()

    class Meta:
        """In the order in which they were taken."""

        ordering = ["pk"]
        indexes = [models.Index(fields=["paper", "version"], name="position_paper_version")]
        constraints = [models.CheckConstraint(condition=Q(say__in=[one.value for one in Say]), name="position_is_one")]

    def __str__(self) -> str:
        return f"{self.member} {self.say}"


class PositionDraft(models.Model):
    """A position that a member considers; nobody but its own people sees it."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="drafts")
    member = models.CharField(max_length=CODE)
    say = models.CharField(max_length=40)
    text = models.TextField(blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()

    class Meta:
        """One a member."""

        constraints = [models.UniqueConstraint(fields=["paper", "member"], name="one_draft_a_member")]

    def __str__(self) -> str:
        return f"draft of {self.member}"


class Comment(models.Model):
    """What somebody said about a paragraph of a version.

    Attributes:
        member: Code of the member; empty for the secretariat.
        paragraph: Number of the paragraph, from 1; 0 for the paper as a whole.
    """

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="comments")
    version = models.PositiveIntegerField()
    paragraph = models.PositiveIntegerField()
    member = models.CharField(max_length=CODE, blank=True)
    by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    at = models.DateTimeField()
    text = models.TextField()

    class Meta:
        """In the order of the text, then of time."""

        ordering = ["version", "paragraph", "pk"]

    def __str__(self) -> str:
        return f"comment on paragraph {self.paragraph}"


class Share(models.Model):
    """That a paper's text was shown to a partner."""

    paper = models.ForeignKey(Paper, on_delete=models.CASCADE, related_name="shares")
    partner = models.CharField(max_length=CODE)
    by = models.CharField(max_length=REFERENCE)
    at = models.DateTimeField()

    class Meta:
        """Once a partner."""

        ordering = ["partner"]
        constraints = [models.UniqueConstraint(fields=["paper", "partner"], name="one_share_a_partner")]

    def __str__(self) -> str:
        return self.partner


class AgendaItem(models.Model):
    """One item of a meeting's agenda."""

    meeting = models.ForeignKey(Meeting, on_delete=models.CASCADE, related_name="agenda")
    position = models.PositiveIntegerField()
    title = models.CharField(max_length=NAME)
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, null=True, related_name="+")

    class Meta:
        """In order."""

        ordering = ["position"]
        constraints = [models.UniqueConstraint(fields=["meeting", "position"], name="one_agenda_item_a_position")]

    def __str__(self) -> str:
        return self.title


class Consultation(models.Model):
    """An open call for answers by partners and, where it says so, by everybody.

    Attributes:
        paper: The paper that it is about, shown to those only who may read it.
        action: Id of the action of the plan that it is about.
        text: What is asked.
        everybody: Whether companies, organisations and people may answer, and not partners alone.
        keep_days: Days after the closing on which names and addresses of those who answered are forgotten.
        summary: What was answered, in the secretariat's words; public from ``published_at`` on.
        forgotten_at: When the contacts were forgotten.
    """

    body = models.ForeignKey(Body, on_delete=models.PROTECT, related_name="consultations")
    paper = models.ForeignKey(Paper, on_delete=models.PROTECT, null=True, related_name="consultations")
    action = models.CharField(max_length=CODE, blank=True)
    title = models.CharField(max_length=NAME)
    text = models.TextField()
    opens_at = models.DateTimeField()
    closes_at = models.DateTimeField()
    everybody = models.BooleanField()
    keep_days = models.PositiveIntegerField()
    summary = models.TextField(blank=True)
    published_at = models.DateTimeField(null=True)
    forgotten_at = models.DateTimeField(null=True)
    made_by = models.CharField(max_length=REFERENCE)
    made_at = models.DateTimeField()

    class Meta:
        """The one that closes last first."""

        ordering = ["-closes_at", "-pk"]
        constraints = [
            models.CheckConstraint(condition=Q(opens_at__lt=models.F("closes_at")), name="a_consultation_opens_first")
        ]

    def __str__(self) -> str:
        return self.title

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"consultation {self.pk}"


CONSENTS = ("no", "unnamed", "named")
KINDS_OF_AUTHOR = ("partner", "company", "organisation", "person")


class Answer(models.Model):
    """What somebody answered.

    Attributes:
        partner: Id of the partner; empty for everybody else, and then name and address are what the author wrote.
        consent: Whether its author lets it be published, and with the name.
        erased_at: When the author's contact was forgotten, and the words with it where they were for nobody else.
    """

    consultation = models.ForeignKey(Consultation, on_delete=models.CASCADE, related_name="answers")
    kind = models.CharField(max_length=20)
    partner = models.CharField(max_length=CODE, blank=True)
    name = models.CharField(max_length=NAME, blank=True)
    email = models.CharField(max_length=254, blank=True)
    text = models.TextField(blank=True)
    consent = models.CharField(max_length=10)
    by = models.CharField(max_length=REFERENCE)
    at = models.DateTimeField()
    erased_at = models.DateTimeField(null=True)

    class Meta:
        """In the order in which they came; a partner has one."""

        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(condition=Q(consent__in=CONSENTS), name="answer_consent_is_one"),
            models.CheckConstraint(condition=Q(kind__in=KINDS_OF_AUTHOR), name="answer_kind_is_one"),
            models.UniqueConstraint(
                fields=["consultation", "partner"], condition=~Q(partner=""), name="one_answer_a_partner"
            ),
        ]

    def __str__(self) -> str:
        return f"answer {self.pk}"
