"""Changed law on trial: a scratch file that adds, replaces or removes provisions, laid over the facts."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from pathlib import Path

import msgspec

from serantau.base import Problem, count_of_problems, suggest
from serantau.facts.convert import convert_record
from serantau.facts.yaml_lines import parse_yaml
from serantau.govern.checks import provision_problems
from serantau.govern.errors import GovernError
from serantau.govern.facts import LawFacts
from serantau.govern.model import Provision

MAX_BYTES = 1024 * 1024


class Scratch(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a scratch file says.

    Attributes:
        provisions: Provisions to add; one with an id that is held takes the place of the one that is.
        remove: Ids of provisions to leave out.
    """

    provisions: tuple[Provision, ...] = ()
    remove: tuple[str, ...] = ()


def read_scratch(path: Path, law: LawFacts) -> Scratch:
    """Read and check a scratch file.

    Raises:
        GovernError: with every defect, by file and line.
    """
    if not path.is_file():
        raise GovernError(f"{path}: there is no such file.")
    if path.stat().st_size > MAX_BYTES:
        raise GovernError(f"{path.name} is larger than {MAX_BYTES // 1024**2} MB. A scratch file of rules is not.")
    return parse_scratch(path.name, path.read_bytes(), law)


def parse_scratch(name: str, content: bytes, law: LawFacts) -> Scratch:
    """The same from bytes; ``name`` is used in messages."""
    document = parse_yaml(name, content)
    problems = list(document.problems)
    scratch = None
    if not problems:

        def report(path: tuple[str | int, ...], what: str, fix: str) -> None:
            problems.append(Problem(document.where(path), what, fix))

        scratch = convert_record(document.value, Scratch, report)
    if scratch is not None:
        edited = overlay(law, scratch)
        for number, rule in enumerate(scratch.provisions):
            where = document.where(("provisions", number))
            problems += provision_problems(edited, rule, where)
        problems += [
            Problem(document.where(("remove", number)), f"there is no provision {name!r}.", suggest(name, law.by_id))
            for number, name in enumerate(scratch.remove)
            if name not in law.by_id
        ]
        if not scratch.provisions and not scratch.remove:
            problems.append(Problem(f"{name}:1", "nothing is changed.", "Write `provisions:` or `remove:`."))
    if problems or scratch is None:
        raise GovernError(f"{name}: {count_of_problems(len(problems))}; nothing was tried.", problems)
    return scratch


def overlay(law: LawFacts, scratch: Scratch) -> LawFacts:
    """The law with the changes laid over it."""
    return changed(law, add=scratch.provisions, remove=scratch.remove)


def changed(law: LawFacts, add: Iterable[Provision] = (), remove: Iterable[str] = ()) -> LawFacts:
    """The law with provisions added, replaced or left out; what named one that is gone names it no more."""
    new = {rule.id: rule for rule in add}
    gone = set(remove) - new.keys()
    kept = [new.pop(rule.id, rule) for rule in law.provisions if rule.id not in gone]
    rules = [_without(rule, gone) for rule in [*kept, *new.values()]]
    return replace(law, provisions=tuple(rule for rule in rules if rule is not None))


def _without(rule: Provision, gone: set[str]) -> Provision | None:
    """A rule that named what is gone. One that did nothing else is gone too."""
    if gone.isdisjoint(rule.lifts) and gone.isdisjoint(rule.frees):
        return rule
    lifts = tuple(name for name in rule.lifts if name not in gone)
    frees = tuple(name for name in rule.frees if name not in gone)
    if (rule.lifts and not lifts) or (rule.frees and not frees):
        return None
    return msgspec.structs.replace(rule, lifts=lifts, frees=frees)
