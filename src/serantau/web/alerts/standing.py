"""How far the work has come, for whoever runs the site."""

from __future__ import annotations

from serantau.defend.alerts import State
from serantau.web.alerts import seam
from serantau.web.alerts.models import Alert, Bucket, Evidence, Key, Progress, WarningList
from serantau.web.alerts.services import correlating


def standing() -> list[tuple[str, str | int]]:
    """What there is, line by line."""
    row = Progress.objects.filter(name=correlating.STORE).first()
    stage = correlating.reached(correlating.REBUILD)
    words = {0: "none", correlating.READING: "reads the store", correlating.JUDGING: "judges"}
    lists = WarningList.objects.values_list("entries", flat=True)
    return [
        ("rule", correlating.rule().id),
        ("last run that found anything new", row.at.isoformat(timespec="seconds") if row else "never"),
        ("store read up to", row.number if row else 0),
        ("store reaches to", seam.last_number()),
        ("rebuild under way", words[stage]),
        ("keys", Key.objects.count()),
        ("words on keys", Evidence.objects.count()),
        ("buckets", Bucket.objects.count()),
        ("alerts that stand", Alert.objects.filter(state=State.OPEN.value).count()),
        ("alerts withdrawn or excluded", Alert.objects.exclude(state=State.OPEN.value).count()),
        ("warning lists", len(lists)),
        ("entries of warning lists", sum(lists)),
    ]
