"""Routes of feeds: pages for people, lists and feeds for machines."""

from __future__ import annotations

from django.urls import path

from serantau.web.feeds import door, views

app_name = "feeds"
urlpatterns = [
    path("feeds/", views.home, name="home"),
    path("feeds/new/", views.new, name="new"),
    path("feeds/<int:number>/", views.feed, name="feed"),
    path("feeds/<int:number>/upload/", views.upload, name="upload"),
    path("feeds/<int:number>/act/<str:act>/", views.act, name="act"),
    path("feeds/<str:alias>/blocklist.csv", door.block_list, name="block-list"),
    path("feeds/<str:alias>/misp/manifest.json", door.manifest, name="misp-manifest"),
    path("feeds/<str:alias>/misp/hashes.csv", door.hashes, name="misp-hashes"),
    path("feeds/<str:alias>/misp/<uuid:name>.json", door.event, name="misp-event"),
]
