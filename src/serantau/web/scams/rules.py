"""Who may read and decide which reports and appeals: the officers of the member where it happened, and nobody else."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from serantau.defend.errors import DefendError
from serantau.web.accounts.policy import About, Act, Actor, Stage, may
from serantau.web.accounts.roles import Room
from serantau.web.accounts.services.limits import DAY, HOUR, MINUTE, Limit
from serantau.web.scams.models import Appeal, Report
from serantau.web.site.problems import NotHereError

REPORTS = Limit("scam reports from one network", 20, HOUR)
REPORTS_DAY = Limit("scam reports from one network a day", 60, DAY)
MACHINE_REPORTS = Limit("scam reports of one machine account", 600, HOUR)
CHECKS = Limit("questions to the scam checker from one network", 60, 10 * MINUTE)
CHECKS_DAY = Limit("questions to the scam checker from one network a day", 600, DAY)
CODES = Limit("receipt codes tried from one network", 30, 10 * MINUTE)
APPEALS = Limit("scam appeals from one network", 10, DAY)


class StateError(DefendError):
    """Somebody else changed the report meanwhile."""

    status = 409


def about(member: str) -> About:
    """The facts of a member's reports that access depends on."""
    return About(member=member, room=Room.DEFEND, stage=Stage.SUBMITTED)


def is_officer(actor: Actor) -> bool:
    """Whether somebody deals with the reports of their own member."""
    return bool(actor.member and may(actor, Act.SUBMIT, about(actor.member)))


def require_officer(actor: Actor) -> str:
    """The member whose reports somebody deals with.

    Raises:
        PermissionDenied: if they deal with none.
    """
    if not is_officer(actor):
        raise PermissionDenied
    return actor.member


def reports_of(actor: Actor) -> QuerySet[Report]:
    """Every report that somebody deals with: the one place from which lists and counts begin."""
    return Report.objects.filter(member=require_officer(actor))


def appeals_of(actor: Actor) -> QuerySet[Appeal]:
    """Every appeal that somebody decides on."""
    return Appeal.objects.filter(member=require_officer(actor)).select_related("key")


def find_report(actor: Actor, number: int) -> Report:
    """A report that somebody deals with.

    Raises:
        NotHereError: if there is none, or it is another member's.
    """
    held = reports_of(actor).filter(pk=number).first()
    if held is None:
        raise NotHereError(_("There is no such report."), {"/scams/desk/": _("Reports of your member")})
    return held


def find_appeal(actor: Actor, number: int) -> Appeal:
    """An appeal that somebody decides on.

    Raises:
        NotHereError: if there is none, or it is another member's.
    """
    held = appeals_of(actor).filter(pk=number).first()
    if held is None:
        raise NotHereError(_("There is no such appeal."), {"/scams/desk/": _("Reports of your member")})
    return held
