"""What the TAXII server costs: envelopes in with everything on, pages out, the first page over a million objects.

Server CPU seconds are those of the server's own processes, from the kernel. The data is drawn anew each time from one seed:
indicators, sightings, relationships, observables and identities with TLP 2.0 markings, 560 bytes each on average.

OpenTAXII 0.10.0b1 cannot be installed from the index in a form that takes a POST (0.9.3 answers each with 500), so its
figures are those recorded on 21 November 2026 on another run of such a machine, and say so. medallion is run beside ours, with
as few objects as it can hold.

The million is built once, and takes minutes: SERANTAU_TAXII_MILLION=FILE names an SQLite file to keep it in; without it
those figures are left out.
"""

from __future__ import annotations

import contextlib
import gzip
import http.client
import json
import os
import random
import sys
import tempfile
import time
import uuid
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

from _harness import Figure, cpu_seconds, run

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from tests.support.taxii import Server, taxii_server

OBJECTS, AT_ONCE, PAGE = 20_000, 1_000, 1_000
PEER_OBJECTS = 400
TAXII = "application/taxii+json;version=2.1"
ACCOUNTS = {
    "sender": ("QAA", "AMBER_STRICT", {"region-green": "rw"}),
    "reader": ("QBB", "AMBER_STRICT", {"region-green": "r"}),
}
OPENTAXII = "OpenTAXII 0.10.0b1, as recorded"
OPENTAXII_POST, OPENTAXII_GET = 441, 12_006
MARKS = (
    "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
)
WHEN = "2026-01-01T00:00:00.000Z"


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the harness calls it
    """A server of its own; then the store alone; then the peer."""
    with (
        tempfile.TemporaryDirectory(prefix="serantau-bench-") as folder,
        taxii_server(Path(folder), ACCOUNTS) as server,
    ):
        yield from _served(server)
    yield from _peer()
    million = os.environ.get("SERANTAU_TAXII_MILLION", "")
    if million and not quick:
        yield from _million(Path(million))


# --- data ------------------------------------------------------------------------------------------------------------------


def drawn(count: int, seed: int = 1) -> Iterator[dict[str, object]]:
    """Objects as members send them."""
    draw = random.Random(seed)  # noqa: S311 - no secret

    def name(kind: str) -> str:
        return f"{kind}--{uuid.UUID(int=draw.getrandbits(128), version=4)}"

    author, target = name("identity"), name("indicator")
    for number in range(count):
        common = {"spec_version": "2.1", "created_by_ref": author, "created": WHEN, "modified": WHEN}
        common["object_marking_refs"] = [draw.choice(MARKS)]
        kind = draw.random()
        if kind < 0.45:
            yield {
                "type": "indicator",
                "id": name("indicator"),
                **common,
                "name": f"Phishing host {number}",
                "description": "Seen in a campaign against customers of banks. " * 3,
                "indicator_types": ["malicious-activity"],
                "pattern": f"[domain-name:value = 'login{number}.a.example']",
                "pattern_type": "stix",
                "valid_from": WHEN,
            }
        elif kind < 0.7:
            yield {
                "type": "sighting",
                "id": name("sighting"),
                **common,
                "first_seen": WHEN,
                "last_seen": WHEN,
                "count": draw.randint(1, 99),
                "sighting_of_ref": target,
                "where_sighted_refs": [author],
            }
        elif kind < 0.8:
            refs = {"source_ref": target, "target_ref": name("malware"), "relationship_type": "indicates"}
            yield {"type": "relationship", "id": name("relationship"), **common, **refs}
        else:
            mark = common["object_marking_refs"]
            yield {
                "type": "domain-name",
                "id": name("domain-name"),
                "spec_version": "2.1",
                "value": f"login{number}.a.example",
                "object_marking_refs": mark,
            }


def envelopes(count: int, seed: int = 1) -> list[bytes]:
    """Objects in envelopes of a thousand."""
    objects = list(drawn(count, seed))
    return [
        json.dumps({"objects": objects[start : start + AT_ONCE]}, separators=(",", ":")).encode()
        for start in range(0, count, AT_ONCE)
    ]


# --- the server --------------------------------------------------------------------------------------------------------------


class Caller:
    """One connection that stays open, as one client has it."""

    def __init__(self, server: Server, login: str) -> None:
        """Connect."""
        self.server = server
        self.headers = {"Authorization": f"Bearer {server.keys[login]}", "Accept": TAXII}
        self.connection = http.client.HTTPConnection(urlsplit(server.site.url).netloc, timeout=120)
        found = json.loads(self.ask("GET", "collections/")[1])["collections"]
        self.id = next(one["id"] for one in found if one["alias"] == "region-green")

    def ask(
        self, method: str, path: str, body: bytes | None = None, **headers: str
    ) -> tuple[int, bytes, dict[str, str]]:
        """One request."""
        more = {"Content-Type": TAXII} if body is not None else {}
        self.connection.request(method, f"/taxii2/region/{path}", body, {**self.headers, **more, **headers})
        reply = self.connection.getresponse()
        return reply.status, reply.read(), {name.lower(): value for name, value in reply.getheaders()}

    def objects(self, query: str = "", **headers: str) -> int:
        """Read all pages; how many objects there were."""
        count, following = 0, ""
        while True:
            status, body, said = self.ask(
                "GET", f"collections/{self.id}/objects/?limit={PAGE}{query}{following}", **headers
            )
            assert status == 200, body[:200]
            page = gzip.decompress(body) if said.get("content-encoding") == "gzip" else body
            count += page.count(b'"spec_version"')
            if not page.startswith(b'{"more":true'):
                return count
            following = "&next=" + page[21 : page.index(b'"', 21)].decode()


