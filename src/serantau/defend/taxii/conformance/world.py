"""What a check has at hand: a way to ask the server, three collections, and objects that nobody had before."""

from __future__ import annotations

import base64
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Protocol

import orjson

from serantau.defend.taxii.v21.media import TAXII_21

MOMENT = "2026-01-01T00:00:00.000Z"


class FailedError(Exception):
    """The server did not do what is asked; the message says what it did."""


class Untested(Exception):  # noqa: N818 - no error
    """The requirement cannot be looked at from here; the message says why."""


@dataclass(frozen=True)
class Reply:
    """An answer.

    Attributes:
        status: Of HTTP.
        headers: By names in small letters.
        body: As it came, unpacked if it was packed.
    """

    status: int
    headers: Mapping[str, str] = field(default_factory=dict)
    body: bytes = b""

    def json(self) -> Any:  # noqa: ANN401 - any JSON
        """What the body says.

        Raises:
            FailedError: if it is no JSON.
        """
        try:
            return orjson.loads(self.body)
        except orjson.JSONDecodeError:
            raise FailedError(f"HTTP {self.status} with a body that is no JSON") from None


class Transport(Protocol):
    """Sends one request to the server."""

    def __call__(
        self, method: str, path: str, headers: Mapping[str, str], body: bytes | None, *, chunked: bool
    ) -> Reply:
        """The answer; redirects are not followed."""
        ...


@dataclass(frozen=True)
class Collections:
    """Ids of the collections that the checks use.

    Attributes:
        both: May be read and written by the account.
        read_only: May be read and not written; best an empty one.
        write_only: May be written and not read.
    """

    both: str
    read_only: str
    write_only: str


@dataclass
class World:
    """A server under test.

    Attributes:
        transport: How it is asked.
        root: Path of the API root.
        login, key: The account.
        collections: Those that the checks use.
        secure: Whether the server is asked over https.
        sleep: Lets time pass.
        library: Runs the published client against the server and says what went wrong; None where it is not there.
    """

    transport: Transport
    root: str
    login: str
    key: str
    collections: Collections
    secure: bool = False
    sleep: Callable[[float], None] = lambda _: None
    library: Callable[[World], str] | None = None
    discovery: str = "/taxii2/"

    def ask(
        self,
        method: str,
        path: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        credentials: str | None = "",
        chunked: bool = False,
    ) -> Reply:
        """Ask for a path of the server.

        Args:
            method: In capitals.
            path: With its query.
            headers: Beside Accept and Authorization; they replace these. None of a value: without it.
            body: What is sent.
            credentials: Another Authorization header; None for none.
            chunked: Whether the body is sent without its length.
        """
        said = {"Accept": TAXII_21}
        if credentials is not None:
            said["Authorization"] = credentials or basic(self.login, self.key)
        if body is not None:
            said["Content-Type"] = TAXII_21
        said |= headers or {}
        return self.transport(method, path, {k: v for k, v in said.items() if v}, body, chunked=chunked)

    def at(self, collection: str, rest: str = "") -> str:
        """The path of a collection."""
        return f"{self.root}collections/{collection}/{rest}"

    def get(self, rest: str = "objects/", **query: str) -> Reply:
        """Ask for something of the collection that may be read and written."""
        return self.ask("GET", self.at(self.collections.both, rest) + as_query(query))

    def post(self, *objects: object, headers: Mapping[str, str] | None = None) -> Reply:
        """Post objects to the collection that may be read and written."""
        body = orjson.dumps({"objects": objects})
        return self.ask("POST", self.at(self.collections.both, "objects/"), body=body, headers=headers)

    def keep(self, *objects: object) -> Any:  # noqa: ANN401 - a status, as JSON
        """Post objects and insist that the server took all.

        Raises:
            FailedError: if it did not.
        """
        status = expect(self.post(*objects), 202).json()
        require(status.get("success_count") == len(objects), f"status {_brief(status)}")
        return status

    def objects(self, **query: str) -> list[Any]:
        """One page of objects."""
        found: list[Any] = expect(self.get(**query), 200).json().get("objects") or []
        return found


def as_query(query: Mapping[str, str]) -> str:
    """A query; a keyword ``match_version`` is the parameter ``match[version]``.

    >>> as_query({"match_id": "a", "limit": "2"})
    '?match[id]=a&limit=2'
    """
    words = [
        f"match[{name.removeprefix('match_')}]={value}" if name.startswith("match_") else f"{name}={value}"
        for name, value in query.items()
    ]
    return "?" + "&".join(words) if words else ""


def basic(login: str, key: str) -> str:
    """Basic credentials.

    >>> basic("a", "b")
    'Basic YTpi'
    """
    return "Basic " + base64.b64encode(f"{login}:{key}".encode()).decode()


def fresh(kind: str = "indicator") -> str:
    """An identifier that nobody had before."""
    return f"{kind}--{uuid.uuid4()}"


def indicator(name: str = "", modified: str = MOMENT, **more: object) -> dict[str, Any]:
    """An indicator that a strict server takes."""
    return {
        "type": "indicator",
        "spec_version": "2.1",
        "id": name or fresh(),
        "created": MOMENT,
        "modified": modified,
        "pattern": "[domain-name:value = 'check.example']",
        "pattern_type": "stix",
        "valid_from": MOMENT,
        **more,
    }


def versions_of(name: str, *days: int) -> list[dict[str, Any]]:
    """Versions of one indicator, one a day."""
    return [indicator(name, f"2026-01-{day:02}T00:00:00.000Z") for day in days]


def observable(value: str = "check.example", **more: object) -> dict[str, Any]:
    """A domain name as a cyber-observable object, which says no version."""
    return {"type": "domain-name", "id": fresh("domain-name"), "value": value, **more}


def require(met: object, said: str) -> None:
    """Go on only if it is so.

    Raises:
        FailedError: if it is not.
    """
    if not met:
        raise FailedError(said)


def expect(reply: Reply, *statuses: int) -> Reply:
    """Go on only with one of these statuses.

    Raises:
        FailedError: if the answer has another.
    """
    require(reply.status in statuses, f"HTTP {reply.status}")
    return reply


def expect_error(reply: Reply, *statuses: int) -> Reply:
    """Go on only with an error resource of one of these statuses.

    Raises:
        FailedError: if the answer is none.
    """
    expect(reply, *statuses)
    kind = reply.headers.get("content-type", "")
    require(TAXII_21 in kind.replace(" ", ""), f"HTTP {reply.status} content type {kind}")
    body = reply.json()
    require(isinstance(body, dict) and body.get("title"), f"HTTP {reply.status} keys {sorted(body)[:5]}")
    return reply


def ids(objects: Iterable[Any]) -> list[str]:
    """Identifiers of objects, in their order."""
    return [one["id"] for one in objects]


def _brief(value: object) -> str:
    return orjson.dumps(value).decode()[:200]
