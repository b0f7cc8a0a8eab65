"""Rule: the guides to an index of one's own show what happens, and the schema and the example are current."""

from __future__ import annotations

import csv
import doctest
import re
import shlex
import statistics
import subprocess
import sys

import jsonschema
import pytest
import yaml
from click.testing import CliRunner

from serantau.cli import main
from serantau.measure import definition_schema
from tests.support.tree import ROOT, read

GUIDE = ROOT / "docs" / "guide"
EXAMPLE = ROOT / "examples" / "own-index"


def blocks(page: str, kind: str) -> list[str]:
    return re.findall(rf"```{kind}\n(.*?)```", read(GUIDE / page), flags=re.DOTALL)


def test_every_example_of_the_guide_to_python_gives_what_the_page_says():
    text = "\n".join(blocks("python.md", "pycon"))
    examples = doctest.DocTestParser().get_doctest(text, {}, "python.md", str(GUIDE / "python.md"), 0)
    assert len(examples.examples) > 40
    runner = doctest.DocTestRunner(optionflags=doctest.NORMALIZE_WHITESPACE)
    told: list[str] = []
    runner.run(examples, out=told.append)
    assert runner.summarize(verbose=False).failed == 0, "".join(told)


@pytest.fixture(scope="module")
def results(tmp_path_factory):
    """The commands of the guide, run in the order of the page, with their results in a folder of their own."""
    folder = tmp_path_factory.mktemp("own")
    lines = [line for block in blocks("own-index.md", "console") for line in block.splitlines()]
    assert len(lines) == 3
    shown = []
    for line in lines:
        words = shlex.split(line.removeprefix("$ serantau "))
        words = [str(ROOT / word) if word.startswith("examples/") else word for word in words]
        at = words.index("--out") + 1
        words[at] = str(folder / words[at])
        done = CliRunner().invoke(main, words)
        assert done.exit_code == 0, done.output
        shown.append(done.stdout)
    return folder, shown


def test_the_table_of_the_guide_is_the_one_printed(results):
    table = next(block for block in blocks("own-index.md", "text") if block.startswith("Digital readiness"))
    printed = results[1][0]
    assert [line.rstrip() for line in table.strip().splitlines()] == [
        line.rstrip() for line in printed.partition("Written to")[0].strip().splitlines()
    ]


def test_the_guide_names_every_file_of_the_results_and_no_other(results):
    written = {
        path.relative_to(results[0] / "results").as_posix()
        for path in (results[0] / "results").rglob("*")
        if path.is_file()
    }
    named = set(re.findall(r"^\| `([\w./-]+\.(?:csv|json|yaml))` \|", read(GUIDE / "own-index.md"), flags=re.MULTILINE))
    assert named == written


def test_the_scores_of_the_example_by_hand(results):
    """Plain Python from data.csv: share of missing, lines per 100 people, group median, one winsorised price, min-max, means."""
    with (EXAMPLE / "data.csv").open(encoding="utf-8", newline="") as stream:
        table = {
            row.pop("unit"): {k: float(v) if v else None for k, v in row.items()} for row in csv.DictReader(stream)
        }
    del table["Hazel (invented)"]  # one value of six
    groups = yaml.safe_load((EXAMPLE / "definition.yaml").read_text("utf-8"))["unit_groups"]
    for row in table.values():
        row["lines"] = row["lines"] * 100 / row.pop("population")
    for unit, name in (("Cedar (invented)", "users"), ("Elm (invented)", "shops")):
        held = [row[name] for other, row in table.items() if groups[other] == groups[unit] and row[name] is not None]
        table[unit][name] = statistics.median(held)
    table["Gorse (invented)"]["price"] = 3.1  # the second dearest
    for row in table.values():
        row["price"], row["parity"] = -row["price"], -abs(row["parity"] - 1)
    names = ("coverage", "lines", "price", "users", "shops", "parity")
    low, high = ({name: end(row[name] for row in table.values()) for name in names} for end in (min, max))
    with (results[0] / "results" / "scores.csv").open(encoding="utf-8", newline="") as stream:
        found = {row["unit"]: row for row in csv.DictReader(stream)}
    for unit, row in table.items():
        score = {name: 1 + 99 * (row[name] - low[name]) / (high[name] - low[name]) for name in names}
        access = (score["coverage"] + score["lines"] + score["price"]) / 3
        use = (score["users"] + 2 * score["shops"] + score["parity"]) / 4
        assert float(found[unit]["readiness"]) == pytest.approx((access + use) / 2, abs=1e-8)
    assert found["Hazel (invented)"]["readiness"] == ""


