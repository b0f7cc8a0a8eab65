"""Routes of the scam reports."""

from __future__ import annotations

from django.urls import path

from serantau.web.scams.views import desk, figures, public

app_name = "scams"
urlpatterns = [
    path("", public.home, name="home"),
    path("report/", public.report, name="report"),
    path("mine/", public.mine, name="mine"),
    path("check/", public.check, name="check"),
    path("appeal/", public.appeal, name="appeal"),
    path("privacy/", public.privacy, name="privacy"),
    path("figures/", figures.page, name="figures"),
    path("figures.csv", figures.table, name="figures-csv"),
    path("figures.json", figures.data, name="figures-json"),
    path("desk/", desk.desk, name="desk"),
    path("desk/reports/<int:number>/", desk.report, name="desk-report"),
    path("desk/reports/<int:number>/uncover/", desk.uncover, name="uncover"),
    path("desk/reports/<int:number>/act/<str:wish>/", desk.act, name="act"),
    path("desk/appeals/<int:number>/", desk.appeal, name="desk-appeal"),
    path("desk/appeals/<int:number>/step/", desk.step, name="step"),
]
