"""What can go wrong with accounts, each with its HTTP status; and how a refusal of the policy is told."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from serantau.base import SerantauError
from serantau.web.accounts.policy import NOTHING, About, Act, Actor, Reason, Refused, may


class AccountError(SerantauError):
    """What was asked cannot be done; ``field`` names the field of the form, if it is one field's fault."""

    status = 400

    def __init__(self, message: str, field: str = "") -> None:
        """Say what is wrong with which field."""
        super().__init__(message)
        self.field = field


class RefusedError(SerantauError):
    """The actor may not do it. ``reason`` says why; one that is hidden reads like something that is not there."""

    def __init__(self, refused: Refused) -> None:
        """Tell a refusal."""
        super().__init__(_("There is no page at this address.") if refused.hidden else _words(refused.reason))
        self.status = 404 if refused.hidden else 403
        self.reason = refused.reason
        self.hidden = refused.hidden


class TokenError(SerantauError):
    """The token of a request is none that holds."""

    status = 401

    def __init__(self) -> None:
        """Say so, without saying whether it ever held."""
        super().__init__(
            _(
                "This token does not hold: it is unknown, revoked or over its time. Ask whoever manages it for a new one."
            )
        )


class TooManyError(SerantauError):
    """Something was tried too often. ``seconds`` says when it may be tried again."""

    status = 429

    def __init__(self, seconds: int) -> None:
        """Say for how long."""
        super().__init__(too_many(seconds))
        self.seconds = seconds


def too_many(seconds: int) -> str:
    """What a person reads who tried too often."""
    minutes = max(1, round(seconds / 60))
    return ngettext(
        "That was tried too often. Please wait %(minutes)d minute, then try again.",
        "That was tried too often. Please wait %(minutes)d minutes, then try again.",
        minutes,
    ) % {"minutes": minutes}


def insist(actor: Actor, act: Act, about: About = NOTHING) -> None:
    """Go on only if the actor may.

    Raises:
        RefusedError: if not.
    """
    answer = may(actor, act, about)
    if isinstance(answer, Refused):
        raise RefusedError(answer)


def _words(reason: Reason) -> str:
    return {
        Reason.NOT_SIGNED_IN: _("Sign in first."),
        Reason.ROLE: _("Your role does not allow this."),
        Reason.OTHER_MEMBER: _("This belongs to another member."),
        Reason.OTHER_ROOM: _("Your role does not reach this part of the work."),
        Reason.SCOPE: _("The token does not allow this. Use one whose scopes name this room and act."),
        Reason.SECOND_FACTOR: _("This needs a second factor. Set one up, or sign in with it."),
        Reason.NOT_FRESH: _("This needs your second factor once more."),
        Reason.OWN_WORK: _("Nobody decides on work of their own. Somebody else has to."),
        Reason.STAGE: _("This has not come far enough to be decided on."),
    }[reason]