def server_cpu(server: Server) -> float:
    """CPU seconds of all processes of the server so far."""
    return sum(ticks for _, ticks, _ in _processes(server)) / os.sysconf("SC_CLK_TCK")


def server_megabytes(server: Server) -> float:
    """Memory of the largest process of the server, now."""
    return max(pages for _, _, pages in _processes(server)) * os.sysconf("SC_PAGE_SIZE") / 1024**2


def _processes(server: Server) -> Iterator[tuple[int, int, int]]:
    for folder in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (folder / "stat").read_text().rpartition(")")[2].split()
            if int(words[2]) == server.site.process.pid:
                yield int(folder.name), int(words[11]) + int(words[12]), int(words[21])


def _served(server: Server) -> Iterator[Figure]:
    sender, reader = Caller(server, "sender"), Caller(server, "reader")
    warm = envelopes(AT_ONCE, seed=2)[0]
    assert sender.ask("POST", f"collections/{sender.id}/objects/", warm)[0] == 202
    sent, waits = envelopes(OBJECTS), []
    begun = server_cpu(server)
    for body in sent:
        at = time.perf_counter()
        status, said, _ = sender.ask("POST", f"collections/{sender.id}/objects/", body)
        waits.append(time.perf_counter() - at)
        assert status == 202
        assert json.loads(said)["failure_count"] == 0
    rate = OBJECTS / (server_cpu(server) - begun)
    unit = "objects per CPU-second"
    yield Figure("POST, envelopes of 1,000", rate, unit, OPENTAXII, rate / OPENTAXII_POST)
    yield Figure("POST, longest of them", max(waits) * 1e3, "ms")
    for name, query, headers in (
        ("GET all, pages of 1,000", "", {}),
        ("GET all, packed with gzip", "", {"Accept-Encoding": "gzip"}),
        ("GET match[type]=sighting", "&match[type]=sighting", {}),
        ("GET match[version]=all", "&match[version]=all", {}),
    ):
        reader.objects(query, **headers)
        begun, count = server_cpu(server), 0
        for _ in range(5):
            count += reader.objects(query, **headers)
        rate = count / (server_cpu(server) - begun)
        peer = (OPENTAXII, rate / OPENTAXII_GET) if name.startswith("GET all, pages") else ("", None)
        yield Figure(name, rate, unit, *peer)
    begun = server_cpu(server)
    for _ in range(300):
        reader.ask("GET", "")
    yield Figure("a request to the API root", (server_cpu(server) - begun) / 300 * 1e3, "ms CPU")
    yield Figure("memory of the server", server_megabytes(server), "MB")


# --- the peer ----------------------------------------------------------------------------------------------------------------


def _peer() -> Iterator[Figure]:
    """Medallion's memory backend within this process: no network, which is to its advantage."""
    try:
        from medallion import load_app
    except ImportError:
        return
    folder = Path(tempfile.mkdtemp(prefix="serantau-bench-"))
    config = {
        "backend": {
            "module": "medallion.backends.memory_backend",
            "module_class": "MemoryBackend",
            "filename": str(_peer_data(folder)),
        },
        "users": {"admin": "admin"},
        "taxii": {"max_page_size": 1000},
    }
    (folder / "config.json").write_text(json.dumps(config))
    client = load_app(str(folder / "config.json")).test_client()
    headers = {"Accept": TAXII, "Content-Type": TAXII, "Authorization": "Basic YWRtaW46YWRtaW4="}
    objects = list(drawn(PEER_OBJECTS))
    body = json.dumps({"objects": objects}).encode()
    path = "/api1/collections/91a7b528-80eb-42ed-a74d-c6fbd5a26116/objects/"
    posted = cpu_seconds(lambda: client.post(path, data=body, headers=headers), repeat=1)
    got = cpu_seconds(lambda: client.get(f"{path}?limit=1000", headers=headers), repeat=1)
    count = client.get(f"{path}?limit=1000", headers=headers).data.count(b'"spec_version"')
    yield Figure(f"medallion: POST of {PEER_OBJECTS}, unchecked", PEER_OBJECTS / posted, "objects per CPU-second")
    yield Figure(f"medallion: GET of {PEER_OBJECTS}", max(count, 1) / got, "objects per CPU-second")


def _peer_data(folder: Path) -> Path:
    path = folder / "data.json"
    root = {
        "information": {"title": "api1", "versions": [TAXII], "max_content_length": 104857600},
        "status": [],
        "collections": [
            {
                "id": "91a7b528-80eb-42ed-a74d-c6fbd5a26116",
                "title": "c",
                "can_read": True,
                "can_write": True,
                "media_types": ["application/stix+json;version=2.1"],
                "objects": [],
                "manifest": [],
            }
        ],
    }
    discovery = {"title": "t", "api_roots": ["api1"], "default": "api1"}
    path.write_text(json.dumps({"/discovery": discovery, "api1": root}))
    return path


# --- a million ---------------------------------------------------------------------------------------------------------------


def _million(path: Path) -> Iterator[Figure]:
    from tests.support.taxii_million import built, first_page, questions

    built(path)
    worst: dict[str, float] = {}
    for question in questions():
        seconds = min(first_page(question) for _ in range(5))
        worst[question.clearance] = max(worst.get(question.clearance, 0.0), seconds)
    for clearance, seconds in worst.items():
        yield Figure(f"first page of a million, {clearance}, slowest filter", seconds * 1e3, "ms")


if __name__ == "__main__":
    run(figures)
