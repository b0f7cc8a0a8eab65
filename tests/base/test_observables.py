"""Rule: spellings of one thing have one normal form, the normal form is its own, and other things have none."""

from __future__ import annotations

import ipaddress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from serantau.base import observables as forms

FORMS = {
    "host": forms.host_name,
    "domain": forms.domain,
    "url": forms.url,
    "email": forms.email,
    "mac": forms.mac_address,
    "as": forms.autonomous_system,
    "phone": forms.phone,
    "iban": forms.iban,
    "wallet": forms.wallet,
    "address": lambda text: (forms.address(text) or (0, None))[1],
}
SEEDS = st.sampled_from(
    [
        "http://a.example/",
        "HTTPS://user:p%40ss@Example.COM:443/a/./b/../c%2f?x=1#f",
        "bücher.example",
        "xn--bcher-kva.example",
        "Sales@Example.COM",
        "001b.6384.45e6",
        "AS64500",
        "+62 812 3456 7890",
        "GB29 NWBK 6016 1331 9268 19",
        "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNa",
        "2001:db8::1/64",
        "::ffff:198.51.100.7/120",
        "http://[2001:db8::1]:8080/%",
        "ftp://a.example/..//..",
        "１９２．0.2.1",
    ]
)
LETTERS = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from(".:/@%?#[]+- \\"), max_size=6)


@st.composite
def texts(draw):
    """A known text with something put into it, or anything."""
    seed = draw(SEEDS | LETTERS)
    at = draw(st.integers(0, len(seed)))
    return seed[:at] + draw(LETTERS) + seed[at + draw(st.integers(0, 2)) :]


@pytest.mark.property
@pytest.mark.parametrize("name", FORMS)
@given(text=texts())
def test_a_normal_form_is_its_own(name, text):
    form = FORMS[name](text)
    if form is not None:
        assert FORMS[name](form) == form


LABEL = st.from_regex(r"[a-z0-9]([a-z0-9-]{0,8}[a-z0-9])?", fullmatch=True).filter(lambda text: text[2:4] != "--")
NAMES = st.tuples(LABEL, st.sampled_from(["example", "co.example", "xn--p1ai"])).map(".".join)
CASES = st.sampled_from([str.lower, str.upper, str.title])


@pytest.mark.property
@given(NAMES, CASES, st.sampled_from(["", "."]), st.sampled_from([".", "。", "．"]))
def test_spellings_of_a_name(name, case, dot, mark):
    assert forms.domain(case(name + dot).replace(".", mark)) == name


@pytest.mark.property
@given(NAMES, CASES, st.sampled_from(["", ":80", ":080", ":"]), st.sampled_from(["", "#top", "#"]))
def test_spellings_of_an_address_of_the_web(name, case, port, fragment):
    expected = f"http://{name}/~a/%C3%A9?q=%7C"
    for path in ("/~a/%C3%A9", "/%7ea/%c3%a9", "/x/../%7Ea/./é", "/~a/é"):
        for query in ("?q=%7C", "?q=|", "?q=%7c"):
            assert forms.url(case("http") + "://" + case(name) + port + path + query + fragment) == expected


@pytest.mark.property
@given(st.ip_addresses(v=4), st.integers(0, 32))
def test_spellings_of_an_address_of_version_4(found, bits):
    plain = (4, str(found))
    assert forms.address(str(found)) == plain
    assert forms.address(f" {found}/32 ") == plain
    assert forms.address(f"::ffff:{found}") == plain
    assert forms.address(f"0:0:0:0:0:FFFF:{found}/128") == plain
    network = ipaddress.ip_network((found, bits), strict=False)
    expected = (4, str(network) if bits < 32 else str(found))
    assert forms.address(f"{found}/{bits}") == expected
    assert forms.address(f"::ffff:{found}/{96 + bits}") == expected


@pytest.mark.property
@given(st.ip_addresses(v=6), st.integers(0, 128))
def test_spellings_of_an_address_of_version_6(found, bits):
    expected = forms.address(str(found))
    for spelled in (found.exploded, found.exploded.upper(), found.compressed.upper(), f"{found}/128"):
        assert forms.address(spelled) == expected
    if found.ipv4_mapped is None and bits < 96:
        network = ipaddress.ip_network((found, bits), strict=False)
        assert forms.address(f"{found}/{bits}") == (6, str(network))


@pytest.mark.property
@given(st.binary(min_size=6, max_size=6))
def test_spellings_of_a_hardware_address(octets):
    expected = octets.hex(":")
    for mark in ":-. ":
        assert forms.mac_address(octets.hex(mark)) == expected
        assert forms.mac_address(octets.hex(mark).upper()) == expected
    assert forms.mac_address(octets.hex()) == expected
    assert forms.mac_address(octets.hex(".", 2)) == expected


