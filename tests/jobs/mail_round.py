"""A program for tests: puts mails into the outbox of the installation whose environment it is given."""

from __future__ import annotations

import sys
from datetime import UTC, datetime

from serantau.web.config.start import prepare


def main() -> None:
    """Post as many mails as the first word says."""
    prepare()
    from serantau.web.jobs.mail import post

    for number in range(int(sys.argv[1])):
        post([f"person{number}@example.org"], f"Mail {number}", "Text", now=datetime.now(UTC))


if __name__ == "__main__":
    main()
