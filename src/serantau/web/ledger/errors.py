"""What can go wrong when state is changed, each with its HTTP status."""

from __future__ import annotations

from django.db import InterfaceError, OperationalError

from serantau.base import SerantauError

# PostgreSQL's codes for what passes: lock not available, deadlock, serialisation failure, statement or session ended by
# the server, too many connections, server starting or stopping.
PASSING = {"55P03", "40P01", "40001", "57014", "53300", "57P01", "57P02", "57P03"}
BUSY = "Too many people are saving at the moment, and nothing was changed. Please try again."


class BusyError(SerantauError):
    """Others were writing for longer than we wait. Nothing was changed; the same request may be sent again."""

    status = 503

    def __init__(self) -> None:
        """Say so."""
        super().__init__(BUSY)


class UnsureError(SerantauError):
    """The database went away in the moment of saving, so that nobody can say whether it was done."""

    status = 503

    def __init__(self) -> None:
        """Say so."""
        super().__init__(
            "The connection to the database was lost in the moment of saving. "
            "Look whether it was done before you try again."
        )


class DoneError(SerantauError):
    """The same command was carried out before; it is not carried out twice."""

    status = 409

    def __init__(self) -> None:
        """Say so."""
        super().__init__("This was done before. Nothing was done a second time.")


def is_passing(error: BaseException) -> bool:
    """Whether the same command may succeed a moment later, because nothing of it was saved."""
    if not isinstance(error, OperationalError | InterfaceError):
        return False
    cause = error.__cause__
    if getattr(cause, "sqlstate", None) in PASSING:
        return True
    text = str(error)
    return "is locked" in text or "too many clients" in text or "connection slots" in text
