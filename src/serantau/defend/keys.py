"""What an observable is compared by: its type and the normal form of its value.

Two members that saw the same thing wrote it in their own ways; the key is what is equal. It is an index and never
changes what a member sent. Methods and reasons: ``docs/method/threat-keys.md``.

A thing that names nothing for everybody has no key: a host name of one label, a private file name, a bank account
without its bank. Fuzzy digests have none, for they are compared by likeness and not by equality.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import Any

from serantau.base import observables
from serantau.defend.model import ObservableKey

TYPES = (
    "domain-name",
    "ipv4-addr",
    "ipv6-addr",
    "url",
    "email-addr",
    "mac-addr",
    "autonomous-system",
    *(f"file-{name}" for name in observables.HASH_LENGTHS),
    *(f"x509-{name}" for name in observables.HASH_LENGTHS),
    "phone-number",
    "iban",
    "bank-account",
    "wallet",
)
"""Every type of key."""

MOST_KEYS = 1000
"""Keys that one object may give; what has more is a list, and lists are shared but not compared."""

_VALUES = {
    "x-phone-number": "phone-number",
    "x-serantau-phone-number": "phone-number",
    "hostname": "domain-name",
    "cryptocurrency-wallet": "wallet",
    "x-serantau-wallet": "wallet",
    "x-serantau-iban": "iban",
}
"""Types that others use for what we have a key of: OpenCTI's ``hostname``, ``phone-number``, ``cryptocurrency-wallet``."""

_ACCOUNTS = frozenset(("bank-account", "x-bank-account", "x-serantau-bank-account"))


def key_of(kind: str, value: str) -> ObservableKey | None:
    """The key of one value, by the type of what it is; None where it names no such thing.

    >>> key_of("domain-name", "Example.COM.")
    ObservableKey(type='domain-name', value='example.com')
    >>> key_of("ipv6-addr", "::ffff:198.51.100.7")
    ObservableKey(type='ipv4-addr', value='198.51.100.7')
    >>> key_of("domain-name", "localhost") is None
    True
    """
    reader = _READERS.get(_VALUES.get(kind, kind))
    if reader is None or len(value) > 4096:
        return None
    return reader(value)


def hash_key(algorithm: str, value: str, of: str = "file") -> ObservableKey | None:
    """The key of a digest of a file, or of a certificate (``x509``).

    >>> hash_key("SHA-1", "DA39A3EE5E6B4B0D3255BFEF95601890AFD80709").type
    'file-sha1'
    """
    found = observables.file_hash(algorithm, value)
    return None if found is None else ObservableKey(f"{of}-{found[0]}", found[1])


def keys_of(data: Mapping[str, Any]) -> tuple[ObservableKey, ...]:
    """The keys of a cyber-observable object, each once; empty for what has none.

    >>> [key.type for key in keys_of({"type": "file", "hashes": {"MD5": "0" * 32, "SHA-256": "0" * 64}})]
    ['file-md5', 'file-sha256']
    """
    kind = data.get("type")
    if not isinstance(kind, str):
        return ()
    if kind in {"file", "artifact", "x509-certificate"}:
        return _of_hashes(data.get("hashes"), "x509" if kind == "x509-certificate" else "file")
    if kind == "autonomous-system":
        return _some(_text_key(kind, data.get("number")))
    if kind in _ACCOUNTS:
        return _of_account(data)
    return _some(_text_key(kind, data.get("value")))


def _text_key(kind: str, value: object) -> ObservableKey | None:
    if isinstance(value, int) and not isinstance(value, bool):
        value = str(value)
    return key_of(kind, value) if isinstance(value, str) else None


def _some(key: ObservableKey | None) -> tuple[ObservableKey, ...]:
    return () if key is None else (key,)


def _of_hashes(hashes: object, of: str) -> tuple[ObservableKey, ...]:
    if not isinstance(hashes, Mapping):
        return ()
    found = (hash_key(name, value, of) for name, value in hashes.items() if isinstance(value, str))
    return tuple(dict.fromkeys(key for key in found if key is not None))


def _of_account(data: Mapping[str, Any]) -> tuple[ObservableKey, ...]:
    """OpenCTI's ``bank-account`` has ``iban``, ``bic`` and ``account_number``."""
    stated = data.get("iban")
    if isinstance(stated, str) and (key := key_of("iban", stated)) is not None:
        return (key,)
    number = data.get("account_number", data.get("value"))
    bank = data.get("bic", data.get("bank", ""))
    if not isinstance(number, str) or not isinstance(bank, str):
        return ()
    return _some(account_key(number, bank))


def account_key(number: str, bank: str = "") -> ObservableKey | None:
    """The key of a bank account: its IBAN where the number is one, else bank and number.

    >>> account_key("GB29 NWBK 6016 1331 9268 19").type, account_key("123-456-789", "BANKSGSG").value
    ('iban', 'BANKSGSG:123456789')
    """
    form = observables.bank_account(number, bank)
    if form is None:
        return None
    return ObservableKey("bank-account" if ":" in form else "iban", form)


def _address(value: str) -> ObservableKey | None:
    found = observables.address(value)
    return None if found is None else ObservableKey(f"ipv{found[0]}-addr", found[1])


def _name(value: str) -> ObservableKey | None:
    """What is written as a name and is an address is one: both are found in feeds."""
    form = observables.domain(value)
    return _address(value) if form is None else ObservableKey("domain-name", form)


def _account(value: str) -> ObservableKey | None:
    bank, colon, number = value.partition(":")
    return account_key(number, bank) if colon else account_key(value)


def _plain(kind: str, form: Callable[[str], str | None]) -> Callable[[str], ObservableKey | None]:
    def read(value: str) -> ObservableKey | None:
        found = form(value)
        return None if found is None else ObservableKey(kind, found)

    return read


@lru_cache(maxsize=4096)
def _phone(value: str) -> str | None:
    """Numbers are read slowly (30 microseconds) and repeat."""
    return observables.phone(value)


def _digest(of: str, name: str) -> Callable[[str], ObservableKey | None]:
    return lambda value: hash_key(name, value, of)


_READERS: dict[str, Callable[[str], ObservableKey | None]] = {
    "domain-name": _name,
    "ipv4-addr": _address,
    "ipv6-addr": _address,
    "url": _plain("url", observables.url),
    "email-addr": _plain("email-addr", observables.email),
    "mac-addr": _plain("mac-addr", observables.mac_address),
    "autonomous-system": _plain("autonomous-system", observables.autonomous_system),
    "phone-number": _plain("phone-number", _phone),
    "iban": _plain("iban", observables.iban),
    "bank-account": _account,
    "wallet": _plain("wallet", observables.wallet),
    **{f"{of}-{name}": _digest(of, name) for of in ("file", "x509") for name in observables.HASH_LENGTHS},
}
