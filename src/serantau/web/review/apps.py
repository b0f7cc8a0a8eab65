"""The review as a Django application."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ReviewConfig(AppConfig):
    """Submissions, their review, and the rounds that ask for them."""

    name = "serantau.web.review"
    label = "serantau_review"

    def ready(self) -> None:
        """Put the work into the menu, and learn how an approved act is done."""
        from serantau.web.accounts.menu import ENTRIES, Entry
        from serantau.web.accounts.roles import Role
        from serantau.web.review.services import decisions  # noqa: F401 - registers how a submission is taken back

        roles = {Role.FOCAL_POINT, Role.HEAD_OF_DELEGATION, Role.OBSERVER, Role.SECRETARIAT, Role.AUDITOR}
        ENTRIES.insert(0, Entry("review:todo", _("Work"), frozenset(roles)))
