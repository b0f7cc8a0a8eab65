"""Rule: a recogniser as array code gives the answer that an independent program gives for every number.

python-stdnum, idnumbers and phonenumbers check one number at a time and know nothing of us; published examples come
from ICAO 9303 and from the documentation of python-stdnum.
"""

from __future__ import annotations

import importlib
import random
import string

import phonenumbers
import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st
from idnumbers.nationalid import SGP

from serantau.bundle import default_region, load_bundle
from serantau.govern.scan.cells import Cells
from serantau.govern.scan.checks import problems_of
from serantau.govern.scan.rules import Compiled
from serantau.govern.scan.universal import UNIVERSAL
from tests.support.seeded import seeded

FACTS = load_bundle(default_region())
WITH_ORACLE = [one for one in FACTS.handling.recognisers if one.agrees_with and one.agrees_with != "iban"]


STRICTER = {
    # Years of issue that no company has; what is still to come depends on the day of the test.
    "sgp-uen-company": lambda number: "1850" <= number[:4] <= "2025",
    # python-stdnum takes the day modulo 40, so that 96 is the sixteenth; women's days are 41 to 71.
    "idn-nik": lambda number: "".join(filter(str.isdigit, number))[6:8] <= "79",
}
"""Numbers on which both must agree, where we ask for more than python-stdnum does."""


def fitting(compiled: Compiled, numbers: list[str]) -> list[bool]:
    """Our answer for each number."""
    mask = compiled.fits(Cells(pl.Series(numbers)))
    return [False] * len(numbers) if mask is None else mask.tolist()


def written(shape: str, source: random.Random) -> str:
    """A random text of a shape."""
    marks = {"9": string.digits, "A": string.ascii_uppercase}
    return "".join(source.choice(marks.get(mark, mark)) for mark in shape)


def numbers_near_valid(shape: str, accepts, source: random.Random, count: int) -> list[str]:
    """Random texts of a shape, with as many of those that the other program accepts as are quickly found."""
    drawn = [written(shape, source) for _ in range(count)]
    valid = [text for text in drawn if accepts(text)]
    # One character off from a valid number is what a check digit is for.
    off = [text[:place] + written("9", source) + text[place + 1 :] for text in valid for place in (0, 5, len(text) - 1)]
    return [*drawn, *(text for text in off if len(text) == len(shape))]


@pytest.mark.parametrize("fact", WITH_ORACLE, ids=lambda fact: fact.id)
def test_numbers_as_python_stdnum_has_them(shipped, fact):
    module = importlib.import_module(f"stdnum.{fact.agrees_with}")
    compiled = shipped.by_id[fact.id]
    source = seeded(fact.id)
    first = {"chars": fact.rules[0].allowed} if fact.rules and hasattr(fact.rules[0], "allowed") else {}
    for shape in fact.shapes:
        numbers = numbers_near_valid(shape, module.is_valid, source, 20_000)
        if first:  # the module also takes numbers of its other forms
            numbers = [number for number in numbers if number[0] in first["chars"]]
        numbers = [number for number in numbers if fact.id not in STRICTER or STRICTER[fact.id](number)]
        expected = [module.is_valid(number) for number in numbers]
        got = fitting(compiled, numbers)
        wrong = [number for number, ours, theirs in zip(numbers, got, expected, strict=True) if ours != theirs]
        assert wrong == []
        assert any(expected)


def test_check_letters_as_idnumbers_has_them(shipped):
    source = seeded(1)
    numbers = numbers_near_valid("A9999999A", SGP.NationalID.validate, source, 40_000)
    numbers += [source.choice("STFGM") + written("9999999A", source) for _ in range(40_000)]
    expected = [bool(SGP.NationalID.validate(number)) for number in numbers]
    assert fitting(shipped.by_id["sgp-nric"], numbers) == expected
    assert 500 < sum(expected) < len(numbers) / 4


def test_other_forms_of_uen_as_python_stdnum_documents_them(shipped):
    compiled = shipped.by_id["sgp-uen-other"]
    assert fitting(compiled, ["S16FC0121D", "T01FC6132D", "T01FC6132E"]) == [True, True, False]


def test_tax_codes_as_python_stdnum_has_them(shipped):
    from stdnum.vn import mst

    source = seeded(2)
    numbers = [written("9999999999", source) for _ in range(20_000)]
    assert fitting(shipped.by_id["vnm-mst"], numbers) == [mst.is_valid(number) for number in numbers]
    branches = [written("9999999999-999", source) for _ in range(20_000)]
    assert fitting(shipped.by_id["vnm-mst-branch"], branches) == [mst.is_valid(number) for number in branches]


