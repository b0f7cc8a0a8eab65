"""What the forum keeps count of: cooperation, joint projects, legislation, policies, and what meetings promised.

Every entry names an owner, the actions that it serves, a date, what shows it, and a source. An entry that is stated
anew keeps its subject (whose it is, and its short name) and carries a later known-date; the date first promised is
read off the earliest statement, so that no later one can take its place.
"""

from __future__ import annotations

from enum import Enum
from typing import Annotated

import msgspec

from serantau.base import PartialDate
from serantau.facts import Fact
from serantau.facts.evidence import Address, Evidence, Funding, Year
from serantau.facts.model import Identifier, Text

Code = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9](?:[a-z0-9-]{0,38}[a-z0-9])?$")]
Count = Annotated[int, msgspec.Meta(ge=0, le=1_000_000)]
Number = Annotated[int, msgspec.Meta(ge=1, le=999)]


class Register(Enum):
    """Which of the four registers an entry stands in; the value is its address and the name of its file."""

    COOPERATION = "cooperation"
    PROJECTS = "projects"
    LEGISLATION = "legislation"
    POLICIES = "policies"


class Subject(Enum):
    """What cooperation with a partner is about."""

    ICT_POLICY = "ict-policy"
    HUMAN_RESOURCES = "human-resources"
    NEW_TECHNOLOGIES = "new-technologies"
    CYBER_RISK = "cyber-risk"


class State(Enum):
    """How far something is, as its source says."""

    PLANNED = "planned"
    RUNNING = "running"
    DONE = "done"
    STOPPED = "stopped"
    UNKNOWN = "unknown"


class Kind(Enum):
    """What an entry of the register of joint projects is."""

    PROJECT = "project"
    PLEDGE = "pledge"
    CALL = "call"


class Area(Enum):
    """What a joint project or pledge builds."""

    INFRASTRUCTURE = "infrastructure"
    SERVICES = "services"
    BOTH = "both"


class Theme(Enum):
    """Themes under which the members' legislation is compared."""

    CYBERSECURITY = "cybersecurity"
    CYBERCRIME = "cybercrime"
    DATA_PROTECTION = "data-protection"
    E_COMMERCE = "e-commerce"
    DIGITAL_IDENTITY = "digital-identity"
    PLATFORMS = "platforms"


class Stage(Enum):
    """How far a bill is."""

    DRAFTING = "drafting"
    CONSULTATION = "consultation"
    PARLIAMENT = "parliament"
    ENACTED = "enacted"
    """Passed and not in force yet."""
    DROPPED = "dropped"


class Topic(Enum):
    """What an exchanged policy is about."""

    FIVE_G = "5g"
    SPECTRUM = "spectrum"
    PERMITS = "permits"
    CABLE_REPAIR = "cable-repair"
    ROAMING = "roaming"
    AI = "ai"
    INCLUSION = "inclusion"
    DATA_GOVERNANCE = "data-governance"
    CYBERSECURITY = "cybersecurity"
    CONSUMERS = "consumers"
    IDENTITY = "identity"
    GOVERNMENT = "government"
    SKILLS = "skills"
    OTHER = "other"


