"""The registers: their first page, a list with its filters, the table of laws, one entry."""

from __future__ import annotations

from collections.abc import Mapping
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.base import suggest
from serantau.forum.registers import Phase, Register, key_of
from serantau.registers import Asked, HeldEntry, commitments_of, legislation, register_entries
from serantau.web.config.access import Role, access
from serantau.web.measure.parts import source_view
from serantau.web.registers import words
from serantau.web.registers.shown import Names, facts_of, row_of, title_of
from serantau.web.site.answering import answering
from serantau.web.site.frame import page
from serantau.web.site.problems import NotHereError, QuestionError
from serantau.web.site.question import Question, whole

FILTERS = ("action", "owner", "about", "year", "phase")
HOME = "/forum/registers/"


@access(Role.PUBLIC)
@answering(*FILTERS)
def home(request: HttpRequest, question: Question) -> HttpResponse:
    """The four registers, open calls, and what was asked for of all four."""
    bundle, asof = question.answers.bundle, question.asof
    names = Names.of(bundle)
    held = register_entries(bundle, asof)
    counts = {one: sum(row.register is one for row in held) for one in Register}
    asked = asked_of(question, None)
    context = {
        **_choices(question, None, held),
        "cards": [(one, text, words.LEADS[one], counts[one]) for one, text in words.REGISTERS.items()],
        "calls": [row_of(one, bundle, names) for one in held if one.phase in {Phase.OPEN, Phase.TO_COME}],
        "chosen": bool(question.more),
        "rows": [row_of(one, bundle, names) for one in register_entries(bundle, asof, asked)] if question.more else [],
        "promises": [
            one
            for one in commitments_of(bundle, asof)
            if question.more.get("action") and question.more["action"] in one.commitment.actions
        ],
    }
    return page(request, question, "registers/home.html", context)


@access(Role.PUBLIC)
@answering(*FILTERS)
def listing(request: HttpRequest, question: Question, register: str) -> HttpResponse:
    """One register: its entries, by what was asked for."""
    found = find_register(register)
    bundle, names = question.answers.bundle, Names.of(question.answers.bundle)
    held = register_entries(bundle, question.asof, Asked(found))
    context = {
        **_choices(question, found, held),
        "register": found,
        "heading": words.REGISTERS[found],
        "lead": words.LEADS[found],
        "rows": [
            row_of(one, bundle, names) for one in register_entries(bundle, question.asof, asked_of(question, found))
        ],
        "silent": _silent(question, found, held),
    }
    if found is Register.LEGISLATION:
        return page(request, question, "registers/legislation.html", {**context, **_table(question)})
    return page(request, question, f"registers/{found.value}.html", context)


def _silent(question: Question, register: Register, held: tuple[HeldEntry, ...]) -> list[str]:
    """Partners of whom the register of cooperation holds nothing: not known, and not none."""
    if register is not Register.COOPERATION:
        return []
    owners = {one.owner for one in held}
    return [one.name for one in question.answers.bundle.region.partners if one.id not in owners]


def _table(question: Question) -> dict[str, object]:
    """Members by themes, as far as they were asked for."""
    owner, about = question.more.get("owner", ""), question.more.get("about", "")
    themes = [(one, text) for one, text in words.THEMES.items() if about in ("", one.value)]
    rows = [
        (member, [cell for cell in cells if about in ("", cell.theme.value)])
        for member, cells in legislation(question.answers.bundle, question.asof)
        if owner in ("", member.id)
    ]
    cells = [cell for _member, row in rows for cell in row]
    return {
        "themes": themes,
        "table": [(member, [(cell, _key(cell.member.id, cell.theme.value)) for cell in row]) for member, row in rows],
        "stage_words": list(words.STAGES.items()),
        "cells": len(cells),
        "known_cells": sum(cell.law is not None for cell in cells),
    }


def _key(member: str, theme: str) -> str:
    return f"{member}.{theme}".lower()


@access(Role.PUBLIC)
@answering()
def entry(request: HttpRequest, question: Question, register: str, key: str) -> HttpResponse:
    """One entry with everything that is held of it, and every statement of it."""
    found = find_register(register)
    held = find_entry(question, found, key)
    return page(request, question, "registers/entry.html", entry_context(question, held))


