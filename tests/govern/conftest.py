"""The invented region's law, and the shipped region's, as these tests use them."""

from __future__ import annotations

import pytest

from serantau.bundle import Bundle, default_region, load_bundle
from tests.support.regions import THREELANDS


@pytest.fixture(scope="session")
def threelands() -> Bundle:
    return load_bundle(THREELANDS)


@pytest.fixture(scope="session")
def shipped() -> Bundle:
    return load_bundle(default_region())
