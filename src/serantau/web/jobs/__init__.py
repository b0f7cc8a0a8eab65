"""Work that is done later: deferred with the data it belongs to, run once, tried again when it fails.

    defer("mail.send", {"mail": 7}, run_at=now, key="mail 7")

A room's jobs are functions in its module ``jobs``, entered with :func:`job`.
"""

from serantau.web.jobs.registry import Failed, job

__all__ = ["Failed", "job"]
