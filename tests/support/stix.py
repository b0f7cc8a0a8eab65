"""Plain STIX objects for tests: what is not given has a value that is valid and says nothing."""

from __future__ import annotations

WHEN = "2024-01-02T00:00:00.000Z"


def an_id(kind, number=0x08156EFAB7F5):
    """An identifier of the type, by a number."""
    return f"{kind}--3c10e93f-798e-4a26-a0c1-{number:012x}"


def an(kind, number=0x08156EFAB7F5, **more):
    """An object with versions; a property that is None is left out."""
    data = {"type": kind, "spec_version": "2.1", "id": an_id(kind, number), "created": WHEN, "modified": WHEN} | more
    return {name: value for name, value in data.items() if value is not None}


def an_indicator(number=0x08156EFAB7F5, **more):
    """An indicator of one address."""
    words = {"pattern": "[ipv4-addr:value = '198.51.100.1']", "pattern_type": "stix", "valid_from": WHEN}
    return an("indicator", number, **(words | more))


def an_observable(kind, number=0x08156EFAB7F5, **more):
    """A cyber-observable object."""
    return {"type": kind, "spec_version": "2.1", "id": an_id(kind, number), **more}
