"""Refuses every connection that is not to this machine.

An audit hook sees the call below every library written in Python, cannot be
taken off again by a test, and leaves asyncio and Playwright (pipes and Unix
sockets) alone.
"""

from __future__ import annotations

import ipaddress
import socket
import sys
from typing import Any


class NetworkRefusedError(RuntimeError):
    """A test tried to reach the network. Not an OSError: no retry loop may swallow it."""


def refuse_outside_network() -> None:
    """From now on this process reaches loopback only."""
    sys.addaudithook(_check)


def _check(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"}:
        opened, address = arguments
        if opened.family in {socket.AF_INET, socket.AF_INET6} and not _is_loopback(address[0]):
            raise NetworkRefusedError(f"a test tried to connect to {address!r}; tests reach 127.0.0.1 and ::1 only")
    elif event in {"socket.getaddrinfo", "socket.gethostbyname"}:
        _check_name(arguments[0])


def _check_name(host: str | bytes | None) -> None:
    if host is None:
        return
    name = host.decode() if isinstance(host, bytes) else host
    if name.endswith(".invalid"):
        # Reserved (RFC 2606) never to exist: what a resolver would say, without asking one.
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")
    if not _is_address(name) and name not in {"", "localhost"}:
        raise NetworkRefusedError(f"a test tried to look up {name!r}; tests know addresses and localhost only")


def _is_loopback(host: str) -> bool:
    return host == "localhost" or (_is_address(host) and ipaddress.ip_address(host.partition("%")[0]).is_loopback)


def _is_address(host: str) -> bool:
    try:
        ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return False
    return True