def entry_context(question: Question, held: HeldEntry) -> dict[str, object]:
    """What the page of an entry shows."""
    bundle, names = question.answers.bundle, Names.of(question.answers.bundle)
    row = row_of(held, bundle, names)
    history = bundle.registers.history(held.key, held.register, question.asof)
    return {
        "row": row,
        "register": held.register,
        "heading": words.REGISTERS[held.register],
        "facts": facts_of(held, question, names),
        "more_sources": [source_view(bundle, name) for name in held.entry.more_sources],
        "history": [(one, title_of(one, names), one is held.entry) for one in reversed(history)],
        "adoptions": [(one, names.party(one.member), source_view(bundle, one.source)) for one in held.adoptions],
    }


# --- from the address --------------------------------------------------------------------------------------------------


def find_register(name: str) -> Register:
    """The register of an address.

    Raises:
        NotHereError: if there is none.
    """
    held = {one.value: one for one in Register}
    if name not in held:
        links = {f"{HOME}{one.value}/": str(text) for one, text in words.REGISTERS.items()}
        raise NotHereError(_("There is no such register."), links)
    return held[name]


def find_entry(question: Question, register: Register, key: str) -> HeldEntry:
    """The entry of an address.

    Raises:
        NotHereError: if the register has none on that day.
    """
    held = {one.key: one for one in register_entries(question.answers.bundle, question.asof, Asked(register))}
    if key in held:
        return held[key]
    stated = {key_of(one) for one in question.answers.bundle.registers.entries_of(register)}
    links = {f"{HOME}{register.value}/": str(words.REGISTERS[register])}
    if key in stated:
        raise NotHereError(_("This entry is not in the register with that day and knowledge."), links)
    hint = suggest(key[:80], held)
    raise NotHereError(f"{_('There is no such entry in this register.')} {hint}".strip(), links)


def asked_of(question: Question, register: Register | None) -> Asked:
    """Which entries an address asks for.

    Raises:
        QuestionError: if a filter names what cannot be.
    """
    more = question.more
    phases = {one.value: one for one in Phase}
    if more.get("phase", Phase.OPEN.value) not in phases:
        raise QuestionError(_("phase is one of: %(words)s.") % {"words": ", ".join(phases)}, "phase")
    bundle = question.answers.bundle
    # A name that there is not would be answered by an empty list, as if nothing were held.
    _must_be_known(more, "owner", {one.id for one in (*bundle.region.members, *bundle.region.partners)})
    _must_be_known(more, "action", {one.id for one in bundle.plans.all_actions})
    _must_be_known(more, "about", set(words.ABOUT[register]) if register is not None else {more.get("about", "")})
    return Asked(
        register=register,
        action=more.get("action", ""),
        owner=more.get("owner", ""),
        about=more.get("about", ""),
        year=whole(more, "year", 0, 1950, 2100) if "year" in more else None,
        phase=phases[more["phase"]] if "phase" in more else None,
    )


def _must_be_known(more: Mapping[str, str], name: str, known: set[str]) -> None:
    asked = more.get(name, "")
    if asked and asked not in known:
        hint = suggest(asked[:80], known)
        raise QuestionError(f"{_('%s names nothing that is held.') % f'{name}={asked[:80]}'} {hint}".strip(), name)


def _choices(question: Question, register: Register | None, held: tuple[HeldEntry, ...]) -> dict[str, object]:
    """What the form of the filters offers."""
    region = question.answers.bundle.region
    plan_actions = question.answers.bundle.plans.actions(question.plan.id, question.asof)
    years = sorted({one.entry.year for one in held if hasattr(one.entry, "year") and one.entry.year}, reverse=True)
    partners = register in (None, Register.COOPERATION)
    members = register is not Register.COOPERATION
    parties = [*(region.members_at(question.asof) if members else ()), *(region.partners if partners else ())]
    return {
        "given": question.more,
        "whole_query": "?" + urlencode(sorted({**question.given, **question.more}.items()))
        if question.given or question.more
        else "",
        "register_words": list(words.REGISTERS.items()),
        "owners": [(one.id, one.name) for one in parties],
        "abouts": list(words.ABOUT[register].items()) if register is not None else [],
        "about_name": words.ASKED_ABOUT[register] if register is not None else "",
        "years": years,
        "phases": [(one.value, text) for one, text in words.PHASES.items()] if register is Register.PROJECTS else [],
        "actions": plan_actions,
    }
