"""Letters to contacts: that something waits for them, and of what is TLP:CLEAR or TLP:GREEN, what it is.

Mail goes in the clear over other people's servers, and PGP is not done yet. So a letter about anything above TLP:GREEN
holds no indicator, no kind, no number and no title: it asks its reader to sign in.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from serantau.defend.model import Tlp
from serantau.web.accounts.links import absolute
from serantau.web.cooperation.models import Notice
from serantau.web.jobs.mail import post

IN_MAIL = Tlp.GREEN
"""Up to here a letter says what it is about."""


def of_notice(notice: Notice, to: str, deadline: datetime, now: datetime) -> None:
    """Tell a contact of an alert."""
    link = absolute(reverse("cooperation:notice", args=[notice.ref]))
    asked = _("Please acknowledge it by %(deadline)s UTC; after that the next contact is told.") % {
        "deadline": f"{deadline:%Y-%m-%d %H:%M}"
    }
    if notice.level > IN_MAIL:
        post([to], _("A notice waits for you"), "\n\n".join([_("Sign in to read it: %s") % link, asked]), now=now)
        return
    told = _("%(label)s. %(members)d members have seen this since %(first)s UTC:") % {
        "label": notice.label,
        "members": notice.members,
        "first": f"{notice.first_at:%Y-%m-%d %H:%M}",
    }
    text = "\n\n".join([told, f"{notice.kind}: {notice.value}", link, asked])
    post([to], _("[%(label)s] Regional alert") % {"label": notice.label}, text, now=now)


def something_waits(to: Iterable[str], address: str, now: datetime) -> None:
    """Tell people that an invitation, a task or a question waits; what it is stands on the site alone."""
    for one in to:
        post([one], _("Something waits for you"), _("Sign in to read it: %s") % absolute(address), now=now)
