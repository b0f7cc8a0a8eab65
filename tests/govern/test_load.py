"""Rule: a law file with a defect is refused whole, every defect named at once with its file and line."""

from __future__ import annotations

import re
from datetime import date

import jsonschema
import pytest
import yaml

from serantau.bundle import load_bundle
from serantau.facts import FactError
from serantau.govern.schema import law_schema
from tests.support.regions import copy_of_threelands, edit, line_of

AST = "law/provisions/asterra.yaml"
BOR = "law/provisions/borealia.yaml"

DEFECTS = [
    (AST, "article: s1, ", "", "id: ast-1,", "the key 'article' is missing"),
    (AST, "valid_to: 2024-12-31", "valid_to: 2025-06-30", "id: ast-3b", "ast-3b and ast-3a are versions of one rule"),
    (AST, "holds: [clauses]", "holds: [clausses]", "id: ast-4", "the safeguard 'clausses' is unknown.*clauses"),
    (AST, "valid_from: 2018-01-01", "valid_from: 2018-13-01", "id: ast-1,", "no day of the calendar"),
    (
        AST,
        "valid_from: 2018-01-01, valid_to: open",
        "valid_from: 2018-01-01, valid_to: 2017-01-01",
        "id: ast-1,",
        "ends .* before it begins",
    ),
    (AST, "valid_from: 2018-01-01", "valid_from: 2017-01-01", "id: ast-1,", "before its instrument"),
    (
        AST,
        "source: tl-law, grade: primary",
        "source: tl-lore, grade: primary",
        "id: ast-1,",
        "'tl-lore' is not in sources.yaml",
    ),
    (AST, "source: tl-law, grade: primary, ", "grade: primary, ", "id: ast-1,", "the key 'source' is missing"),
    (AST, "instrument: ast-act", "instrument: ast-akt", "id: ast-1,", "the instrument 'ast-akt' is in no list"),
    (AST, "layer: ast-privacy", "layer: bor-data", "id: ast-1,", "the layer bor-data is of QBB"),
    (AST, "lifts: [ast-5]", "lifts: [ast-55]", "id: ast-6", "no provision 'ast-55'"),
    (AST, "lifts: [ast-5]", "lifts: [ast-4]", "id: ast-6", "nothing to lift"),
    (
        AST,
        "effect: prohibits",
        "effect: prohibits, ways: [{holds: [consent]}]",
        "id: ast-5",
        "`ways` with the effect prohibits",
    ),
    (AST, "exporter: [private]", "exporter: [privat]", "id: ast-1,", "the exporter 'privat' is unknown"),
    (AST, "number: 60, unit: days", "number: 60", "id: ast-7", "a number and no unit"),
    (AST, "id: ast-2,", "id: ast-1,", "id: ast-1, instrument: ast-act, article: s3", "the id 'ast-1' stands twice"),
    (BOR, "frees: [bor-2, bor-3, bor-4, bor-8]", "frees: [bor-9]", "id: bor-7", "bor-9 is of another layer"),
    (BOR, "facts: {related: true}", "facts: {relatd: true}", "id: bor-7", "the fact 'relatd' is unknown"),
    (
        "law/classes.yaml",
        "data: [personal.health]",
        "data: [personal.helth]",
        "id: ast-sensitive",
        "'personal.helth' is unknown",
    ),
    ("law/coverage.yaml", "member: QCC", "member: QZZ", "id: cov-cor-private", "'QZZ' is not in members.yaml"),
    (
        "law/conflicts.yaml",
        "provisions: [bor-5]",
        "provisions: [bor-55]",
        "id: con-bor-health",
        "no provision 'bor-55'",
    ),
    (
        "law/terms.yaml",
        "label: Consent, text: The people have agreed.}",
        "label: Consent, text: The people have agreed., broader: [consent-informed]}",
        "id: consent,",
        "wider than itself",
    ),
    (
        "law/terms.yaml",
        "source: recalled, grade: memory",
        "source: recalled, grade: primary",
        "id: personal,",
        "`recalled` without grade memory",
    ),
]


@pytest.mark.parametrize("name, old, new, token, message", DEFECTS)
def test_a_defect_is_named_with_its_line(tmp_path, name, old, new, token, message):
    region = copy_of_threelands(tmp_path)
    edit(region, name, old, new)
    with pytest.raises(FactError) as caught:
        load_bundle(region)
    where = f"{name}:{line_of(region, name, token)}"
    said = [problem for problem in caught.value.problems if problem.where == where]
    assert said, caught.value
    assert any(re.search(message, str(problem)) for problem in said), caught.value


def test_all_defects_are_named_at_once(tmp_path):
    region = copy_of_threelands(tmp_path)
    for name, old, new, _, _ in (DEFECTS[1], DEFECTS[2], DEFECTS[16], DEFECTS[19]):
        edit(region, name, old, new)
    with pytest.raises(FactError) as caught:
        load_bundle(region)
    assert {problem.where.partition(":")[0] for problem in caught.value.problems} == {AST, BOR, "law/coverage.yaml"}
    assert len(caught.value.problems) >= 4


def without_law(folder):
    """A copy of the invented region from which the law is gone."""
    region = copy_of_threelands(folder)
    for path in sorted((region / "law").rglob("*"), reverse=True):
        path.rmdir() if path.is_dir() else path.unlink()
    (region / "law").rmdir()
    (region / "registers" / "legislation.yaml").unlink()  # it names instruments of the law
    published = region / "published.txt"
    kept = [line for line in published.read_text("utf-8").splitlines() if not line.startswith(LAW_IDS)]
    published.write_text("\n".join(kept) + "\n", "utf-8")
    return region


def test_a_region_without_law_loads(tmp_path):
    assert load_bundle(without_law(tmp_path)).law is None


LAW_IDS = (
    "provision ",
    "instrument ",
    "coverage ",
    "data ",
    "sector ",
    "exporter ",
    "recipient ",
    "volume ",
    "fact ",
    "safeguard ",
    "assessment ",
    "duty ",
    "entry qaa-data",
    "entry qbb-data",
)


def test_the_schema_takes_the_shipped_files(shipped):
    """The exported JSON Schema, asked by an independent validator, agrees with what loads."""
    validator = jsonschema.Draft202012Validator(law_schema())
    files = sorted((shipped.root / "law").rglob("*.yaml"))
    assert len(files) > 15
    for path in files:
        value = dates_as_text(yaml.safe_load(path.read_text("utf-8")))
        errors = [error.message for error in validator.iter_errors(value)]
        assert not errors, (path.name, errors[:3])
    assert not validator.is_valid({"provisions": [{"id": "x"}]})


def dates_as_text(value):
    """YAML turns what looks like a date or a year into one; our reader keeps the text."""
    if isinstance(value, list):
        return [dates_as_text(item) for item in value]
    if not isinstance(value, dict):
        return value.isoformat() if isinstance(value, date) else value
    return {
        key: str(item) if key in {"valid_from", "valid_to", "known"} else dates_as_text(item)
        for key, item in value.items()
    }
