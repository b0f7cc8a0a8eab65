"""Normal forms of what is observed on networks and reported by people: two spellings of one thing become one text.

Each function gives the normal form, or None where the text is no such thing; the normal form is its own normal form.
The methods, with their sources, are published in ``docs/method/threat-keys.md``. Nothing here says that a thing
exists, is bad, or was issued: a valid check digit is not proof of an account.

Libraries are imported where they are used: phone numbers alone bring the plans of every country.
"""

from __future__ import annotations

import re
from ipaddress import AddressValueError, IPv4Address, IPv4Network, IPv6Address, IPv6Network, NetmaskValueError
from urllib.parse import quote

_LONGEST = 4096
_DOTS = str.maketrans("\u3002\uff0e\uff61", "...")
_ASCII_HOST = re.compile(
    r"(?=.{1,253}\Z)[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]{0,61}[a-z0-9_])?)*"
)
_HEX = re.compile(r"[0-9a-f]+")
_MAC = re.compile(
    r"(?:[0-9a-f]{12}|[0-9a-f]{2}(?:([:. -])[0-9a-f]{2})(?:\1[0-9a-f]{2}){4}|[0-9a-f]{4}(?:[.-][0-9a-f]{4}){2})"
)
_AS = re.compile(r"(?:as[n ]?\s?)?(\d{1,10})(?:\.(\d{1,5}))?", re.IGNORECASE | re.ASCII)
_LOCAL = re.compile(r"[^\s@<>()\[\],;:\\\"\x00-\x20\x7f]{1,64}")
_URL = re.compile(r"([a-zA-Z][a-zA-Z0-9+.-]{0,30})://([^/?#]*)([^?#]*)(?:\?([^#]*))?(?:#.*)?", re.DOTALL)
_AUTHORITY = re.compile(r"(?:(.*)@)?(\[[^\]]*\]|[^:\[\]]*)(?::(\d{0,5}))?", re.DOTALL)
_PERCENT = re.compile(r"%([0-9a-fA-F]{2})")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_UNRESERVED = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~")
_KEPT = "!$&'()*+,;=:@/?%-._~[]"
_PORTS = {"http": "80", "https": "443", "ftp": "21", "ws": "80", "wss": "443"}
_ACCOUNT = re.compile(r"[A-Z0-9]{4,34}")
_BTC = re.compile(r"[13][1-9A-HJ-NP-Za-km-z]{25,34}")
_BECH32 = re.compile(r"bc1[02-9ac-hj-np-z]{11,71}")
_ETHER = re.compile(r"0x[0-9a-f]{40}")

HASH_LENGTHS = {"md5": 32, "sha1": 40, "sha224": 56, "sha256": 64, "sha384": 96, "sha512": 128}
"""Hexadecimal digits of each digest that is compared exactly."""


def host_name(text: str) -> str | None:
    """A host name in lower case, without its last dot, in ASCII by IDNA 2008 with the mapping of UTS 46.

    >>> host_name("WWW.Example.COM."), host_name("bücher.example"), host_name("no name")
    ('www.example.com', 'xn--bcher-kva.example', None)
    """
    if len(text) > _LONGEST:
        return None
    name = text.strip().lower()
    if not name.isascii():
        name = name.translate(_DOTS)
        import idna

        try:
            name = idna.encode(name.removesuffix("."), uts46=True).decode().lower()
        except (idna.IDNAError, UnicodeError):
            return None
    name = name.removesuffix(".")
    return name if _ASCII_HOST.fullmatch(name) else None


def domain(text: str) -> str | None:
    """A host name of two labels or more that is no address: what names one thing for everybody.

    >>> domain("example.com"), domain("localhost"), domain("198.51.100.7")
    ('example.com', None, None)
    """
    name = host_name(text)
    if name is None or "." not in name or name.rpartition(".")[2].isdigit():
        return None
    return name


def address(text: str) -> tuple[int, str] | None:
    """An IP address or network in CIDR form, with its version: shortest form, host bits cleared, IPv4 out of IPv6.

    A network of one address is that address. Octets with a leading zero are read by nobody alike, so they are no address.

    >>> address("2001:DB8:0::1"), address("::ffff:198.51.100.7"), address("198.51.100.7/24"), address("198.51.100.07")
    ((6, '2001:db8::1'), (4, '198.51.100.7'), (4, '198.51.100.0/24'), None)
    """
    text = text.strip()
    if len(text) > 64 or "%" in text or not text.isascii():
        return None
    try:
        if ":" in text:
            return _six(text)
        if "/" in text:
            whole, _, length = text.partition("/")
            if not length.isdigit():
                return None
            four = IPv4Network((whole, int(length)), strict=False)
            return 4, str(four.network_address) if four.prefixlen == 32 else str(four)
        return 4, str(IPv4Address(text))
    except (AddressValueError, NetmaskValueError, ValueError):
        return None


