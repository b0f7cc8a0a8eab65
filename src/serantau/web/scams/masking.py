"""Personal data as an officer sees it first: enough to judge a report, not enough to find somebody."""

from __future__ import annotations

import re

_EMAIL = re.compile(r"([^\s@<>(),;:]{1,64})@([^\s@<>(),;:]{1,255})")
_NUMBER = re.compile(r"\+?\d(?:[\s().-]?\d){6,30}")
KEPT = 3


def masked(text: str) -> str:
    """A text with the middle of e-mail addresses and long numbers left out.

    >>> masked("Call +60 12 345 6789 or write to somebody@example.org by 5 May")
    'Call +60…789 or write to s…@example.org by 5 May'
    """
    hidden = _EMAIL.sub(lambda found: f"{found[1][0]}…@{found[2]}", text)
    return _NUMBER.sub(lambda found: f"{found[0][:KEPT]}…{found[0][-KEPT:]}", hidden)
