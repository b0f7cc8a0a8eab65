"""Invitations and memberships: how somebody comes to act for somebody, and how that ends."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from allauth.account.models import EmailAddress
from django.contrib.auth.hashers import make_password
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext as _

from serantau.ledger import Event
from serantau.web.accounts.bodies import Bodies
from serantau.web.accounts.errors import AccountError, insist
from serantau.web.accounts.models import Approval, Invitation, Membership, Person, clean_email
from serantau.web.accounts.policy import POWERFUL, About, Act, Actor
from serantau.web.accounts.roles import EVERY, OF_A_MEMBER, Role, Room, rooms_of, rooms_text
from serantau.web.accounts.secrets import digest_of, new_secret
from serantau.web.accounts.services import approvals, limits
from serantau.web.ledger.changes import Record, change

INVITED_DAYS = 7
"""How long an invitation holds."""

SYSTEM = "system"
"""The actor of what is done on the server's own command line."""

LONGEST_EMAIL = 254
LONGEST_NAME = 120


@dataclass(frozen=True)
class Offer:
    """What somebody is invited to.

    Attributes:
        email: Where the invitation goes, and the only account that it may make.
        role: The role it gives.
        body: Code of the member or id of the partner; empty for the region's own roles.
        rooms: ``every``, or names of rooms with spaces between.
        name: How the invited is addressed; they can change it.
    """

    email: str
    role: Role
    body: str = ""
    rooms: str = EVERY
    name: str = ""

    @property
    def member(self) -> str:
        """The member it gives a role of; empty if none."""
        return self.body if self.role in OF_A_MEMBER else ""

    def details(self) -> dict[str, str]:
        """As an approval keeps it."""
        words = {"email": self.email, "role": self.role.value, "body": self.body}
        return {**words, "rooms": self.rooms, "name": self.name}


@dataclass(frozen=True)
class Sent:
    """An invitation that was made, and the secret that its letter carries: nobody else ever sees it."""

    invitation: Invitation
    secret: str


def checked(email: str, role: Role, body: str, rooms: list[str], name: str, bodies: Bodies) -> Offer:
    """An offer made of what a person typed.

    Raises:
        AccountError: naming the first field that is wrong.
    """
    address = clean_email(email)
    if len(address) > LONGEST_EMAIL or not _is_email(address):
        raise AccountError(_("This is no e-mail address. Write it as in name@example.org."), "email")
    if role not in OFFERED:
        raise AccountError(_("This role cannot be given. Choose one of the list."), "role")
    bodies.check(role, body)
    known = [room.value for room in Room]
    if unknown := [room for room in rooms if room not in known]:
        raise AccountError(f"There is no room {unknown[0]!r}. Known are: {', '.join(known)}.", "rooms")
    called = " ".join(name.split())
    if len(called) > LONGEST_NAME or not called.isprintable():
        raise AccountError(f"A name has at most {LONGEST_NAME} letters, and no control characters.", "name")
    return Offer(address, role, body, rooms_text(map(Room, rooms)) if rooms else EVERY, called)


OFFERED = frozenset(role for role in Role if role not in {Role.PUBLIC, Role.MACHINE})


def _is_email(address: str) -> bool:
    try:
        validate_email(address)
    except ValidationError:
        return False
    return True


def invite(actor: Actor, offer: Offer, *, now: datetime) -> Sent | Approval:
    """Invite somebody. A role that gives power is not given at once: a second person must approve first.

    Args:
        actor: Who invites.
        offer: To what.
        now: The time.

    Returns:
        The invitation with its secret, or the approval that now waits.

    Raises:
        RefusedError: if the actor may not give the role.
        AccountError: if the invited cannot take it.
        TooManyError: if the actor has sent too many.
    """
    about = About(member=offer.member, role=offer.role)
    insist(actor, Act.GIVE_POWER if offer.role in POWERFUL else Act.INVITE, about)
    _insist_free(offer)
    limits.insist_below(limits.INVITATION_SENT, actor.reference, now=now)
    if offer.role in POWERFUL:
        wish = approvals.Wish(
            Act.GIVE_POWER,
            subject=f"role {offer.role.value} {offer.body}".strip(),
            summary=_("%(email)s becomes %(role)s %(body)s") % offer.details(),
            details=offer.details(),
            about=about,
        )
        return approvals.ask(actor, wish, now=now)
    with change(Event.INVITATION_SENT, actor=actor.reference, now=now) as record:
        return _write_invitation(record, offer, made_by=actor.id, now=now)


