"""Rule: what two members wrote of one thing has one key, and a key is the key of its own value."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.defend.keys import TYPES, hash_key, key_of, keys_of

EXAMPLES = {
    "domain-name": ("Evil.Example.", "evil.example"),
    "ipv4-addr": ("198.51.100.7/32", "198.51.100.7"),
    "ipv6-addr": ("2001:DB8::0001", "2001:db8::1"),
    "url": ("HTTP://Evil.Example", "http://evil.example/"),
    "email-addr": ("A@Evil.Example", "a@evil.example"),
    "mac-addr": ("00-1B-63-84-45-E6", "00:1b:63:84:45:e6"),
    "autonomous-system": ("AS64500", "64500"),
    "file-md5": ("A" * 32, "a" * 32),
    "file-sha1": ("A" * 40, "a" * 40),
    "file-sha224": ("A" * 56, "a" * 56),
    "file-sha256": ("A" * 64, "a" * 64),
    "file-sha384": ("A" * 96, "a" * 96),
    "file-sha512": ("A" * 128, "a" * 128),
    "phone-number": ("+62 812-3456-7890", "+6281234567890"),
    "iban": ("gb29 nwbk 6016 1331 9268 19", "GB29NWBK60161331926819"),
    "bank-account": ("BANKSGSG:123-456", "BANKSGSG:123456"),
    "wallet": ("0X52908400098527886E0F7030069857D2E4169EE7", "eth:0x52908400098527886e0f7030069857d2e4169ee7"),
}


@pytest.mark.parametrize("kind", [kind for kind in TYPES if not kind.startswith("x509")])
def test_each_type_has_its_form(kind):
    written, form = EXAMPLES[kind]
    key = key_of(kind, written)
    assert (key.type, key.value) == (kind, form)


@pytest.mark.property
@given(
    st.sampled_from(TYPES),
    st.sampled_from([text for pair in EXAMPLES.values() for text in pair]) | st.text(max_size=20),
)
def test_a_key_is_the_key_of_its_own_value(kind, text):
    key = key_of(kind, text)
    if key is not None:
        assert key_of(key.type, key.value) == key
        assert key.type in TYPES


@pytest.mark.parametrize(
    "data, found",
    [
        ({"type": "ipv6-addr", "value": "::ffff:198.51.100.7"}, ["ipv4-addr 198.51.100.7"]),
        ({"type": "domain-name", "value": "198.51.100.7"}, ["ipv4-addr 198.51.100.7"]),
        ({"type": "autonomous-system", "number": 64500}, ["autonomous-system 64500"]),
        ({"type": "hostname", "value": "evil.example"}, ["domain-name evil.example"]),
        ({"type": "phone-number", "value": "+66812345678"}, ["phone-number +66812345678"]),
        ({"type": "bank-account", "iban": "GB29NWBK60161331926819"}, ["iban GB29NWBK60161331926819"]),
        ({"type": "bank-account", "bic": "BANKSGSGXXX", "account_number": "123456"}, ["bank-account BANKSGSG:123456"]),
        ({"type": "bank-account", "account_number": "123456"}, []),
        ({"type": "file", "name": "a.exe"}, []),
        ({"type": "file", "hashes": {"SSDEEP": "3:AXGBicFlgVNhBGcL6wCrFQEv:AXGHsNhxLsr2C"}}, []),
        ({"type": "file", "hashes": ["MD5"]}, []),
        ({"type": "file", "hashes": {"MD5": 5}}, []),
        ({"type": "artifact", "hashes": {"MD5": "0" * 32}}, ["file-md5 " + "0" * 32]),
        ({"type": "x509-certificate", "hashes": {"SHA-1": "0" * 40}}, ["x509-sha1 " + "0" * 40]),
        ({"type": "domain-name", "value": 7}, []),
        ({"type": "autonomous-system", "number": True}, []),
        ({"type": ["domain-name"]}, []),
        ({"type": "mutex", "name": "a"}, []),
        ({"type": "domain-name", "value": "a" * 1_000_000}, []),
    ],
)
def test_keys_of_observables(data, found):
    assert [f"{key.type} {key.value}" for key in keys_of(data)] == found


def test_a_digest_by_every_spelling_of_its_algorithm():
    for name in ("SHA-256", "SHA256", "sha-256", "sha_256"):
        assert hash_key(name, "AB" * 32).value == "ab" * 32