class Cooperation(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One activity of a partner with the region.

    Attributes:
        id: Permanent identifier of this statement.
        partner: Id of the partner.
        code: Short name of the activity, the same whenever it is stated anew: small letters, digits, hyphens.
        title: What the activity is called.
        subject: What it is about.
        year: Year in which it takes place.
        state: How far it is.
        text: What is done.
        seats: How many people it takes in.
        funding: Who pays, and how much.
        lead: Body that carries it out.
        actions: Ids of the actions of the plan that it serves.
        due: When it is to be done. The date first stated is kept beside a later one.
        result: What came of it.
        evidence: What shows it; required for done.
        more_sources: Further sources of the entry.
    """

    id: Identifier
    partner: Identifier
    code: Code
    title: Text
    subject: Subject | None = None
    year: Year | None = None
    state: State = State.UNKNOWN
    text: Text | None = None
    seats: Count | None = None
    funding: tuple[Funding, ...] = ()
    lead: Text | None = None
    actions: tuple[Identifier, ...] = ()
    due: PartialDate | None = None
    result: Text | None = None
    evidence: tuple[Evidence, ...] = ()
    more_sources: tuple[Identifier, ...] = ()


class Venture(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A joint project, a pledge, or an open call for one, on infrastructure or services.

    Attributes:
        id: Permanent identifier of this statement.
        member: Code of the member that answers for it; left out where the region does.
        code: Short name of it, the same whenever it is stated anew: small letters, digits, hyphens.
        title: What it is called.
        kind: Project, pledge, or call.
        area: What it builds.
        state: How far it is.
        parties: Who takes part, public and private, one a line.
        text: What is done or pledged.
        funding: Who pays, and how much.
        seeks: What a call looks for.
        who: Who may answer a call.
        opens: First day of a call.
        closes: Last day of a call.
        answer_to: Where a call is answered: a public address.
        lead: Body that carries it out.
        actions: Ids of the actions of the plan that it serves.
        due: When it is to be done. The date first stated is kept beside a later one.
        result: What came of it.
        evidence: What shows it; required for done.
        more_sources: Further sources of the entry.
    """

    id: Identifier
    code: Code
    title: Text
    kind: Kind
    member: Identifier | None = None
    area: Area | None = None
    state: State = State.UNKNOWN
    parties: tuple[Text, ...] = ()
    text: Text | None = None
    funding: tuple[Funding, ...] = ()
    seeks: Text | None = None
    who: Text | None = None
    opens: PartialDate | None = None
    closes: PartialDate | None = None
    answer_to: Address | None = None
    lead: Text | None = None
    actions: tuple[Identifier, ...] = ()
    due: PartialDate | None = None
    result: Text | None = None
    evidence: tuple[Evidence, ...] = ()
    more_sources: tuple[Identifier, ...] = ()


class Law(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """Where a member's legislation stands on a theme. What is left out is not known.

    Attributes:
        id: Permanent identifier of this statement.
        member: Code of the member.
        theme: The theme.
        instruments: Ids of the acts in force, as the law of this region names them.
        law: The law in force in words, where it is not held as an act.
        gap: What is missing in it.
        bill: The bill that would change it.
        stage: How far the bill is.
        next_step: What comes next, and who does it.
        due: When the next step is due. The date first stated is kept beside a later one.
        lead: Body that leads.
        actions: Ids of the actions of the plan that it serves.
        evidence: Where it can be read.
        more_sources: Further sources of the entry.
    """

    id: Identifier
    member: Identifier
    theme: Theme
    instruments: tuple[Identifier, ...] = ()
    law: Text | None = None
    gap: Text | None = None
    bill: Text | None = None
    stage: Stage | None = None
    next_step: Text | None = None
    due: PartialDate | None = None
    lead: Text | None = None
    actions: tuple[Identifier, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    more_sources: tuple[Identifier, ...] = ()


class Policy(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A policy or good practice that a member shows to the others. Its validity is that of the policy.

    Attributes:
        id: Permanent identifier of this statement.
        member: Code of the member; left out where it is the region's own.
        code: Short name of the policy, the same whenever it is stated anew: small letters, digits, hyphens.
        title: What it is called.
        topic: What it is about.
        text: What it does.
        lesson: What was learned from it.
        lead: Body that answers for it.
        actions: Ids of the actions of the plan that it serves.
        due: When it is to be reviewed. The date first stated is kept beside a later one.
        evidence: The documents: public addresses or attached files.
        more_sources: Further sources of the entry.
    """

    id: Identifier
    code: Code
    title: Text
    topic: Topic
    member: Identifier | None = None
    text: Text | None = None
    lesson: Text | None = None
    lead: Text | None = None
    actions: tuple[Identifier, ...] = ()
    due: PartialDate | None = None
    evidence: tuple[Evidence, ...] = ()
    more_sources: tuple[Identifier, ...] = ()


class Adoption(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """That a member took over a policy of another, or of the region. Its validity is that of the adoption.

    Attributes:
        id: Permanent identifier of this statement.
        member: Code of the member that took it over.
        policy: The policy, by the last part of its address in the register.
        text: What was taken over, and what was changed.
        actions: Ids of the actions of the plan that it serves.
        evidence: What shows it; one piece at least, unless a source is named.
        more_sources: Further sources of the entry.
    """

    id: Identifier
    member: Identifier
    policy: Identifier
    text: Text | None = None
    actions: tuple[Identifier, ...] = ()
    evidence: tuple[Evidence, ...] = ()
    more_sources: tuple[Identifier, ...] = ()


class Commitment(Fact, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """One thing that a meeting promised, in our own words.

    Attributes:
        id: Permanent identifier.
        meeting: Id of the meeting.
        number: Its place among the commitments of the meeting.
        title: What was promised.
        declaration: Id of the declaration that says it; left out where it was said at the meeting and we do not know
            whether its declaration says it.
        owner: Code of the member or id of the partner that promised; left out for all members together.
        actions: Ids of the actions of the plan that it serves.
        first_due: The date first promised; left out where none was. It never changes.
        due: The date to which it was moved, where it was.
        met: When it was met; ``open`` where a source says that it is not; left out where we do not know.
        evidence: What shows that it was met.
        more_sources: Further sources of the entry.
    """

    id: Identifier
    meeting: Identifier
    number: Number
    title: Text
    declaration: Identifier | None = None
    owner: Identifier | None = None
    actions: tuple[Identifier, ...] = ()
    first_due: PartialDate | None = None
    due: PartialDate | None = None
    met: PartialDate | None = None
    evidence: tuple[Evidence, ...] = ()
    more_sources: tuple[Identifier, ...] = ()


Entry = Cooperation | Venture | Law | Policy
"""What stands in one of the four registers."""

Record = Entry | Adoption | Commitment

REGION = "region"
"""Stands for the owner where no single member or partner answers for an entry."""

FOLDER = "registers"
RECORD_KINDS: dict[str, type[Record]] = {
    "cooperation": Cooperation,
    "projects": Venture,
    "legislation": Law,
    "policies": Policy,
    "adoptions": Adoption,
    "commitments": Commitment,
}
"""The files of the folder: ``registers/<key>.yaml`` holds one key, ``<key>:``, with a list of this kind."""

REGISTERS: dict[type[Entry], Register] = {
    Cooperation: Register.COOPERATION,
    Venture: Register.PROJECTS,
    Law: Register.LEGISLATION,
    Policy: Register.POLICIES,
}


def file_of(key: str) -> str:
    """Path, within a region's folder, of the file that holds a kind of record."""
    return f"{FOLDER}/{key}.yaml"


def register_of(entry: Entry) -> Register:
    """The register that an entry stands in."""
    return REGISTERS[type(entry)]


def owner_of(record: Record) -> str:
    """Code of the member or id of the partner that answers for a record; empty where no single one does."""
    if isinstance(record, Cooperation):
        return record.partner
    if isinstance(record, Commitment):
        return record.owner or ""
    return record.member or ""


def key_of(record: Record) -> str:
    """What a record is about, the same whenever it is stated anew; also the last part of its address.

    >>> from serantau.base import PartialDate
    >>> from serantau.facts import Grade
    >>> day = PartialDate.parse("2026")
    >>> tail = {"source": "recalled", "grade": Grade.MEMORY, "valid_from": day, "valid_to": day, "known": day}
    >>> key_of(Law(id="x", member="QAA", theme=Theme.CYBERCRIME, **tail))
    'qaa.cybercrime'
    """
    if isinstance(record, Commitment):
        return record.id
    if isinstance(record, Law):
        last = record.theme.value
    elif isinstance(record, Adoption):
        last = record.policy
    else:
        last = record.code
    return f"{owner_of(record) or REGION}.{last}".lower()


def title_of(entry: Entry) -> str:
    """What an entry is called; a record on legislation is called by its theme, which the doors translate."""
    return entry.theme.value if isinstance(entry, Law) else entry.title
