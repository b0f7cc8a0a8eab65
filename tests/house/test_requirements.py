"""Rule: what is installed is pinned by digest, agrees between the lists, names no address, and is free of the GPL."""

from __future__ import annotations

import re
from importlib import metadata

import pytest

from tests.support.tree import ROOT, read

LEVELS = ("run", "dev", "bench", "spark")
PIN = re.compile(r"^(?P<name>[a-z0-9._-]+)(?:\[[a-z,]+\])?==(?P<version>[^\s;]+)(?P<marker>[^\\]*)\\$")
GPL = re.compile(r"(?<![A-Za-z])A?GPL|(?<!Lesser )General Public License", re.IGNORECASE)


def pins(level: str) -> dict[str, str]:
    """Name and version of everything in a list; anything that is not pinned is an error."""
    found: dict[str, str] = {}
    digests = 1
    for line in read(ROOT / "requirements" / f"{level}.txt").splitlines():
        text = line.strip()
        if text.startswith("--hash=sha256:"):
            digests += 1
        elif text and not text.startswith("#"):
            pin = PIN.match(text)
            assert pin, f"{level}.txt: {text!r} is not a pinned package"
            assert digests, f"{level}.txt: no digest above {text!r}"
            found[pin["name"]] = pin["version"]
            digests = 0
    assert digests
    return found


@pytest.mark.parametrize("level", LEVELS)
def test_everything_is_pinned_with_digests(level):
    assert {"django", "setuptools"} <= set(pins(level))


@pytest.mark.parametrize("level", LEVELS)
def test_no_address_is_recorded(level):
    text = read(ROOT / "requirements" / f"{level}.txt")
    assert not re.search(r"://|--(?:extra-)?index|--find-links|\bfile:|@ ", text)


@pytest.mark.parametrize("level", ["dev", "bench", "spark"])
def test_lists_agree_with_run(level):
    # scripts/environment.sh counts on it: whoever has `dev` need not install `run`.
    assert pins("run").items() <= pins(level).items()


def test_what_we_import_is_not_under_the_gpl():
    accused = {name: text for name in installed(pins("run")) if (text := gpl_terms(metadata.metadata(name)))}
    assert not accused, "a GPL peer may run beside us in a bench, and is never imported"


@pytest.mark.parametrize(
    "terms, accused",
    [
        ("GPL-3.0-or-later", True),
        ("AGPL-3.0-only", True),
        ("License :: OSI Approved :: GNU General Public License v3 (GPLv3)", True),
        ("LGPL-3.0-only", False),
        ("License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)", False),
        ("Apache-2.0", False),
    ],
)
def test_gpl_is_told_from_lgpl(terms, accused):
    assert bool(GPL.search(terms)) is accused


def installed(names: dict[str, str]) -> list[str]:
    """Those that this machine's markers asked for."""
    here = {re.sub(r"[-_.]+", "-", found.name).lower() for found in metadata.distributions()}
    return [name for name in names if name in here]


def gpl_terms(about: metadata.PackageMetadata) -> list[str]:
    """The licence fields of a package that name the GPL.

    The free-text field is read only in its first line: some packages paste the whole text of every library they
    contain into it.
    """
    named = [about["License-Expression"] or "", (about["License"] or "").partition("\n")[0]]
    classified = [text for text in about.get_all("Classifier") or [] if text.startswith("License ::")]
    # A choice ("MPL or GPL") leaves us the other one.
    return [text for text in (*named, *classified) if GPL.search(text) and " OR " not in text]
