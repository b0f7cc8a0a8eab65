"""Fills an empty database with an invented region's people and work, so that every role can be tried."""

from __future__ import annotations

import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, time, timedelta

from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from allauth.mfa.utils import decrypt

from serantau.base import SerantauError
from serantau.bundle import Bundle
from serantau.web.accounts.actor import actor_for
from serantau.web.accounts.models import Person
from serantau.web.accounts.policy import Actor
from serantau.web.accounts.roles import PROVING, Role
from serantau.web.accounts.services import people
from serantau.web.bundles import keeper
from serantau.web.review.clock import day_of
from serantau.web.review.kinds import REPORTS, kind_named
from serantau.web.review.models import Submission
from serantau.web.review.services import decisions, drafts, rounds

DOMAIN = "example.invalid"
"""Reserved never to exist (RFC 2606): no letter to these people arrives anywhere."""
LICENCE = "CC BY 4.0"
PASSWORD_BYTES = 12
STEP_SECONDS = 30
"""How long an authenticator app shows a code (RFC 6238, section 5.2)."""


class DemoError(SerantauError):
    """The training data cannot be made, or have no such account."""


@dataclass(frozen=True)
class Account:
    """An account for training; its password is known here and nowhere else.

    Attributes:
        email: What to sign in with.
        password: The password.
        secret: Of the authenticator app; empty for roles that need no second factor.
    """

    name: str
    email: str
    password: str
    secret: str


def fill(now: datetime) -> list[Account]:
    """Make the people, a round, and submissions in each state.

    Raises:
        DemoError: if the database holds people already.
    """
    if Person.objects.exists():
        raise DemoError("The database holds accounts already. The training data go into a new one only.")
    bundle = keeper().answers().bundle
    accounts = [_account(name, role, body, now) for name, role, body in _cast(bundle)]
    _work(bundle, now)
    return accounts


def code(email: str, now: datetime) -> str:
    """What the authenticator app of an account shows now.

    Raises:
        DemoError: if there is no such account, or it has no app.
    """
    held = Authenticator.objects.filter(user__email=email, type=Authenticator.Type.TOTP).first()
    if held is None:
        raise DemoError(f"There is no training account {email[:80]!r} with an authenticator app.")
    step = int(now.timestamp()) // STEP_SECONDS
    return str(totp.format_hotp_value(totp.hotp_value(decrypt(held.data["secret"]), step)))


def _cast(bundle: Bundle) -> Iterator[tuple[str, Role, str]]:
    for member in bundle.region.members:
        yield f"focal-{member.id.lower()}", Role.FOCAL_POINT, member.id
        yield f"head-{member.id.lower()}", Role.HEAD_OF_DELEGATION, member.id
    yield "secretariat-1", Role.SECRETARIAT, ""
    yield "secretariat-2", Role.SECRETARIAT, ""
    yield "auditor", Role.AUDITOR, ""
    for partner in bundle.region.partners[:1]:
        yield "observer", Role.OBSERVER, partner.id


def _account(name: str, role: Role, body: str, now: datetime) -> Account:
    email, password = f"{name}@{DOMAIN}", secrets.token_urlsafe(PASSWORD_BYTES)
    sent = people.invite_from_console(people.Offer(email, role, body, name=name), now=now)
    person = people.accept_as_new(sent.invitation, name=name, password=password, now=now)
    secret = ""
    if role in PROVING:
        secret = totp.generate_totp_secret()
        totp.TOTP.activate(person, secret)
    return Account(name, email, password, secret)


def actor(name: str, now: datetime) -> Actor:
    """One of the people of the training site, with both factors proved."""
    person = Person.objects.get(email=f"{name}@{DOMAIN}")
    return actor_for(person, second_factor=True, fresh=True, today=now.date())


def _work(bundle: Bundle, now: datetime) -> None:
    """A round, and one member's submissions in each state."""
    today = day_of(now)
    plan = bundle.plans.plan(bundle.region.profile.default_plan)
    actions = [one.id for one in bundle.plans.all_actions if one.plan == plan.id]
    first, second = (one.id.lower() for one in bundle.region.members[:2])
    secretary, focal, other = (actor(name, now) for name in ("secretariat-1", f"focal-{first}", f"focal-{second}"))
    year = today.year - 1
    asked = rounds.open_round(
        secretary,
        rounds.Asked(
            title=f"Report on {year}",
            plan=plan.id,
            year=year,
            opens=today - timedelta(days=20),
            due=today + timedelta(days=30),
            clock=time(17),
            zone=bundle.region.profile.time_zone,
        ),
        now,
    )
    report = {"year": str(year), "status": "in progress", "expected": str(today.year + 1)}
    done = report | {
        "status": "done",
        "evidence": [{"title": "Minutes of the board", "address": "https://minutes.example/1"}],
    }
    kind = kind_named(REPORTS)

    def begin(actor: Actor, title: str, records: list[dict[str, object]]) -> Submission:
        held = drafts.begin(actor, drafts.Begun("plan", title, LICENCE, asked), now)
        drafts.add_records(actor, held.pk, kind, records, now)
        return Submission.objects.get(pk=held.pk)

    def send(actor: Actor, title: str, records: list[dict[str, object]]) -> Submission:
        held = begin(actor, title, records)
        drafts.submit(actor, held.pk, held.version, now)
        return Submission.objects.get(pk=held.pk)

    begin(focal, "A draft", [report | {"action": actions[0]}])
    send(focal, "Waits for a decision", [done | {"action": actions[1]}])
    asked_back = send(focal, "Has a question to answer", [report | {"action": actions[2]}])
    decisions.question(secretary, asked_back.pk, "Which valleys does this cover?", asked_back.version, now)
    counts = send(other, "Accepted", [done | {"action": actions[1]}, report | {"action": actions[2]}])
    decisions.accept(secretary, counts.pk, counts.version, now)
    refused = send(other, "Refused", [report | {"action": actions[3]}])
    decisions.refuse(secretary, refused.pk, "This belongs to next year's round.", refused.version, now)
