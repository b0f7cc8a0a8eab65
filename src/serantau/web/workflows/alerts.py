"""An alert reaches the members' duty contacts; what they call a false positive reaches correlation."""

from __future__ import annotations

from datetime import datetime

from serantau.web.alerts import store
from serantau.web.alerts.services import correlating
from serantau.web.cooperation.models import Notice
from serantau.web.cooperation.services.notices import FALSE_POSITIVE, Raised, raise_alert
from serantau.web.jobs.port import defer
from serantau.web.workflows.events import on

AT_ONCE = 50
"""Alerts told by one job. What is left is told by the next, which this one defers."""


@on(correlating.CHANGED)
def tell(subject: str, now: datetime) -> None:
    """Bring alerts that are new or grew before the members whose people are cleared for exactly their level."""
    waiting = store.to_tell(AT_ONCE + 1)
    told: dict[int, int] = {}
    for row in waiting[:AT_ONCE]:
        release = row.release
        raise_alert(
            Raised(
                alert=row.stix_id,
                revision=row.revision,
                level=row.tlp,
                upto=release.upto,
                kind=row.key_type,
                value=row.value,
                members=row.members,
                first=row.first,
                last=row.last,
            ),
            now,
        )
        told[row.pk] = row.revision
    correlating.told(told, now)
    if len(waiting) > AT_ONCE:
        again = {"event": correlating.CHANGED, "subject": subject}
        defer(
            "workflows.follow",
            again,
            run_at=now,
            key=f"{correlating.CHANGED}: after alert {waiting[AT_ONCE - 1].pk} {now.isoformat()}",
        )


@on(FALSE_POSITIVE)
def doubt(subject: str, now: datetime) -> None:
    """A member's duty contact said that an alert is none."""
    notice = Notice.objects.filter(ref=subject.removeprefix("notice ")).first()
    if notice is not None:
        correlating.doubt(notice.alert, notice.member, now)