@pytest.mark.property
@given(st.integers(0, 2**32 - 1))
def test_spellings_of_an_autonomous_system(number):
    for spelled in (
        f"{number}",
        f"AS{number}",
        f"asn {number}",
        f"{number // 65536}.{number % 65536}",
        f"0{number}"[:10],
    ):
        if spelled != f"0{number}"[:10] or number < 10**9:
            assert forms.autonomous_system(spelled) == str(number)


@pytest.mark.parametrize(
    "spelled",
    ["+66 2 123 4567", "+6621234567", "0066 2123 4567", "tel:+66-2-123-4567", "+66 (0)2 123 4567", "＋66 2 123 4567"],
)
def test_spellings_of_a_telephone_number(spelled):
    """The expected form is E.164's: + and country code, then the number without its trunk prefix."""
    assert forms.phone(spelled) == "+6621234567"


@pytest.mark.parametrize("digits", ["๐๘๑๒๓๔๕๖๗๘", "081-234-5678", "(081) 234 5678"])
def test_a_telephone_number_as_it_is_written_at_home(digits):
    assert forms.phone(digits, "TH") == "+66812345678"


@pytest.mark.parametrize(
    "form, text",
    [
        ("domain", "localhost"),
        ("domain", "198.51.100.7"),
        ("domain", "a..example"),
        ("domain", "-a.example"),
        ("domain", "*.example.com"),
        ("domain", "a b.example"),
        ("domain", "a" * 64 + ".example"),
        ("domain", "a." * 200 + "example"),
        ("domain", "\u202e.example"),
        ("address", "198.51.100.07"),
        ("address", "198.51.100"),
        ("address", "0x7f.1"),
        ("address", "198.51.100.1/33"),
        ("address", "198.51.100.1/255.255.255.0"),
        ("address", "fe80::1%eth0"),
        ("address", "::1/129"),
        ("address", "１.2.3.4"),
        ("url", "example.com/a"),
        ("url", "mailto:a@b.example"),
        ("url", "http:///a"),
        ("url", "http://a.example:99999/"),
        ("url", "http://a b/"),
        ("url", "http://a.example/\x00"),
        ("url", "http://" + "a" * 5000),
        ("url", "javascript:alert(1)"),
        ("email", "a@b"),
        ("email", "A <a@b.example>"),
        ("email", "a b@c.example"),
        ("email", "@c.example"),
        ("mac", "00:1b:63:84:45"),
        ("mac", "00:1b-63:84:45:e6"),
        ("as", "AS4294967296"),
        ("as", "AS"),
        ("as", "70000.1"),
        ("phone", "12345"),
        ("phone", "+62"),
        ("phone", "+62 812 3456 7890 ext. 5"),
        ("phone", "9" * 500),
        ("iban", "GB29 NWBK 6016 1331 9268 18"),
        ("iban", "XX00"),
        ("wallet", "1A1zP1eP5QGefi2DMPTfTL5SLmv7DivfNb"),
        ("wallet", "0x123"),
        ("wallet", "bc1QAR0srrr7xfkvy5l643lydnw9re59gtzzwf5mdq"),
    ],
)
def test_what_is_no_such_thing(form, text):
    assert FORMS[form](text) is None


def test_wallets():
    """Addresses published in the proposals that define their forms: BIP 173, EIP 55."""
    assert (
        forms.wallet("BC1QW508D6QEJXTDG4Y5R3ZARVARY0C5XW7KV8F3T4") == "btc:bc1qw508d6qejxtdg4y5r3zarvary0c5xw7kv8f3t4"
    )
    assert (
        forms.wallet("0xfB6916095ca1df60bB79Ce92cE3Ea74c37c5d359") == "eth:0xfb6916095ca1df60bb79ce92ce3ea74c37c5d359"
    )


def test_accounts():
    assert forms.bank_account("123 456-789 0", "banksgsgxxx") == forms.bank_account("1234567890", "BANKSGSG")
    assert forms.bank_account("1234567890", "BANKSGSG") != forms.bank_account("1234567890", "BANKMYKL")
    assert forms.bank_account("gb29nwbk60161331926819", "NWBKGB2L") == "GB29NWBK60161331926819"
    assert forms.bank_account("12", "BANKSGSG") is None


@pytest.mark.parametrize(
    "written, meant",
    [
        ("hxxp://evil[.]example/a", "http://evil.example/a"),
        ("hXXps://evil(dot)example", "https://evil.example"),
        ("user[at]evil[dot]example", "user@evil.example"),
        ("198[.]51[.]100[.]7", "198.51.100.7"),
        ("http[:]//a.example", "http://a.example"),
        ("http://a.example/x", "http://a.example/x"),
    ],
)
def test_what_was_made_harmless_is_read(written, meant):
    assert forms.refanged(written) == meant
