"""Routes of search, glossary and help."""

from __future__ import annotations

from django.urls import path

from serantau.web.help import views

app_name = "help"
urlpatterns = [
    path("search/", views.search, name="search"),
    path("glossary/", views.words, name="glossary"),
    path("help/", views.contents, name="contents"),
    path("help/<str:folder>/<str:name>/", views.help_page, name="page"),
]
