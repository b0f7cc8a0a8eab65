"""A client of the protocol that asks the site within this process."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.test import Client

from serantau.web.accounts.models import Token
from serantau.web.accounts.secrets import digest_of, hint_of, new_token
from serantau.web.defend.lanes import collection_of
from tests.support.people import make_person
from tests.support.writes import unrecorded

if TYPE_CHECKING:
    from django.http import HttpResponse

    from serantau.web.defend.accounts import Account

TAXII = "application/taxii+json;version=2.1"
ROOT = "/taxii2/region/"


def key_for(account: Account, scopes: str = "defend:read defend:submit", days: int = 9) -> str:
    """A key of an account."""
    text, now = new_token(), datetime.now(UTC)
    with unrecorded():
        Token.objects.create(
            account_id=account.machine,
            digest=digest_of(text),
            hint=hint_of(text),
            scopes=scopes,
            made_by=make_person(),
            made_at=now,
            expires_at=now + timedelta(days=days),
        )
    return text


class Asker:
    """Asks as one account."""

    def __init__(self, account: Account, scheme: str = "Bearer", **more: str) -> None:
        self.account = account
        self.key = key_for(account)
        if scheme == "Basic":
            pair = base64.b64encode(f"{account.login}:{self.key}".encode()).decode()
            self.headers = {"Authorization": f"Basic {pair}"}
        else:
            self.headers = {"Authorization": f"{scheme} {self.key}"}
        self.headers |= more
        self.client = Client()

    def get(self, path: str, query: object = None, **headers: str) -> HttpResponse:
        """Ask for a path below the API root, or for an absolute one."""
        return self.client.get(_at(path), query, headers={"Accept": TAXII, **self.headers, **headers})

    def send(self, path: str, body: bytes, *, kind: str = TAXII, **headers: str) -> HttpResponse:
        """Post a body."""
        return self.client.post(
            _at(path), body, content_type=kind, headers={"Accept": TAXII, **self.headers, **headers}
        )

    def ask(self, method: str, path: str, **headers: str) -> HttpResponse:
        """Any other method."""
        return self.client.generic(method, _at(path), headers={"Accept": TAXII, **self.headers, **headers})

    def objects(self, alias: str, query: object = None) -> list[Any]:
        """Every object of a collection, page by page."""
        found, asked = [], dict(query or {})
        while True:
            answer = self.get(objects(alias), asked)
            assert answer.status_code == 200, answer.content
            page = json.loads(answer.content)
            found += page.get("objects", [])
            if not page.get("more"):
                return found
            assert page["objects"]
            asked["next"] = page["next"]


def _at(path: str) -> str:
    return path if path.startswith("/") else ROOT + path


def objects(alias: str, more: str = "") -> str:
    """The address of a collection's objects."""
    plan = collection_of(alias)
    assert plan is not None
    return f"collections/{plan.id}/objects/{more}"
