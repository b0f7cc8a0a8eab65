"""Routes of the ledger: everything read-only."""

from __future__ import annotations

from django.urls import path

from serantau.web.ledger import views

app_name = "ledger"
urlpatterns = [
    path("", views.index, name="index"),
    path("checkpoint", views.checkpoint, name="checkpoint"),
    path("heads.json", views.heads, name="heads"),
    path("inclusion.json", views.inclusion, name="inclusion"),
    path("consistency.json", views.consistency, name="consistency"),
    path("export.jsonl", views.export, name="export"),
    path("events/", views.events, name="events"),
    path("events/<int:position>.json", views.receipt, name="receipt"),
]
