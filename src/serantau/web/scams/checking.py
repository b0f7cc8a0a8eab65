"""Is this reported? One look-up among what is answered for; below the threshold there is nothing to be found."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from serantau.defend.model import ObservableKey
from serantau.web.scams.digests import key_digests
from serantau.web.scams.models import Answered


def is_reported(keys: Sequence[ObservableKey], now: datetime) -> bool:
    """Whether one of the keys is answered for. Whatever stands below the threshold is never touched by this."""
    digests = [digest for key in keys for digest in key_digests(key)]
    return Answered.objects.filter(digest__in=digests, until__gt=now).exists()
