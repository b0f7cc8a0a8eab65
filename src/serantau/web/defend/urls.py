"""Routes of TAXII 2.1, and of the pages around it."""

from __future__ import annotations

from django.urls import path

from serantau.web.defend.door import taxii

app_name = "defend"
COLLECTION = "taxii2/region/collections/<str:name>/"
urlpatterns = [
    path("taxii2/", taxii, name="discovery"),
    path("taxii2/region/", taxii, name="root"),
    path("taxii2/region/status/<str:name>/", taxii, name="status"),
    path("taxii2/region/collections/", taxii, name="collections"),
    path(COLLECTION, taxii, name="collection"),
    path(f"{COLLECTION}manifest/", taxii, name="manifest"),
    path(f"{COLLECTION}objects/", taxii, name="objects"),
    path(f"{COLLECTION}objects/<str:object>/", taxii, name="object"),
    path(f"{COLLECTION}objects/<str:object>/versions/", taxii, name="versions"),
]
