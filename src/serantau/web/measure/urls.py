"""Routes of the pages of the room `measure`."""

from __future__ import annotations

from django.urls import path

from serantau.web.measure import downloads_urls, views

app_name = "measure"
urlpatterns = [
    path("", views.overview, name="overview"),
]

# The tables of the pages as files.
urlpatterns += downloads_urls.patterns
