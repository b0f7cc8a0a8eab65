"""Accounts as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, machine accounts, memberships, invitations, approvals."""

    name = "serantau.web.accounts"
    label = "serantau_accounts"

    def ready(self) -> None:
        """Hear what allauth does; know how approved acts are carried out."""
        from serantau.web.accounts import signals
        from serantau.web.accounts.services import people

        signals.connect()
        assert people, "registers how an approved role is given"
