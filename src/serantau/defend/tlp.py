"""Traffic lights as they are spelled in the wild, and the one form in which we write them.

Five spellings are read: the OASIS extension for TLP 2.0, the four predefined markings of STIX 2.0 and 2.1 (TLP 1),
OpenCTI's own, labels as MISP writes them, and statements in plain text. The strictest of all that an object bears,
on the whole or on a part, is the object's. What looks like a traffic light and cannot be read is :attr:`Tlp.UNKNOWN`,
and so is a marking that nobody has the definition of: it fails closed.

An object without any traffic light has none: ``None``, for which the floor of its collection stands in. A statement
that speaks of no traffic light (a copyright notice) and a marking of another kind (PAP, IEP) are no traffic lights.

Labels are never translated (first.org/tlp). TLP 1's WHITE is CLEAR. Identifiers: STIX 2.1, 7.2.1.4 for TLP 1; the
OASIS extension definition for TLP 2.0 (its five objects of 1 October 2022); OpenCTI's by its Python client.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Mapping
from typing import Any

from serantau.defend.model import Tlp
from serantau.defend.policy import CHATHAM_HOUSE, PAP_EXTENSION, PAP_MARKINGS

EXTENSION = "extension-definition--60a3c5c5-0d10-413e-aab3-9e08dde9e88d"
"""The OASIS extension that says TLP 2.0 in ``tlp_2_0``."""

MARKINGS = {
    Tlp.CLEAR: "marking-definition--94868c89-83c2-464b-929b-a1a8aa3c8487",
    Tlp.GREEN: "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb",
    Tlp.AMBER: "marking-definition--55d920b0-5e8b-4f79-9ee9-91f868d9b421",
    Tlp.AMBER_STRICT: "marking-definition--939a9414-2ddd-4d32-a0cd-375ea402b003",
    Tlp.RED: "marking-definition--e828b379-4e03-4974-9ac4-e53a884c97c1",
}
"""The OASIS marking of each label: the only ones that we write."""

FIXED = {identifier: light for light, identifier in MARKINGS.items()} | {
    "marking-definition--613f2e26-407d-48c7-9eca-b8e91df99dc9": Tlp.CLEAR,
    "marking-definition--34098fce-860f-48ae-8e50-ebd3cc5e41da": Tlp.GREEN,
    "marking-definition--f88d31f6-486f-44da-b317-01333bde0b82": Tlp.AMBER,
    "marking-definition--5e57c739-391a-4eb3-b6be-7d15ca92d5ed": Tlp.RED,
    "marking-definition--826578e1-40ad-459f-bc73-ede076f81f37": Tlp.AMBER_STRICT,
}
"""Markings whose meaning no definition that somebody sends can change."""

NO_COLOUR_LABELS = frozenset((CHATHAM_HOUSE,))
"""Labels of MISP's taxonomy that say something else than a colour: the Chatham House rule is about attribution."""

_COLOURS = {
    "clear": Tlp.CLEAR,
    "white": Tlp.CLEAR,
    "green": Tlp.GREEN,
    "amber": Tlp.AMBER,
    "amber+strict": Tlp.AMBER_STRICT,
    "red": Tlp.RED,
}
_LABELS = {f"tlp:{colour}": light for colour, light in _COLOURS.items()}
_START = r"(?<![a-z0-9])(?:tlp|traffic[\s-]?light(?:[\s-]protocol)?)"
_SPOKEN_OF = re.compile(rf"{_START}(?:[^a-z]|$|clear|white|green|amber|red)", re.IGNORECASE)
_LABELLED = re.compile(r"(?<![a-z0-9])tlp\s?[:=]\s?[\"']?([a-z]+)", re.IGNORECASE)
_SAID = re.compile(
    rf"{_START}(?:\s?v?[12](?:\.0)?)?[\s:=\"'_/-]{{0,4}}"
    r"(clear|white|green|amber|red)(?![a-z])(?:([\s+_,(-]{0,3}strict)(?![a-z]))?",
    re.IGNORECASE,
)
_LONGEST_STATEMENT = 20_000


def strictest(lights: Iterable[Tlp | None]) -> Tlp | None:
    """The strictest of several, or None where none is a traffic light.

    >>> strictest([None, Tlp.GREEN, Tlp.AMBER]).label
    'TLP:AMBER'
    """
    return max((light for light in lights if light is not None), default=None)


def light_of(
    data: Mapping[str, Any], marks: Iterable[str] = (), known: Mapping[str, Tlp | None] | None = None
) -> Tlp | None:
    """The traffic light of an object, or None where it bears none.

    Args:
        data: The object.
        marks: The markings that it names, as :class:`~serantau.defend.stix.Checked` has them.
        known: What markings mean that are not fixed by a standard, by :func:`meanings`. Give only those that the same
            contributor defined, so that nobody changes what another's marking means.

    >>> light_of({"labels": ["tlp:amber+strict", "botnet"]}).label
    'TLP:AMBER+STRICT'
    >>> light_of({}, ["marking-definition--00000000-0000-4000-8000-000000000000"]).name
    'UNKNOWN'
    """
    found: Tlp | None = None
    for mark in marks:
        light = FIXED.get(mark)
        if light is None:
            if mark in PAP_MARKINGS:
                continue
            light = Tlp.UNKNOWN if known is None else known.get(mark, Tlp.UNKNOWN)
        if light is not None and (found is None or light > found):
            found = light
    labels = data.get("labels")
    if labels:
        light = _light_of_labels(labels)
        if light is not None and (found is None or light > found):
            found = light
    return found


