"""Which addresses count as the public internet."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.sources.addresses import check_target, is_public, parse_target
from serantau.sources.errors import SourceError

# From the IANA special-purpose registries (RFC 6890 and its updates): one address of each range that no
# public service has, and some that wrap one.
NOT_PUBLIC = [
    "0.0.0.0",  # noqa: S104  nothing is bound here
    "10.1.2.3",
    "100.64.0.1",
    "100.100.100.200",
    "127.0.0.1",
    "127.255.255.254",
    "169.254.169.254",
    "172.16.0.1",
    "192.0.0.192",
    "192.168.1.1",
    "198.18.0.1",
    "224.0.0.1",
    "240.0.0.1",
    "255.255.255.255",
    "::",
    "::1",
    "fe80::1",
    "fec0::1",
    "fc00::1",
    "fd00:ec2::254",
    "ff02::1",
    "2001:db8::1",
    "::ffff:127.0.0.1",
    "::ffff:169.254.169.254",
    "2002:7f00:1::",
    "2002:a9fe:a9fe::",
    "64:ff9b::7f00:1",
    "64:ff9b::a9fe:a9fe",
]
PUBLIC = ["8.8.8.8", "1.1.1.1", "2606:4700::1111", "64:ff9b::808:808", "::ffff:8.8.8.8"]


@pytest.mark.parametrize("text", NOT_PUBLIC)
def test_not_public(text):
    assert not is_public(ipaddress.ip_address(text))


@pytest.mark.parametrize("text", PUBLIC)
def test_public(text):
    assert is_public(ipaddress.ip_address(text))


@given(st.ip_addresses(v=4))
def test_wrapping_never_makes_a_hidden_address_public(address):
    number = int(address)
    mapped = ipaddress.IPv6Address(0xFFFF << 32 | number)
    nat64 = ipaddress.IPv6Address(int(ipaddress.IPv6Address("64:ff9b::")) | number)
    six_to_four = ipaddress.IPv6Address(0x2002 << 112 | number << 80)
    assert is_public(mapped) == is_public(nat64) == is_public(six_to_four) == is_public(address)


def test_permission_is_for_one_port_of_one_host():
    allowed = {"127.0.0.1:8000"}
    assert check_target(parse_target("http://127.0.0.1:8000/x"), allowed, 5) == (ipaddress.ip_address("127.0.0.1"),)
    for url in ("http://127.0.0.1:8001/", "https://127.0.0.1/", "https://[::1]:8000/"):
        with pytest.raises(SourceError):
            check_target(parse_target(url), allowed, 5)


def test_a_public_address_is_asked_over_https_only():
    assert check_target(parse_target("https://8.8.8.8/"), (), 5) == (ipaddress.ip_address("8.8.8.8"),)
    with pytest.raises(SourceError, match="in the clear"):
        check_target(parse_target("http://8.8.8.8/"), (), 5)
