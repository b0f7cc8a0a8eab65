"""What a member shares of a thing now, worked out of its accepted reports."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from django.conf import settings
from django.utils.crypto import salted_hmac

from serantau.defend.model import ObservableKey
from serantau.defend.scams import RULES, Harm, State, Thing
from serantau.defend.scams.model import IBAN
from serantau.defend.scams.sharing import Shared, identifier
from serantau.web.scams.models import Key, Named, Report, tip_of


def shared(number: int, member: str, now: datetime) -> Shared | None:
    """What a member shares of a thing; None if nothing: no accepted report that still counts and still names it."""
    key = Key.objects.filter(pk=number).first()
    if key is None:
        return None
    rule = RULES[Thing(key.thing)]
    named = Named.objects.filter(key=key, report__member=member, report__state=State.ACCEPTED.value).exclude(value="")
    held = [(row.value, row.report) for row in named.select_related("report")]
    counting = [
        (value, report, tip_of(report).at)
        for value, report in held
        if _counts(report, key.cleared_at) and now - tip_of(report).at < rule.last
    ]
    if not counting:
        return None
    value = counting[0][0]
    kind = IBAN if Thing(key.thing) is Thing.ACCOUNT and ":" not in value else key.thing
    days = [_day(at) for _value, _report, at in counting]
    harms = frozenset(Harm(report.harm) for _value, report, _at in counting)
    return Shared(ObservableKey(kind, value), harms, min(days), max(days) + timedelta(days=1))


def identifiers(number: int, member: str) -> list[str]:
    """Identifiers under which it may have been given: with the secret of now first, then with those used before."""
    words = f"{member}|{number}"
    secrets = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    return [
        identifier(salted_hmac("serantau.scams.shared", words, secret=one, algorithm="sha256").digest())
        for one in secrets
    ]


def _counts(report: Report, cleared: datetime | None) -> bool:
    return cleared is None or report.received_at > cleared


def _day(moment: datetime) -> datetime:
    return moment.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
