"""The pages of the room `spectrum` as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class SpectrumConfig(AppConfig):
    """Which frequencies: bands, holdings, policy."""

    name = "serantau.web.spectrum"
    label = "serantau_spectrum"

    def ready(self) -> None:
        """Put coordination into the menu of those who act for a member, and let members submit what they hold."""
        from serantau.web.accounts.menu import ENTRIES, Entry
        from serantau.web.accounts.roles import OF_A_MEMBER
        from serantau.web.review.kinds import register
        from serantau.web.spectrum.kinds import KINDS

        ENTRIES.append(Entry("spectrum:coordinations", _("Coordination at borders"), OF_A_MEMBER))
        for kind in KINDS:
            register(kind)
