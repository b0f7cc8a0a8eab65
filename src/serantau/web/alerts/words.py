"""What words of the engine are called on pages."""

from __future__ import annotations

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from serantau.defend.alerts import State, Why

STATES: dict[str, str | Promise] = {
    State.OPEN.value: _("stands"),
    State.WITHDRAWN.value: _("withdrawn"),
    State.EXCLUDED.value: _("not raised"),
}

REASONS: dict[str, str | Promise] = {
    Why.RETRACTED.value: _("too few members hold to it any more"),
    Why.LISTED.value: _("it stands on a warning list"),
    Why.POPULAR.value: _("it is seen everywhere all the time"),
}