def invite_from_console(offer: Offer, *, now: datetime) -> Sent:
    """Invite from the server's own command line, where nobody is signed in and the machine's owner vouches.

    Raises:
        AccountError: if the invited cannot take the role.
    """
    _insist_free(offer)
    with change(Event.INVITATION_SENT, actor=SYSTEM, now=now) as record:
        return _write_invitation(record, offer, made_by=None, now=now)


def _write_invitation(record: Record, offer: Offer, *, made_by: int | None, now: datetime) -> Sent:
    secret = new_secret()
    # A newer invitation replaces an older one to the same address.
    Invitation.objects.filter(email=offer.email, used_at=None, revoked_at=None).update(revoked_at=now)
    invitation = Invitation.objects.create(
        digest=digest_of(secret),
        email=offer.email,
        name=offer.name,
        role=offer.role.value,
        body=offer.body,
        rooms=offer.rooms,
        made_by_id=made_by,
        made_at=now,
        expires_at=now + timedelta(days=INVITED_DAYS),
    )
    record.about(f"invitation {invitation.pk}")
    record.say(role=offer.role.value, body=offer.body, rooms=offer.rooms, email_digest=record.digest(offer.email))
    return Sent(invitation, secret)


def _insist_free(offer: Offer) -> None:
    """Nobody is invited to what they have. A role for another body is told only to its owner, when they accept."""
    if Membership.objects.filter(
        person__email=offer.email, body=offer.body, role=offer.role.value, ended_at=None
    ).exists():
        raise AccountError(_("Whoever has this address has this role already."), "email")


@approvals.carries_out(Act.GIVE_POWER)
def _give_power(approval: Approval, record: Record, now: datetime) -> Sent:
    """The approved role becomes an invitation of whoever asked."""
    offer = offer_of(approval.details)
    _insist_free(offer)
    sent = _write_invitation(record, offer, made_by=approval.asked_by_id, now=now)
    record.about(f"approval {approval.pk}")
    return sent


def offer_of(details: Mapping[str, Any]) -> Offer:
    """The offer that an approval keeps."""
    return Offer(details["email"], Role(details["role"]), details["body"], details["rooms"], details["name"])


def open_invitation(digest: str, *, now: datetime) -> Invitation | None:
    """The invitation with a digest, if it still holds."""
    found = Invitation.objects.filter(digest=digest, used_at=None, revoked_at=None, expires_at__gt=now)
    return found.select_related("made_by").first()


def revoke_invitation(actor: Actor, invitation: Invitation, *, now: datetime) -> None:
    """Take an invitation back.

    Raises:
        RefusedError: if the actor may not.
        AccountError: if it was used meanwhile.
    """
    role = Role(invitation.role)
    member = invitation.body if role in OF_A_MEMBER else ""
    insist(actor, Act.END_MEMBERSHIP, About(member=member, role=role))
    with change(
        Event.INVITATION_REVOKED, actor=actor.reference, subject=f"invitation {invitation.pk}", now=now
    ) as record:
        changed = Invitation.objects.filter(pk=invitation.pk, used_at=None, revoked_at=None).update(revoked_at=now)
        if not changed:
            raise AccountError(_("This invitation was used or taken back already."))
        record.say(body=invitation.body)


