"""Rule: whether members may stay outside rests on a text that somebody read and that holds; nothing else will do."""

from __future__ import annotations

from datetime import date

import msgspec
import pytest

from serantau.base import AsOf, Truth
from serantau.facts import FactFolder
from serantau.region import load_region
from tests.support.regions import THREELANDS, copy_of_threelands, edit

TODAY = AsOf(date(2026, 11, 21), date(2026, 11, 21))


def held(root=THREELANDS):
    region = load_region(FactFolder(root))
    return {one.id: one for one in region.agreements}


def test_only_a_text_that_was_read_and_says_so_lets_members_outside():
    found = {name for name, one in held().items() if one.lets_outside(TODAY)}
    assert found == {"tl-outages"}


@pytest.mark.parametrize(
    "changed",
    [{"valid_to": "2025-12-31"}, {"valid_from": "unknown"}, {"known": "2027-01-01"}, {"withdrawn": "2026-01-01"}],
    ids=["ended", "begun nobody knows when", "not known yet", "no longer claimed"],
)
def test_a_text_that_may_not_hold_lets_nobody_outside(changed):
    from serantau.base import PartialDate

    dates = {name: PartialDate(value) for name, value in changed.items()}
    assert not msgspec.structs.replace(held()["tl-outages"], **dates).lets_outside(TODAY)


def test_a_region_without_the_file_has_no_agreements(tmp_path):
    root = copy_of_threelands(tmp_path)
    (root / "agreements.yaml").unlink()
    assert held(root) == {}


@pytest.mark.parametrize(
    "old, new, word",
    [
        ('staying_outside: "no"', "staying_outside: perhaps", "staying_outside"),
        ("id: tl-unread", "id: tl-outages", "twice"),
        ("    title: Agreement on postal charges\n", "", "title"),
    ],
    ids=["no truth value", "twice", "no title"],
)
def test_a_defect_is_named(tmp_path, old, new, word):
    root = copy_of_threelands(tmp_path)
    edit(root, "agreements.yaml", old, new)
    folder = FactFolder(root)
    load_region(folder)
    assert any("agreements.yaml" in one.where and word in f"{one.where} {one.what}" for one in folder.problems)


def test_what_is_not_known_is_not_no():
    assert held()["tl-unread"].staying_outside is Truth.UNKNOWN
