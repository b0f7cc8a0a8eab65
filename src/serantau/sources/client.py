"""The one way out: every request that Serantau makes to another server goes through :class:`Client`.

What it holds to:

- only http and https, and http only to a server that was allowed by name;
- the server's addresses are checked after resolution and the connection is made to a checked one
  (:mod:`serantau.sources.addresses`); each redirect is checked again, five at most;
- the size of an answer is limited, counted after decompression, while it arrives;
- one time limit covers everything, retries and waiting included;
- 429, 5xx and broken connections are tried again with exponential backoff and full jitter, and a server's
  Retry-After (RFC 9110 section 10.2.3) is honoured as far as the time limit goes;
- no proxy, netrc or certificate setting of the environment is used.

Answers with a validator are kept on disk and asked for again conditionally (RFC 9110 section 13).
"""

from __future__ import annotations

import email.utils
import ipaddress
import random
import socket
import ssl
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http import HTTPStatus
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urljoin, urlsplit

from serantau import __version__
from serantau.sources.addresses import Address, Target, check_target, parse_target
from serantau.sources.body import TruncatedError, read_body
from serantau.sources.cache import Cache, Kept
from serantau.sources.errors import SourceError, StatusError

if TYPE_CHECKING:
    from types import TracebackType

    import httpx

Progress = Callable[[str, int, int | None], None]
"""Called with what is being done, how much of it is done, and of how much in all (None: not known)."""

USER_AGENT = f"serantau/{__version__}"
_REDIRECTS = {301, 302, 303, 307, 308}
_AGAIN = {408, 425, 429, 500, 502, 503, 504}
_STATUS_BODY = 4096


@dataclass(frozen=True)
class Limits:
    """How much patience and room one answer gets.

    Attributes:
        max_bytes: Largest decoded body.
        total_seconds: Everything together: resolution, redirects, retries and waits.
        step_seconds: Longest silence on a connection.
        attempts: Tries, the first included.
        backoff_seconds: Upper end of the first wait; it doubles with each try.
        backoff_cap_seconds: Longest wait, a server's Retry-After included.
        redirects: Redirects followed.
    """

    max_bytes: int = 32 * 1024 * 1024
    total_seconds: float = 120.0
    step_seconds: float = 30.0
    attempts: int = 5
    backoff_seconds: float = 0.5
    backoff_cap_seconds: float = 30.0
    redirects: int = 5


@dataclass(frozen=True)
class Answer:
    """What a server answered.

    Attributes:
        url: Address that answered, after redirects.
        media_type: Content type without parameters, lower case.
        content: Decoded body.
        from_cache: Whether the server confirmed a kept answer instead of sending it.
        headers: Headers of the answer, names in lower case; none of an answer that was kept.
    """

    url: str
    media_type: str
    content: bytes
    from_cache: bool = False
    headers: Mapping[str, str] = field(default_factory=dict)


class _AgainError(Exception):
    """This try failed in a way that another may not."""

    def __init__(self, why: str, wait: float | None = None, final: SourceError | None = None) -> None:
        super().__init__(why)
        self.wait = wait
        self.final = final


@dataclass
class _Request:
    """One call of :meth:`Client.get` or :meth:`Client.post` under way."""

    url: str
    headers: dict[str, str]
    deadline: float
    kept: Kept | None
    progress: Progress | None
    content: bytes | None = None
    """What is sent: then it is a POST, of which any 2xx is a success, and no redirect is followed."""
    secret: bool = False
    """Whether the headers hold what no other server may see: then no redirect leads to another."""
    seen: dict[str, str] = field(default_factory=dict)
    """Headers of the last answer."""

    def left(self) -> float:
        return self.deadline - time.monotonic()


@dataclass
class _Sockets:
    """Connections of one exchange, so that a watchdog can end them at the time limit."""

    copies: list[socket.socket] = field(default_factory=list)
    expired: bool = False

    def trace(self, event: str, info: dict[str, Any]) -> None:
        if event == "connection.connect_tcp.complete":
            opened = info["return_value"].get_extra_info("socket")
            if opened is not None:
                # TLS detaches the original; a copy stays a handle on the same connection.
                self.copies.append(opened.dup())

    def expire(self) -> None:
        self.expired = True
        for copy in self.copies:
            with suppress(OSError):
                copy.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        for copy in self.copies:
            copy.close()


