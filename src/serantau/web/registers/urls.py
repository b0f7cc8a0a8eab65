"""Routes of the registers."""

from __future__ import annotations

from django.urls import path

from serantau.web.registers.views import files, pages, policies

app_name = "registers"
urlpatterns = [
    path("", pages.home, name="home"),
    path("commitments.<form:form>", files.commitments_file, name="commitments-file"),
    path("questions/<int:number>/answer/", policies.answer, name="answer"),
    path("policies/<str:key>/", policies.policy, name="policy"),
    path("policies/<str:key>/ask/", policies.ask_owner, name="ask"),
    path("<str:register>.<form:form>", files.register_file, name="file"),
    path("<str:register>/", pages.listing, name="register"),
    path("<str:register>/<str:key>/", pages.entry, name="entry"),
]
