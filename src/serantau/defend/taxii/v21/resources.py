"""The resources of TAXII 2.1 as JSON: discovery, API root, collections, envelopes, manifests, versions, statuses."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import orjson

from serantau.defend.taxii.collections import Planned
from serantau.defend.taxii.v21.media import STIX_20, STIX_21, TAXII_21
from serantau.defend.taxii.v21.times import shown

MOST_BODY = 10_485_760
"""Bytes of the largest body taken. Pushers fill envelopes up to what is stated here."""

MEDIA = {20: STIX_20, 21: STIX_21}


def discovery(title: str, root: str) -> bytes:
    """4.1: the one API root, also the default."""
    return orjson.dumps({"title": title, "default": root, "api_roots": [root]})


def api_root(title: str) -> bytes:
    """4.2."""
    return orjson.dumps({"title": title, "versions": [TAXII_21], "max_content_length": MOST_BODY})


def collection(plan: Planned, *, can_read: bool, can_write: bool) -> dict[str, Any]:
    """5.2: a collection, with the rights of whoever asks."""
    return {
        "id": plan.id,
        "title": plan.title,
        "description": plan.description,
        "alias": plan.alias,
        "can_read": can_read,
        "can_write": can_write,
        "media_types": [STIX_21, STIX_20],
    }


def envelope(bodies: Iterable[bytes], following: str) -> bytes:
    """3.7: stored bytes, joined as they are; ``following`` is the cursor of the next page or empty."""
    joined = b",".join(bodies)
    if not joined:
        return b"{}"
    if following:
        return b'{"more":true,"next":"' + following.encode() + b'","objects":[' + joined + b"]}"
    return b'{"more":false,"objects":[' + joined + b"]}"


def record(stix_id: str, seq: int, version: str, spec: int) -> dict[str, str]:
    """5.3: one entry of a manifest."""
    added = shown(seq)
    return {"id": stix_id, "date_added": added, "version": version or added, "media_type": MEDIA[spec]}


def listing(name: str, values: Iterable[object], following: str) -> bytes:
    """A manifest or a list of versions, with a way on where there is more."""
    found = list(values)
    if not found:
        return b"{}"
    return orjson.dumps({"more": bool(following), **({"next": following} if following else {}), name: found})


def status(
    number: str, at: int, counts: Mapping[str, int], said: bytes, findings: list[dict[str, Any]] | None = None
) -> bytes:
    """4.3: what became of an envelope.

    Args:
        number: Its id.
        at: When it was asked for, in microseconds.
        counts: How many succeeded and failed.
        said: Successes and failures, as they were stored.
        findings: What full validation said later; None until it ran.
    """
    held = orjson.loads(said)
    body: dict[str, Any] = {
        "id": number,
        "status": "complete",
        "request_timestamp": shown(at),
        "total_count": counts["successes"] + counts["failures"],
        "success_count": counts["successes"],
        "successes": held["successes"],
        "failure_count": counts["failures"],
        "failures": held["failures"],
        "pending_count": 0,
        "pendings": [],
    }
    if findings is not None:
        body["x_serantau_findings"] = findings
    return orjson.dumps(body)
