"""A round for tests that kill it: members share, correlation runs, over and over."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

VALUES = 5


def step(number: int) -> None:
    """One member shares one thing, and what was shared is worked in."""
    from serantau.web.alerts.services import correlating
    from tests.defend.alerts_scene import MEMBERS, NOW, Sharing

    global _sharing  # noqa: PLW0603 - one a process
    if _sharing is None:
        _sharing = Sharing()
    _sharing.count = number
    when = NOW + timedelta(minutes=number)
    _sharing.share(MEMBERS[number % 3], f"v{number % VALUES}.example", when, now=when)
    correlating.run(datetime.now(UTC))


_sharing = None


def problems(done: set[int]) -> list[str]:
    """What is wrong: whatever is not as if nothing had been killed, once correlation has run again."""
    from serantau.defend.alerts import DEFAULT, correlate
    from serantau.defend.model import Tlp
    from serantau.web.alerts import reading
    from serantau.web.alerts.models import Alert, Bucket, Evidence
    from serantau.web.alerts.services import correlating
    from serantau.web.defend.models import StoredObject

    correlating.run(datetime.now(UTC))
    said = reading.said_after(0, 1_000_000).said
    words = [word for one in said for word in one.words]
    expected = {(place.key, place.cell, place.level): one for place, one in correlate(words, DEFAULT)}
    rows = {(row.key.observable, row.cell, Tlp(row.level)): row for row in Alert.objects.select_related("key").all()}
    found = []
    if len(words) < len(done):
        found.append(f"{len(done)} steps were reported as saved, and {len(words)} are in the store")
    if Evidence.objects.count() != len(words):
        found.append("evidence is not what was shared")
    if sum(Bucket.objects.values_list("n", flat=True)) != len(words):
        found.append("buckets do not add up to what was shared")
    if rows.keys() != expected.keys():
        found.append("alerts are not those that follow")
    for place, row in rows.items():
        one = expected.get(place)
        if one and (row.members, row.sightings, row.last) != (one.members, one.sightings, one.last):
            found.append(f"alert {row.pk} says something else than follows")
        issued = StoredObject.objects.filter(stix_id=row.stix_id)
        if row.issued != row.revision or issued.count() != row.issued:
            found.append(f"alert {row.pk} was issued {issued.count()} times, and should have been {row.revision} times")
    return found
