"""A region with accounts and objects, for tests of the store and of the server over it."""

from __future__ import annotations

import json
import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from django.db import transaction

from serantau.defend.model import Tlp
from serantau.defend.tlp import MARKINGS
from serantau.web.accounts.models import MachineAccount
from serantau.web.defend.accounts import Account, account_of
from serantau.web.defend.models import AccountRight, TaxiiAccount
from tests.support.people import make_person
from tests.support.writes import unrecorded

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
EVERYTHING = {
    **dict.fromkeys(("region-clear", "region-green", "region-amber", "sightings", "scams"), "rw"),
    **dict.fromkeys(("alerts", "tombstones", "qbb-out", "qcc-out"), "r"),
    "qaa-out": "rw",
}


def make_account(
    member: str = "QAA",
    clearance: Tlp = Tlp.AMBER,
    rights: Mapping[str, str] | None = None,
    *,
    attribution: Tlp | None = Tlp.CLEAR,
    login: str = "",
) -> Account:
    """An account of a member: by default with every right."""
    with unrecorded(), transaction.atomic():
        machine = MachineAccount.objects.create(
            name=login or uuid.uuid4().hex[:12], member=member, made_by=make_person(), made_at=NOW
        )
        row = TaxiiAccount.objects.create(
            machine=machine,
            login=login or machine.name,
            clearance=clearance,
            attribution=attribution,
            made_at=NOW,
        )
        for alias, may in (EVERYTHING if rights is None else rights).items():
            AccountRight.objects.create(account=row, alias=alias, can_read="r" in may, can_write="w" in may)
    return account_of(row)


def identifier(kind: str, number: int) -> str:
    """An identifier of STIX."""
    return f"{kind}--{uuid.UUID(int=number, version=4)}"


def indicator(
    number: int = 1, tlp: Tlp | None = Tlp.GREEN, modified: str = "2026-01-01T00:00:00.000Z", **more: Any
) -> dict[str, Any]:
    """An indicator; without a marking where no label is given."""
    marks = {} if tlp is None else {"object_marking_refs": [MARKINGS[tlp]]}
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": identifier("indicator", number),
        "created": "2026-01-01T00:00:00.000Z",
        "modified": modified,
        "pattern": f"[domain-name:value = 'a{number}.example']",
        "pattern_type": "stix",
        "valid_from": "2026-01-01T00:00:00Z",
        **marks,
        **more,
    }


def envelope(objects: Iterable[object], **more: object) -> bytes:
    """Objects in an envelope."""
    return json.dumps({"objects": list(objects), **more}).encode()