def test_wide_and_long_data_hold_the_same_last_year():
    with (EXAMPLE / "data.csv").open(encoding="utf-8", newline="") as stream:
        wide = {(r["unit"], k): v for r in csv.DictReader(stream) for k, v in r.items() if k != "unit" and v}
    with (EXAMPLE / "data-long.csv").open(encoding="utf-8", newline="") as stream:
        last = {(r["unit"], r["indicator"]): r["value"] for r in csv.DictReader(stream) if r["year"] == "2024"}
    assert wide == last


def test_every_unit_of_the_example_says_that_it_is_invented():
    for name in ("data.csv", "data-long.csv"):
        with (EXAMPLE / name).open(encoding="utf-8", newline="") as stream:
            assert all("(invented)" in row["unit"] for row in csv.DictReader(stream))
    assert "INVENTED" in (EXAMPLE / "definition.yaml").read_text("utf-8")


def test_a_defect_of_a_step_and_of_its_alternative_is_named_once(tmp_path):
    spoilt = (EXAMPLE / "definition.yaml").read_text("utf-8").replace("method: minmax", "method: goalposts")
    (tmp_path / "definition.yaml").write_text(spoilt, "utf-8")
    words = ["measure", "run", tmp_path / "definition.yaml", "--data", EXAMPLE / "data.csv", "--out", tmp_path / "out"]
    done = CliRunner().invoke(main, [str(word) for word in words])
    assert done.exit_code == 1
    assert done.output.count("'coverage' has no goalposts. State them, or use another method.") == 1
    assert "6 problem" in done.output
    assert not (tmp_path / "out").exists()


# --- the schema ------------------------------------------------------------------------------------------------------


def test_the_schema_on_file_is_the_one_of_the_types():
    done = subprocess.run(
        [sys.executable, ROOT / "scripts" / "definition_schema.py", "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_schema_is_one_and_takes_the_example():
    schema = definition_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(yaml.safe_load((EXAMPLE / "definition.yaml").read_text("utf-8")), schema)


@pytest.mark.parametrize(
    "old, new",
    [
        ("direction: lower", "direction: smaller"),
        ("method: group_median", "method: middle"),
        ("min_share: 0.5", "min_share: 2"),
        ("weight: 2", "weigth: 2"),
        ("step: denominate", "step: divide"),
    ],
)
def test_the_schema_refuses_what_the_reader_refuses(old, new):
    text = (EXAMPLE / "definition.yaml").read_text("utf-8")
    assert old in text
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(yaml.safe_load(text.replace(old, new, 1)), definition_schema())


def test_every_key_of_a_definition_is_explained_in_the_schema():
    parts = definition_schema()["$defs"]
    silent = [
        f"{name}.{key}"
        for name, part in parts.items()
        for key, value in part.get("properties", {}).items()
        if key != "step" and "description" not in value and part["description"]
    ]
    assert not silent


# --- the words -------------------------------------------------------------------------------------------------------


def test_the_glossary_has_every_mark_role_status_and_method():
    """Read from the code, so that a new word asks for its sentence."""
    from serantau.measure.indicators import FLAGS, Basis, Direction, Role
    from serantau.measure.status import Status

    text = " ".join(read(ROOT / "docs" / "glossary.md").lower().replace("-", " ").split())
    words = [*FLAGS, *(one.value for kind in (Basis, Role, Status) for one in kind), Direction.REFERENCE.value]
    words += ["min max", "z score", "percentile rank", "borda", "copeland", "winsorise", "box cox", "geometric mean"]
    words += ["sobol' index", "smaa", "rank acceptability", "central weights", "sigma convergence", "beta convergence"]
    silent = [word for word in words if word.replace("-", " ").lower() not in text and word != "not enough data"]
    assert not silent


def test_the_index_of_the_documentation_names_every_page():
    docs = ROOT / "docs"
    index = read(docs / "README.md")
    pages = [path.relative_to(docs).as_posix() for path in docs.rglob("*.md") if "decisions" not in path.parts]
    named = set(re.findall(r"\]\(([\w./-]+)\)", index))
    missing = [page for page in pages if page != "README.md" and page not in named]
    assert not missing, "add a line to docs/README.md"