def meanings(objects: Iterable[Mapping[str, Any]]) -> dict[str, Tlp | None]:
    """What the marking definitions among the objects mean; of two definitions of one identifier the stricter.

    >>> meanings([{"type": "marking-definition", "id": "marking-definition--1", "definition_type": "statement",
    ...            "definition": {"statement": "Copyright of the team."}}])
    {'marking-definition--1': None}
    """
    found: dict[str, Tlp | None] = {}
    for data in objects:
        name = data.get("id")
        if data.get("type") == "marking-definition" and isinstance(name, str):
            light = FIXED.get(name) if name in FIXED else light_of_definition(data)
            found[name] = strictest((found.get(name), light))
    return found


def light_of_definition(data: Mapping[str, Any]) -> Tlp | None:
    """What one marking definition says of traffic lights, wherever in it; None where it speaks of none.

    >>> light_of_definition({"definition_type": "statement", "definition": {"statement": "custom"},
    ...                      "x_opencti_definition_type": "TLP", "x_opencti_definition": "TLP:AMBER+STRICT"}).label
    'TLP:AMBER+STRICT'
    """
    lights: list[Tlp | None] = []
    kind = data.get("definition_type")
    kind = kind.lower() if isinstance(kind, str) else kind
    definition = data.get("definition")
    definition = definition if isinstance(definition, Mapping) else {}
    extensions = data.get("extensions")
    extensions = extensions if isinstance(extensions, Mapping) else {}
    if EXTENSION in extensions:
        extension = extensions[EXTENSION]
        lights.append(_colour(extension.get("tlp_2_0") if isinstance(extension, Mapping) else None))
    if kind == "tlp" or "tlp" in definition:
        lights.append(_colour(definition.get("tlp")))
    lights += [light_in_text(text) for text in (definition.get("statement"), data.get("name")) if text is not None]
    other = data.get("x_opencti_definition")
    if other is not None:
        light = light_in_text(other)
        named = str(data.get("x_opencti_definition_type", "")).lower()
        lights.append(Tlp.UNKNOWN if light is None and named == "tlp" else light)
    found = strictest(lights)
    if found is None and kind not in {"statement", "iep", "pap"} and PAP_EXTENSION not in extensions:
        return Tlp.UNKNOWN
    return found


def light_in_text(text: object) -> Tlp | None:
    """The strictest traffic light that a text names; UNKNOWN where it speaks of traffic lights and names none.

    >>> light_in_text("TLP: Amber, limited to the named teams").label, light_in_text("All rights reserved")
    ('TLP:AMBER', None)
    >>> light_in_text("Handle by TLP rules").name
    'UNKNOWN'
    """
    if not isinstance(text, str):
        return Tlp.UNKNOWN
    if len(text) > _LONGEST_STATEMENT:
        return Tlp.UNKNOWN
    if not text.isascii():
        # Wide and styled letters are read as what they look like (UAX 15): a label in them is a label.
        text = unicodedata.normalize("NFKC", text)
    said = [
        Tlp.AMBER_STRICT if match[2] and match[1].lower() == "amber" else _COLOURS[match[1].lower()]
        for match in _SAID.finditer(text)
    ]
    # "TLP:RED and TLP:MAUVE": what has the form of a label must be read, or the whole fails closed. A mere mention
    # ("see first.org/tlp") beside a label that was read says nothing more; alone it says something that we do not know.
    labelled = {match[1].lower() for match in _LABELLED.finditer(text)}
    if labelled - _COLOURS.keys() - {"tlp", "ex"} or (not said and _SPOKEN_OF.search(text)):
        return Tlp.UNKNOWN
    return strictest(said)


def marking_object(light: Tlp) -> dict[str, Any]:
    """The OASIS marking object of a label, as we write it.

    Raises:
        KeyError: for UNKNOWN, which nobody may write.

    >>> marking_object(Tlp.AMBER_STRICT)["name"]
    'TLP:AMBER+STRICT'
    """
    return {
        "type": "marking-definition",
        "spec_version": "2.1",
        "id": MARKINGS[light],
        "created": "2022-10-01T00:00:00.000Z",
        "name": light.label,
        "extensions": {
            EXTENSION: {"extension_type": "property-extension", "tlp_2_0": light.label.removeprefix("TLP:").lower()}
        },
    }


def _light_of_labels(labels: object) -> Tlp | None:
    if not isinstance(labels, list):
        return Tlp.UNKNOWN
    found = None
    for label in labels:
        if not isinstance(label, str):
            return Tlp.UNKNOWN
        if label.isascii() and label[:3].lower() != "tlp" and ":" not in label and " " not in label:
            continue
        name = label.strip().lower()
        if name in NO_COLOUR_LABELS:
            continue
        light = _LABELS.get(name)
        if light is None:
            light = light_in_text(label)
        if light is not None and (found is None or light > found):
            found = light
    return found


def _colour(value: object) -> Tlp:
    if not isinstance(value, str):
        return Tlp.UNKNOWN
    return _COLOURS.get(value.strip().lower().removeprefix("tlp:"), Tlp.UNKNOWN)
