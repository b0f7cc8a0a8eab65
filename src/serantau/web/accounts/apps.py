"""Accounts as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """People, machine accounts, memberships, invitations, approvals."""

    name = "serantau.web.accounts"
    label = "serantau_accounts"
