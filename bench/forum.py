"""What consensus costs: the papers of a body closed as of their deadlines, and what differs between two versions."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta

from _harness import Figure, cpu_seconds, run

from serantau.forum import Act, Command, Matter, Mode, Party, RuleError, Rules, Say, Verb, advance, apply, differences

START = datetime(2026, 3, 2, 9, tzinfo=UTC)
RULES = Rules(
    verbs=(Verb.ADOPTED,),
    plenary=True,
    ad_referendum=True,
    silence_is_assent=True,
    silence_days=14,
    objection_ends_silence=False,
    most_extensions=1,
    extension_days=7,
    most_time_requests=3,
    time_request_days=7,
    absence_blocks=False,
    most_opted_out=0,
    refers=True,
)
MEMBERS = tuple(f"M{number:02d}" for number in range(11))


def history(draw: random.Random) -> list[tuple[datetime, Command]]:
    """A paper's commands: circulated, opened, and what each of eleven members says, if anything."""
    found = [
        Command(Act.CIRCULATE, Party.SECRETARIAT, members=MEMBERS),
        Command(Act.OPEN, Party.SECRETARIAT, mode=Mode.AD_REFERENDUM),
    ]
    says = [Say.AGREES, Say.RESERVES, Say.OBJECTS, Say.ASKS_TIME]
    found += [
        Command(Act.SAY, Party.MEMBER, member=member, say=draw.choices(says, (20, 3, 1, 1))[0], text="In words.")
        for member in MEMBERS
        if draw.random() < 0.7
    ]
    return [(START + timedelta(hours=hour), command) for hour, command in enumerate(found)]


def played(steps: list[tuple[datetime, Command]]) -> Matter:
    """A paper after its history, closed long after its deadline."""
    matter = Matter(Verb.ADOPTED)
    for now, command in steps:
        try:
            matter = apply(matter, command, RULES, now)
        except RuleError:
            continue
    return matter


def figures(quick: bool) -> Iterator[Figure]:  # noqa: FBT001 - the harness calls it
    """Ten thousand papers of eleven members."""
    count = 1_000 if quick else 10_000
    draw = random.Random(42)  # noqa: S311 - the same papers in every run, and no secret
    histories = [history(draw) for _ in range(count)]
    papers = [played(steps) for steps in histories]
    later = START + timedelta(days=365)
    yield Figure(
        f"consensus of {count:,} papers at their deadline",
        cpu_seconds(lambda: [advance(paper, RULES, later) for paper in papers]),
        "CPU-seconds",
    )
    yield Figure(
        f"histories of {count:,} papers from circulation to the last position",
        cpu_seconds(lambda: [played(steps) for steps in histories], 3),
        "CPU-seconds",
    )
    before = "\n\n".join(
        " ".join(draw.choices(["the", "members", "share", "reports", "data", "every", "year", "by"], k=60))
        for _ in range(120)
    )
    after = before.replace("share reports", "exchange reports")
    yield Figure(
        "differences of two versions of 120 paragraphs", cpu_seconds(lambda: differences(before, after)) * 1e3, "ms"
    )


if __name__ == "__main__":
    run(figures)
