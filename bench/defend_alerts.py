"""What correlation costs: a million observations at once, a new sighting at any history, warning lists of 2.5 million."""

from __future__ import annotations

import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path

from _harness import Figure, cpu_now, cpu_seconds, run

from serantau.defend.alerts import DEFAULT, correlate
from serantau.defend.model import Contribution, ObservableKey, Tlp, Word
from serantau.defend.warninglists import Compiled, read

# pymispwarninglists with its 119 lists, 2,510,044 entries, CPU time on two shared cores in November 2026. It brings
# lists whose licences are their makers', so it does not run beside ours: the numbers are restated, and their ratios
# are between two sets of lists of the same size on two runs.
EXACT_A_SECOND, ANY_A_SECOND = 42_071, 6
EXACT_MEGABYTES, ANY_MEGABYTES = 337, 688
EXACT, ANY = "pymispwarninglists, exact only (restated)", "pymispwarninglists, slow search (restated)"

START = datetime(2026, 10, 1, tzinfo=UTC)
MEMBERS = [f"m{number:02d}" for number in range(11)]
LOOK_UPS = 200_000


def observations(many: int, seed: int = 1) -> list[Contribution]:
    """Eleven members over two weeks, every label, a fifth of it re-posted from one feed.

    Most sightings are of few keys: a million fall into some 300,000 pairs of key and member, as in the simulation by
    which the method was chosen (200,000 into 59,943).
    """
    rng = random.Random(seed)  # noqa: S311
    labels = [Tlp.CLEAR, Tlp.GREEN, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED]
    keys: dict[int, ObservableKey] = {}
    found = []
    for number in range(many):
        when = START + timedelta(seconds=rng.randrange(14 * 86_400))
        # Three quarters of what members see are of few keys; the rest nobody else saw.
        place = int(min(rng.paretovariate(0.45), 1e9)) if rng.random() < 0.75 else rng.randrange(10**12)
        key = keys.setdefault(place, ObservableKey("ipv4-addr", f"k{place}"))
        source = "feed" if rng.random() < 0.2 else ""
        label, member = labels[rng.randrange(7)], MEMBERS[rng.randrange(11)]
        found.append(Contribution(number, key, member, Word.SEEN, when, when, 60, label, Tlp.AMBER, source))
    return found


def write_lists(folder: Path) -> list[Path]:
    """Lists of the sizes and forms of MISP's: two and a half million entries, most of them names of sites."""
    rng = random.Random(2)  # noqa: S311
    made: list[tuple[str, str, list[str], list[str]]] = [
        (
            f"sites {number}",
            "hostname",
            [f"site{rng.randrange(5_000_000)}.example{number}.org" for _ in range(1_000_000)],
            ["domain", "hostname", "url"],
        )
        for number in range(2)
    ]
    made.append(("hashes", "string", [f"{rng.getrandbits(256):064x}" for _ in range(400_000)], ["sha256"]))
    for number in range(10):
        networks = [
            f"{rng.randrange(1, 224)}.{rng.randrange(256)}.{rng.randrange(256)}.0/{rng.randrange(16, 29)}"
            for _ in range(11_000)
        ]
        made.append((f"networks {number}", "cidr", networks, ["ip-src", "ip-dst", "url"]))
    paths = []
    for name, form, entries, kinds in made:
        path = folder / f"{name}.json"
        path.write_text(
            json.dumps({"name": name, "version": 1, "type": form, "matching_attributes": kinds, "list": entries})
        )
        paths.append(path)
    return paths


def questions() -> list[ObservableKey]:
    """Names, addresses, pages and files by turns; about every second one of the first three stands on a list."""
    rng = random.Random(3)  # noqa: S311
    found = []
    for number in range(LOOK_UPS):
        site = rng.randrange(5_000_000)
        found.append(
            (
                ObservableKey("domain-name", f"www.site{site}.example0.org"),
                ObservableKey(
                    "ipv4-addr",
                    f"{rng.randrange(1, 224)}.{rng.randrange(256)}.{rng.randrange(256)}.{rng.randrange(256)}",
                ),
                ObservableKey("url", f"https://site{site}.example1.org/a/b"),
                ObservableKey("file-sha256", f"{rng.getrandbits(256):064x}"),
            )[number % 4]
        )
    return found