def _six(text: str) -> tuple[int, str] | None:
    whole, slash, length = text.partition("/")
    if slash and not (length.isdigit() and int(length) <= 128):
        return None
    bits = int(length) if slash else 128
    mapped = IPv6Address(whole).ipv4_mapped
    if mapped is not None and bits >= 96:
        return address(f"{mapped}/{bits - 96}" if bits < 128 else str(mapped))
    network = IPv6Network((whole, bits), strict=False)
    return 6, str(network.network_address) if bits == 128 else str(network)


def url(text: str) -> str | None:
    """A URL in the normal form of RFC 3986, section 6.2: syntax and scheme; without the fragment, which is never sent.

    >>> url("HTTP://Example.COM:80/%7euser/./a/../b?q=%c3%a4#top"), url("http://bücher.example")
    ('http://example.com/~user/b?q=%C3%A4', 'http://xn--bcher-kva.example/')
    """
    text = text.strip()
    if len(text) > _LONGEST or _CONTROL.search(text):
        return None
    match = _URL.fullmatch(text)
    if match is None:
        return None
    scheme = match[1].lower()
    authority = _authority(match[2], scheme)
    if authority is None:
        return None
    path = _without_dots(_escaped(match[3]))
    query = "" if match[4] is None else "?" + _escaped(match[4])
    return f"{scheme}://{authority}{path or '/'}{query}"


def _authority(text: str, scheme: str) -> str | None:
    match = _AUTHORITY.fullmatch(text)
    if match is None:
        return None
    user, host, port = match.groups()
    if host.startswith("["):
        found = address(host[1:-1])
        if found is None or "/" in found[1]:
            return None
        name = f"[{found[1]}]" if found[0] == 6 else found[1]
    else:
        four = address(host) if "/" not in host else None
        read = four[1] if four is not None else host_name(_unescaped(host))
        if read is None:
            return None
        name = read
    before = "" if user is None else _escaped(user).replace("@", "%40").replace("[", "%5B").replace("]", "%5D") + "@"
    number = (port or "").lstrip("0")
    after = "" if not number or _PORTS.get(scheme) == number else f":{number}"
    if number and int(number) > 65535:
        return None
    return before + name + after


def _unescaped(host: str) -> str:
    """A host name may be percent-encoded UTF-8 (RFC 3986, 3.2.2); what is not stays, and is no host name."""
    if "%" not in host:
        return host
    try:
        return _PERCENT.sub(lambda found: chr(int(found[1], 16)), host).encode("latin-1").decode()
    except (UnicodeDecodeError, UnicodeEncodeError):
        return host


def _escaped(text: str) -> str:
    """Unreserved characters as themselves, escapes in upper case, everything else escaped as UTF-8."""
    if "%" in text:
        text = re.sub(r"%(?![0-9a-fA-F]{2})", "%25", text)
        text = _PERCENT.sub(_one_escape, text)
    if text.isascii() and not _NEEDS_ESCAPE.search(text):
        return text
    return quote(text, safe=_KEPT, errors="replace")


_NEEDS_ESCAPE = re.compile(r"[^!$&'()*+,;=:@/?%\-._~\[\]A-Za-z0-9]")


def _one_escape(found: re.Match[str]) -> str:
    letter = chr(int(found[1], 16))
    return letter if letter in _UNRESERVED else found[0].upper()


def _without_dots(path: str) -> str:
    """Dot segments taken out (RFC 3986, 5.2.4)."""
    if "/." not in path:
        return path
    kept: list[str] = []
    parts = path.split("/")[1:]
    for part in parts:
        if part == "..":
            if kept:
                kept.pop()
        elif part != ".":
            kept.append(part)
    if parts[-1] in {".", ".."}:
        kept.append("")
    return "/" + "/".join(kept)


def email(text: str) -> str | None:
    """A mailbox: the local part in lower case, for no mail server in use tells letters' case apart; the domain's form.

    >>> email("Sales@Example.COM"), email("A name <a@b.example>")
    ('sales@example.com', None)
    """
    text = text.strip().removeprefix("mailto:")
    if len(text) > 320:
        return None
    local, at, host = text.rpartition("@")
    name = domain(host) if at else None
    local = local.lower()
    if name is None or _LOCAL.fullmatch(local) is None:
        return None
    return f"{local}@{name}"


def file_hash(algorithm: str, text: str) -> tuple[str, str] | None:
    """A digest's algorithm and its hexadecimal digits in lower case, of the right number.

    >>> file_hash("SHA-256", "AB" * 32)[0], file_hash("MD5", "abc")
    ('sha256', None)
    """
    name = algorithm.lower().replace("-", "").replace("_", "")
    length = HASH_LENGTHS.get(name)
    digits = text.strip().lower()
    if length is None or len(digits) != length or _HEX.fullmatch(digits) is None:
        return None
    return name, digits


