"""Accounts for TAXII: made by a member's head of delegation or the secretariat, within the ceiling of the member."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import F
from django.utils.translation import gettext as _

from serantau.defend.errors import DefendError
from serantau.defend.model import HIGHEST_CLEARANCE, Tlp
from serantau.ledger import Event
from serantau.web.accounts.errors import insist
from serantau.web.accounts.models import MachineAccount
from serantau.web.accounts.policy import About, Act, Actor
from serantau.web.accounts.roles import Role, Room
from serantau.web.defend.accounts import Right
from serantau.web.defend.auth import fingerprint_of_pem
from serantau.web.defend.lanes import collection_of
from serantau.web.defend.models import AccountRight, Ceiling, Certificate, TaxiiAccount
from serantau.web.ledger.changes import change

DEFAULT_CEILING = Tlp.AMBER
"""What a member may give its own accounts until the secretariat set another."""

LOGIN = re.compile(r"[a-z0-9][a-z0-9.-]{1,58}[a-z0-9]")
_HEX = re.compile(r"[0-9a-f]{64}")


class FieldError(DefendError):
    """A field of a form is wrong; ``field`` names it."""

    status = 400

    def __init__(self, message: str, field: str = "") -> None:
        """Say what is wrong with which field."""
        super().__init__(message)
        self.field = field


@dataclass(frozen=True)
class Terms:
    """What an account is to be.

    Attributes:
        clearance: The strictest label that it reads by rank.
        attribution: From which clearance on readers may know who contributed; None for never.
        rights: By alias of a collection.
    """

    clearance: Tlp
    attribution: Tlp | None
    rights: Mapping[str, Right]


def ceiling_of(member: str) -> Tlp:
    """The strictest clearance that a member may give to its own accounts."""
    held = Ceiling.objects.filter(member=member).first()
    return DEFAULT_CEILING if held is None else Tlp(held.clearance)


def ceiling_for(actor: Actor, member: str) -> Tlp:
    """The same for whoever acts: the secretariat is bound by what anybody can be cleared for."""
    return HIGHEST_CLEARANCE if Role.SECRETARIAT in actor.roles else ceiling_of(member)


def default_rights(member: str) -> dict[str, Right]:
    """What is offered first: read the region's, give out one's own."""
    from serantau.web.defend.lanes import planned_collections

    own = {plan.alias for plan in planned_collections() if plan.member == member}
    shared = {plan.alias for plan in planned_collections() if not plan.member}
    found = {alias: Right(read=True, write=False) for alias in shared}
    return found | dict.fromkeys({*own, "sightings"}, Right(read=True, write=True))


def make(actor: Actor, machine: MachineAccount, login: str, terms: Terms, now: datetime) -> TaxiiAccount:
    """Let a machine account use TAXII.

    Raises:
        RefusedError: if the actor may not.
        FieldError: naming the field that is wrong.
    """
    check(actor, machine.member, login, terms)
    with change(Event.TAXII_ACCOUNT_MADE, actor=actor.reference, subject=machine.reference, now=now) as record:
        if not MachineAccount.objects.select_for_update().filter(pk=machine.pk, ended_at=None).exists():
            raise FieldError(_("This machine account has ended."))
        if TaxiiAccount.objects.filter(login=login).exists():
            raise FieldError(_("There is an account of this name already."), "login")
        if TaxiiAccount.objects.filter(machine=machine).exists():
            raise FieldError(_("This machine account uses TAXII already. Change what it may do instead."))
        row = TaxiiAccount.objects.create(
            machine=machine, login=login, clearance=terms.clearance, attribution=terms.attribution, made_at=now
        )
        _give(row, terms.rights)
        record.say(login=login, **_plain(terms))
    return row


def check(actor: Actor, member: str, login: str, terms: Terms) -> None:
    """Whether an account could be made like this, before anything is.

    Raises:
        RefusedError: if the actor may not.
        FieldError: naming the field that is wrong.
    """
    _insist(actor, member)
    if not LOGIN.fullmatch(login):
        raise FieldError(
            _("The name has 3 to 60 of a-z, 0-9, dot and hyphen, and begins and ends with no sign."), "login"
        )
    if TaxiiAccount.objects.filter(login=login).exists():
        raise FieldError(_("There is an account of this name already."), "login")
    _check(actor, member, terms)


def alter(actor: Actor, row: TaxiiAccount, terms: Terms, now: datetime) -> None:
    """Change what an account may do; it holds from its next request on.

    Raises:
        RefusedError: if the actor may not.
        FieldError: naming the field that is wrong.
    """
    machine = row.machine
    _insist(actor, machine.member)
    _check(actor, machine.member, terms)
    with change(Event.TAXII_ACCOUNT_CHANGED, actor=actor.reference, subject=machine.reference, now=now) as record:
        held = TaxiiAccount.objects.select_for_update().get(pk=row.pk)
        held.clearance, held.attribution = terms.clearance, terms.attribution
        held.revision += 1
        held.save()
        held.rights.all().delete()
        _give(held, terms.rights)
        record.say(**_plain(terms))


def add_certificate(actor: Actor, row: TaxiiAccount, text: str, now: datetime) -> Certificate:
    """Let an account be known by a client certificate.

    Args:
        actor: Who acts.
        row: The account.
        text: SHA-256 of the certificate in hexadecimal, or the certificate in PEM form.
        now: The time.

    Raises:
        RefusedError: if the actor may not.
        FieldError: if the text is neither, or another account is known by it.
    """
    _insist(actor, row.machine.member)
    plain = text.replace(":", "").strip().lower()
    fingerprint = plain if _HEX.fullmatch(plain) else fingerprint_of_pem(text.strip())
    if not fingerprint:
        raise FieldError(_("Give the certificate in PEM form, or its SHA-256 in hexadecimal."), "certificate")
    with change(Event.CERTIFICATE_ADDED, actor=actor.reference, subject=row.machine.reference, now=now) as record:
        if Certificate.objects.filter(fingerprint=fingerprint, revoked_at=None).exists():
            raise FieldError(_("An account is known by this certificate already."), "certificate")
        made = Certificate.objects.create(account=row, fingerprint=fingerprint, made_at=now)
        record.say(fingerprint=fingerprint)
    return made


def revoke_certificate(actor: Actor, held: Certificate, now: datetime) -> None:
    """Let an account be known by a certificate no more, from its next request on.

    Raises:
        RefusedError: if the actor may not.
    """
    machine = held.account.machine
    _insist(actor, machine.member)
    with change(Event.CERTIFICATE_REVOKED, actor=actor.reference, subject=machine.reference, now=now) as record:
        Certificate.objects.filter(pk=held.pk, revoked_at=None).update(revoked_at=now)
        record.say(fingerprint=held.fingerprint)


def set_ceiling(actor: Actor, member: str, clearance: Tlp, now: datetime) -> int:
    """Set how far a member may clear its own accounts; accounts above it are lowered to it.

    Returns:
        How many accounts were lowered.

    Raises:
        RefusedError: if the actor is not the secretariat.
    """
    insist(actor, Act.DECIDE, About(room=Room.DEFEND))
    if clearance > HIGHEST_CLEARANCE:
        raise FieldError(_("TLP:RED is for named recipients; nobody is cleared for it by rank."), "clearance")
    with change(Event.CEILING_SET, actor=actor.reference, subject=f"member {member}", now=now) as record:
        Ceiling.objects.update_or_create(member=member, defaults={"clearance": clearance, "set_at": now})
        above = TaxiiAccount.objects.filter(machine__member=member, clearance__gt=clearance)
        lowered = above.update(clearance=clearance, revision=F("revision") + 1)
        record.say(clearance=clearance.label, accounts_lowered=lowered)
    return lowered


def _insist(actor: Actor, member: str) -> None:
    insist(actor, Act.MANAGE_MACHINES, About(member=member, room=Room.DEFEND))


def _check(actor: Actor, member: str, terms: Terms) -> None:
    ceiling = ceiling_for(actor, member)
    if terms.clearance > ceiling:
        words = {"label": ceiling.label}
        raise FieldError(
            _("At most %(label)s can be given here. The secretariat sets this ceiling.") % words, "clearance"
        )
    if terms.attribution is not None and terms.attribution > HIGHEST_CLEARANCE:
        raise FieldError(_("Choose one of the labels that are offered, or never."), "attribution")
    for alias, right in terms.rights.items():
        plan = collection_of(alias)
        if plan is None:
            raise FieldError(_("There is no collection %(alias)s.") % {"alias": alias}, "rights")
        if right.write and not plan.may_write(member):
            words = {"alias": alias}
            raise FieldError(_("Accounts of this member cannot be let write to %(alias)s.") % words, "rights")


def _give(row: TaxiiAccount, rights: Mapping[str, Right]) -> None:
    AccountRight.objects.bulk_create(
        AccountRight(account=row, alias=alias, can_read=right.read, can_write=right.write)
        for alias, right in sorted(rights.items())
        if right.read or right.write
    )


def _plain(terms: Terms) -> dict[str, str | list[str]]:
    """Terms as the ledger keeps them."""
    return {
        "clearance": terms.clearance.label,
        "attribution": "never" if terms.attribution is None else terms.attribution.label,
        "rights": [
            f"{alias}:{'r' * right.read}{'w' * right.write}"
            for alias, right in sorted(terms.rights.items())
            if right.read or right.write
        ],
    }
