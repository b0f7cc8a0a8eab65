"""Routes of the pages of the room `plan`."""

from __future__ import annotations

from django.urls import path

from serantau.web.plan import decided, downloads, milestones, progress, views

app_name = "plan"
urlpatterns = [
    path("milestones/", milestones.milestones, name="milestones"),
    path("milestones/<int:number>/", milestones.change, name="change-milestone"),
    path("plans/<str:plan>/", views.plan, name="plan"),
    path("plans/<str:plan>/progress/", progress.progress, name="progress"),
    path("actions/", views.actions, name="actions"),
    path("actions/decided/", decided.decided, name="decided"),
    path("actions.<form:form>", downloads.actions_file, name="actions-file"),
    path("meetings/", views.meetings, name="meetings"),
    path("meetings.<form:form>", downloads.meetings_file, name="meetings-file"),
]