class Client:
    """Asks other servers, guardedly. Use it as a context manager."""

    def __init__(
        self,
        *,
        cache: Path | None = None,
        allow_private: frozenset[str] = frozenset(),
        limits: Limits | None = None,
        seed: int | None = None,
        certificates: Path | None = None,
    ) -> None:
        """Build a client.

        Args:
            cache: Folder of kept answers; None keeps nothing.
            allow_private: ``host:port`` of servers that may stand in a private network and speak plain http.
            limits: Size, time and tries.
            seed: Seed of the jitter between tries; None draws one.
            certificates: PEM file of the authorities to trust instead of the public ones, for a server of one's own.
        """
        self.limits = limits or Limits()
        self._cache = Cache(cache) if cache is not None else None
        self._allowed = allow_private
        self._certificates = certificates
        # Jitter spreads load; nothing secret hangs on it.
        self._random = random.Random(seed)  # noqa: S311
        self._http: httpx.Client | None = None

    def __enter__(self) -> Self:
        """Itself."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close every connection."""
        self.close()

    def close(self) -> None:
        """Close every connection."""
        if self._http is not None:
            self._http.close()
            self._http = None

    def get(
        self,
        url: str,
        *,
        accept: str = "*/*",
        kinds: tuple[str, ...] = (),
        progress: Progress | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Get one document.

        Args:
            url: Its address.
            accept: The Accept header (RFC 9110 section 12.5.1).
            kinds: Parts of media types of which one must occur in the answer's (``json``); empty takes any.
            progress: Called while the body arrives, with bytes.
            headers: More headers, such as credentials: then nothing is kept, and no redirect leads to another server.

        Raises:
            StatusError: if the server answers with an error status, after the retries that make sense.
            SourceError: if the address may not be asked, or no whole answer of the wanted kind can be had in time.
        """
        key = f"{url}\n{accept}"
        kept = self._cache.get(key) if self._cache and not headers else None
        if kept is not None and kept.url != url:
            kept = None
        sent = {"User-Agent": USER_AGENT, "Accept": accept, "Accept-Encoding": "gzip", **(headers or {})}
        if kept is not None:
            sent |= {"If-None-Match": kept.etag} if kept.etag else {}
            sent |= {"If-Modified-Since": kept.last_modified} if kept.last_modified else {}
        request = _Request(
            url, sent, time.monotonic() + self.limits.total_seconds, kept, progress, secret=bool(headers)
        )
        found = self._try_until_done(request)
        if kinds and not any(kind in found.media_type for kind in kinds):
            start = found.content[:80].decode("utf-8", "replace")
            raise SourceError(
                f"{_place(found.final_url)} answered with {found.media_type or 'no content type'}, not "
                f"{' or '.join(kinds)}; it begins with {start!r}. Check the address, or try again later."
            )
        if self._cache is not None and not headers and found is not kept and (found.etag or found.last_modified):
            self._cache.put(key, found)
        return Answer(found.final_url, found.media_type, found.content, from_cache=found is kept, headers=request.seen)

    def post(self, url: str, content: bytes, *, content_type: str, headers: Mapping[str, str] | None = None) -> Answer:
        """Send something, to whoever asked for it.

        No redirect is followed: what is sent goes to the address that was given, or nowhere. Whether it is tried again
        after a failure the limits say; the receiver may then get it twice.

        Args:
            url: The address.
            content: What is sent.
            content_type: Its media type.
            headers: More headers.

        Raises:
            StatusError: if the server answers with an error status.
            SourceError: if the address may not be asked, redirects, or does not answer in time.
        """
        own = {"User-Agent": USER_AGENT, "Accept": "*/*", "Accept-Encoding": "gzip", "Content-Type": content_type}
        deadline = time.monotonic() + self.limits.total_seconds
        found = self._try_until_done(_Request(url, {**own, **(headers or {})}, deadline, None, None, content))
        return Answer(found.final_url, found.media_type, found.content)

    def _try_until_done(self, request: _Request) -> Kept:
        for attempt in range(1, self.limits.attempts + 1):
            try:
                return self._follow(request)
            except _AgainError as failure:
                wait = self._wait_before(attempt, failure)
                if attempt == self.limits.attempts or wait is None or wait >= request.left():
                    raise failure.final or _gave_up(request, attempt, failure) from failure
                time.sleep(wait)
        raise AssertionError("unreachable: the last attempt returns or raises")

    def _wait_before(self, attempt: int, failure: _AgainError) -> float | None:
        cap = self.limits.backoff_cap_seconds
        if failure.wait is not None:
            return failure.wait if failure.wait <= cap else None
        return self._random.uniform(0, min(cap, self.limits.backoff_seconds * 2 ** (attempt - 1)))

    def _follow(self, request: _Request) -> Kept:
        url = request.url
        for _ in range(self.limits.redirects + 1):
            result = self._exchange(request, url)
            if isinstance(result, Kept):
                return result
            url = result
        raise SourceError(
            f"{_place(request.url)} redirected more than {self.limits.redirects} times, the last time to "
            f"{_place(url)}. Give the address it ends at."
        )

    def _exchange(self, request: _Request, url: str) -> Kept | str:
        """One request, to the first checked address that takes a connection; a redirect gives an address."""
        target = parse_target(url)
        addresses = check_target(target, self._allowed, request.left())
        sockets = _Sockets()
        watchdog = threading.Timer(max(request.left(), 0.0), sockets.expire)
        watchdog.daemon = True
        watchdog.start()
        try:
            return self._ask_first(request, url, target, addresses, sockets)
        except _AgainError as failure:
            if sockets.expired:
                raise self._too_slow(url) from failure
            raise
        finally:
            watchdog.cancel()
            sockets.close()

    def _ask_first(
        self, request: _Request, url: str, target: Target, addresses: tuple[Address, ...], sockets: _Sockets
    ) -> Kept | str:
        import httpx

        for number, address in enumerate(addresses, start=1):
            try:
                with _broken_is_again(url), self._send(request, url, target, address, sockets) as response:
                    return self._read(request, url, response)
            except _AgainError as failure:
                if not isinstance(failure.__cause__, httpx.ConnectError) or number == len(addresses):
                    raise
        raise AssertionError("unreachable: a server has at least one address")

    @contextmanager
    def _send(
        self, request: _Request, url: str, target: Target, address: Address, sockets: _Sockets
    ) -> Iterator[httpx.Response]:
        import httpx

        if self._http is None:
            # One connection per request: a kept one would be shared by every name at the same address, and its
            # certificate was checked for one of them.
            limits = httpx.Limits(max_keepalive_connections=0)
            self._http = httpx.Client(verify=self._trust(), trust_env=False, follow_redirects=False, limits=limits)
        parts = urlsplit(url)
        literal = f"[{address}]" if isinstance(address, ipaddress.IPv6Address) else str(address)
        pinned = parts._replace(netloc=f"{literal}:{target.port}", fragment="").geturl()
        host = parts.netloc.rpartition("@")[2]
        seconds = max(min(self.limits.step_seconds, request.left()), 0.001)
        message = self._http.build_request(
            "GET" if request.content is None else "POST",
            pinned,
            headers=request.headers | {"Host": host},
            content=request.content,
            timeout=httpx.Timeout(seconds),
            # The certificate is checked for the name, although the connection goes to the address.
            extensions={"sni_hostname": target.host, "trace": sockets.trace},
        )
        response = self._http.send(message, stream=True)
        try:
            yield response
        finally:
            response.close()

    def _trust(self) -> ssl.SSLContext | bool:
        if self._certificates is None:
            return True
        try:
            return ssl.create_default_context(cafile=self._certificates)
        except OSError as error:
            raise SourceError(
                f"{self._certificates} holds no certificates in PEM form: {error}. Check the file."
            ) from error

    def _read(self, request: _Request, url: str, response: httpx.Response) -> Kept | str:
        status = response.status_code
        if status == HTTPStatus.NOT_MODIFIED and request.kept is not None:
            return request.kept
        if status in _REDIRECTS and request.content is not None:
            raise SourceError(f"{_place(url)} redirects, and what is sent is not sent on. Give the address it ends at.")
        if status in _REDIRECTS and "location" in response.headers:
            return self._redirected(request, url, response.headers["location"])
        taken = response.is_success if request.content is not None else status == HTTPStatus.OK
        content = self._body(request, url, response, self.limits.max_bytes if taken else _STATUS_BODY, taken=taken)
        if taken:
            request.seen = {name.lower(): value for name, value in response.headers.items()}
            media_type = response.headers.get("content-type", "").partition(";")[0].strip().lower()
            etag, modified = response.headers.get("etag", ""), response.headers.get("last-modified", "")
            return Kept(request.url, url, media_type, etag, modified, content)
        error = _status_error(url, status, content)
        if status in _AGAIN:
            raise _AgainError(f"status {status}", _retry_after(response.headers.get("retry-after", "")), error)
        raise error

    def _redirected(self, request: _Request, url: str, location: str) -> str:
        target = urljoin(url, location)
        if request.secret and urlsplit(target)[:2] != urlsplit(url)[:2]:
            raise SourceError(
                f"{_place(url)} redirects to another server ({_place(target)}), which is not to see what we were asked "
                "to show this one. Give the address it ends at."
            )
        return target

    def _body(self, request: _Request, url: str, response: httpx.Response, limit: int, *, taken: bool) -> bytes:
        length = response.headers.get("content-length", "")
        plain = not response.headers.get("content-encoding")
        total = int(length) if length.isdecimal() and plain else None
        pieces: list[bytes] = []
        size = 0
        try:
            encoding = response.headers.get("content-encoding", "")
            for piece in read_body(response.iter_raw(), encoding, limit, _place(url)):
                pieces.append(piece)
                size += len(piece)
                if request.left() <= 0:
                    raise self._too_slow(url)
                if request.progress is not None:
                    request.progress("bytes", size, total)
        except SourceError:
            # Of an error's page the start is enough, whatever its size.
            if taken or request.left() <= 0:
                raise
        return b"".join(pieces)

    def _too_slow(self, url: str) -> SourceError:
        return SourceError(
            f"{_place(url)} did not answer whole within {self.limits.total_seconds:g} s and was given up; nothing was "
            "taken. Try again later, or ask for less."
        )


@contextmanager
def _broken_is_again(url: str) -> Iterator[None]:
    import httpx

    try:
        yield
    except httpx.InvalidURL as error:
        raise SourceError(f"{url!r} is no web address: {error}. Check how it is written.") from error
    except httpx.TransportError as error:
        if "CERTIFICATE_VERIFY_FAILED" in str(error):
            raise SourceError(
                f"{_place(url)} shows a certificate that is not trusted ({error}). Nothing was taken. Do not go on unless "
                "you know why."
            ) from error
        raise _AgainError(str(error) or type(error).__name__) from error
    except TruncatedError as error:
        raise _AgainError(f"the answer was cut off: {error}") from error
    except httpx.HTTPError as error:
        raise SourceError(f"{_place(url)} gave an answer that is not HTTP: {error}. Check the address.") from error


def _gave_up(request: _Request, attempt: int, failure: _AgainError) -> SourceError:
    noun = "try" if attempt == 1 else "tries"
    return SourceError(
        f"{_place(request.url)} gave no whole answer in {attempt} {noun}; the last failed because: {failure}. "
        "Check the network, or try again later. Nothing was taken."
    )


def _status_error(url: str, status: int, body: bytes) -> StatusError:
    phrase = HTTPStatus(status).phrase if status in {item.value for item in HTTPStatus} else "no standard status"
    fix = {401: "It wants a login.", 403: "It refuses us.", 404: "Check the codes you gave."}.get(
        status, "Wait and try again." if status in _AGAIN else "Check the codes and the address you gave."
    )
    return StatusError(f"{_place(url)} answered {status} ({phrase}). {fix} Nothing was taken.", status, body)


def _retry_after(value: str) -> float | None:
    """Seconds of a Retry-After header, or None where it has none that can be read."""
    if value.strip().isdecimal():
        return float(value)
    try:
        when = email.utils.parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, when.timestamp() - time.time())


def _place(url: str) -> str:
    """Server and path: a query may hold a key."""
    parts = urlsplit(url)
    return f"{parts.hostname}{':' + str(parts.port) if parts.port else ''}{parts.path}"
