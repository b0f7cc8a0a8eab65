"""The law of one member and day in a neutral form, and in the languages of the peers.

A flow may go unless a **guard** stops it: a guard speaks when all of its parts hold and none of its exceptions, and
is passed by any of its ways. Rules in doubt are taken at their worst: the data may go only if they may go either way.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from serantau.govern import Flow, LawFacts, Rules
from serantau.govern.facts import meets
from serantau.govern.model import Condition, Defines, Effect, Provision, TermKind

KINDS = (TermKind.DATA, TermKind.SECTOR, TermKind.EXPORTER, TermKind.RECIPIENT, TermKind.VOLUME)


@dataclass(frozen=True)
class Test:
    """All of it together: the words an input may have, and circumstances."""

    words: tuple[tuple[str, frozenset[str]], ...] = ()
    facts: tuple[tuple[str, bool], ...] = ()


Any_ = tuple[Test, ...]
"""Any one of these; none at all is always true."""


@dataclass(frozen=True)
class Way:
    """Passes a guard: its own condition, unless exempted, with all of the evidence."""

    when: Any_
    never: tuple[Any_, ...]
    holds: frozenset[str]


@dataclass(frozen=True)
class Guard:
    """Stops a flow: every one of ``when`` holds, none of ``never``, and no way passes."""

    when: tuple[Any_, ...]
    never: tuple[Any_, ...]
    ways: tuple[Way, ...]


@dataclass(frozen=True)
class Guards:
    """All guards of one origin, and what evidence implies."""

    guards: tuple[Guard, ...]
    law: LawFacts

    def evidence(self, holds: Iterable[str]) -> frozenset[str]:
        """What is in hand, with what it also is."""
        return self.law.vocabulary.evidence(holds)


def guards_of(law: LawFacts, rules: Rules) -> Guards:
    """The guards of one member's law."""
    sure = [rule for rule in rules.deciding if rule.id not in rules.doubtful]
    guards: list[Guard] = []
    restricting = {Effect.PROHIBITS, Effect.PERMITS}
    layers = [layer for layer in rules.layers if any(one.layer == layer for one in rules.deciding)]
    for layer in layers:
        mine = [rule for rule in rules.deciding if rule.layer == layer]
        binds = _any(law, rules, [rule for rule in mine if rule.defines is Defines.BINDS])
        outside = [
            _tests(law, rules, rule.when)
            for rule in sure
            if rule.layer == layer and rule.defines is Defines.NOT_A_TRANSFER
        ]
        freed = {
            rule.id: tuple(_tests(law, rules, other.when) for other in sure if rule.id in other.frees)
            for rule in mine
            if rule.effect in restricting
        }
        permits = [rule for rule in sure if rule.layer == layer and rule.effect is Effect.PERMITS]
        general = [rule for rule in permits if not rule.lifts]
        for bar in (rule for rule in mine if rule.effect is Effect.PROHIBITS):
            lifting = [rule for rule in permits if bar.id in rule.lifts] if bar.id in rules.named else general
            when = (binds, _tests(law, rules, bar.when))
            guards.append(Guard(when, (*outside, *freed[bar.id]), _ways(law, rules, lifting, freed)))
        for permit in general:
            when = (binds, _tests(law, rules, permit.when))
            guards.append(Guard(when, (*outside, *freed[permit.id]), _ways(law, rules, general, freed)))
    looked = tuple(_tests(law, rules, fact.when) for fact in rules.coverage)
    single = [
        _tests(law, rules, rule.when) for rule in sure if rule.defines is Defines.NOT_A_TRANSFER and len(layers) == 1
    ]
    bound = [_any(law, rules, [rule for rule in rules.deciding if rule.defines is Defines.BINDS])] if single else []
    ways = [Way(one, (), frozenset()) for one in looked]
    # Outside the only layer, and bound by it: no transfer, whatever else was looked for.
    ways += [Way(_both(one, bound[0]), (), frozenset()) for one in single]
    guards.append(Guard((), (), tuple(ways)))
    return Guards(tuple(guards), law)


def _ways(law: LawFacts, rules: Rules, permits: list[Provision], freed: dict[str, tuple[Any_, ...]]) -> tuple[Way, ...]:
    return tuple(
        Way(_tests(law, rules, rule.when), freed[rule.id], frozenset(holds))
        for rule in permits
        if rule.available
        for holds in ([way.holds for way in rule.ways] or [()])
    )


def _any(law: LawFacts, rules: Rules, some: list[Provision]) -> Any_:
    if any(not rule.when for rule in some):
        return ()
    return tuple(test for rule in some for test in _tests(law, rules, rule.when)) or (Test((("data", frozenset()),)),)


def _tests(law: LawFacts, rules: Rules, conditions: tuple[Condition, ...]) -> Any_:
    return tuple(_test(law, rules, one) for one in conditions)


def _test(law: LawFacts, rules: Rules, condition: Condition) -> Test:
    words = []
    for kind in KINDS:
        wanted = getattr(condition, kind.value)
        if wanted:
            every = law.vocabulary.words(kind)
            words.append(
                (kind.value, frozenset(one for one in every if meets(rules, law.vocabulary, kind, wanted, one)))
            )
    return Test(tuple(words), tuple(condition.facts.items()))


