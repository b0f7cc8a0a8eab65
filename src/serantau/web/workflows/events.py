"""What one room does when something happened in another: an event, deferred with the data, and its handlers.

    emit("paper published", "paper 7", now)      # inside the change
    @on("paper published")                        # in web/workflows
    def milestones(subject, now): ...             # calls services of the other room

A handler may be called again after a crash, so it must not mind.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from serantau.web.jobs.port import defer

Handler = Callable[[str, datetime], None]
_HANDLERS: dict[str, list[Handler]] = {}


def on(event: str) -> Callable[[Handler], Handler]:
    """Enter a handler of an event."""

    def enter(handler: Handler) -> Handler:
        held = _HANDLERS.setdefault(event, [])
        if handler not in held:
            held.append(handler)
        return handler

    return enter


def emit(event: str, subject: str, now: datetime) -> None:
    """Tell the other rooms, once the change that is open has been saved."""
    defer("workflows.follow", {"event": event, "subject": subject}, run_at=now, key=f"{event}: {subject}")


def follow(event: str, subject: str, now: datetime) -> None:
    """Call every handler of an event."""
    for handler in _HANDLERS.get(event, ()):
        handler(subject, now)
