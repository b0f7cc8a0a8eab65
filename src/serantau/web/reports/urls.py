"""Routes of the reports."""

from __future__ import annotations

from django.urls import path

from serantau.web.reports import views

app_name = "reports"
urlpatterns = [
    path("reports/", views.index, name="index"),
    path("reports/<str:who>/<str:kind>.<str:form>", views.report, name="report"),
]
