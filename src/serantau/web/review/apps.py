"""The review as a Django application."""

from __future__ import annotations

from django.apps import AppConfig


class ReviewConfig(AppConfig):
    """Submissions, their review, and the rounds that ask for them."""

    name = "serantau.web.review"
    label = "serantau_review"
