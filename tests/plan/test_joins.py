"""Rule: what a plan says of members and indicators is checked against those that the region has."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from serantau.bundle import load_bundle
from serantau.facts import FactError

THREE_LANDS = Path(__file__).parents[1] / "regions/threelands"


@pytest.mark.parametrize(
    "key, old, new, words",
    [
        ("meetings", "host: QAA", "host: QAX", r"plan/meetings\.yaml:\d+: the member 'QAX' is not in members"),
        ("targets", "    value:", "    member: QZZ\n    value:", r"plan/targets\.yaml:\d+: the member 'QZZ' is not in"),
        (
            "kpis",
            "    unit:",
            "    indicator: nowhere\n    unit:",
            r"plan/kpis\.yaml:\d+: KPI .* 'nowhere' is not held",
        ),
    ],
)
def test_an_unknown_name_is_refused(tmp_path: Path, key: str, old: str, new: str, words: str) -> None:
    region = shutil.copytree(THREE_LANDS, tmp_path / "region")
    path = region / f"plan/{key}.yaml"
    assert old in path.read_text()
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(FactError, match=words):
        load_bundle(region)
