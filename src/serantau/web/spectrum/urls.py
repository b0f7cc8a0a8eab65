"""Routes of the pages of the room `spectrum`."""

from __future__ import annotations

from django.urls import path

from serantau.web.spectrum import downloads, views

app_name = "spectrum"
urlpatterns = [
    path("spectrum/", views.overview, name="overview"),
    path("spectrum/bands/<str:band>/", views.band, name="band"),
    path("spectrum/policy/", views.policy, name="policy"),
    path("spectrum/members/<str:member>/", views.member, name="member"),
    path("spectrum-holdings.<form:form>", downloads.holdings_file, name="holdings-file"),
    path("spectrum-common.<form:form>", downloads.common_file, name="common-file"),
    path("spectrum-policy.<form:form>", downloads.policy_file, name="policy-file"),
]
