"""What a decision costs: in bulk, one explained, over the AuthZEN wire; beside Cedar, Casbin and OpenFisca.

The peers get the same law of the same day, written in their own language from one neutral form (`peers/law_guards.py`),
and the same flows; the run stops if any of them disagrees. OpenFisca-Core is under the AGPL and runs as a program of its
own with an interpreter of its own: `python -m venv X && X/bin/pip install OpenFisca-Core`, then
`SERANTAU_OPENFISCA=X/bin/python`. Without it its figure is left out.
"""

from __future__ import annotations

import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date
from pathlib import Path

import casbin
import cedarpy
import numpy as np
from _harness import Figure, cpu_seconds, run

sys.path.insert(0, str(Path(__file__).parent / "peers"))

from law_guards import cedar_policies, cedar_request, guards_of, openfisca_input, python_rule

from serantau.base import AsOf
from serantau.bundle import Bundle, default_region, load_bundle
from serantau.facts import Grade
from serantau.govern import DECISIONS, Flow
from serantau.govern.decide import Decider
from serantau.govern.decision_point import Demands, LawPolicy
from serantau.govern.model import TermKind
from serantau.govern.proof import cardinality
from serantau.govern.table import BulkTable, DecisionTable, OriginTable, Profile, compile_rules
from serantau.web.govern.standalone import Application

DAY = date(2026, 11, 21)
ROWS = 10_000_000
PROFILES, HOLDINGS = 200, 60
CEDAR, CASBIN, OPENFISCA = 4_000, 150, 100_000
Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def bulk_table(bundle: Bundle, table: DecisionTable) -> BulkTable:
    """A bulk table of many profiles and holdings, drawn once for all."""
    words, rng = bundle.law.vocabulary, np.random.default_rng(1)
    names = sorted({name for origin in table.origins.values() for name in origin.rules.facts})
    kinds = (TermKind.DATA, TermKind.SECTOR, TermKind.EXPORTER, TermKind.RECIPIENT, TermKind.VOLUME)

    def profile() -> Profile:
        picked = [str(rng.choice(words.words(kind))) for kind in kinds]
        return Profile(*picked, facts=tuple((name, bool(rng.random() < 0.3)) for name in names))

    atoms = sorted({atom for origin in table.origins.values() for atom in origin.atoms if not atom.endswith("=no")})
    profiles = list(dict.fromkeys(profile() for _ in range(PROFILES)))
    holdings = [frozenset(rng.choice(atoms, size=rng.integers(0, 6), replace=False).tolist()) for _ in range(HOLDINGS)]
    return table.flatten(profiles, list(dict.fromkeys(holdings)))


def columns_of(bulk: BulkTable, rows: int) -> Columns:
    """Random codes."""
    rng = np.random.default_rng(2)
    sizes = (len(bulk.codes.origin), len(bulk.codes.destination), len(bulk.profiles), len(bulk.holdings))
    return tuple(rng.integers(0, size, rows, dtype=np.uint8) for size in sizes)  # type: ignore[return-value]


def flows_of(bulk: BulkTable, columns: Columns, rows: int) -> list[Flow]:
    """The first rows as flows, but for those that stay at home, which the peers are not asked about."""
    codes = bulk.codes
    flows = [
        Flow(codes.origin[o], codes.destination[d], *codes.profile[p], holds=codes.holding[h])
        for o, d, p, h in zip(*(column[: 2 * rows].tolist() for column in columns), strict=True)
    ]
    return [flow for flow in flows if flow.destination != bulk.table.homes[flow.origin]][:rows]


