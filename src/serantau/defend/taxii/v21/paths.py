"""Addresses of TAXII 2.1: what a path names, and what may be done there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import Enum

ROOT = "/taxii2/"
API_ROOT = "/taxii2/region/"


class Endpoint(Enum):
    """An endpoint, by the name of its route."""

    DISCOVERY = "discovery"
    API_ROOT = "root"
    STATUS = "status"
    COLLECTIONS = "collections"
    COLLECTION = "collection"
    MANIFEST = "manifest"
    OBJECTS = "objects"
    OBJECT = "object"
    VERSIONS = "versions"

    @property
    def methods(self) -> tuple[str, ...]:
        """What may be done here; whatever can be got can be asked for its head."""
        return ("GET", "HEAD", *_MORE.get(self, ()))


_MORE = {Endpoint.OBJECTS: ("POST",), Endpoint.OBJECT: ("DELETE",)}


@dataclass(frozen=True, slots=True)
class Place:
    """What a path names.

    Attributes:
        endpoint: The endpoint.
        name: Id or alias of a collection, or id of a status.
        object: Id of an object.
    """

    endpoint: Endpoint
    name: str = ""
    object: str = ""


_PART = r"([^/]{1,300})"
_PATHS = [
    (re.compile(pattern), endpoint)
    for pattern, endpoint in (
        (r"/taxii2/", Endpoint.DISCOVERY),
        (r"/taxii2/region/", Endpoint.API_ROOT),
        (rf"/taxii2/region/status/{_PART}/", Endpoint.STATUS),
        (r"/taxii2/region/collections/", Endpoint.COLLECTIONS),
        (rf"/taxii2/region/collections/{_PART}/", Endpoint.COLLECTION),
        (rf"/taxii2/region/collections/{_PART}/manifest/", Endpoint.MANIFEST),
        (rf"/taxii2/region/collections/{_PART}/objects/", Endpoint.OBJECTS),
        (rf"/taxii2/region/collections/{_PART}/objects/{_PART}/", Endpoint.OBJECT),
        (rf"/taxii2/region/collections/{_PART}/objects/{_PART}/versions/", Endpoint.VERSIONS),
    )
]


def cleaned(path: str) -> str:
    """The path with each run of slashes as one: clients join addresses carelessly.

    >>> cleaned("/taxii2//region/")
    '/taxii2/region/'
    """
    return re.sub(r"/{2,}", "/", path)


def place_of(path: str) -> Place | None:
    """What a path names, None where it is nothing.

    >>> place_of("/taxii2/region/collections/alerts/objects/").endpoint.name
    'OBJECTS'
    >>> place_of("/taxii2/elsewhere/") is None
    True
    """
    for pattern, endpoint in _PATHS:
        match = pattern.fullmatch(path)
        if match is not None:
            return Place(endpoint, *match.groups())
    return None
