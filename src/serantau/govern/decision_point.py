"""The law as an AuthZEN policy: dataset, jurisdiction, transfer.

=============  ===================================================================================
AuthZEN        here
=============  ===================================================================================
subject        ``type: "dataset"``; ``properties``: ``country`` (the member the data leave), ``data``,
               ``sector``, ``exporter``, ``volume``, ``facts`` (an object of booleans). Instead of the
               first two, the ``id`` may be ``COUNTRY:DATA``, as in ``SG:personal.health``.
resource       ``type: "jurisdiction"``; ``id``: where the data go, ISO 3166-1 alpha-2;
               ``properties``: ``recipient``
action         ``transfer`` with what is in hand, or ``transfer.SAFEGUARD`` with that besides
context        ``date``, ``holds`` (a list), ``assessed`` (a list of ``about``, ``finding``, ``by``,
               ``on``), ``facts``
=============  ===================================================================================

``decision`` is true only if the law lets the data go **and** every rule and coverage fact that
decided has at least the configured grade and was checked within the configured time. Else it is
false, and ``context`` says what would have to be read again.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any

from serantau.base import AsOf
from serantau.facts import Grade
from serantau.govern.asking import check_flow
from serantau.govern.authzen import (
    ActionSearch,
    Decided,
    Entity,
    Evaluation,
    ResourceSearch,
    SubjectSearch,
)
from serantau.govern.decide import Decider, check_assessments
from serantau.govern.errors import GovernError
from serantau.govern.facts import GRADES
from serantau.govern.flow import Assessment, Decision, Finding, Flow
from serantau.govern.model import TermKind
from serantau.govern.table import Explained, OriginTable

DATASET = "dataset"
JURISDICTION = "jurisdiction"
TRANSFER = "transfer"
DEFAULT_DAYS = 365
MOST_KEPT = 50_000


@dataclass(frozen=True)
class Demands:
    """What a fact must be worth before access is granted on it.

    Attributes:
        grade: The weakest grade that is enough.
        days: For how many days a check is good.
    """

    grade: Grade = Grade.SECONDARY
    days: int = DEFAULT_DAYS


@dataclass(frozen=True)
class Weighed:
    """An answer of the table, weighed against the demands.

    Attributes:
        granted: Whether the data may go and the demands are met.
        context: What is said with it.
    """

    granted: bool
    context: Mapping[str, Any]


@dataclass
class LawPolicy:
    """Answers AuthZEN's questions from the law.

    Attributes:
        decider: Who decides.
        edition: Label of the edition, said with every answer.
        today: The day of a question that names none, and from which the age of a check is counted.
        demands: What a fact must be worth.
    """

    decider: Decider
    edition: str
    today: date
    demands: Demands = Demands()
    _weighed: dict[tuple[str, Decision, tuple[str, ...], tuple[tuple[str, ...], ...]], Weighed] = field(
        default_factory=dict, repr=False
    )
    _words: frozenset[str] = field(init=False, repr=False)
    _fact_words: frozenset[str] = field(init=False, repr=False)
    _countries: frozenset[str] = field(init=False, repr=False)
    _first: dict[str, date | None] = field(init=False, repr=False)

    def __post_init__(self) -> None:
        """Look up the words once."""
        vocabulary = self.decider.law.vocabulary
        judged = {f"{one}={end}" for one in vocabulary.words(TermKind.ASSESSMENT) for end in ("yes", "no")}
        self._words = frozenset(vocabulary.words(TermKind.SAFEGUARD)) | judged
        self._fact_words = frozenset(vocabulary.words(TermKind.FACT))
        self._countries = frozenset(self.decider.countries)
        self._first = {member: self.decider.law.first_day(member) for member in self.decider.homes}

    def evaluate(self, question: Evaluation) -> Decided:
        """Whether these data may go there, by this mechanism."""
        wrong = self._unrecognised(question.subject.type, question.resource.type, question.action.name)
        if wrong:
            return Decided(decision=False, context={"error": {"status": 404, "message": wrong}})
        flow, asof = self._flow(question.subject, question.resource, question.context)
        flow = self._with(flow, question.action.name)
        weighed = self._weigh(flow, asof)
        return Decided(decision=weighed.granted, context=weighed.context)

    def subjects(self, question: SubjectSearch) -> list[dict[str, Any]]:
        """What may go there: each member with each category of data, of the kind that the properties describe."""
        if self._unrecognised(question.subject.type, question.resource.type, question.action.name):
            return []
        found: list[dict[str, Any]] = []
        wanted = question.subject.properties
        for home in self.decider.homes.values():
            for data in self.decider.law.vocabulary.words(TermKind.DATA):
                if wanted.get("country", home) != home or wanted.get("data", data) != data:
                    continue
                subject = Entity(DATASET, f"{home}:{data}", {**wanted, "country": home, "data": data})
                if self._granted(subject, question.action.name, question.resource, question.context):
                    found.append({"type": DATASET, "id": subject.id, "properties": {"country": home, "data": data}})
        return found

    def resources(self, question: ResourceSearch) -> list[dict[str, Any]]:
        """Where these data may go."""
        if self._unrecognised(question.subject.type, question.resource.type, question.action.name):
            return []
        found: list[dict[str, Any]] = []
        for country in self.decider.countries:
            resource = Entity(JURISDICTION, country, question.resource.properties)
            if self._granted(question.subject, question.action.name, resource, question.context):
                found.append({"type": JURISDICTION, "id": country})
        return found

    def actions(self, question: ActionSearch) -> list[dict[str, Any]]:
        """By which mechanisms they may go: with what is in hand, or with one safeguard besides."""
        if self._unrecognised(question.subject.type, question.resource.type, TRANSFER):
            return []
        safeguards = self.decider.law.vocabulary.words(TermKind.SAFEGUARD)
        names = [TRANSFER, *(f"{TRANSFER}.{one}" for one in safeguards)]
        return [
            {"name": name}
            for name in names
            if self._granted(question.subject, name, question.resource, question.context)
        ]

    def _granted(self, subject: Entity, action: str, resource: Entity, context: Mapping[str, Any]) -> bool:
        """For searches: what cannot be asked is simply not found."""
        try:
            flow, asof = self._flow(subject, resource, context)
            return self._weigh(self._with(flow, action), asof).granted
        except GovernError:
            return False

    def _unrecognised(self, subject: str, resource: str, action: str) -> str:
        if subject != DATASET:
            return f"Subjects are of type {DATASET}, not {subject[:40]!r}."
        if resource != JURISDICTION:
            return f"Resources are of type {JURISDICTION}, not {resource[:40]!r}."
        if action.partition(".")[0] != TRANSFER:
            return f"The action is {TRANSFER} or {TRANSFER}.SAFEGUARD, not {action[:40]!r}."
        return ""

    def _flow(self, subject: Entity, resource: Entity, context: Mapping[str, Any]) -> tuple[Flow, AsOf]:
        """The flow that the entities describe."""
        given = subject.properties
        country, _, data = subject.id.partition(":")
        facts = {**_mapping(given.get("facts"), "facts"), **_mapping(context.get("facts"), "facts")}
        judged = _assessments(context.get("assessed"))
        asof = AsOf(_day(context.get("date")) or self.today)
        check_assessments(judged, asof)
        holds = frozenset(_texts(context.get("holds"), "holds")).union(*(one.atoms for one in judged))
        flow = Flow(
            origin=self.decider.member(_text(given.get("country", country), "country")),
            destination=resource.id.upper(),
            data=_text(given.get("data", data or None), "data"),
            sector=_text(given.get("sector", "general"), "sector"),
            exporter=_text(given.get("exporter"), "exporter"),
            recipient=_text(resource.properties.get("recipient", given.get("recipient")), "recipient"),
            volume=None if given.get("volume") is None else _text(given["volume"], "volume"),
            facts=tuple(sorted(facts.items())),
            holds=holds,
        )
        return flow, asof

    def _with(self, flow: Flow, action: str) -> Flow:
        safeguard = action[len(TRANSFER) + 1 :]
        if not safeguard:
            return flow
        return Flow(
            flow.origin,
            flow.destination,
            flow.data,
            flow.sector,
            flow.exporter,
            flow.recipient,
            flow.volume,
            flow.facts,
            flow.holds | {safeguard},
        )

    def _weigh(self, flow: Flow, asof: AsOf) -> Weighed:
        table, found = self._look_up(flow, asof)
        key = (flow.origin, found.decision, found.rules, found.missing)
        held = self._weighed.get(key)
        if held is None:
            if len(self._weighed) >= MOST_KEPT:
                self._weighed.clear()
            held = self._weighed[key] = self._new(table, found)
        return Weighed(held.granted, {**held.context, "as_of": asof.valid.isoformat()})

    def _look_up(self, flow: Flow, asof: AsOf) -> tuple[OriginTable, Explained]:
        known = (
            flow.origin in self.decider.homes
            and flow.destination in self._countries
            and self._words.issuperset(flow.holds)
            and self._fact_words.issuperset(name for name, _ in flow.facts)
        )
        first = self._first[flow.origin] if known else None
        if not known or (first is not None and asof.valid < first):
            check_flow(self.decider.law, flow, self.decider.homes, self._countries, asof.valid)
        table = self.decider.origin(flow.origin, asof)
        try:
            return table, table.explain(flow)
        except KeyError:
            check_flow(self.decider.law, flow, self.decider.homes, self._countries, asof.valid)
            raise

    def _new(self, table: OriginTable, found: Explained) -> Weighed:
        facts = [table.rules.by_id[name] for name in found.rules]
        oldest = self.today - timedelta(days=self.demands.days)
        worst = GRADES.index(self.demands.grade)
        weak = [fact for fact in facts if GRADES.index(fact.grade) > worst or fact.known.latest < oldest]
        may_go = found.decision.may_go
        context: dict[str, Any] = {
            "answer": found.decision.value if not (may_go and weak) else Decision.UNKNOWN.value,
            "law": found.decision.value,
            "confidence": found.confidence and found.confidence.value,
            "rules": [
                {
                    "id": fact.id,
                    "grade": fact.grade.value,
                    "source": fact.source,
                    "checked": str(fact.known),
                    "text": fact.text,
                }
                for fact in facts
            ],
            "edition": self.edition,
        }
        if found.missing:
            context["missing"] = [list(one) for one in found.missing]
        if may_go and weak:
            context["unknown"] = {
                "why": (
                    f"Access is granted on facts of grade {self.demands.grade.value} or better, "
                    f"checked within {self.demands.days} days."
                ),
                "read_again": [{"id": fact.id, "grade": fact.grade.value, "checked": str(fact.known)} for fact in weak],
            }
        return Weighed(may_go and not weak, context)


# --- what the wire may hold ----------------------------------------------------------------------------------------------


def _text(value: object, name: str) -> str:
    if isinstance(value, str) and 0 < len(value) <= 200:
        return value
    if value is None or value == "":
        raise GovernError(f"{name} is missing. docs/guide/govern.md says where each property goes.")
    raise GovernError(f"{name} must be a text of at most 200 characters.")


def _texts(value: object, name: str) -> tuple[str, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > 200:
        raise GovernError(f"{name} must be a list of at most 200 texts.")
    return tuple(_text(one, name) for one in value)


def _mapping(value: object, name: str) -> dict[str, bool]:
    if value is None:
        return {}
    if not isinstance(value, dict) or len(value) > 200 or not all(isinstance(one, bool) for one in value.values()):
        raise GovernError(f"{name} must be an object of true and false; what is not known is left out.")
    return value


def _assessments(value: object) -> tuple[Assessment, ...]:
    if value is None:
        return ()
    if not isinstance(value, list) or len(value) > 50 or not all(isinstance(one, dict) for one in value):
        raise GovernError("assessed must be a list of objects with about, finding, by, on.")
    found = []
    for one in value:
        finding = _text(one.get("finding"), "finding")
        if finding not in {each.value for each in Finding}:
            words = ", ".join(each.value for each in Finding)
            raise GovernError(f"finding {finding[:40]!r}: write one of {words}.")
        by = "" if one.get("by") is None else _text(one["by"], "by")
        found.append(Assessment(_text(one.get("about"), "about"), Finding(finding), by, _day(one.get("on"))))
    return tuple(found)


def _day(value: object) -> date | None:
    if value is None:
        return None
    try:
        return date.fromisoformat(_text(value, "date"))
    except ValueError as error:
        raise GovernError(f"{str(value)[:40]!r} is no date. Write year-month-day, as in 2026-11-21.") from error
