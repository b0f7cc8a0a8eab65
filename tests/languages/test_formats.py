"""Rule: numbers and days are written as the Unicode CLDR says for the language, with years of the Gregorian calendar.

Expected: CLDR 47 charts, "Numbers: Symbols" and "Date & Time: Gregorian", for en-001, id and th.
"""

from __future__ import annotations

from datetime import date

import pytest

from serantau.base import PartialDate
from serantau.languages import formats_of

DAY = date(2025, 8, 17)


@pytest.mark.parametrize(
    "tag,number,day",
    [
        ("en", "−1,234.5", "17 August 2025"),
        ("id", "−1.234,5", "17 Agustus 2025"),
        ("th", "−1,234.5", "17 สิงหาคม 2025"),
        ("vi", "−1.234,5", "17 tháng 8 2025"),
        ("qaa", "−1,234.5", "17 August 2025"),
    ],
)
def test_number_and_day(tag, number, day):
    formats = formats_of(tag)
    assert formats.number(-1234.5, 1) == number
    assert formats.day(DAY) == day


def test_what_rounds_to_nothing_has_no_sign():
    assert formats_of("id").number(-0.04, 1) == "0,0"


@pytest.mark.parametrize(
    "text,shown", [("2025", "2025"), ("2025-08", "Agustus 2025"), ("2025-08-17", "17 Agustus 2025"), ("unknown", "")]
)
def test_a_date_is_no_more_precise_than_it_is_known(text, shown):
    assert formats_of("id").partial(PartialDate.parse(text)) == shown
