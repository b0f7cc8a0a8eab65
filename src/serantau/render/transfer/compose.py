"""What the four documents say. Nothing is invented: what is not held, or not given, is a mark for counsel.

The wording of model clauses is not kept here and is never quoted: an agreement incorporates them by
reference, by the name and publisher that the region's facts give.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from serantau.base import Truth
from serantau.facts import Source
from serantau.facts.model import RECALLED
from serantau.govern import LawFacts
from serantau.govern.decide import Decided
from serantau.govern.duties import Due
from serantau.govern.model import Coverage, Deadline, Model, Provision, TermKind
from serantau.render.report.model import Block, Bullets, Column, Heading, Paragraph, Report, Table

KINDS = {
    "agreement": "Schedule to a transfer agreement",
    "assessment": "Transfer impact assessment",
    "record": "Record of a transfer",
    "filing": "Fact sheet for filings",
}
"""The documents, by the word that asks for them."""

NO_ADVICE = (
    "This is no legal advice. It is put together from the facts named below and how well each was checked. Whatever "
    "stands in [square brackets] is not held and is for counsel to fill in or to strike out."
)
FILINGS = ("dossier", "notify", "approval", "tia", "dpia", "update")
"""Duties that end in a paper for an authority."""


@dataclass(frozen=True)
class Parties:
    """What the person says about the transfer; empty means that it was not said."""

    exporter: str = ""
    importer: str = ""
    purpose: str = ""


@dataclass(frozen=True)
class _Case:
    """Everything that a document is composed from."""

    law: LawFacts
    answer: Decided
    parties: Parties
    sources: Mapping[str, Source]
    origin: str
    destination: str
    edition: str

    def gap(self, what: str) -> str:
        """A mark for counsel."""
        return f"[for counsel: {what}]"

    def word(self, kind: TermKind, word: str | None) -> str:
        """A word of the vocabulary as a reader knows it."""
        return self.gap(f"{kind.value} not stated") if word is None else self.law.vocabulary.term(kind, word).label

    def cite(self, rule: Provision | Coverage) -> str:
        """Where a rule stands."""
        if isinstance(rule, Coverage):
            return "what was looked for and not found"
        article = self.gap("article not verified") if rule.article == "unknown" else rule.article
        recalled = " [number recalled, verify]" if rule.article_grade is not None else ""
        return f"{self.law.instrument_of[rule.instrument].title}, {article}{recalled}"

    def source(self, name: str) -> str:
        """Title of a source."""
        found = self.sources.get(name)
        return "recalled, no document" if name == RECALLED or found is None else found.title

    def evidence(self, atom: str) -> str:
        """A piece of evidence as a reader knows it."""
        name, sign, finding = atom.partition("=")
        if not sign:
            return self.law.vocabulary.term(TermKind.SAFEGUARD, name).label
        return f"{self.law.vocabulary.term(TermKind.ASSESSMENT, name).label} Assessed: {finding}."


def compose_transfer(
    kind: str,
    law: LawFacts,
    answer: Decided,
    sources: Mapping[str, Source],
    names: tuple[str, str],
    edition: str,
    parties: Parties | None = None,
) -> Report:
    """Compose a document.

    Args:
        kind: One of :data:`KINDS`.
        law: The facts.
        answer: The decision that it is about.
        sources: Documents by id.
        names: Names of the country that the data leave and of the one they go to.
        edition: Label of the edition of the facts.
        parties: What was said about the parties.

    Raises:
        KeyError: if there is no such document.
    """
    title = KINDS[kind]
    case = _Case(law, answer, parties or Parties(), sources, *names, edition)
    parts = {"agreement": _agreement, "assessment": _assessment, "record": _record, "filing": _filing}
    blocks = [Paragraph(NO_ADVICE, "notice"), *parts[kind](case), *_sources(case)]
    day = answer.asof.valid
    return Report(
        title=title,
        subtitle=f"{case.origin} to {case.destination}",
        language="en",
        day=day,
        author="Serantau",
        facts=(("Law as of", day.isoformat()), ("Edition of the facts", edition), ("Answer", answer.decision.value)),
        blocks=tuple(blocks),
        foot=f"{title}: {case.origin} to {case.destination}, {day}. No legal advice. Edition {edition}.",
        page_words="Page {page} of {pages}",
    )


def _agreement(case: _Case) -> Iterator[Block]:
    """The schedule: parties, clauses by reference, description of the transfer, countries, duties."""
    yield Heading("1 Parties")
    yield _table(
        "Parties",
        (
            ("Data exporter", _or(case, case.parties.exporter, "name, address, contact of the exporter")),
            ("Role", case.word(TermKind.EXPORTER, case.answer.flow.exporter)),
            ("Data importer", _or(case, case.parties.importer, "name, address, contact of the importer")),
            ("Role", case.word(TermKind.RECIPIENT, case.answer.flow.recipient)),
        ),
    )
    yield Heading("2 Clauses incorporated by reference")
    model = _model(case)
    if model is None:
        yield Paragraph(case.gap("no model clauses are held that fit; name the clauses that bind the importer"))
    else:
        module = model.modules.get(case.answer.flow.recipient)
        text = f"The parties incorporate the {model.title}, published by {model.publisher}"
        text += f", {module}," if module else f", {case.gap('no module is held that fits these parties')},"
        yield Paragraph(f"{text} by reference. Their text is not repeated here.")
        yield Paragraph(
            f"How much of their text was read for this document: {model.read}. "
            + case.gap("attach the text; choose the optional clauses; settle governing law, remedies and termination")
        )
        if model.note:
            yield Paragraph(model.note, "small")
    yield Heading("3 Description of the transfer")
    yield _description(case)
    yield Heading("4 Countries")
    yield Paragraph(
        f"The data may go to: {case.destination}. "
        + case.gap(
            "further countries, and onward transfers; some laws accept a contract only if it names the countries"
        )
    )
    yield Heading("5 What the law asks for besides")
    yield from _decision(case)
    yield from _duties(case)
    yield Heading("6 Signatures")
    yield Paragraph(case.gap("signatures and dates"))


def _assessment(case: _Case) -> Iterator[Block]:
    """The assessment: the transfer, the law here, the law there as an open question, risks, measures, result."""
    yield Heading("1 The transfer")
    yield _description(case)
    yield Heading("2 The law of the country that the data leave")
    yield from _decision(case)
    yield Heading("3 Law and practice of the destination")
    judged = case.answer.assessments
    if judged:
        rows = tuple(
            (
                case.law.vocabulary.term(TermKind.ASSESSMENT, one.about).label,
                one.finding.value,
                one.by,
                str(one.on or ""),
            )
            for one in judged
        )
        columns = (Column("Question", share=3), Column("Finding"), Column("By"), Column("On"))
        yield Table("Judgements that were stated", columns, rows)
    else:
        yield Paragraph(case.gap("nobody has stated a judgement on the law of the destination"))
    rules = case.answer.importing.rules
    if rules:
        yield _rules(case, "Duties held of the importing side", rules)
    else:
        yield Paragraph(
            f"Duties on the importing side, {case.destination}: unknown; nothing is held of them. "
            + case.gap("laws on access by authorities, remedies, supervision, and how they are applied")
        )
    yield Heading("4 Risks to the people concerned, and measures")
    yield Paragraph(case.gap("likelihood and severity; technical, contractual and organisational measures"))
    if case.answer.flow.holds:
        yield Bullets(tuple(case.evidence(atom) for atom in sorted(case.answer.flow.holds)))
    yield Heading("5 Result")
    yield Paragraph(case.gap("whether protection is enough, who decided, and when it is looked at again"))
    yield from _duties(case)


def _record(case: _Case) -> Iterator[Block]:
    """One entry of the register of transfers."""
    yield Heading("1 Entry")
    flow = case.answer.flow
    confidence = case.answer.confidence
    yield _description(case)
    yield _table(
        "Ground",
        (
            (
                "In hand",
                "; ".join(case.evidence(atom) for atom in sorted(flow.holds)) or case.gap("ground of the transfer"),
            ),
            ("Answer of the law held here", case.answer.decision.value),
            ("Confidence", confidence.value if confidence else "none"),
            ("Decided on", case.answer.asof.valid.isoformat()),
        ),
    )
    yield Heading("2 What decided")
    yield from _decision(case)
    yield from _duties(case)


def _filing(case: _Case) -> Iterator[Block]:
    """What authorities have to be told, by when, and which facts of it are held."""
    yield Heading("1 Filings that this transfer brings with it")
    filings = [due for due in case.answer.duties if due.duty.duty in FILINGS]
    if filings:
        yield _due_table(case, "Filings", filings)
    else:
        yield Paragraph("No filing is known for this flow. That does not say that there is none.")
    yield Heading("2 Facts for the forms")
    yield _table(
        "Parties",
        (
            ("Sender", _or(case, case.parties.exporter, "name, registration number, contact")),
            ("Recipient", _or(case, case.parties.importer, "name, registration number, contact")),
        ),
    )
    yield _description(case)
    yield Heading("3 Ground and safeguards")
    yield from _decision(case)
    yield Heading("4 To be added")
    open_points = [
        "signed agreement or transfer document",
        "how consent was asked for, if it is the ground",
        "how the recipient protects the data",
        "onward sharing",
        "the official form itself: it is not held here",
    ]
    yield Bullets(tuple(case.gap(one) for one in open_points))
    rest = [due for due in case.answer.duties if due not in filings]
    if rest:
        yield _due_table(case, "Other duties", rest)


# --- parts ---------------------------------------------------------------------------------------------------------------


def _or(case: _Case, said: str, missing: str) -> str:
    return said or case.gap(missing)


def _table(caption: str, rows: tuple[tuple[str, str], ...]) -> Table:
    return Table(caption, (Column("What", share=1), Column("Value", share=2)), rows)


def _description(case: _Case) -> Table:
    flow = case.answer.flow
    stated = [
        f"{case.law.vocabulary.term(TermKind.FACT, name).label}: {'yes' if value else 'no'}"
        for name, value in flow.facts
    ]
    return _table(
        "Description of the transfer",
        (
            ("From", case.origin),
            ("To", case.destination),
            ("Categories of data", case.word(TermKind.DATA, flow.data)),
            ("Business of the exporter", case.word(TermKind.SECTOR, flow.sector)),
            ("Exporter", case.word(TermKind.EXPORTER, flow.exporter)),
            ("Importer", case.word(TermKind.RECIPIENT, flow.recipient)),
            ("People concerned, number", case.word(TermKind.VOLUME, flow.volume)),
            ("Circumstances stated", "; ".join(stated) or case.gap("none stated")),
            ("Purpose", _or(case, case.parties.purpose, "purpose of the transfer")),
            ("Kept for", case.gap("period")),
            ("Security measures", case.gap("measures")),
        ),
    )


def _decision(case: _Case) -> Iterator[Block]:
    """The answer, what is missing, what is open, and the rules that decided."""
    answer = case.answer
    confidence = f" Confidence: {answer.confidence.value}." if answer.confidence else ""
    yield Paragraph(f"By the law held here, on {answer.asof.valid}: {answer.decision.value}.{confidence}")
    if answer.missing:
        yield Paragraph("Any one of these would make it lawful:")
        yield Bullets(tuple(" and ".join(case.evidence(atom) for atom in way) for way in answer.missing))
    if answer.turns_on:
        yield Paragraph(case.gap("the answer turns on what was not stated: " + ", ".join(answer.turns_on)))
    for rule in answer.unresolved:
        yield Paragraph(case.gap(f"in doubt: {case.cite(rule)}. {rule.text}"))
    if answer.rules:
        yield _rules(case, "Rules that decided, in our own words", answer.rules)


def _rules(case: _Case, caption: str, rules: tuple[Provision | Coverage, ...] | tuple[Provision, ...]) -> Table:
    rows = tuple((case.cite(rule), rule.text, rule.grade.value, case.source(rule.source)) for rule in rules)
    columns = (Column("Where", share=2), Column("What it says", share=3), Column("Grade"), Column("Source", share=2))
    return Table(caption, columns, rows)


def _duties(case: _Case) -> Iterator[Block]:
    if case.answer.duties:
        yield _due_table(case, "Duties; none of them forbids the transfer", case.answer.duties)


def _due_table(case: _Case, caption: str, duties: list[Due] | tuple[Due, ...]) -> Table:
    rows = tuple(
        (
            due.duty.text + ("" if due.certain is Truth.YES else " [perhaps: verify]"),
            due.by.isoformat() if due.by else _limit(due.duty.deadline) or "no time limit held",
            due.duty.to or "-",
            case.cite(due.rule),
            due.rule.grade.value,
        )
        for due in duties
    )
    columns = (
        Column("Duty", share=3),
        Column("By when", share=2),
        Column("To whom", share=2),
        Column("Where", share=2),
        Column("Grade"),
    )
    return Table(caption, columns, rows)


def _limit(deadline: Deadline | None) -> str:
    if deadline is None:
        return ""
    span = f"{deadline.number} {deadline.unit.value} " if deadline.number is not None and deadline.unit else ""
    return f"{deadline.when.value} {span}of {deadline.event.value}" if span else f"before the {deadline.event.value}"


def _model(case: _Case) -> Model | None:
    """The model clauses in hand; else those of the region, as a proposal."""
    day = case.answer.asof.valid
    held = [one for one in case.law.models if one.valid_from.earliest <= day <= one.valid_to.latest]
    return next((one for one in held if one.safeguard in case.answer.flow.holds), next(iter(held), None))


def _sources(case: _Case) -> Iterator[Block]:
    used = [rule.source for rule in case.answer.rules] + [due.rule.source for due in case.answer.duties]
    named = [case.sources[name] for name in dict.fromkeys(used) if name in case.sources]
    if not named:
        return
    yield Heading("Sources")
    yield Bullets(tuple(f"{one.title}, {one.organisation}. {one.address}" for one in named))
