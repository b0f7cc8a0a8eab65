"""The recognisers of the shipped region, and of the invented one."""

from __future__ import annotations

from pathlib import Path

import pytest

from serantau.bundle import default_region, load_bundle
from serantau.govern.scan.recognisers import Recognisers, recognisers_of
from tests.support.regions import THREELANDS


def recognisers_in(region: Path) -> Recognisers:
    """Everything that a scan of a region looks for."""
    bundle = load_bundle(region)
    members = [recogniser.plain() for recogniser in bundle.handling.recognisers]
    return recognisers_of(members, bundle.handling.kinds, {one.id: one.alpha2 for one in bundle.region.members})


@pytest.fixture(scope="session")
def shipped() -> Recognisers:
    """Of the region that ships."""
    return recognisers_in(default_region())


@pytest.fixture(scope="session")
def lands() -> Recognisers:
    """Of the invented region."""
    return recognisers_in(THREELANDS)