def _both(one: Any_, other: Any_) -> Any_:
    return tuple(Test((*a.words, *b.words), (*a.facts, *b.facts)) for a in one for b in other) or one or other


# --- Cedar -----------------------------------------------------------------------------------------------------------------


def cedar_policies(mine: Guards) -> str:
    """One permit for all, one forbid for each guard."""
    texts = ["permit(principal, action, resource);"]
    for guard in mine.guards:
        when = [_cedar_any(one) for one in guard.when] + [f"!({_cedar_any(one)})" for one in guard.never]
        unless = " || ".join(f"({_cedar_way(way)})" for way in guard.ways)
        head = f"forbid(principal, action, resource) when {{ {' && '.join(when) or 'true'} }}"
        texts.append(head + (f" unless {{ {unless} }};" if unless else ";"))
    return "\n".join(texts)


def _cedar_way(way: Way) -> str:
    parts = [_cedar_any(way.when), *(f"!({_cedar_any(one)})" for one in way.never)]
    if way.holds:
        parts.append(f"context.holds.containsAll([{', '.join(repr_(one) for one in sorted(way.holds))}])")
    return " && ".join(parts)


def _cedar_any(tests: Any_) -> str:
    return "(" + (" || ".join(f"({_cedar_test(one)})" for one in tests) or "true") + ")"


def _cedar_test(test: Test) -> str:
    parts = [f"[{', '.join(map(repr_, sorted(words)))}].contains(context.{name})" for name, words in test.words]
    parts += [("" if value else "!") + f"context.facts.contains({repr_(name)})" for name, value in test.facts]
    return " && ".join(parts) or "true"


def repr_(text: str) -> str:
    """A text between double quotes."""
    return f'"{text}"'


_HELD: dict[int, Guards] = {}


def cedar_request(flow: Flow) -> dict[str, Any]:
    """A flow as a Cedar request; evidence is given with what it also is, since Cedar has no such words."""
    return {
        "principal": f'Origin::"{flow.origin}"',
        "action": 'Action::"transfer"',
        "resource": f'Destination::"{flow.destination}"',
        "context": {
            "data": flow.data,
            "sector": flow.sector,
            "exporter": flow.exporter,
            "recipient": flow.recipient,
            "volume": flow.volume,
            "facts": [name for name, value in flow.facts if value],
            "holds": sorted(_implied(flow.holds)),
        },
    }


_IMPLIED: dict[frozenset[str], frozenset[str]] = {}


def _implied(holds: frozenset[str]) -> frozenset[str]:
    if holds not in _IMPLIED:
        from serantau.bundle import default_region, load_bundle

        if not _HELD:
            law = load_bundle(default_region()).law
            assert law is not None
            _HELD[0] = Guards((), law)
        _IMPLIED[holds] = _HELD[0].evidence(holds)
    return _IMPLIED[holds]


# --- Casbin ----------------------------------------------------------------------------------------------------------------


def python_rule(guard: Guard) -> str:
    """An expression over ``r.flow`` that is true where the guard stops the flow."""
    parts = [_python_any(one) for one in guard.when] + [f"not ({_python_any(one)})" for one in guard.never]
    parts += [f"not ({_python_way(way)})" for way in guard.ways]
    return " and ".join(parts) or "1 == 1"


def _python_way(way: Way) -> str:
    parts = [_python_any(way.when), *(f"not ({_python_any(one)})" for one in way.never)]
    parts += [f"{one!r} in r.flow.holds" for one in sorted(way.holds)]
    return " and ".join(parts)


def _python_any(tests: Any_) -> str:
    return "(" + (" or ".join(f"({_python_test(one)})" for one in tests) or "1 == 1") + ")"


def _python_test(test: Test) -> str:
    parts = [
        f"r.flow.{name} in ({', '.join(map(repr, sorted(words)))},)" if words else "1 == 2"
        for name, words in test.words
    ]
    parts += [f"{name!r} {'in' if value else 'not in'} r.flow.facts" for name, value in test.facts]
    return " and ".join(parts) or "1 == 1"


# --- OpenFisca -------------------------------------------------------------------------------------------------------------


def openfisca_input(guards: dict[str, Guards], flows: list[Flow]) -> dict[str, Any]:
    """Guards and flows as JSON, for the program that runs beside us."""
    return {
        "guards": {member: [_guard_json(guard) for guard in mine.guards] for member, mine in guards.items()},
        "flows": [
            {
                "origin": flow.origin,
                **{kind.value: getattr(flow, kind.value) for kind in KINDS},
                "facts": [name for name, value in flow.facts if value],
                "holds": sorted(guards[flow.origin].evidence(flow.holds)),
            }
            for flow in flows
        ],
    }


def _guard_json(guard: Guard) -> dict[str, Any]:
    return {
        "when": [_any_json(one) for one in guard.when],
        "never": [_any_json(one) for one in guard.never],
        "ways": [
            {"when": _any_json(way.when), "never": [_any_json(one) for one in way.never], "holds": sorted(way.holds)}
            for way in guard.ways
        ],
    }


def _any_json(tests: Any_) -> list[dict[str, Any]]:
    return [{"words": [[name, sorted(words)] for name, words in one.words], "facts": list(one.facts)} for one in tests]
