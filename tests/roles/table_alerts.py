"""Warning lists: the page that says what is loaded, for members' people and the secretariat."""

from __future__ import annotations

from tests.support.roles import EVERYBODY, Case

READERS = {
    *("focal", "focal, other room", "focal, other member", "head", "head, stale", "head, other member"),
    *("secretariat", "secretariat, stale"),
}

CASES = [
    Case("GET", "alerts:dashboard", allowed=EVERYBODY, nobody=200),
    Case("POST", "alerts:dashboard", allowed=EVERYBODY, ok=405, nobody=405),
    Case("GET", "alerts:lists", allowed=READERS),
    Case("POST", "alerts:lists", allowed=READERS, ok=405),
]
