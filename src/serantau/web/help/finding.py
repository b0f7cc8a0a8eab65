"""What can be found, and how a hit is shown."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from serantau.base.search import Document, Hit, SearchIndex, words_of
from serantau.forum.registers import key_of, owner_of, register_of
from serantau.plan import Plan
from serantau.web.answers import Answers
from serantau.web.help.pages import glossary, help_pages
from serantau.web.registers.shown import Names, address_of, title_of
from serantau.web.site.question import Question

AROUND = 90
"""Letters shown before and after the first word that matched."""

LONGEST = 240


@dataclass(frozen=True)
class Found:
    """A hit as shown.

    Attributes:
        hit: What was found.
        kind: What it is, in words.
        title: Its title, with the words that matched marked.
        snippet: Some of its text, likewise.
    """

    hit: Hit
    kind: str
    title: SafeString
    snippet: SafeString


def kinds() -> dict[str, str]:
    """What can be found, by the name of the filter."""
    return {
        "member": _("Members"),
        "outcome": _("Outcomes"),
        "action": _("Actions"),
        "indicator": _("Indicators"),
        "meeting": _("Meetings and declarations"),
        "register": _("Entries of the registers"),
        "plan": _("Plans"),
        "source": _("Sources"),
        "glossary": _("Glossary"),
        "help": _("Guides and methods"),
    }


def index_of(answers: Answers) -> SearchIndex:
    """The index of an edition, made once for each language of the titles."""
    return answers.memo.get(("search", get_language()), lambda: SearchIndex(documents(answers)))


def documents(answers: Answers) -> Iterator[Document]:
    """Everything that can be found in an edition."""
    yield from _plans(answers)
    yield from _facts(answers)
    for part in glossary():
        for entry in part.entries:
            yield Document("glossary", entry.term, entry.text, f"/glossary/#{entry.id}", 1.1)
    for page in help_pages().values():
        for section in page.page.sections:
            title = page.page.title if section.id == "top" else f"{page.page.title}: {section.title}"
            anchor = "" if section.id == "top" else f"#{section.id}"
            yield Document("help", title, section.text, page.address + anchor, 0.8)


def _facts(answers: Answers) -> Iterator[Document]:
    bundle = answers.bundle
    for member in bundle.region.members:
        text = f"{member.id} {member.alpha2} {member.currency} {' '.join(member.languages)}"
        yield Document("member", member.name, text, f"/members/{member.id}/", 1.6)
    for one in bundle.measure.indicators:
        text = f"{one.definition} {one.unit} {one.id} {one.note}"
        yield Document("indicator", one.name, text, f"/indicators/{one.id}/")
    for source in bundle.sources.values():
        text = f"{source.organisation} {source.id} {source.licence} {source.note}"
        yield Document("source", source.title, text, f"/data/#source-{source.id}", 0.6)


def _plans(answers: Answers) -> Iterator[Document]:
    plans, default = answers.bundle.plans, answers.bundle.region.profile.default_plan
    held = {plan.id: plan for plan in plans.all_plans}
    names = {group.id: group.name for index in answers.bundle.measure.indexes for group in index.groups}
    for plan in plans.all_plans:
        vision = plan.vision.text if plan.vision else ""
        yield Document("plan", f"{plan.title} ({plan.short_name})", f"{vision} {plan.id}", f"/plans/{plan.id}/", 1.2)
    for outcome in plans.all_outcomes:
        title = f"{outcome.code} {names.get(outcome.id, '')}: {outcome.title}".replace(" :", ":")
        weight = 1.4 if outcome.plan == default else 1.0
        yield Document("outcome", title, _of(held, outcome.plan), f"/outcomes/{outcome.id}/", weight)
    for action in plans.all_actions:
        query = "" if action.plan == default else f"?plan={action.plan}"
        text = f"{_of(held, action.plan)} {action.note}"
        yield Document("action", f"{action.code} {action.title}", text, f"/actions/{query}#{action.id}", 1.1)
    for meeting in plans.all_meetings:
        parts = (meeting.theme, meeting.place, meeting.chair, meeting.vice_chair, meeting.start.text, meeting.note)
        text = " ".join(part for part in parts if part)
        yield Document("meeting", f"{meeting.body} {meeting.number}", text, f"/meetings/#{meeting.id}", 1.1)
    yield from _registers(answers)
    for row in (*plans.all_declarations, *plans.all_outputs):
        meeting = plans.meeting(row.meeting)
        text = f"{meeting.body} {meeting.number} {meeting.start} {row.note}"
        yield Document("meeting", row.title, text, f"/meetings/#{row.id}")


def _registers(answers: Answers) -> Iterator[Document]:
    names = Names.of(answers.bundle)
    newest = {(register_of(one), key_of(one)): one for one in answers.bundle.registers.all_entries}
    for (register, key), one in newest.items():
        parts = (names.party(owner_of(one)), *(getattr(one, name, None) for name in ("text", "gap", "bill", "result")))
        text = " ".join(part for part in parts if part)
        yield Document("register", title_of(one, names), text, address_of(register, key))
    for said in answers.bundle.registers.commitments:
        yield Document("meeting", said.title, said.note, f"/meetings/#{said.id}")


def _of(plans: dict[str, Plan], name: str) -> str:
    return f"{plans[name].title} {plans[name].short_name}" if name in plans else name


def find(question: Question, text: str, kind: str) -> list[Found]:
    """What a question finds, the best first."""
    names = kinds()
    hits = index_of(question.answers).search(text, kind)
    return [Found(hit, names[hit.document.kind], marked(hit.document.title, hit.words), _snippet(hit)) for hit in hits]


def _snippet(hit: Hit) -> SafeString:
    """The text around the first word that matched, or its beginning."""
    text = " ".join(hit.document.text.split())
    start = 0
    for at, word in _places(text):
        if word in hit.words:
            start = max(0, at - AROUND)
            break
    start = text.find(" ", start) + 1 if start else 0
    shown = text[start : start + LONGEST]
    if start + LONGEST < len(text):
        shown = shown.rpartition(" ")[0] + " …"
    return marked(("… " if start else "") + shown, hit.words)


def _places(text: str) -> Iterator[tuple[int, str]]:
    at = 0
    for part in text.split(" "):
        for word in words_of(part):
            yield at, word
        at += len(part) + 1


def marked(text: str, words: frozenset[str]) -> SafeString:
    """A text with the words that matched marked; everything else is escaped."""
    shown = [
        f"<mark>{escape(part)}</mark>" if words & set(words_of(part)) else escape(part) for part in text.split(" ")
    ]
    return mark_safe(" ".join(shown))  # noqa: S308 - every part is escaped above
