"""Routes of the jobs."""

from __future__ import annotations

from django.urls import path

from serantau.web.jobs import views

app_name = "jobs"
urlpatterns = [
    path("", views.index, name="index"),
    path("<int:number>/again/", views.again, name="again"),
]