def agree(ours: list[bool], theirs: list[bool], peer: str) -> None:
    """Stop where a peer decides otherwise.

    Raises:
        SystemExit: if one decision differs.
    """
    differ = [place for place, (one, other) in enumerate(zip(ours, theirs, strict=True)) if one is not other]
    if differ:
        raise SystemExit(f"{peer} disagrees on {len(differ)} of {len(ours)} flows, first on number {differ[0]}")


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the harness calls it
    """Bulk, one decision, the wire, compiling."""
    bundle = load_bundle(default_region())
    table = compile_rules(bundle.law, bundle.homes, DAY)
    bulk = bulk_table(bundle, table)
    columns = columns_of(bulk, ROWS)
    ours = cpu_seconds(lambda: bulk.lookup(*columns), 5) / ROWS
    flows = flows_of(bulk, columns, max(CEDAR, OPENFISCA))
    may_go = [table.explain(flow).decision.may_go for flow in flows]
    check_bulk(bulk, columns, table)
    guards = {member: guards_of(bundle.law, origin.rules) for member, origin in table.origins.items()}

    cedar = cedar_seconds(guards, flows[:CEDAR], may_go[:CEDAR])
    yield Figure("bulk, integer codes", 1 / ours, "decisions per CPU-second", "cedarpy batch", cedar / ours)
    yield Figure(
        "bulk, beside Casbin",
        1 / ours,
        "decisions per CPU-second",
        "pycasbin",
        casbin_seconds(guards, flows, may_go) / ours,
    )
    if openfisca := os.environ.get("SERANTAU_OPENFISCA"):
        theirs = openfisca_seconds(openfisca, guards, flows[:OPENFISCA], may_go[:OPENFISCA])
        yield Figure("bulk, beside OpenFisca", 1 / ours, "decisions per CPU-second", "OpenFisca-Core", theirs / ours)

    single = flows[:CEDAR]
    explained = cpu_seconds(lambda: [table.explain(flow) for flow in single], 5) / len(single)
    one = cedar_single_seconds(guards, single[:500])
    yield Figure("one explained decision", explained * 1e6, "us", "cedarpy, parsed", one / explained)
    yield from wire(bundle, single)
    yield from compiling(bundle, quick=quick)


def check_bulk(bulk: BulkTable, columns: Columns, table: DecisionTable) -> None:
    """The bulk look-up is the table."""
    rows = 20_000
    looked = bulk.lookup(*(column[:rows] for column in columns))
    codes = bulk.codes
    for place, (o, d, p, h) in enumerate(zip(*(column[:rows].tolist() for column in columns), strict=True)):
        flow = Flow(codes.origin[o], codes.destination[d], *codes.profile[p], holds=codes.holding[h])
        assert DECISIONS[looked.decision[place]] is table.explain(flow).decision


def cedar_seconds(guards: dict, flows: list[Flow], may_go: list[bool]) -> float:
    """CPU seconds a decision in batches, one set of policies an origin, parsed once."""
    total = 0.0
    answers: dict[int, bool] = {}
    for member, mine in guards.items():
        places = [place for place, flow in enumerate(flows) if flow.origin == member]
        requests = [cedar_request(flows[place]) for place in places]
        policies = cedarpy.PolicySet.from_str(cedar_policies(mine))
        total += cpu_seconds(lambda p=policies, r=requests: cedarpy.is_authorized_batch(r, p, []), 1)
        for place, answer in zip(places, cedarpy.is_authorized_batch(requests, policies, []), strict=True):
            answers[place] = answer.decision is cedarpy.Decision.Allow
    agree(may_go, [answers[place] for place in range(len(flows))], "Cedar")
    return total / len(flows)


def cedar_single_seconds(guards: dict, flows: list[Flow]) -> float:
    """CPU seconds of one decision with its reasons."""
    policies = {member: cedarpy.PolicySet.from_str(cedar_policies(mine)) for member, mine in guards.items()}
    requests = [(policies[flow.origin], cedar_request(flow)) for flow in flows]

    def decide() -> None:
        for held, request in requests:
            _ = cedarpy.is_authorized(request, held, []).diagnostics.reasons

    return cpu_seconds(decide, 3) / len(flows)


MODEL = """
[request_definition]
r = flow
[policy_definition]
p = rule, eft
[policy_effect]
e = some(where (p.eft == allow)) && !some(where (p.eft == deny))
[matchers]
m = eval(p.rule)
"""


class Asked:
    """A flow as Casbin's rules read it."""

    def __init__(self, flow: Flow, holds: frozenset[str]) -> None:
        self.data, self.sector, self.exporter = flow.data, flow.sector, flow.exporter
        self.recipient, self.volume = flow.recipient, flow.volume
        self.facts = {name for name, value in flow.facts if value}
        self.holds = holds


