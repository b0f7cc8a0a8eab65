"""Routes of the pages of the room `plan`."""

from __future__ import annotations

from django.urls import path

from serantau.web.plan import views

app_name = "plan"
urlpatterns = [
    path("plans/<str:plan>/", views.plan, name="plan"),
]
