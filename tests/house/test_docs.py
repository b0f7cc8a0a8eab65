"""Rule: no page points to a page that does not exist."""

from __future__ import annotations

import re

from tests.support.tree import ROOT, read, relative, text_files

LINK = re.compile(r"\]\((?!https?://|#|mailto:)([^)#\s]+)")
MENTION = re.compile(r"(?<![\w/.])docs/[\w./-]*\w")


def test_links_between_pages_lead_somewhere():
    broken = [
        f"{relative(page)}: {target}"
        for page in text_files()
        if page.suffix == ".md"
        for target in LINK.findall(read(page))
        if not (page.parent / target).exists()
    ]
    assert not broken


def test_pages_named_in_code_and_facts_exist():
    broken = [
        f"{relative(path)}: {name}"
        for path in text_files()
        if path.is_relative_to(ROOT / "src") or path.is_relative_to(ROOT / "docs")
        for name in MENTION.findall(read(path))
        if not (ROOT / name).exists()
    ]
    assert not broken
