"""A program for tests: what is wrong with an installation after a round, as JSON."""

from __future__ import annotations

import json
import sys

from serantau.web.config.start import prepare
from tests.support.rounds import all_problems


def main() -> None:
    """Look, and print."""
    prepare()
    print(json.dumps(all_problems(sys.argv[1], set(json.loads(sys.argv[2])))))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()
