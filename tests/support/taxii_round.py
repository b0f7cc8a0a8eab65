"""A round of envelopes for tests that kill it (see tests/support/rounds.py): each step is one envelope of forty objects."""

from __future__ import annotations

from datetime import UTC, datetime

SIZE = 40
LOGIN = "round"


def step(number: int) -> None:
    """Send one envelope; what was sent before is a success and stored once."""
    from serantau.web.defend.accounts import account_of
    from serantau.web.defend.lanes import collection_of
    from serantau.web.defend.models import TaxiiAccount
    from serantau.web.defend.services import add_envelope
    from tests.defend.scene import envelope, indicator, make_account

    row = TaxiiAccount.objects.select_related("machine").filter(login=LOGIN).first()
    account = make_account(login=LOGIN) if row is None else account_of(row)
    plan = collection_of("region-green")
    assert plan is not None
    body = envelope(indicator(number * SIZE + place) for place in range(SIZE))
    status = add_envelope(account, plan, body, datetime.now(UTC))
    assert len(status.successes) == SIZE


def problems(done: set[int]) -> list[str]:
    """What is wrong: an acknowledged object that is lost, half an envelope, a leaf without its envelope."""
    from serantau.ledger import Event
    from serantau.web.defend.models import Clock, Status, StoredObject
    from serantau.web.ledger.models import Event as Leaf
    from tests.defend.scene import identifier

    held = {one: StoredObject.objects.filter(stix_id__in=_names(one, identifier)).count() for one in done}
    found = [
        f"step {one} was acknowledged and {count} of its objects are there"
        for one, count in held.items()
        if count != SIZE
    ]
    total = StoredObject.objects.count()
    if total % SIZE:
        found.append(f"{total} objects: an envelope was kept in part")
    leaves = Leaf.objects.filter(event=Event.ENVELOPE_ADDED.value).count()
    if not leaves == Status.objects.count() == total // SIZE:
        found.append(f"{leaves} leaves, {Status.objects.count()} statuses, {total // SIZE} envelopes")
    last = StoredObject.objects.order_by("-seq").values_list("seq", flat=True).first() or 0
    clock = Clock.objects.values_list("last", flat=True).first() or 0
    if clock < last:
        found.append("an object is later than the store's own clock")
    if StoredObject.objects.values("stix_id").distinct().count() != total:
        found.append("an object is there twice")
    return found


def _names(number: int, identifier: object) -> list[str]:
    return [identifier("indicator", number * SIZE + place) for place in range(SIZE)]
