"""Routes of the pages of the room `spectrum`."""

from __future__ import annotations

from django.urls import path

from serantau.web.spectrum import carrying, desk, downloads, papers, views

app_name = "spectrum"
urlpatterns = [
    path("spectrum/", views.overview, name="overview"),
    path("spectrum/bands/<str:band>/", views.band, name="band"),
    path("spectrum/policy/", views.policy, name="policy"),
    path("spectrum/members/<str:member>/", views.member, name="member"),
    path("spectrum/members/<str:member>/paper/", carrying.carry, name="carry"),
    path("spectrum/template.csv", downloads.template, name="template"),
    path("spectrum/template-<str:table>.csv", downloads.template, name="template-of"),
    path("spectrum/coordination/", desk.home, name="coordinations"),
    path("spectrum/coordination/new/", desk.begin, name="new-coordination"),
    path("spectrum/coordination/registered/", desk.registered, name="registered"),
    path("spectrum/coordination/registered.csv", papers.registered, name="registered-file"),
    path("spectrum/coordination/<int:number>/", desk.coordination, name="coordination"),
    path("spectrum/coordination/<int:number>/batch/", desk.batch, name="coordination-batch"),
    path("spectrum/coordination/<int:number>/run/", desk.run, name="coordination-run"),
    path("spectrum/coordination/<int:number>/answers/", desk.answers, name="coordination-answers"),
    path("spectrum/coordination/<int:number>/copy/", desk.copy, name="coordination-copy"),
    path("spectrum/coordination/<int:number>/act/<str:act>/", desk.act, name="coordination-act"),
    path("spectrum/coordination/<int:number>/files/<str:name>", papers.file, name="coordination-file"),
    path("spectrum-holdings.<form:form>", downloads.holdings_file, name="holdings-file"),
    path("spectrum-common.<form:form>", downloads.common_file, name="common-file"),
    path("spectrum-policy.<form:form>", downloads.policy_file, name="policy-file"),
]
