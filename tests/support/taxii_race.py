"""Many writers at once and one who polls by the moment of addition: who reads everything? A program for tests.

    python -m tests.support.taxii_race WRITERS ENVELOPES OBJECTS

The poller asks as clients without a cursor do: everything added after the last moment it was told. It prints how many
objects were acknowledged, and what it missed, got twice, or got out of order.
"""

from __future__ import annotations

import json
import sys
import threading
import time
from datetime import UTC, datetime

from serantau.web.config.start import prepare


class Race:
    """Writers, a poller, and what they saw."""

    def __init__(self, writers: int, envelopes: int, size: int) -> None:
        """Make an account for each writer."""
        from serantau.web.defend.lanes import collection_of
        from tests.defend.scene import make_account

        self.envelopes, self.size = envelopes, size
        self.plan = collection_of("region-green")
        self.accounts = [make_account("QAA" if number % 2 else "QBB") for number in range(writers)]
        self.begin, self.over = threading.Barrier(writers + 1), threading.Event()
        self.acknowledged: list[str] = []
        self.seen: list[str] = []
        self.moments: list[int] = []
        self.failures: list[str] = []

    def write(self, writer: int) -> None:
        """Send envelopes, each until it is taken."""
        from django.db import connection

        self.begin.wait()
        try:
            for number in range(self.envelopes):
                self.acknowledged += self._sent(writer, (writer * self.envelopes + number) * self.size)
        except Exception as error:  # noqa: BLE001 - told at the end
            self.failures.append(f"{type(error).__name__}: {error}")
        finally:
            connection.close()

    def _sent(self, writer: int, first: int) -> list[str]:
        from serantau.web.defend.services import add_envelope
        from serantau.web.ledger.errors import BusyError
        from tests.defend.scene import envelope, indicator

        body = envelope(indicator(first + place) for place in range(self.size))
        while True:
            try:
                status = add_envelope(self.accounts[writer], self.plan, body, datetime.now(UTC))
            except BusyError:
                time.sleep(0.02)
            else:
                return [name for name, _ in status.successes]

    def poll(self) -> None:
        """Read on from the last moment that was told, until the writers are done and nothing is left."""
        from django.db import connection

        from serantau.defend.model import Reader, Tlp
        from serantau.web.defend import store

        self.begin.wait()
        after, last = 0, False
        while True:
            rows = store.page("region-green", Reader("QCC", Tlp.GREEN), store.Wanted(after=after, limit=7)).rows
            self.seen += [row.stix_id for row in rows]
            self.moments += [row.seq for row in rows]
            if rows:
                after = rows[-1].seq
            elif last:
                break
            else:
                last = self.over.is_set()
        connection.close()

    def run(self) -> None:
        """All at once, to the end."""
        poller = threading.Thread(target=self.poll)
        threads = [threading.Thread(target=self.write, args=(writer,)) for writer in range(len(self.accounts))]
        for thread in (poller, *threads):
            thread.start()
        for thread in threads:
            thread.join()
        self.over.set()
        poller.join()


def main() -> None:
    """Race, and print what was found."""
    prepare()
    from serantau.web.ledger.checking import check

    race = Race(*map(int, sys.argv[1:4]))
    race.run()
    found = {
        "acknowledged": len(race.acknowledged),
        "lost": sorted(set(race.acknowledged) - set(race.seen))[:5],
        "twice": len(race.seen) - len(set(race.seen)),
        "in_order": race.moments == sorted(set(race.moments)),
        "failures": race.failures,
        "problems": check(),
    }
    print(json.dumps(found))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()