def resident() -> float:
    """Memory of this process now, in MB."""
    return int(Path("/proc/self/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6


def lists_alone(folder: Path) -> None:
    """In a process of its own: what the compiled lists take, and what they answer."""
    import gc
    import resource

    before = resident()
    begun = cpu_now()
    compiled = Compiled(read(path.read_bytes(), path.name) for path in sorted(folder.glob("*.json")))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024 / 1e6
    loading = cpu_now() - begun
    gc.collect()
    held = resident() - before
    asked = questions()
    hits = sum(bool(compiled.lists_of(key)) for key in asked)
    assert LOOK_UPS / 20 < hits < LOOK_UPS / 2, hits
    seconds = cpu_seconds(lambda: [compiled.lists_of(key) for key in asked], repeat=3)
    print(json.dumps({"held": held, "peak": peak, "loading": loading, "speed": LOOK_UPS / seconds}))


def warning_lists() -> Iterator[Figure]:
    """Memory and look-ups a second."""
    with tempfile.TemporaryDirectory() as folder:
        write_lists(Path(folder))
        words = [sys.executable, __file__, "--lists-alone", folder]
        done = json.loads(subprocess.run(words, check=True, stdout=subprocess.PIPE, text=True).stdout)
    name = "warning lists, 2.5 M entries"
    yield Figure(
        f"{name}, mixed look-ups", done["speed"], "look-ups per CPU-second", EXACT, done["speed"] / EXACT_A_SECOND
    )
    yield Figure(
        f"{name}, against any form", done["speed"], "look-ups per CPU-second", ANY, done["speed"] / ANY_A_SECOND
    )
    yield Figure(f"{name}, memory held", done["held"], "MB", EXACT, EXACT_MEGABYTES / done["held"])
    yield Figure(f"{name}, memory of the process at most", done["peak"], "MB", ANY, ANY_MEGABYTES / done["peak"])
    yield Figure(f"{name}, loaded", done["loading"], "CPU-seconds")


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the harness calls it
    """Correlation, then lists, then the database."""
    pile = observations(1_000_000)
    begun = cpu_now()
    found = sum(1 for _ in correlate(pile, DEFAULT))
    seconds = cpu_now() - begun
    assert found > 1_000, found
    yield Figure("correlation of 1,000,000 observations", seconds, "CPU-seconds")
    del pile
    if not quick:
        yield from warning_lists()
        yield from in_the_database()


def in_the_database() -> Iterator[Figure]:
    """The same in steps over an SQLite database: what an observation costs, and a new one beside a long history."""
    with tempfile.TemporaryDirectory() as folder:
        os.environ |= {
            "SERANTAU_DATA": folder,
            "DATABASE_URL": f"sqlite:///{Path(folder) / 'site.sqlite3'}",
            "SERANTAU_DEBUG": "1",
            "SERANTAU_JOBS": "0",
        }
        from serantau.web.config.start import prepare

        prepare()
        from serantau.ledger import Event
        from serantau.web.alerts.seam import Said
        from serantau.web.alerts.services.correlating import terms
        from serantau.web.alerts.services.working import work
        from serantau.web.ledger.changes import change

        pile = [one for one in observations(30_000) if one.tlp < Tlp.RED]
        said = [Said(one.number, f"indicator--{one.number}", one.member, (one,)) for one in pile]
        now = START + timedelta(days=60)
        with_ = terms(now)

        def step(part: list[Said]) -> None:
            with change(Event.ALERTS_CORRELATED, actor="system", subject="bench", now=now):
                work(part, with_)

        def alone(turn: int) -> float:
            """CPU seconds of one more sighting of the most seen key."""
            when = START + timedelta(days=13)
            word = Contribution(turn, pile_key(1), "m01", Word.SEEN, when, when, 60, Tlp.GREEN, None, "")
            begun = time.process_time()
            step([Said(turn, f"indicator--new-{turn}", "m01", (word,))])
            return time.process_time() - begun

        step(said[:500])
        early = min(alone(1_000_000 + turn) for turn in range(7))
        costs = []
        for start in range(500, len(said), 500):
            begun = cpu_now()
            step(said[start : start + 500])
            costs.append(cpu_now() - begun)
        yield Figure("correlation in steps over SQLite", (len(said) - 500) / sum(costs), "observations per CPU-second")
        late = min(alone(2_000_000 + turn) for turn in range(7))
        yield Figure("one more sighting of the most seen key, long history", late * 1e3, "ms", "short", early / late)


def pile_key(number: int) -> ObservableKey:
    """A key of the pile."""
    return ObservableKey("ipv4-addr", f"k{number}")


if __name__ == "__main__":
    if sys.argv[1:2] == ["--lists-alone"]:
        lists_alone(Path(sys.argv[2]))
    else:
        run(figures)
