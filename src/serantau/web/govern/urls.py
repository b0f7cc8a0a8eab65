"""Routes of the room `govern`: its pages, and the AuthZEN decision point."""

from __future__ import annotations

from django.urls import path

from serantau.govern.authzen import PATHS
from serantau.web.govern import analyses, authzen, checker, law, papers, pasted

app_name = "govern"
urlpatterns = [
    path("govern/", checker.check, name="check"),
    path("govern/document.<str:form>", papers.document, name="document"),
    path("govern/export/<str:form>", papers.exported, name="export"),
    path("govern/inventory/", pasted.inventory, name="inventory"),
    path("govern/matrix/", analyses.matrix, name="matrix"),
    path("govern/gaps/", analyses.gaps, name="gaps"),
    path("govern/changes/", analyses.changes, name="changes"),
    path("govern/reforms/", analyses.reforms, name="reforms"),
    path("govern/law/", law.law, name="law"),
    path("govern/law/open/", law.open_points, name="open"),
    path("govern/law/<str:provision>/", law.provision, name="provision"),
    *(path(one.removeprefix("/"), authzen.decision_point, name=f"authzen-{one.rpartition('/')[2]}") for one in PATHS),
]
