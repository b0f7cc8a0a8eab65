"""Routes of the pages of the room `measure`."""

from __future__ import annotations

from django.urls import path

from serantau.web.measure import views

app_name = "measure"
urlpatterns = [
    path("", views.overview, name="overview"),
]
