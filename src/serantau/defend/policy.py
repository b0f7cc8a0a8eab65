"""Terms of use that are not traffic lights: what may be done with an object (PAP), and FIRST's exchange policy (IEP 2.0).

Both are carried with the object. Two of their terms are held by the platform itself: nothing is looked up actively
for an object under PAP:AMBER or PAP:RED, and an object whose terms forbid attribution never says who contributed it.

Read are the markings of the OASIS common-object draft for PAP (28 November 2022), labels by MISP's taxonomies
(``PAP``, ``iep2-policy``, ``tlp:ex:chr``), and IEP policies in a marking definition of type ``iep``. What looks like
one of these terms and cannot be read is taken as the strictest.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any


class Pap(IntEnum):
    """Permissible Actions Protocol, by how little may be done.

    >>> Pap.GREEN < Pap.RED
    True
    """

    CLEAR = 0
    GREEN = 1
    AMBER = 2
    RED = 3

    @property
    def label(self) -> str:
        """The label as it is written."""
        return f"PAP:{self.name}"


PAP_EXTENSION = "extension-definition--f8d78575-edfd-406e-8e84-6162a8450f5b"
"""The OASIS draft's extension that says PAP in ``pap``."""

PAP_MARKINGS = {
    "marking-definition--ad15a0cd-55b6-4588-a14c-a66105329b92": Pap.CLEAR,
    "marking-definition--a3bea94c-b469-41dc-9cfe-d6e7daba7730": Pap.CLEAR,
    "marking-definition--c43594d1-4b11-4c59-93ab-1c9b14d53ce9": Pap.GREEN,
    "marking-definition--60f8932b-e51e-4458-b265-a2e8be9a80ab": Pap.AMBER,
    "marking-definition--740d36e5-7714-4c30-961a-3ae632ceee0e": Pap.RED,
}
"""The draft's own marking objects; WHITE is CLEAR."""

_PAP = {"clear": Pap.CLEAR, "white": Pap.CLEAR, "green": Pap.GREEN, "amber": Pap.AMBER, "red": Pap.RED}
CHATHAM_HOUSE = "TLP:EX:CHR".lower()  # written so, for in small letters it has the form of an event's name
"""MISP's label for the Chatham House rule: it is about attribution, and no colour."""

_IEP_LABEL = "iep2-policy:"
IEP_TERMS = (
    "encrypt_in_transit",
    "permitted_actions",
    "affected_party_notifications",
    "attribution",
    "unmodified_resale",
)
"""The terms of IEP 2.0 (FIRST, November 2019) that bind who receives."""

IEP_ORDER = {
    "encrypt_in_transit": ("may", "must"),
    "permitted_actions": (
        "externally-visible-direct-actions",
        "externally-visible-indirect-actions",
        "internally-visible-actions",
        "contact-for-instruction",
        "none",
    ),
    "affected_party_notifications": ("may", "must-not"),
    "attribution": ("may", "must", "must-not"),
    "unmodified_resale": ("may", "must-not"),
}
"""What each term can say, the least strict first."""


@dataclass(frozen=True, slots=True)
class Policy:
    """The terms that came with an object.

    Attributes:
        pap: What may be done, or None where nothing is said.
        iep: Terms of IEP 2.0 by their names, each as the standard spells it.
    """

    pap: Pap | None = None
    iep: tuple[tuple[str, str], ...] = ()

    @property
    def active_lookups(self) -> bool:
        """Whether a look-up may be made that the other side could notice: not under PAP:AMBER or PAP:RED."""
        return self.pap is None or self.pap < Pap.AMBER

    @property
    def attribution_never(self) -> bool:
        """Whether nobody may be told who contributed it."""
        return dict(self.iep).get("attribution") == "must-not"


NO_POLICY = Policy()
"""Nothing is said."""