def accept_as_new(invitation: Invitation, *, name: str, password: str | None, now: datetime) -> Person:
    """Make the account that an invitation offers. The address needs no second proof: the link went there.

    Args:
        invitation: One that holds.
        name: How the person wants to be called.
        password: Checked already; None for somebody who signs in through a provider only.
        now: The time.

    Raises:
        AccountError: if the invitation does not hold any more, or the account was made meanwhile.
    """
    hashed = make_password(password)  # it takes its time on purpose; nobody else should wait for it
    with change(Event.INVITATION_ACCEPTED, actor="public", subject=f"invitation {invitation.pk}", now=now) as record:
        held = _take(invitation, now)
        if Person.objects.filter(email=held.email).exists():
            raise AccountError(_("There is an account with this address already. Sign in, then open the link again."))
        called = " ".join(name.split())[:LONGEST_NAME]
        person = Person.objects.create(email=held.email, name=called, password=hashed, made_at=now)
        EmailAddress.objects.create(user=person, email=person.email, verified=True, primary=True)
        _grant(record, held, person, now)
    return person


def accept_as_known(invitation: Invitation, person: Person, *, now: datetime) -> None:
    """Take up a role with an account that one has.

    Raises:
        AccountError: if the invitation is for another address, or does not hold any more.
    """
    if person.email != invitation.email:
        raise AccountError(_("This invitation is for another address. Sign out, and open the link again."))
    with change(
        Event.INVITATION_ACCEPTED, actor=person.reference, subject=f"invitation {invitation.pk}", now=now
    ) as record:
        _grant(record, _take(invitation, now), person, now)


def _take(invitation: Invitation, now: datetime) -> Invitation:
    """Hold the invitation for this change alone."""
    held = (
        Invitation.objects.select_for_update()
        .filter(pk=invitation.pk, used_at=None, revoked_at=None, expires_at__gt=now)
        .first()
    )
    if held is None:
        raise AccountError(_("This invitation was used or taken back already, or its time is over."))
    return held


def _grant(record: Record, invitation: Invitation, person: Person, now: datetime) -> None:
    """Write the membership; end the one that it replaces, and a head of delegation who is succeeded."""
    role = Role(invitation.role)
    replaced = Membership.objects.select_for_update().filter(person=person, ended_at=None)
    ended = list(replaced.filter(body=invitation.body).values_list("pk", flat=True))
    if replaced.count() > len(ended):
        raise AccountError(_("You have a role for another body. It must be ended before you can take this one."))
    if role is Role.HEAD_OF_DELEGATION:
        heads = Membership.objects.select_for_update().filter(body=invitation.body, role=role.value, ended_at=None)
        ended += list(heads.exclude(person=person).values_list("pk", flat=True))
    Membership.objects.filter(pk__in=ended).update(ended_at=now, ended_by=invitation.made_by)
    membership = Membership.objects.create(
        person=person,
        role=role.value,
        body=invitation.body,
        rooms=invitation.rooms,
        valid_from=now.date(),
        granted_by=invitation.made_by,
        granted_at=now,
    )
    invitation.used_at, invitation.used_by = now, person
    invitation.save(update_fields=["used_at", "used_by"])
    record.say(
        person=person.reference,
        membership=f"membership {membership.pk}",
        role=role.value,
        body=invitation.body,
        rooms=rooms_text(rooms_of(invitation.rooms)),
        ended=[f"membership {pk}" for pk in ended],
    )


def end_membership(actor: Actor, membership: Membership, *, now: datetime) -> None:
    """End a role at once. The account stays, without rights.

    Raises:
        RefusedError: if the actor may not end it.
        AccountError: if it ended already, or is the last one of the secretariat.
    """
    role = Role(membership.role)
    member = membership.body if role in OF_A_MEMBER else ""
    insist(actor, Act.END_MEMBERSHIP, About(member=member, role=role))
    with change(
        Event.MEMBERSHIP_ENDED, actor=actor.reference, subject=f"membership {membership.pk}", now=now
    ) as record:
        if role is Role.SECRETARIAT:
            _insist_others(membership)
        changed = Membership.objects.filter(pk=membership.pk, ended_at=None).update(ended_at=now, ended_by_id=actor.id)
        if not changed:
            raise AccountError(_("This role has ended already."))
        record.say(person=membership.person.reference, role=role.value, body=membership.body)


def _insist_others(membership: Membership) -> None:
    rest = Membership.objects.select_for_update().filter(role=Role.SECRETARIAT.value, ended_at=None)
    if not rest.exclude(pk=membership.pk).exists():
        raise AccountError(_("This is the last role of the secretariat. Invite somebody else first."))
