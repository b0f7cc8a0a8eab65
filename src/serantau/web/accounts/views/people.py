"""The people of a member, or of all: who has which role, invitations, ending a role."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from serantau.web.accounts.actor import Actor, actor_of
from serantau.web.accounts.bodies import Bodies, bodies_today
from serantau.web.accounts.errors import AccountError
from serantau.web.accounts.forms import InviteForm
from serantau.web.accounts.labels import ROLES, ROOMS, rooms_in_words
from serantau.web.accounts.links import absolute
from serantau.web.accounts.mail import send_letter
from serantau.web.accounts.models import Approval, Invitation, Membership
from serantau.web.accounts.policy import POWERFUL, About, Act, may
from serantau.web.accounts.roles import OF_A_MEMBER, OF_A_PARTNER, Role
from serantau.web.accounts.services import people
from serantau.web.config.access import access

SEES_ALL = frozenset({Role.SECRETARIAT, Role.AUDITOR})
READERS = (Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.SECRETARIAT, Role.AUDITOR)


@dataclass(frozen=True)
class Row:
    """Somebody in the list."""

    pk: int
    name: str
    email: str
    role: str
    body: str
    rooms: str
    since: datetime
    can_end: bool


@access(*READERS)
@require_safe
def listing(request: HttpRequest) -> HttpResponse:
    """Who has which role; for a member its own people only."""
    actor, now = actor_of(request), timezone.now()
    bodies = bodies_today(now.date())
    within = _reach(actor)
    memberships = Membership.objects.filter(within, ended_at=None).select_related("person")
    invitations = Invitation.objects.filter(within, used_at=None, revoked_at=None, expires_at__gt=now)
    context = {
        "rows": [_row(actor, bodies, one) for one in memberships.order_by("body", "role", "person__name")],
        "invitations": [_invited(actor, bodies, one) for one in invitations.order_by("body", "made_at")],
        "can_invite": bool(_roles_to_give(actor)),
        "of_member": bodies.members.get(actor.member, ""),
    }
    return render(request, "accounts/people.html", context)


@access(Role.HEAD_OF_DELEGATION, Role.SECRETARIAT)
@require_http_methods(["GET", "HEAD", "POST"])
def invite(request: HttpRequest) -> HttpResponse:
    """Invite somebody."""
    actor, now = actor_of(request), timezone.now()
    bodies = bodies_today(now.date())
    offered = {
        "role": [(role.value, ROLES[role]) for role in _roles_to_give(actor)],
        "body": _bodies_to_choose(actor, bodies),
        "rooms": [(room.value, ROOMS[room]) for room in ROOMS if room in actor.rooms],
    }
    form = InviteForm(request.POST or None, offered=offered)
    if request.method == "POST" and form.is_valid():
        given = form.cleaned_data
        try:
            role = Role(given["role"])
            body = given.get("body", "") if not actor.member else actor.member
            offer = people.checked(given["email"], role, body, given["rooms"], given["name"], bodies)
            return _invited_by(request, people.invite(actor, offer, now=now))
        except AccountError as error:
            form.add_error(error.field if error.field in form.fields else None, error.message)
    context = {"form": form, "days": people.INVITED_DAYS, "member": bodies.members.get(actor.member, "")}
    return render(request, "accounts/invite.html", context)


def _invited_by(request: HttpRequest, made: people.Sent | Approval) -> HttpResponse:
    if isinstance(made, Approval):
        messages.info(
            request, _("This role gives power, so somebody else of the secretariat must approve it. It now waits.")
        )
        return redirect("account:approvals")
    tell_invited(request, made)
    return redirect("account:people")


def tell_invited(request: HttpRequest, made: people.Sent) -> None:
    """Send the letter, and say what became of it. Whoever invites does not see the link: it proves the address."""
    if send_invitation(made):
        messages.success(request, _("The invitation is on its way to %s.") % made.invitation.email)
    else:
        messages.error(
            request, _("The letter could not be sent. Invite again later: the newer link replaces this one.")
        )


def send_invitation(made: people.Sent) -> bool:
    """Send the letter with the link."""
    invitation = made.invitation
    role = Role(invitation.role)
    context = {
        "invitation": invitation,
        "role": ROLES[role],
        "body": bodies_today(timezone.now().date()).name(role, invitation.body),
        "link": absolute(reverse("account:invitation", args=[made.secret])),
        "days": people.INVITED_DAYS,
    }
    return send_letter("accounts/email/invitation.txt", invitation.email, context)


@access(Role.HEAD_OF_DELEGATION, Role.SECRETARIAT)
@require_POST
def end(request: HttpRequest, pk: int) -> HttpResponse:
    """End somebody's role."""
    actor = actor_of(request)
    found = get_object_or_404(Membership.objects.select_related("person"), _reach(actor), pk=pk)
    try:
        people.end_membership(actor, found, now=timezone.now())
    except AccountError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The role of %s has ended.") % found.person.name)
    return redirect("account:people")


@access(Role.HEAD_OF_DELEGATION, Role.SECRETARIAT)
@require_POST
def revoke(request: HttpRequest, pk: int) -> HttpResponse:
    """Take an invitation back."""
    actor = actor_of(request)
    found = get_object_or_404(Invitation, _reach(actor), pk=pk)
    try:
        people.revoke_invitation(actor, found, now=timezone.now())
    except AccountError as error:
        messages.error(request, error.message)
    else:
        messages.success(request, _("The invitation is taken back."))
    return redirect("account:people")


def _reach(actor: Actor) -> Q:
    """Whose rows the actor may see at all; others are not there for them."""
    if actor.roles & SEES_ALL:
        return Q()
    return Q(body=actor.member, role__in=[role.value for role in OF_A_MEMBER]) if actor.member else Q(pk=None)


def _roles_to_give(actor: Actor) -> list[Role]:
    """Roles that the actor could give; one that needs approval or a fresh second factor counts."""
    member = actor.member or "any"
    asked = ((role, Act.GIVE_POWER if role in POWERFUL else Act.INVITE) for role in Role)
    found = []
    for role, act in asked:
        if role not in people.OFFERED:
            continue
        answer = may(actor, act, About(member=member if role in OF_A_MEMBER else "", role=role))
        if answer or answer.reason.curable:
            found.append(role)
    return found


def _bodies_to_choose(actor: Actor, bodies: Bodies) -> list[tuple[str, str]]:
    if actor.member:
        return []
    return [("", _("the region as a whole")), *bodies.members.items(), *bodies.partners.items()]


def _row(actor: Actor, bodies: Bodies, one: Membership) -> Row:
    role = Role(one.role)
    about = About(member=one.body if role in OF_A_MEMBER else "", role=role)
    answer = may(actor, Act.END_MEMBERSHIP, about)
    return Row(
        one.pk,
        one.person.name,
        one.person.email,
        str(ROLES[role]),
        bodies.name(role, one.body) if role in OF_A_MEMBER | OF_A_PARTNER else "",
        rooms_in_words(one.rooms),
        one.granted_at,
        bool(answer) or answer.reason.curable,
    )


def _invited(actor: Actor, bodies: Bodies, one: Invitation) -> Row:
    role = Role(one.role)
    about = About(member=one.body if role in OF_A_MEMBER else "", role=role)
    answer = may(actor, Act.END_MEMBERSHIP, about)
    return Row(
        one.pk,
        one.name,
        one.email,
        str(ROLES[role]),
        bodies.name(role, one.body) if one.body else "",
        rooms_in_words(one.rooms),
        one.expires_at,
        bool(answer) or answer.reason.curable,
    )
