"""What consensus costs: the papers of a body closed as of their deadlines, and what differs between two versions."""

from __future__ import annotations

import os
import random
import tempfile
import time
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from _harness import Figure, cpu_seconds, run

from serantau.forum import Act, Command, Matter, Mode, Party, RuleError, Rules, Say, Verb, advance, apply, differences

if TYPE_CHECKING:
    from django.test import Client

    from serantau.web.accounts.models import Person

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
AGENDA, ANSWERS = 20, 100
"""Papers of an agenda; answers to a call."""
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

    if not quick:
        with tempfile.TemporaryDirectory(prefix="serantau-bench-") as folder:
            yield from pages(Path(folder))


def pages(folder: Path) -> Iterator[Figure]:
    """What a head of delegation waits for: every page of the forum, with sixty papers, forty paragraphs, a hundred answers."""
    shipped = Path(__file__).resolve().parents[1] / "src/serantau/regions"
    os.environ["SERANTAU_DATA"], os.environ["SERANTAU_DEBUG"] = str(folder), "1"
    os.environ["SERANTAU_REGION"] = str(shipped / "training")
    from serantau.web.config.start import prepare

    prepare()
    from serantau.web.accounts.actor import actor_for
    from serantau.web.accounts.models import Person
    from serantau.web.accounts.policy import PUBLIC
    from serantau.web.bundles import keeper
    from serantau.web.forum.briefs import brief
    from serantau.web.forum.services import consultations, meetings, papers
    from serantau.web.review import demo

    now = datetime.now(UTC)
    demo.fill(now)
    people = {one.email.partition("@")[0]: one for one in Person.objects.all()}
    secretary = actor_for(people["secretariat-1"], second_factor=True, fresh=True, today=now.date())
    body = meetings.found_body(secretary, "MIN", "Ministers", "Etc/UTC", None, now)
    meetings.state_rules(secretary, body.pk, RULES, now)
    body.refresh_from_db()
    text = "\n\n".join("The members share reports of outages every year. " * 6 for _ in range(40))
    listed = []
    for number in range(60):
        held = papers.begin(secretary, body, papers.Draft(f"Paper {number}", Verb.ADOPTED, text), now)
        papers.act(secretary, held.pk, Command(Act.CIRCULATE, Party.SECRETARIAT), 0, now)
        papers.act(secretary, held.pk, Command(Act.OPEN, Party.SECRETARIAT, mode=Mode.AD_REFERENDUM), 0, now)
        if number < AGENDA:
            listed.append(held)
    papers.revise(secretary, held.pk, text.replace("every", "each"), "A word.", [], 0, now)
    day = timedelta(days=1)
    asked = meetings.Convened(body, "Ministers", now + 30 * day, now + 31 * day)
    meeting = meetings.convene(secretary, asked, now)
    for one in listed:
        meetings.add_item(secretary, meeting, "", one, now)
    action = keeper().answers().bundle.plans.all_actions[0].id
    call = consultations.begin(
        secretary,
        consultations.Call(body, "A call", "What?", now - day, now + day, everybody=True, keep_days=90, action=action),
        now,
    )
    for _ in range(ANSWERS):
        said = consultations.Said("A long answer. " * 400, "named", "company", "A company", "a@example.org")
        consultations.answer(PUBLIC, call.pk, said, now)
    member = next(one for one in people.values() if one.email.startswith("head-"))
    client, code = _signed_in(member), member.memberships.first().body
    where = {
        "forum with 60 papers": "/forum/",
        "paper of 40 paragraphs": f"/forum/papers/{held.pk}/",
        "what changed in 40 paragraphs": f"/forum/papers/{held.pk}/versions/1/2/",
        "earlier version of 40 paragraphs": f"/forum/papers/{held.pk}/versions/1/",
        "body": f"/forum/bodies/{body.pk}/",
        "meeting with 20 papers": f"/forum/meetings/{meeting.pk}/",
        "consultations": "/forum/consultations/",
        "consultation with 100 long answers": f"/forum/consultations/{call.pk}/",
        "milestones": "/milestones/",
        "what decisions added to the plan": "/actions/decided/",
    }
    facts = keeper().answers().bundle
    yield Figure(
        "brief of a member, composed", cpu_seconds(lambda: brief(facts, meeting, code, now), 9) * 1e3, "ms CPU"
    )
    for name, address in where.items():
        yield Figure(name, cpu_seconds(partial(_asked, client, address), 9) * 1e3, "ms CPU")


def _asked(client: Client, address: str) -> None:
    assert client.get(address).status_code == 200


def _signed_in(person: Person) -> Client:
    """A browser in which somebody has proved both factors."""
    from django.test import Client

    from serantau.web.ledger.guard import writes_permitted

    client = Client(HTTP_HOST="127.0.0.1")
    with writes_permitted():  # Django writes the time of the last sign-in
        client.force_login(person, backend="allauth.account.auth_backends.AuthenticationBackend")
    session, at = client.session, time.time()
    session["account_authentication_methods"] = [
        {"method": "password", "at": at, "email": person.email},
        {"method": "mfa", "type": "totp", "id": 1, "at": at},
    ]
    session["account_authentication_methods_user"] = str(person.pk)
    session.save()
    return client


if __name__ == "__main__":
    run(figures)
