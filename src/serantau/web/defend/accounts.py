"""A TAXII account as the store and the server know it: who it is, for whom, and what it may do where."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from serantau.defend.model import Reader, Tlp
from serantau.web.defend.models import TaxiiAccount


@dataclass(frozen=True)
class Right:
    """What an account may do in one collection."""

    read: bool
    write: bool


NO_RIGHT = Right(read=False, write=False)


@dataclass(frozen=True)
class Account:
    """An account.

    Attributes:
        id: Its number.
        machine: Number of its machine account.
        login: Its name.
        reader: For whom and with which clearance it reads.
        attribution: From which clearance on readers may know who contributed; None for never.
        rights: By alias of a collection.
        revision: Which state of the account this is.
    """

    id: int
    machine: int
    login: str
    reader: Reader
    attribution: Tlp | None
    rights: Mapping[str, Right] = field(hash=False, default_factory=dict)
    revision: int = 0

    @property
    def reference(self) -> str:
        """How events name it."""
        return f"machine {self.machine}"

    def right(self, alias: str) -> Right:
        """What it may do in a collection."""
        return self.rights.get(alias, NO_RIGHT)


def account_of(row: TaxiiAccount) -> Account:
    """The account of a row, with its rights."""
    return Account(
        id=row.pk,
        machine=row.machine_id,
        login=row.login,
        reader=Reader(row.machine.member, Tlp(row.clearance)),
        attribution=None if row.attribution is None else Tlp(row.attribution),
        rights={one.alias: Right(one.can_read, one.can_write) for one in row.rights.all()},
        revision=row.revision,
    )
