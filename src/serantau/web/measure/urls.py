"""Routes of the pages of the room `measure`."""

from __future__ import annotations

from django.urls import path

from serantau.web.measure import downloads_urls, views

app_name = "measure"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("members/<str:member>/", views.member, name="member"),
    path("outcomes/<str:outcome>/", views.outcome, name="outcome"),
    path("indicators/", views.indicators, name="indicators"),
    path("indicators/<str:indicator>/", views.indicator, name="indicator"),
    path("data/", views.data, name="data"),
    path("what-if/", views.what_if, name="what-if"),
    path("what-if/ranks/", views.what_if_ranks, name="what-if-ranks"),
]

# The tables of the pages as files.
urlpatterns += downloads_urls.patterns
