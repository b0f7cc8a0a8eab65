"""Routes of the pages of the room `measure`."""

from __future__ import annotations

from django.urls import path

from serantau.web.measure import downloads_urls, gallery, views

app_name = "measure"
urlpatterns = [
    path("", views.overview, name="overview"),
    path("members/<str:member>/", views.member, name="member"),
    path("outcomes/<str:outcome>/", views.outcome, name="outcome"),
    path("indicators/", views.indicators, name="indicators"),
    path("indicators/<str:indicator>/", views.indicator, name="indicator"),
    path("data/", views.data, name="data"),
    *[
        path(f"charts/<str:kind>/<str:name>.{form}", gallery.chart_file, {"form": form}, name=f"chart-{form}")
        for form in gallery.KINDS
    ],
    path("embed/<str:kind>/<str:name>/", gallery.embed, name="embed"),
    path("method/", views.method, name="method"),
    path("compare/", views.compare, name="compare"),
    path("what-if/", views.what_if, name="what-if"),
    path("what-if/ranks/", views.what_if_ranks, name="what-if-ranks"),
]

# The tables of the pages as files.
urlpatterns += downloads_urls.patterns
