"""Routes of feeds."""

from __future__ import annotations

from django.urls import path

from serantau.web.feeds import door

app_name = "feeds"
urlpatterns = [
    path("feeds/<str:alias>/blocklist.csv", door.block_list, name="block-list"),
    path("feeds/<str:alias>/misp/manifest.json", door.manifest, name="misp-manifest"),
    path("feeds/<str:alias>/misp/hashes.csv", door.hashes, name="misp-hashes"),
    path("feeds/<str:alias>/misp/<uuid:name>.json", door.event, name="misp-event"),
]
