"""How far each member may be cleared, and each person is."""

from __future__ import annotations

from datetime import datetime

from django.core.exceptions import PermissionDenied
from django.utils.translation import gettext as _

from serantau.defend.errors import DefendError
from serantau.defend.model import HIGHEST_CLEARANCE, Tlp
from serantau.ledger import Event
from serantau.web.accounts.policy import Actor
from serantau.web.accounts.roles import Role
from serantau.web.bundles import keeper
from serantau.web.cooperation.models import Clearance
from serantau.web.cooperation.readers import is_hub, is_officer, officers
from serantau.web.defend.services import accounts
from serantau.web.ledger.changes import change


def set_ceiling(actor: Actor, member: str, level: Tlp, now: datetime) -> None:
    """Say how far a member's people and accounts may be cleared. Whoever was cleared further reads up to it from now on.

    Raises:
        PermissionDenied: if the actor is not the secretariat.
        DefendError: if there is no such member or clearance.
    """
    if not is_hub(actor):
        raise PermissionDenied
    _check(level)
    if member not in {one.id for one in keeper().answers().bundle.region.members}:
        raise DefendError(_("Choose one of the members."))
    accounts.set_ceiling(actor, member, level, now)


def clear(actor: Actor, person: int, level: Tlp, now: datetime) -> None:
    """Say how far somebody of one's own member reads.

    Raises:
        PermissionDenied: if the actor is not the head of the delegation.
        DefendError: if it is nobody of the member's, or the clearance lies above the member's ceiling.
    """
    if not is_officer(actor) or Role.HEAD_OF_DELEGATION not in actor.roles:
        raise PermissionDenied
    _check(level)
    own = {one.person.pk for one in officers(now.date(), [actor.member]).get(actor.member, [])}
    if person not in own:
        raise DefendError(_("Choose somebody of your own member whose rooms reach here."))
    ceiling = accounts.ceiling_of(actor.member)
    if level > ceiling:
        raise DefendError(
            _("Your member's people are cleared up to %(ceiling)s. The secretariat may raise that.")
            % {"ceiling": ceiling.label}
        )
    with change(Event.CLEARANCE_GIVEN, actor=actor.reference, subject=f"person {person}", now=now) as record:
        Clearance.objects.update_or_create(
            person_id=person, defaults={"level": level, "by": actor.reference, "at": now}
        )
        record.say(member=actor.member, level=level.label)


def _check(level: Tlp) -> None:
    if level > HIGHEST_CLEARANCE:
        raise DefendError(_("Nobody is cleared for TLP:RED by rank; its recipients are named."))
