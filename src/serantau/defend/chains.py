"""The versions of one object from one contributor: which is first and last, and who may read the older ones.

The newest version decides. If a contributor tightens an object, whoever may not read the newest version gets none of the
older ones either, in whichever collection they lie: they would tell what was withdrawn. Loosening opens nothing that was
given before under a stricter label.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from serantau.defend.model import Release


@dataclass(slots=True)
class Link:
    """One version.

    Attributes:
        seq: Its place in the store.
        collection: Number of its collection.
        version: The version in microseconds.
        spec: Its STIX version: 20 or 21.
        release: What it demands of readers.
        is_first, is_last: Its place among the versions in its collection, as :func:`settle` finds it.
        is_first_of_spec, is_last_of_spec: Its place among those of its STIX version there.
    """

    seq: int
    collection: int
    version: int
    spec: int
    release: Release
    is_first: bool = False
    is_last: bool = False
    is_first_of_spec: bool = False
    is_last_of_spec: bool = False


def stricter(release: Release, newer: Release) -> Release:
    """What an older version demands once there is a newer one: whoever reads it must be able to read the newer.

    >>> from serantau.defend.model import Tlp
    >>> stricter(Release(Tlp.GREEN, producer="a"), Release(Tlp.AMBER, producer="a")).need.label
    'TLP:AMBER'
    """
    ends = [one for one in (release.upto, newer.upto) if one is not None]
    return Release(
        max(release.need, newer.need), min(ends) if ends else None, release.producer, release.audience & newer.audience
    )


def settle(links: Iterable[Link]) -> None:
    """Work out the place and the release of every version of one object from one contributor, over all collections."""
    newest_first = sorted(links, key=lambda link: (link.version, link.seq), reverse=True)
    last: dict[int, Link] = {}
    last_of_spec: dict[tuple[int, int], Link] = {}
    first: dict[int, Link] = {}
    first_of_spec: dict[tuple[int, int], Link] = {}
    newer: Release | None = None
    for link in newest_first:
        if newer is not None:
            link.release = stricter(link.release, newer)
        newer = link.release
        link.is_first = link.is_last = link.is_first_of_spec = link.is_last_of_spec = False
        place = link.collection, link.spec
        last.setdefault(link.collection, link)
        last_of_spec.setdefault(place, link)
        first[link.collection] = first_of_spec[place] = link
    for link in last.values():
        link.is_last = True
    for link in last_of_spec.values():
        link.is_last_of_spec = True
    for link in first.values():
        link.is_first = True
    for link in first_of_spec.values():
        link.is_first_of_spec = True