def casbin_seconds(guards: dict, flows: list[Flow], may_go: list[bool]) -> float:
    """CPU seconds a decision, one enforcer an origin."""
    enforcers = {}
    for member, mine in guards.items():
        model = casbin.Enforcer.new_model(text=MODEL)
        enforcer = casbin.Enforcer(model)
        enforcer.add_policy("1 == 1", "allow")
        for guard in mine.guards:
            enforcer.add_policy(python_rule(guard), "deny")
        enforcers[member] = enforcer
    asked = [(enforcers[flow.origin], Asked(flow, guards[flow.origin].evidence(flow.holds))) for flow in flows[:CASBIN]]
    answers: list[bool] = []
    spent = cpu_seconds(lambda: answers.extend(bool(enforcer.enforce(flow)) for enforcer, flow in asked), 1)
    agree(may_go[:CASBIN], answers[:CASBIN], "Casbin")
    return spent / CASBIN


def openfisca_seconds(python: str, guards: dict, flows: list[Flow], may_go: list[bool]) -> float:
    """CPU seconds a decision, vectors of one origin's flows, in a program of its own."""
    program = Path(__file__).parent / "peers" / "openfisca_law.py"
    with tempfile.TemporaryDirectory() as folder:
        given = Path(folder) / "given.json"
        given.write_text(json.dumps(openfisca_input(guards, flows)), encoding="utf-8")
        done = subprocess.run([python, program, given], check=True, capture_output=True, text=True)
    answer = json.loads(done.stdout)
    agree(may_go, answer["may_go"], "OpenFisca")
    return answer["cpu_seconds"] / len(flows)


def wire(bundle: Bundle, flows: list[Flow]) -> Iterator[Figure]:
    """An AuthZEN call, from the WSGI interface and back."""
    policy = LawPolicy(Decider(bundle.law, bundle.homes), bundle.edition.label, DAY, Demands(Grade.WEAK, 36_500))
    program = Application(policy, lambda: DAY)
    bodies = [json.dumps(authzen_body(bundle, flow)).encode() for flow in flows[:1000]]

    def call(path: str, body: bytes) -> bytes:
        environ = {
            "REQUEST_METHOD": "POST",
            "PATH_INFO": path,
            "CONTENT_TYPE": "application/json",
            "CONTENT_LENGTH": str(len(body)),
            "wsgi.input": io.BytesIO(body),
        }
        return b"".join(program(environ, lambda *_: None))

    for flow, body in zip(flows, bodies, strict=False):
        answer = json.loads(call("/access/v1/evaluation", body))
        assert answer["context"]["law"] == policy.decider.origin(flow.origin, AsOf(DAY)).explain(flow).decision.value
    spent = cpu_seconds(lambda: [call("/access/v1/evaluation", body) for body in bodies], 5) / len(bodies)
    yield Figure("AuthZEN call, WSGI to WSGI", spent * 1e6, "us")
    batch = json.dumps({"evaluations": [json.loads(body) for body in bodies]}).encode()
    many = cpu_seconds(lambda: call("/access/v1/evaluations", batch), 5) / len(bodies)
    yield Figure("AuthZEN evaluation in a batch of 1,000", many * 1e6, "us")


def authzen_body(bundle: Bundle, flow: Flow) -> dict:
    """A flow as AuthZEN asks for it."""
    judged = [atom for atom in flow.holds if "=" in atom]
    return {
        "subject": {
            "type": "dataset",
            "id": "bench",
            "properties": {
                "country": bundle.homes[flow.origin],
                "data": flow.data,
                "sector": flow.sector,
                "exporter": flow.exporter,
                "volume": flow.volume,
                "facts": dict(flow.facts),
            },
        },
        "action": {"name": "transfer"},
        "resource": {"type": "jurisdiction", "id": flow.destination, "properties": {"recipient": flow.recipient}},
        "context": {
            "holds": sorted(flow.holds - set(judged)),
            "assessed": [
                {"about": atom.partition("=")[0], "finding": "assessed-yes", "by": "bench", "on": "2026-01-01"}
                for atom in judged
            ],
        },
    }


def compiling(bundle: Bundle, *, quick: bool) -> Iterator[Figure]:
    """Every version of every member's law."""
    law = bundle.law
    versions = [(member, AsOf(day)) for member in law.members for day in law.boundaries(member)]

    def everything() -> None:
        for member, asof in versions:
            OriginTable(law.rules(member, asof), law.vocabulary, bundle.homes[member])

    yield Figure("all versions of the law compiled", cpu_seconds(everything, 1 if quick else 3) * 1e3, "ms")
    table = compile_rules(law, bundle.homes, DAY)
    questions = sum(cardinality(origin) for origin in table.origins.values())
    yield Figure("questions of a whole proof", questions, "interpreter calls")


if __name__ == "__main__":
    run(figures)