def policy_of(data: Mapping[str, Any], marks: Iterable[str] = (), known: Mapping[str, Policy] | None = None) -> Policy:
    """The terms of an object: the strictest of its markings and labels.

    Args:
        data: The object.
        marks: The markings that it names.
        known: What other markings mean, by :func:`policies`.

    >>> policy = policy_of({"labels": ["PAP:AMBER", "tlp:ex:chr"]})
    >>> policy.pap.label, policy.active_lookups, policy.attribution_never
    ('PAP:AMBER', False, True)
    """
    found = []
    for mark in marks:
        pap = PAP_MARKINGS.get(mark)
        if pap is not None:
            found.append(Policy(pap))
        elif known is not None and mark in known:
            found.append(known[mark])
    labels = data.get("labels")
    if isinstance(labels, list):
        found += [said for label in labels if isinstance(label, str) and (said := _of_label(label)) is not None]
    return _strictest(found) if found else NO_POLICY


def policies(objects: Iterable[Mapping[str, Any]]) -> dict[str, Policy]:
    """What the marking definitions among the objects say of such terms; those that say nothing of them are left out."""
    found: dict[str, Policy] = {}
    for data in objects:
        name = data.get("id")
        if data.get("type") == "marking-definition" and isinstance(name, str):
            policy = policy_of_definition(data)
            if policy != NO_POLICY:
                found[name] = _strictest([found[name], policy]) if name in found else policy
    return found


def policy_of_definition(data: Mapping[str, Any]) -> Policy:
    """What one marking definition says of such terms.

    >>> policy_of_definition({"definition_type": "iep", "definition": {"attribution": "MUST NOT"}}).attribution_never
    True
    """
    found = []
    extensions = data.get("extensions")
    if isinstance(extensions, Mapping) and PAP_EXTENSION in extensions:
        extension = extensions[PAP_EXTENSION]
        said = extension.get("pap") if isinstance(extension, Mapping) else None
        found.append(Policy(_pap(said)))
    definition = data.get("definition")
    kind = str(data.get("definition_type", "")).lower()
    if isinstance(definition, Mapping):
        if kind == "pap":
            found.append(Policy(_pap(definition.get("pap"))))
        elif kind == "iep":
            terms = ((name, _term(name, definition[name])) for name in IEP_TERMS if name in definition)
            found.append(Policy(iep=tuple(terms)))
    name = data.get("name")
    if isinstance(name, str) and name[:4].upper() == "PAP:":
        found.append(Policy(_pap(name[4:])))
    return _strictest(found) if found else NO_POLICY


def _of_label(label: str) -> Policy | None:
    name = label.strip().lower()
    if name.startswith("pap:"):
        return Policy(_pap(name[4:]))
    if name == CHATHAM_HOUSE:
        return Policy(iep=(("attribution", "must-not"),))
    if name.startswith(_IEP_LABEL):
        term, _, said = name.removeprefix(_IEP_LABEL).partition("=")
        if term in IEP_ORDER:
            return Policy(iep=((term, _term(term, said)),))
    return None


def _pap(said: object) -> Pap:
    return _PAP.get(said.strip().strip('"').lower(), Pap.RED) if isinstance(said, str) else Pap.RED


def _term(name: str, said: object) -> str:
    """The term in the standard's spelling; the strictest where it cannot be read."""
    spelled = "-".join(str(said).strip().strip('"').lower().replace("_", " ").replace("-", " ").split())
    return spelled if spelled in IEP_ORDER[name] else IEP_ORDER[name][-1]


def _strictest(found: Iterable[Policy]) -> Policy:
    pap: Pap | None = None
    terms: dict[str, str] = {}
    for policy in found:
        if policy.pap is not None:
            pap = policy.pap if pap is None else max(pap, policy.pap)
        for name, said in policy.iep:
            order = IEP_ORDER[name]
            if name not in terms or order.index(said) > order.index(terms[name]):
                terms[name] = said
    return Policy(pap, tuple(sorted(terms.items())))
