"""Rule: every variable that the site reads from its environment is explained in the guide to operations."""

from __future__ import annotations

import re

from tests.support.tree import ROOT, python_files, read

GUIDE = ROOT / "docs" / "guide" / "operations.md"
READ = re.compile(r"(?:environ(?:\.get\(|\[)|_is_on\(|_whole_number\()\s*\"((?:SERANTAU_|DATABASE_)\w+)\"")


def test_every_variable_is_explained():
    web = ROOT / "src" / "serantau" / "web" / "config"
    found = {name for path in python_files() if path.is_relative_to(web) for name in READ.findall(read(path))}
    assert len(found) > 10
    assert sorted(name for name in found if f"`{name}`" not in read(GUIDE)) == []
