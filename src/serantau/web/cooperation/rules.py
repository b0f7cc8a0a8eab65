"""Which notices, cases and questions somebody may know of: the one place from which pages, lists and letters begin."""

from __future__ import annotations

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _

from serantau.defend.errors import DefendError
from serantau.defend.incidents import Sight, Standing, cleared, sight
from serantau.defend.model import HIGHEST_CLEARANCE, Reader, Tlp
from serantau.web.accounts.policy import Actor
from serantau.web.cooperation.models import Case, Entry, Notice, Question
from serantau.web.cooperation.readers import is_observer, is_officer, reader_of
from serantau.web.site.problems import NotHereError

_IN = [Standing.JOINED.value, Standing.INVITED.value]


class StateError(DefendError):
    """Somebody else changed it meanwhile."""

    status = 409


def notices(actor: Actor, reader: Reader | None = None) -> QuerySet[Notice]:
    """The notices of the own member that somebody may read: those of alerts computed for exactly their clearance."""
    if not is_officer(actor):
        return Notice.objects.none()
    level = (reader or reader_of(actor)).clearance
    return Notice.objects.filter(Q(upto=-1) | Q(upto__gt=level), member=actor.member, level__lte=level)


def cases(actor: Actor, reader: Reader | None = None) -> QuerySet[Case]:
    """The cases of which somebody may know anything at all."""
    if is_observer(actor):
        return Case.objects.filter(tlp__lt=Tlp.RED, pk__in=_looked_on(actor))
    if not is_officer(actor):
        return Case.objects.none()
    level = (reader or reader_of(actor)).clearance
    mine = Q(standings__member=actor.member) & (Q(standings__standing__in=_IN) | Q(standings__contributed=True))
    by_rank = Q(tlp__lte=level)
    if level >= HIGHEST_CLEARANCE:
        invited = Q(standings__member=actor.member, standings__standing=Standing.INVITED.value)
        red = Case.objects.filter(invited | Q(readers__person=actor.id, readers__member=actor.member), tlp=Tlp.RED)
        by_rank |= Q(pk__in=red.values("pk"))
    return Case.objects.filter(by_rank, pk__in=Case.objects.filter(mine).values("pk"))


def _looked_on(actor: Actor) -> QuerySet[Case]:
    return Case.objects.filter(partners__partner=actor.partner).values("pk")


def questions(actor: Actor, reader: Reader | None = None) -> QuerySet[Question]:
    """The questions that the own member asked or was asked, as far as somebody is cleared."""
    if not is_officer(actor):
        return Question.objects.none()
    level = (reader or reader_of(actor)).clearance
    asked = Question.objects.filter(asked__member=actor.member).values("pk")
    return Question.objects.filter(Q(asker=actor.member) | Q(pk__in=asked), tlp__lte=level)


def find_notice(actor: Actor, ref: str) -> Notice:
    """A notice that somebody may read.

    Raises:
        NotHereError: if there is none, or they may not know of it.
    """
    return _found(notices(actor).filter(ref=ref).first(), _("There is no such notice."))


def find_case(actor: Actor, ref: str) -> Case:
    """A case of which somebody may know something.

    Raises:
        NotHereError: if there is none, or they may not know of it.
    """
    return _found(cases(actor).filter(ref=ref).first(), _("There is no such case."))


def find_question(actor: Actor, ref: str) -> Question:
    """A question that somebody may read.

    Raises:
        NotHereError: if there is none, or they may not know of it.
    """
    return _found(questions(actor).filter(ref=ref).first(), _("There is no such question."))


def _found(held, words):  # noqa: ANN001, ANN202 - a row of whichever kind it was
    if held is None:
        raise NotHereError(words, {"/cooperation/": _("CERT cooperation")})
    return held


def sight_of(actor: Actor, case: Case) -> Sight:
    """How much of a case that somebody may know of they see: as much as their member, a partner what is shared."""
    return Sight.NOTHING if is_observer(actor) else sight(case.matter(), actor.member)


def entries(actor: Actor, case: Case, seen: Sight) -> QuerySet[Entry]:
    """The part of the timeline that somebody sees."""
    held = case.entries.select_related("by")
    if is_observer(actor):
        return held.filter(shared=True)
    if seen is Sight.ALL:
        return held
    return held.filter(member=actor.member)


def titled(actor: Actor, case: Case, seen: Sight) -> bool:
    """Whether somebody sees the title: not of a TLP:RED case to which their member is only invited."""
    named = case.readers.filter(person=actor.id, member=actor.member).exists()
    return seen is not Sight.INVITATION or cleared(Tlp(case.tlp), HIGHEST_CLEARANCE, named=named)
