"""The law in OpenFisca-Core, run by an interpreter that has it: `python openfisca_law.py given.json`.

Prints what the flows may do and the CPU seconds that deciding took. It imports nothing of ours.
"""

from __future__ import annotations

import json
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from openfisca_core.entities import build_entity
from openfisca_core.periods import DateUnit
from openfisca_core.simulation_builder import SimulationBuilder
from openfisca_core.taxbenefitsystems import TaxBenefitSystem
from openfisca_core.variables import Variable

PERIOD = "2026-11-21"
FLOW = build_entity("flow", "flows", "A flow of data", is_person=True)
KINDS = ("data", "sector", "exporter", "recipient", "volume")


def variable(name: str, value_type: type, formula: Callable[..., Any] | None = None) -> type:
    """A variable of a flow on a day."""
    members: dict[str, Any] = {
        "value_type": value_type,
        "entity": FLOW,
        "definition_period": DateUnit.DAY,
        "label": name,
    }
    if formula is not None:
        members["formula"] = formula
    return type(name, (Variable,), members)


def name_of(kind: str, word: str) -> str:
    """A name that OpenFisca takes."""
    return f"{kind}_" + "".join(one if one.isalnum() else "_" for one in word)


def any_of(flow: Any, period: str, tests: list[dict[str, Any]], codes: dict[str, dict[str, int]]) -> np.ndarray:  # noqa: ANN401
    """Where any of some tests holds; of none, everywhere."""
    if not tests:
        return np.ones(flow.count, bool)
    found = np.zeros(flow.count, bool)
    for test in tests:
        one = np.ones(flow.count, bool)
        for kind, words in test["words"]:
            one &= np.isin(flow(kind, period), [codes[kind][word] for word in words])
        for fact, value in test["facts"]:
            one &= flow(name_of("fact", fact), period) == value
        found |= one
    return found


def stopped_by(guard: dict[str, Any], flow: Any, period: str, codes: dict[str, dict[str, int]]) -> np.ndarray:  # noqa: ANN401
    """Where a guard stops the flow."""
    speaks = np.ones(flow.count, bool)
    for tests in guard["when"]:
        speaks &= any_of(flow, period, tests, codes)
    for tests in guard["never"]:
        speaks &= ~any_of(flow, period, tests, codes)
    passed = np.zeros(flow.count, bool)
    for way in guard["ways"]:
        one = any_of(flow, period, way["when"], codes)
        for tests in way["never"]:
            one &= ~any_of(flow, period, tests, codes)
        for atom in way["holds"]:
            one &= flow(name_of("holds", atom), period)
        passed |= one
    return speaks & ~passed


def system_of(
    guards: list[dict[str, Any]], codes: dict[str, dict[str, int]], facts: list[str], atoms: list[str]
) -> TaxBenefitSystem:
    """A tax and benefit system whose one answer is whether a flow may go."""
    system = TaxBenefitSystem([FLOW])
    for kind in KINDS:
        system.add_variable(variable(kind, int))
    for fact in facts:
        system.add_variable(variable(name_of("fact", fact), bool))
    for atom in atoms:
        system.add_variable(variable(name_of("holds", atom), bool))

    def may_go(flow: Any, period: str) -> np.ndarray:  # noqa: ANN401
        stopped = np.zeros(flow.count, bool)
        for guard in guards:
            stopped |= stopped_by(guard, flow, period, codes)
        return ~stopped

    system.add_variable(variable("may_go", bool, may_go))
    return system


def main() -> None:
    """Decide every flow, origin by origin."""
    given = json.loads(Path(sys.argv[1]).read_text(encoding="utf-8"))
    flows = given["flows"]
    codes = {
        kind: {word: place for place, word in enumerate(sorted({flow[kind] for flow in flows} | words_of(given, kind)))}
        for kind in KINDS
    }
    facts = sorted({fact for flow in flows for fact in flow["facts"]} | facts_of(given))
    answers: list[bool | None] = [None] * len(flows)
    spent = 0.0
    for member, guards in given["guards"].items():
        places = [place for place, flow in enumerate(flows) if flow["origin"] == member]
        mine = [flows[place] for place in places]
        atoms = sorted({atom for guard in guards for way in guard["ways"] for atom in way["holds"]})
        system = system_of(guards, codes, facts, atoms)
        columns = {kind: np.array([codes[kind][flow[kind]] for flow in mine]) for kind in KINDS}
        columns |= {name_of("fact", fact): np.array([fact in flow["facts"] for flow in mine]) for fact in facts}
        columns |= {name_of("holds", atom): np.array([atom in flow["holds"] for flow in mine]) for atom in atoms}
        begin = time.process_time()
        simulation = SimulationBuilder().build_default_simulation(system, len(mine))
        for name, values in columns.items():
            simulation.set_input(name, PERIOD, values)
        result = simulation.calculate("may_go", PERIOD)
        spent += time.process_time() - begin
        for place, answer in zip(places, result.tolist(), strict=True):
            answers[place] = answer
    print(json.dumps({"may_go": answers, "cpu_seconds": spent}))


def words_of(given: dict[str, Any], kind: str) -> set[str]:
    """Every word of an input that a guard names."""
    return {
        word
        for guards in given["guards"].values()
        for guard in guards
        for tests in [*guard["when"], *guard["never"], *(way["when"] for way in guard["ways"])]
        for test in tests
        for name, words in test["words"]
        if name == kind
        for word in words
    }


def facts_of(given: dict[str, Any]) -> set[str]:
    """Every circumstance that a guard names."""
    return {
        fact
        for guards in given["guards"].values()
        for guard in guards
        for tests in [*guard["when"], *guard["never"], *(way["when"] for way in guard["ways"])]
        for test in tests
        for fact, _ in test["facts"]
    }


if __name__ == "__main__":
    main()
