"""Routes of TAXII 2.1, and of the pages around it."""

from __future__ import annotations

from django.urls import path

from serantau.web.defend import views
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
    path("defend/connect/", views.connect, name="connect"),
    path("defend/accounts/", views.accounts, name="accounts"),
    path("defend/accounts/<int:pk>/", views.account, name="account"),
    path("defend/accounts/<int:pk>/certificates/", views.add_certificate, name="add-certificate"),
    path("defend/certificates/<int:pk>/revoke/", views.revoke_certificate, name="revoke-certificate"),
]
