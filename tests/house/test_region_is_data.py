"""Rule: nothing in the code knows the region that ships: names and codes stand in `regions/` only."""

from __future__ import annotations

import re

import pytest

from serantau.bundle import SHIPPED
from serantau.facts import FactFolder
from serantau.region import load_region
from tests.support.tree import ROOT, read, relative, text_files

REGIONS = sorted(path.parent for path in SHIPPED.glob("*/region.yaml"))


def test_a_region_ships():
    assert REGIONS


@pytest.mark.parametrize("folder", REGIONS, ids=lambda folder: folder.name)
def test_code_names_neither_the_region_nor_a_member(folder):
    facts = FactFolder(folder)
    region = load_region(facts)
    assert region is not None, facts.problems
    names = {region.profile.id, region.profile.name, region.profile.short_name}
    names |= {member.name for member in region.members}
    codes = {member.id for member in region.members}
    words = "|".join(re.escape(name) for name in sorted(names))
    quoted = "|".join(sorted(codes))
    # A code is looked for in quotes only: as a bare word it may be an abbreviation of something else.
    # A font is called after the script that it writes, wherever that script is used.
    pattern = re.compile(rf"(?<![A-Za-z])(?<!Noto Sans )(?i:{words})(?![A-Za-z])|([\"'])(?:{quoted})\1")
    found = [
        f"{relative(path)}:{number}: {line.strip()}"
        for path in text_files()
        if path.is_relative_to(ROOT / "src") and not path.is_relative_to(SHIPPED)
        for number, line in enumerate(read(path).splitlines(), start=1)
        if pattern.search(line)
    ]
    assert not found, "take it from the region's facts"
