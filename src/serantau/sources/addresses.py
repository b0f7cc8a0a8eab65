"""Which network addresses may be asked: checked after resolution, and connected to as checked.

A name is resolved once, every address it has is checked, and the connection
is made to one of those addresses. Nothing resolves the name a second time, so
a name server cannot answer "public" to the check and "private" to the
connection (DNS rebinding).
"""

from __future__ import annotations

import ipaddress
import socket
import textwrap
import threading
from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import urlsplit

from serantau.sources.errors import SourceError

Address = ipaddress.IPv4Address | ipaddress.IPv6Address

_NAT64 = ipaddress.ip_network("64:ff9b::/96")
"""RFC 6052: the last 32 bits are an IPv4 address."""
_GLOBAL_UNICAST = ipaddress.ip_network("2000::/3")
_SPECIAL = tuple(
    ipaddress.ip_network(text)
    for text in (
        *("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12"),
        *("192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24"),
        *("203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"),
        *("2001::/23", "2001:db8::/32", "3fff::/20"),
    )
)
"""IANA's special-purpose address registries (RFC 6890 and its updates), listed here because what the standard library
calls global differs between the releases of Python."""
_PORTS = {"http": 80, "https": 443}


@dataclass(frozen=True)
class Target:
    """An address of the web taken apart.

    Attributes:
        scheme: ``http`` or ``https``.
        host: Name or IP address, lower case, without brackets.
        port: Port, stated or implied.
    """

    scheme: str
    host: str
    port: int

    @property
    def origin(self) -> str:
        """``host:port``, the form in which private servers are allowed."""
        return f"{self.host}:{self.port}"


def parse_target(url: str) -> Target:
    """Take an address of the web apart.

    >>> parse_target("https://api.example.org/v2").origin
    'api.example.org:443'

    Raises:
        SourceError: if it is no http or https address, or carries a user name.
    """
    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise SourceError(f"{_shown(url)} is no web address: {error}. Check how it is written.") from error
    if parts.scheme not in _PORTS:
        raise SourceError(f"{_shown(url)} is not an http or https address. Only these two are asked.")
    if not host:
        raise SourceError(f"{_shown(url)} names no server. Write https://server/path.")
    if not host.isascii():
        raise SourceError(f"The server name {host!r} is not ASCII. Write its xn-- form (RFC 3490).")
    if parts.username is not None or parts.password is not None:
        raise SourceError(f"The address of {host} carries a user name or password. Take it out; it would be logged.")
    return Target(parts.scheme, host.lower(), port or _PORTS[parts.scheme])


def is_public(address: Address) -> bool:
    """Whether an address belongs to the public internet.

    Loopback, private, link-local (which holds the metadata services of
    clouds), shared (RFC 6598), multicast, reserved and unspecified addresses
    do not, nor does an IPv6 address that only wraps such an IPv4 address.

    >>> is_public(ipaddress.ip_address("8.8.8.8")), is_public(ipaddress.ip_address("169.254.169.254"))
    (True, False)
    >>> is_public(ipaddress.ip_address("::ffff:127.0.0.1"))
    False
    """
    if isinstance(address, ipaddress.IPv6Address):
        inner = _wrapped(address)
        if inner is not None:
            return is_public(inner)
        if address not in _GLOBAL_UNICAST:
            return False
    return not any(address in network for network in _SPECIAL if network.version == address.version)


def _wrapped(address: ipaddress.IPv6Address) -> ipaddress.IPv4Address | None:
    if address.ipv4_mapped is not None:
        return address.ipv4_mapped
    if address.sixtofour is not None:
        return address.sixtofour
    if address in _NAT64:
        return ipaddress.IPv4Address(int(address) & 0xFFFFFFFF)
    return None


def check_target(target: Target, allowed: Iterable[str], seconds: float) -> tuple[Address, ...]:
    """Resolve a server and check every address it has.

    Args:
        target: Where a request is to go.
        allowed: ``host:port`` of servers that may be private and may speak plain http.
        seconds: Longest time the name service may take.

    Returns:
        The checked addresses, to one of which the connection is made.

    Raises:
        SourceError: if the name is unknown, an address is not public, or plain http is asked of a server that was
            not allowed.
    """
    trusted = target.origin in set(allowed)
    if target.scheme == "http" and not trusted:
        raise SourceError(
            f"http://{target.origin} would be asked in the clear. Use its https address; for a server of your own, "
            "allow it with --allow-private."
        )
    addresses = _resolve(target, seconds)
    hidden = [address for address in addresses if not is_public(address)]
    if hidden and not trusted:
        raise SourceError(
            f"{target.host} is at {hidden[0]}, which is not an address of the public internet, and was not asked. "
            "If it is a server of your own, name it as the endpoint and allow it with --allow-private."
        )
    return addresses


def _resolve(target: Target, seconds: float) -> tuple[Address, ...]:
    found: list[Address] = []
    failure: list[BaseException] = []

    def ask() -> None:
        try:
            rows = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
            # A scope (fe80::1%eth0) says which cable, not which machine; such addresses are never public.
            found.extend(ipaddress.ip_address(str(row[4][0]).partition("%")[0]) for row in rows)
        except (OSError, ValueError, RuntimeError) as error:
            failure.append(error)

    # getaddrinfo knows no time limit; the thread is left behind where the name service hangs.
    worker = threading.Thread(target=ask, name=f"resolve {target.host}", daemon=True)
    worker.start()
    worker.join(max(seconds, 0.0))
    if worker.is_alive():
        raise SourceError(f"The name service gave no address of {target.host} in {seconds:.0f} s. Try again later.")
    if failure and not isinstance(failure[0], OSError | UnicodeError):
        raise failure[0]
    if failure or not found:
        why = failure[0] if failure else "it has no address"
        raise SourceError(f"{target.host} cannot be found: {why}. Check the address and the network.")
    return tuple(dict.fromkeys(found))


def _shown(url: str) -> str:
    return repr(textwrap.shorten(url, 120, placeholder="..."))
