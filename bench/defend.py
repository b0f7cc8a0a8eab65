"""What the engine of threat objects costs: reading with all structural checks, labels, keys, and what an object says."""

from __future__ import annotations

import json
import random
import uuid
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

from _harness import Figure, cpu_seconds, run

from serantau.defend.clearance import Hub, anonymised
from serantau.defend.contributions import Envelope, contributions
from serantau.defend.model import Tlp
from serantau.defend.patterns import keys_of_pattern, parsed
from serantau.defend.reading import read_envelope
from serantau.defend.stix import Checked, check
from serantau.defend.tlp import MARKINGS, light_of

NOW = datetime(2026, 11, 21, tzinfo=UTC)
HUB = Hub("identity--6a6a6a6a-0000-4000-8000-000000000001", b"a secret of thirty-two bytes....")


def objects(many: int, seed: int = 1) -> list[dict[str, Any]]:
    """Indicators as a feed sends them: one comparison each, a reference, a label, a marking."""
    rng = random.Random(seed)  # noqa: S311 - made the same in every run
    creator = f"identity--{uuid.UUID(int=rng.getrandbits(128), version=4)}"
    when = "2026-11-01T00:00:00.000Z"
    found = []
    for number in range(many):
        value = rng.choice(
            [
                f"[ipv4-addr:value = '198.51.{number % 250}.{number // 250 % 250}']",
                f"[domain-name:value = 'Host{number}.example.']",
                f"[url:value = 'HTTP://host{number}.example/a/../b?c=%7e{number}']",
                f"[file:hashes.'SHA-256' = '{number:064x}']",
            ]
        )
        found.append(
            {
                "type": "indicator",
                "spec_version": "2.1",
                "id": f"indicator--{uuid.UUID(int=rng.getrandbits(128), version=4)}",
                "created_by_ref": creator,
                "created": when,
                "modified": when,
                "name": f"Finding {number}",
                "indicator_types": ["malicious-activity"],
                "pattern": value,
                "pattern_type": "stix",
                "valid_from": when,
                "confidence": 70,
                "labels": ["botnet"],
                "external_references": [{"source_name": "vendor", "url": f"https://v.example/{number}"}],
                "object_marking_refs": [MARKINGS[Tlp.AMBER]],
            }
        )
    return found


def figures(quick: bool) -> Iterator[Figure]:  # noqa: ARG001, FBT001 - the harness calls it; all of it takes seconds
    """Each step alone, beside the library that people use for it."""
    import stix2

    many = 1000
    made = objects(many)
    body = json.dumps({"objects": made}).encode()

    def ours() -> int:
        return sum(isinstance(check(piece.data), Checked) for piece in read_envelope(body))

    def theirs() -> int:
        return len([stix2.parse(one, version="2.1") for one in json.loads(body)["objects"]])

    assert ours() == many
    assert theirs() == many
    mine, peer = cpu_seconds(ours), cpu_seconds(theirs, 1)
    yield Figure("reading with structural checks", many / mine, "objects per CPU-second", "stix2.parse", peer / mine)

    marked = [(one, tuple(one["object_marking_refs"])) for one in made]
    seconds = cpu_seconds(lambda: [light_of(one, marks) for one, marks in marked])
    yield Figure("labels", many / seconds, "objects per CPU-second")

    patterns = [one["pattern"] for one in made]
    parsed("[a:b NOT = 'c']")  # the library is loaded
    mine = cpu_seconds(lambda: [keys_of_pattern(one) for one in patterns])
    peer = cpu_seconds(lambda: [parsed(one) for one in patterns], 1)
    yield Figure("keys of patterns", many / mine, "patterns per CPU-second", "stix2-patterns", peer / mine)

    stored = Envelope(1, "a", NOW, Tlp.AMBER, Tlp.AMBER)
    seconds = cpu_seconds(lambda: [list(contributions(one, stored)) for one in made])
    yield Figure("contributions", many / seconds, "objects per CPU-second")

    seconds = cpu_seconds(lambda: [anonymised(one, Tlp.AMBER, HUB, NOW, withheld=("team-a",)) for one in made])
    yield Figure("anonymised objects", many / seconds, "objects per CPU-second")


if __name__ == "__main__":
    run(figures)