def mac_address(text: str) -> str | None:
    """An EUI-48: lower case, with colons.

    >>> mac_address("00-1B-63-84-45-E6"), mac_address("001b.6384.45e6")
    ('00:1b:63:84:45:e6', '00:1b:63:84:45:e6')
    """
    found = text.strip().lower()
    if len(found) > 17 or _MAC.fullmatch(found) is None:
        return None
    digits = re.sub(r"[^0-9a-f]", "", found)
    return ":".join(digits[at : at + 2] for at in range(0, 12, 2))


def autonomous_system(text: str) -> str | None:
    """The number of an autonomous system in asplain (RFC 5396).

    >>> autonomous_system("AS64500"), autonomous_system("1.10"), autonomous_system("AS99999999999")
    ('64500', '65546', None)
    """
    match = _AS.fullmatch(text.strip())
    if match is None:
        return None
    number = int(match[1])
    if match[2] is not None:
        if number > 65535 or int(match[2]) > 65535:
            return None
        number = number * 65536 + int(match[2])
    return str(number) if number < 2**32 else None


def phone(text: str, country: str | None = None) -> str | None:
    """A telephone number in E.164, by Google's library; without a leading + only for a country that is given.

    >>> phone("+62 (812) 3456-7890"), phone("0812 3456 7890", "ID"), phone("0812 3456 7890")
    ('+6281234567890', '+6281234567890', None)
    """
    if len(text) > 60:
        return None
    import phonenumbers

    text = text.strip().removeprefix("tel:")
    if country is None and text.startswith("00"):
        text = "+" + text[2:]
    try:
        number = phonenumbers.parse(text, country)
    except phonenumbers.NumberParseException:
        return None
    if number.extension or not phonenumbers.is_possible_number(number):
        return None
    return str(phonenumbers.format_number(number, phonenumbers.PhoneNumberFormat.E164))


def iban(text: str) -> str | None:
    """An IBAN (ISO 13616) in upper case without spaces, if its check digits and its country's length are right.

    >>> iban("GB29 nwbk 6016 1331 9268 19"), iban("GB29 NWBK 6016 1331 9268 18")
    ('GB29NWBK60161331926819', None)
    """
    if len(text) > 60:
        return None
    from stdnum import iban as standard
    from stdnum.exceptions import ValidationError

    try:
        return str(standard.validate(text, check_country=False)).upper()
    except ValidationError:
        return None


def bank_account(text: str, bank: str = "") -> str | None:
    """An account's number as its IBAN, or as its digits and letters after the bank that it is at.

    Without a bank the number alone names no account: None. A bank is its BIC or its country's code.

    >>> bank_account("123-456-7890", "BANKSGSG"), bank_account("1234567890")
    ('BANKSGSG:1234567890', None)
    """
    known = iban(text)
    if known is not None:
        return known
    if len(text) > 60 or len(bank) > 60:
        return None
    from serantau.base.normalise import compact

    number, place = compact(text), compact(bank)
    # A BIC's branch XXX is the head office: eight characters name the same bank (ISO 9362).
    place = place[:8] if len(place) == 11 and place.endswith("XXX") else place
    if not place or _ACCOUNT.fullmatch(number) is None or re.fullmatch(r"[A-Z0-9]{2,11}", place) is None:
        return None
    return f"{place}:{number}"


def wallet(text: str) -> str | None:
    """An address of Bitcoin (its check digits right) or of Ethereum and its like, in lower case where case says nothing.

    >>> wallet("0x52908400098527886E0F7030069857D2E4169EE7")
    'eth:0x52908400098527886e0f7030069857d2e4169ee7'
    >>> wallet("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa"), wallet("1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb")
    ('btc:1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa', None)
    """
    text = text.strip()
    if len(text) > 100:
        return None
    text = text.removeprefix("btc:").removeprefix("bitcoin:").removeprefix("eth:")
    lower = text.lower()
    if _ETHER.fullmatch(lower):
        return f"eth:{lower}"
    if _BECH32.fullmatch(lower) and (text.islower() or text.isupper()):
        text = lower
    elif _BTC.fullmatch(text) is None:
        return None
    from stdnum import bitcoin

    return f"btc:{text}" if bitcoin.is_valid(text) else None


def refanged(text: str) -> str:
    """What people write so that nobody clicks on it, as it was: ``hxxp``, ``[.]``, ``(dot)``, ``[at]``.

    >>> refanged("hxxps://evil[.]example/a")
    'https://evil.example/a'
    """
    text = re.sub(r"^\s*h(?:xx|\*\*|XX)p", "http", text)
    text = re.sub(r"\s?[\[({]\s?(?:\.|dot)\s?[\])}]\s?", ".", text, flags=re.IGNORECASE)
    text = re.sub(r"\s?[\[({]\s?(?:@|at)\s?[\])}]\s?", "@", text, flags=re.IGNORECASE)
    return re.sub(r"\[:\]|\[://\]", lambda found: found[0].strip("[]"), text)
