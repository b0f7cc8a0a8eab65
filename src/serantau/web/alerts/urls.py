"""Routes of regional alerts."""

from __future__ import annotations

from django.urls import path

from serantau.web.alerts import views

app_name = "alerts"
urlpatterns = [
    path("", views.dashboard, name="dashboard"),
    path("lists/", views.warning_lists, name="lists"),
]
