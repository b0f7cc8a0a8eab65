"""The collections that every region has, from who its members are."""

from __future__ import annotations

import uuid
from collections.abc import Iterable
from dataclasses import dataclass
from enum import Enum

from serantau.defend.model import Tlp

NAMESPACE = uuid.UUID("7c7e0b6e-5d0c-4f5c-9b1b-7a2f3c1d9e60")
"""Of the names ``<region>|<alias>``, from which the ids of collections follow: the same in every installation."""


class Writers(Enum):
    """Who may ever be given the right to write to a collection."""

    OWNER = "owner"
    MEMBERS = "members"
    HUB = "hub"


@dataclass(frozen=True, slots=True)
class Planned:
    """A collection that the region has.

    Attributes:
        id: Its UUID in the protocol.
        alias: Its short name in addresses.
        title, description: What people read.
        floor: The label of an object without a marking. Never TLP:CLEAR: nothing becomes public by silence.
        member: Code of the member whose it is; empty for the region's.
        writers: Who may be given the right to write.
    """

    id: str
    alias: str
    title: str
    description: str
    floor: Tlp
    member: str = ""
    writers: Writers = Writers.MEMBERS

    def may_write(self, member: str) -> bool:
        """Whether accounts of a member may be given the right to write.

        >>> [one.may_write("QAA") for one in planned("r", ["QAA", "QBB"]) if one.alias in {"qaa-out", "qbb-out"}]
        [True, False]
        """
        if self.writers is Writers.OWNER:
            return member == self.member
        return self.writers is Writers.MEMBERS


def collection_id(region: str, alias: str) -> str:
    """The UUID of a collection: version 5, from the region's id and the alias.

    >>> collection_id("threelands", "alerts") == collection_id("threelands", "alerts")
    True
    """
    return str(uuid.uuid5(NAMESPACE, f"{region}|{alias}"))


def out_alias(member: str) -> str:
    """The alias of what a member gives out.

    >>> out_alias("QAA")
    'qaa-out'
    """
    return f"{member.lower()}-out"


_REGION = (
    ("region-clear", "Region, TLP:CLEAR", "What members publish. An object without a marking counts as TLP:GREEN."),
    ("region-green", "Region, TLP:GREEN", "For the community. An object without a marking counts as TLP:GREEN."),
    ("region-amber", "Region, TLP:AMBER", "For members' CERTs. An object without a marking counts as TLP:AMBER."),
    ("sightings", "Sightings", "Who saw what. An object without a marking counts as TLP:AMBER."),
    ("scams", "Scams", "Reports of scams. An object without a marking counts as TLP:AMBER."),
)
_HUB = (
    ("alerts", "Regional alerts", "What several members saw, as far as it is released to the reader."),
    ("tombstones", "Tombstones", "What was deleted: identifier, version and date."),
)
_FLOORS = {"region-clear": Tlp.GREEN, "region-green": Tlp.GREEN}


def planned(region: str, members: Iterable[str]) -> tuple[Planned, ...]:
    """The collections of a region, by their ids.

    Args:
        region: Permanent id of the region.
        members: Codes of its members.

    >>> sorted(one.alias for one in planned("r", ["QAA"]))
    ['alerts', 'qaa-out', 'region-amber', 'region-clear', 'region-green', 'scams', 'sightings', 'tombstones']
    """
    found = [
        Planned(collection_id(region, alias), alias, title, text, _FLOORS.get(alias, Tlp.AMBER))
        for alias, title, text in _REGION
    ]
    found += [
        Planned(collection_id(region, alias), alias, title, text, Tlp.AMBER, writers=Writers.HUB)
        for alias, title, text in _HUB
    ]
    found += [
        Planned(
            collection_id(region, out_alias(member)),
            out_alias(member),
            f"Out of {member}",
            f"What {member} gives out. An object without a marking counts as TLP:AMBER.",
            Tlp.AMBER,
            member,
            Writers.OWNER,
        )
        for member in sorted(set(members))
    ]
    return tuple(sorted(found, key=lambda one: one.id))
