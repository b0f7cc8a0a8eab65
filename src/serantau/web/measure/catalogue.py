"""The catalogue of the region's data for harvesters: DCAT 3 as JSON-LD."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.measure.indicators import Observation
from serantau.web.config.access import Role, access
from serantau.web.measure.downloads import BULK, table_name
from serantau.web.site.answering import answering
from serantau.web.site.question import Question

CONTEXT = {
    "dcat": "http://www.w3.org/ns/dcat#",
    "dct": "http://purl.org/dc/terms/",
    "foaf": "http://xmlns.com/foaf/0.1/",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
MEDIA = "https://www.iana.org/assignments/media-types/"
LICENCES = {
    "CC BY 4.0": "https://creativecommons.org/licenses/by/4.0/",
    "CC BY-SA 4.0": "https://creativecommons.org/licenses/by-sa/4.0/",
    "CC BY 3.0 IGO": "https://creativecommons.org/licenses/by/3.0/igo/",
    "CC BY-SA 3.0 IGO": "https://creativecommons.org/licenses/by-sa/3.0/igo/",
    "CC0 1.0": "https://creativecommons.org/publicdomain/zero/1.0/",
    "Apache-2.0": "https://www.apache.org/licenses/LICENSE-2.0",
}
"""Addresses of licences that have one; other terms are given in words."""

LD_JSON = "application/ld+json"


@access(Role.PUBLIC)
@answering()
def catalogue_file(request: HttpRequest, question: Question) -> HttpResponse:
    """Every table with its licence, its years and its files."""
    origin = f"{request.scheme}://{request.get_host()}"
    return HttpResponse(msgspec.json.encode(catalogue(question, origin)), content_type=LD_JSON)


def catalogue(question: Question, origin: str) -> dict[str, Any]:
    """The catalogue of an edition (W3C, Data Catalog Vocabulary, version 3)."""
    bundle = question.answers.bundle
    profile = bundle.region.profile
    home = f"{origin}/data/catalogue.jsonld"
    return {
        "@context": CONTEXT,
        "@id": home,
        "@type": "dcat:Catalog",
        "dct:title": _text(_("%s: figures and facts measured against its masterplans") % profile.name),
        "dct:description": _text(
            _("Every figure with its source, grade and licence. One table for each set of terms.")
        ),
        "dct:publisher": _agent("Serantau", origin),
        "dct:language": "en",
        "dcat:version": question.answers.edition,
        "foaf:homepage": {"@id": f"{origin}/data/"},
        "dcat:dataset": [_dataset(question, origin, table.file) for table in bundle.measure.tables],
        "dcat:service": [
            {
                "@id": f"{origin}/api/v1/",
                "@type": "dcat:DataService",
                "dct:title": _text("Serantau API v1"),
                "dcat:endpointURL": {"@id": f"{origin}/api/v1/"},
                "dcat:endpointDescription": {"@id": f"{origin}/api/v1/openapi.json"},
                **_terms(profile.facts_licence),
            }
        ],
    }


def _dataset(question: Question, origin: str, file: str) -> dict[str, Any]:
    facts = question.answers.bundle.measure
    table = next(one for one in facts.tables if one.file == file)
    name, rows = table_name(table), facts.rows_of(file)
    indicators = sorted({facts.by_id[row.indicator].name for row in rows})
    return {
        "@id": f"{origin}/data/{name}",
        "@type": "dcat:Dataset",
        "dct:identifier": name,
        "dct:title": _text(_("Table %s") % name),
        "dct:description": _text(table.attribution),
        "dct:publisher": _agent("Serantau", origin),
        "dct:source": _sources(question, rows),
        "dcat:version": question.answers.edition,
        "dcat:keyword": indicators,
        "dcat:landingPage": {"@id": f"{origin}/data/"},
        "dct:spatial": {"@type": "dct:Location", "rdfs:label": question.answers.bundle.region.profile.name},
        **_dates(rows),
        **_terms(table.licence),
        "dcat:distribution": [
            {
                "@id": f"{origin}/data/{name}.{form}",
                "@type": "dcat:Distribution",
                "dct:title": _text(f"{name}.{form}"),
                "dcat:accessURL": {"@id": f"{origin}/data/"},
                "dcat:downloadURL": {"@id": f"{origin}/data/{name}.{form}"},
                "dcat:mediaType": {"@id": MEDIA + kind.partition(";")[0]},
                **_terms(table.licence),
            }
            for form, kind in BULK.items()
        ],
    }


def _sources(question: Question, rows: Iterable[Observation]) -> list[dict[str, str]]:
    held = question.answers.bundle.sources
    names = sorted({row.source for row in rows if row.source in held})
    return [{"@id": held[name].address} for name in names if held[name].address.startswith(("https://", "http://"))]


def _dates(rows: Iterable[Observation]) -> dict[str, Any]:
    held = tuple(rows)
    if not held:
        return {}
    years = [row.year for row in held]
    known = max(row.known.latest for row in held if row.known.known)
    return {
        "dct:modified": {"@type": "xsd:date", "@value": known.isoformat()},
        "dct:temporal": {
            "@type": "dct:PeriodOfTime",
            "dcat:startDate": {"@type": "xsd:gYear", "@value": str(min(years))},
            "dcat:endDate": {"@type": "xsd:gYear", "@value": str(max(years))},
        },
    }


def _terms(licence: str) -> dict[str, Any]:
    """The licence by its address where it has one, and in words in any case."""
    found: dict[str, Any] = {"dct:rights": {"@type": "dct:RightsStatement", "rdfs:label": licence}}
    if licence in LICENCES:
        found["dct:license"] = {"@id": LICENCES[licence]}
    return found


def _agent(name: str, address: str) -> dict[str, Any]:
    return {"@id": f"{address}/", "@type": "foaf:Agent", "foaf:name": name}


def _text(text: str) -> dict[str, str]:
    return {"@language": "en", "@value": text}