def test_account_numbers_as_python_stdnum_has_them(shipped):
    from stdnum import iban

    examples = ["GB82 WEST 1234 5698 7654 32", "DE89370400440532013000", "TL380080012345678910157"]
    changed = [text[:-1] + ("0" if text[-1] != "0" else "1") for text in examples]
    numbers = [*examples, *changed]
    assert fitting(shipped.by_id["iban"], numbers) == [iban.is_valid(number, check_country=False) for number in numbers]
    assert fitting(shipped.by_id["tls-iban"], numbers) == [iban.is_valid(n) and n.startswith("TL") for n in numbers]


def test_payment_cards_as_python_stdnum_has_them(shipped):
    from stdnum import luhn

    source = seeded(3)
    numbers = [source.choice("23456") + written("9" * 15, source) for _ in range(5_000)]
    assert fitting(shipped.by_id["card-16"], numbers) == [luhn.is_valid(number) for number in numbers]


# Specimen of ICAO 9303-4 (passport) and 9303-5 (card): the state UTO does not exist.
SPECIMEN = "L898902C36UTO7408122F1204159ZE184226B<<<<<10"
NAMES = "P<UTOERIKSSON<<ANNA<MARIA<<<<<<<<<<<<<<<<<<<"
CARD = "7408122F1204159UTO<<<<<<<<<<<6"


def test_zones_of_travel_documents_as_icao_prints_them(shipped):
    passport, card = shipped.by_id["mrz-passport"], shipped.by_id["mrz-card"]
    assert fitting(passport, [SPECIMEN, SPECIMEN.replace("740812", "740813")]) == [True, False]
    assert fitting(shipped.by_id["mrz-passport-whole"], [f"{NAMES}\n{SPECIMEN}", f"{NAMES}\n{SPECIMEN[:-1]}1"]) == [
        True,
        False,
    ]
    assert fitting(card, [CARD, CARD.replace("7408122", "7408123")]) == [True, False]


@pytest.mark.parametrize("member", FACTS.region.members, ids=lambda member: member.id)
def test_telephone_numbers_as_phonenumbers_has_them(shipped, member):
    """Every national number of the plans' lengths: valid there and here, written at home and from abroad."""
    source = seeded(member.id)
    plan = phonenumbers.PhoneMetadata.metadata_for_region(member.alpha2, None)
    numbers = [written("9" * source.choice(plan.general_desc.possible_length), source) for _ in range(4_000)]
    example = phonenumbers.example_number_for_type(member.alpha2, phonenumbers.PhoneNumberType.MOBILE)
    numbers += [str(example.national_number)] if example else []
    numbers = [number for number in numbers if not number.startswith("0")]
    expected = []
    for number in numbers:
        parsed = phonenumbers.PhoneNumber(country_code=plan.country_code, national_number=int(number))
        expected.append(phonenumbers.is_valid_number_for_region(parsed, member.alpha2))
    code = member.id.lower()
    abroad = fitting(shipped.by_id[f"phone-{code}-abroad"], [f"+{plan.country_code} {number}" for number in numbers])
    wrong = [n for n, ours, theirs in zip(numbers, abroad, expected, strict=True) if theirs and not ours]
    assert wrong == []
    # The library may drop a trunk prefix from a number that is written without one, and then knows fewer of them.
    more = sum(ours and not theirs for ours, theirs in zip(abroad, expected, strict=True))
    assert more <= 0.02 * len(numbers)
    assert any(expected)


def test_a_number_of_the_invented_region_by_hand(lands):
    # 1*1 + 2*2 + 3*3 + 4*4 + 5*5 = 55; 55 mod 7 = 6; the seventh of ABCDEFG is G.
    assert fitting(lands.by_id["qaa-citizen"], ["12345G", "12-345-G", "12345A"]) == [True, True, False]
    # 29 February: 2000 was a leap year, so year 00 has the day; 01 has not.
    assert fitting(lands.by_id["qbb-resident"], ["00022920", "01022901", "85133101", "85123110"]) == [
        True,
        False,
        False,
        False,
    ]


@given(st.lists(st.text(max_size=40), min_size=1, max_size=50))
def test_no_text_breaks_a_recogniser(shipped, texts):
    from serantau.govern.scan.cells import texts as cleaned

    cells = Cells(cleaned(pl.Series(texts, dtype=pl.String)), shipped.gate)
    for compiled in shipped.tried:
        shaped, valid = compiled.try_on(cells)
        assert 0 <= valid <= shaped <= len(cells)


def test_every_shipped_recogniser_is_sound():
    recognisers = [*(fact.plain() for fact in FACTS.handling.recognisers), *UNIVERSAL]
    assert {one.id: problems_of(one) for one in recognisers if problems_of(one)} == {}


def test_no_recogniser_for_what_has_no_source():
    uncovered = {one.member for one in FACTS.handling.not_covered if "passport" not in one.number}
    claimed = {one.member for one in FACTS.handling.recognisers if one.kind == "national-id"}
    assert uncovered - {"PHL"} == {member.id for member in FACTS.region.members} - claimed
