"""Rule: the data can be taken away whole on the terms of its source, and harvesters find it by the vocabulary of the W3C."""

from __future__ import annotations

import csv
import io

import openpyxl
import polars as pl
import pytest

from serantau.bundle import load_bundle
from tests.web.api_support import REGIONS, SHIPPED, THREELANDS, at
from tests.web.html_support import Document

# Data Catalog Vocabulary (DCAT), version 3, sections 6.3 to 6.9: the classes, and the properties that we use of each.
VOCABULARY = {
    "dcat:Catalog": {"dcat:dataset", "dcat:service", "dcat:version", "foaf:homepage", "dct:title", "dct:description",
                     "dct:publisher", "dct:language"},
    "dcat:Dataset": {"dcat:distribution", "dcat:keyword", "dcat:landingPage", "dcat:version", "dct:identifier", "dct:title",
                     "dct:description", "dct:publisher", "dct:source", "dct:spatial", "dct:modified", "dct:temporal",
                     "dct:rights", "dct:license"},
    "dcat:Distribution": {"dcat:accessURL", "dcat:downloadURL", "dcat:mediaType", "dct:title", "dct:rights", "dct:license"},
    "dcat:DataService": {"dcat:endpointURL", "dcat:endpointDescription", "dct:title", "dct:rights", "dct:license"},
    "dct:PeriodOfTime": {"dcat:startDate", "dcat:endDate"},
    "dct:RightsStatement": {"rdfs:label"},
    "dct:Location": {"rdfs:label"},
    "foaf:Agent": {"foaf:name"},
}  # fmt: skip


@pytest.fixture(params=REGIONS.values(), ids=REGIONS)
def region(request, settings):
    at(settings, request.param)
    return load_bundle(request.param)


def nodes(found):
    """Every node of the document that has a class."""
    if isinstance(found, dict):
        if "@type" in found and not found["@type"].startswith("xsd:"):
            yield found
        for value in found.values():
            yield from nodes(value)
    elif isinstance(found, list):
        for value in found:
            yield from nodes(value)


def test_the_catalogue_speaks_the_vocabulary(client, region):
    response = client.get("/data/catalogue.jsonld")
    assert response["Content-Type"] == "application/ld+json"
    found = response.json()
    assert found["@type"] == "dcat:Catalog"
    prefixes = set(found["@context"])
    for node in nodes(found):
        terms = {name for name in node if not name.startswith("@")}
        assert terms <= VOCABULARY[node["@type"]], node["@type"]
        assert {name.partition(":")[0] for name in terms} <= prefixes
    assert len(found["dcat:dataset"]) == len(region.measure.tables)
    for dataset in found["dcat:dataset"]:
        assert dataset["dct:rights"]["rdfs:label"] in {table.licence for table in region.measure.tables}


def test_every_file_of_the_catalogue_is_there_with_its_media_type(client, region):
    for node in nodes(client.get("/data/catalogue.jsonld").json()):
        if node["@type"] == "dcat:Distribution":
            response = client.get(node["dcat:downloadURL"]["@id"].removeprefix("http://testserver"))
            assert response.status_code == 200
            assert node["dcat:mediaType"]["@id"].endswith("/" + response["Content-Type"].partition(";")[0])


def test_all_forms_hold_the_same_rows(settings, client):
    at(settings, THREELANDS)
    text = list(csv.DictReader(io.StringIO(client.get("/data/main.csv").content.decode(), newline="")))
    frame = pl.read_parquet(io.BytesIO(client.get("/data/main.parquet").content))
    book = openpyxl.load_workbook(io.BytesIO(client.get("/data/main.xlsx").content), read_only=True)
    head, *rows = book["figures"].iter_rows(values_only=True)
    assert len(text) == len(frame) == len(rows) > 10
    assert list(text[0]) == frame.columns == list(head)
    for one, other, third in zip(text, frame.to_dicts(), rows, strict=True):
        named = dict(zip(head, third, strict=True))
        assert float(one["value"]) == other["value"] == named["value"]
        assert (one["member"], int(one["year"])) == (other["member"], other["year"]) == (named["member"], named["year"])
        assert one["licence"] == other["licence"] == named["licence"]
    about = {row[0]: row[1] for row in book["about"].iter_rows(values_only=True)}
    assert about["licence"] == "CC BY 4.0"
    assert about["edition"] in about["citation"]


def test_the_matrix_shows_the_year_of_each_figure_or_that_there_is_none(settings, client):
    at(settings, THREELANDS)
    rows = Document(client.get("/data/").content.decode()).rows("matrix-title")
    held = {row[0]: row[1:] for row in rows[1:]}
    # Corvania's only figure of the parity is of 2017, outside the window; all other series run to 2024.
    assert rows[0] == ["Indicator", "QAA", "QBB", "QCC"]
    assert held["Parity of users"] == ["2024", "2024", "none"]
    assert held["Coverage"] == ["2024", "2024", "2024"]


def test_each_table_says_how_it_is_cited(settings, client):
    at(settings, SHIPPED)
    text = Document(client.get("/data/").content.decode()).all("main")[0].text
    for table in load_bundle(SHIPPED).measure.tables:
        assert f"{table.licence}." in text
    assert "in Serantau, edition" in text
