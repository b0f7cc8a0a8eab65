"""All routes. Each names its access rule where it is defined."""

from __future__ import annotations

from django.urls import include, path

from serantau.web.site import views

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("", include("serantau.web.accounts.urls")),
    path("api/v1/scams/", include("serantau.web.scams.api")),
    path("api/", include("serantau.web.api.urls")),
    path("ledger/", include("serantau.web.ledger.urls")),
    path("jobs/", include("serantau.web.jobs.urls")),
    path("reporting/", include("serantau.web.review.urls")),
    path("forum/", include("serantau.web.forum.urls")),
    path("scams/", include("serantau.web.scams.urls")),
    path("defend/", include("serantau.web.alerts.urls")),
    path("", include("serantau.web.defend.urls")),
    path("cooperation/", include("serantau.web.cooperation.urls")),
    path("", include("serantau.web.feeds.urls")),
    path("", include("serantau.web.reports.urls")),
    path("", include("serantau.web.measure.urls")),
    path("", include("serantau.web.plan.urls")),
    path("", include("serantau.web.spectrum.urls")),
    path("forum/registers/", include("serantau.web.registers.urls")),
    path("", include("serantau.web.help.urls")),
    path("", include("serantau.web.govern.urls")),
]

handler400 = "serantau.web.site.problems.bad_request"
handler403 = "serantau.web.site.problems.denied"
handler404 = "serantau.web.site.problems.not_found"
handler500 = "serantau.web.site.problems.failed"
