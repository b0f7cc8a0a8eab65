"""Roles, rooms and acts in words that a person reads."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

from serantau.web.accounts.policy import Act
from serantau.web.accounts.roles import EVERY, Role, Room, rooms_of

ROLES = {
    Role.PUBLIC: _("public"),
    Role.FOCAL_POINT: _("focal point"),
    Role.HEAD_OF_DELEGATION: _("head of delegation"),
    Role.SECRETARIAT: _("secretariat"),
    Role.OBSERVER: _("observer"),
    Role.AUDITOR: _("auditor"),
    Role.MACHINE: _("machine account"),
}

ROOMS = {
    Room.MEASURE: _("figures"),
    Room.PLAN: _("plan and progress"),
    Room.GOVERN: _("data across borders"),
    Room.SPECTRUM: _("spectrum"),
    Room.DEFEND: _("threats"),
    Room.FORUM: _("meetings and papers"),
}

ACTS = {
    Act.READ: _("read"),
    Act.SUBMIT: _("submit"),
    Act.WITHDRAW: _("take back"),
    Act.DECIDE: _("decide"),
    Act.PUBLISH: _("publish"),
    Act.RETRACT: _("take back what was published"),
    Act.INVITE: _("invite"),
    Act.END_MEMBERSHIP: _("end a role"),
    Act.GIVE_POWER: _("give a role with power"),
    Act.MANAGE_MACHINES: _("manage machine accounts"),
    Act.AUDIT: _("read who did what"),
}

WAYS = {
    "password": _("password"),
    "mfa": _("second factor"),
    "socialaccount": _("identity provider"),
    "invitation": _("invitation"),
}


def rooms_in_words(rooms: str) -> str:
    """The rooms of a membership, as a person reads them."""
    return (
        str(_("everything"))
        if rooms == EVERY
        else ", ".join(str(ROOMS[room]) for room in Room if room in rooms_of(rooms))
    )


def ways_in_words(how: str) -> str:
    """How somebody signed in, as a person reads it."""
    return ", ".join(str(WAYS.get(way, way)) for way in how.split())


def scope_in_words(scope: str) -> str:
    """What a token allows, as a person reads it."""
    room, _colon, act = scope.partition(":")
    return f"{ROOMS[Room(room)]}: {ACTS[Act(act)]}"


BROWSERS = (("Edg", "Edge"), ("OPR", "Opera"), ("Firefox", "Firefox"), ("Chrome", "Chrome"), ("Safari", "Safari"))
"""What a browser's own name for itself holds, the more particular first; Edge and Opera call themselves Chrome, too."""

SYSTEMS = (
    ("Android", "Android"),
    ("iPhone", "iPhone"),
    ("iPad", "iPad"),
    ("Windows", "Windows"),
    ("Mac OS", "macOS"),
    ("Linux", "Linux"),
)
LONGEST_DEVICE = 60


def device_in_words(agent: str) -> str:
    """A browser and its system, as somebody recognises their own; else the beginning of what it calls itself.

    >>> device_in_words("Mozilla/5.0 (X11; Linux x86_64; rv:128.0) Gecko/20100101 Firefox/128.0")
    'Firefox, Linux'
    >>> device_in_words("curl/8.1")
    'curl/8.1'
    """
    browser = next((name for mark, name in BROWSERS if f"{mark}/" in agent), "")
    system = next((name for mark, name in SYSTEMS if mark in agent), "")
    return ", ".join(part for part in (browser, system) if part) or agent[:LONGEST_DEVICE] or "?"
