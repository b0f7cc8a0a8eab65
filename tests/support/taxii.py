"""A running TAXII server with accounts, for tests that talk to it as others do; as a program it makes the accounts.

python -m tests.support.taxii '{"sensor": ["QAA", "AMBER", {"region-green": "rw"}]}'
"""

from __future__ import annotations

import contextlib
import json
import sys
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from tests.support.installations import Installation
from tests.support.regions import THREELANDS

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from pathlib import Path

    from tests.support.site import LiveSite

Rights: TypeAlias = "Mapping[str, tuple[str, str, Mapping[str, str]]]"
CHECKED = {"sensor": ("QAA", "AMBER_STRICT", {"region-green": "rw", "alerts": "r", "sightings": "w"})}
"""The account that the list of requirements is checked with."""


@dataclass(frozen=True)
class Server:
    """A running server.

    Attributes:
        site: The site.
        keys: Keys of the accounts, by name.
        installation: For programs on the same database.
    """

    site: LiveSite
    keys: dict[str, str]
    installation: Installation

    @property
    def root(self) -> str:
        """The address of the API root."""
        return f"{self.site.url}/taxii2/region/"


@contextlib.contextmanager
def taxii_server(
    folder: Path,
    accounts: Rights = CHECKED,
    database: str = "",
    arguments: tuple[str, ...] = (),
    environment: dict[str, str] | None = None,
) -> Iterator[Server]:
    """Serve the invented region with some accounts."""
    from tests.support.site import live_site

    address = database or f"sqlite:///{folder / 'site.sqlite3'}"
    installation = Installation(folder, address, {"SERANTAU_REGION": str(THREELANDS)})
    process = installation.start(["-m", "tests.support.taxii", json.dumps(accounts)])
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    with live_site(THREELANDS, address, arguments, environment) as site:
        yield Server(site, json.loads(output.splitlines()[-1]), installation)


def main() -> None:
    """Make accounts and print their keys."""
    from serantau.web.config.start import prepare

    prepare()
    from serantau.defend.model import Tlp
    from tests.defend.asking import key_for
    from tests.defend.scene import make_account

    found = {}
    for login, (member, clearance, rights) in json.loads(sys.argv[1]).items():
        found[login] = key_for(make_account(member, Tlp[clearance], rights, login=login))
    print(json.dumps(found))  # noqa: T201 - read by the test


if __name__ == "__main__":
    main()
