"""Routes of the downloads: the address of a table, with the ending of the form that is wanted."""

from __future__ import annotations

from django.urls import path, register_converter

from serantau.web.measure import catalogue, downloads


class Form:
    """The ending of a file that a table can be had as."""

    regex = "csv|json"

    def to_python(self, value: str) -> str:
        """The ending."""
        return value

    def to_url(self, value: str) -> str:
        """The ending."""
        return value


class Bulk(Form):
    """The ending of a file that a whole table of figures can be had as."""

    regex = "csv|json|parquet|xlsx"


register_converter(Form, "form")
register_converter(Bulk, "bulk")

patterns = [
    path("standing.<form:form>", downloads.standing_file, name="standing-file"),
    path("outcomes/<str:outcome>.<form:form>", downloads.outcome_file, name="outcome-file"),
    path("members/<str:member>.<form:form>", downloads.member_file, name="member-file"),
    path("indicators/<str:indicator>.<form:form>", downloads.indicator_file, name="indicator-file"),
    path("compare.<form:form>", downloads.compare_file, name="compare-file"),
    path("data/catalogue.jsonld", catalogue.catalogue_file, name="catalogue"),
    path("data/<str:name>.<bulk:form>", downloads.data_file, name="data-file"),
]
