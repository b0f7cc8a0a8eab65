"""Rule: the plan commands answer for any region in three formats, and end in 0, 1 or 2 without a traceback."""

from __future__ import annotations

import csv
import io
import json
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

from serantau.cli import main

THREE_LANDS = Path(__file__).parents[1] / "regions/threelands"
COMMANDS = ("outcomes", "actions", "priorities", "meetings")


def run(*words: object) -> Result:
    result = CliRunner().invoke(main, ["plan", *(str(word) for word in words)])
    assert "Traceback" not in result.output
    assert "mistake in Serantau" not in result.output
    return result


def rows(*words: object) -> list[dict]:
    result = run(*words, "--format", "json")
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)["rows"]


@pytest.fixture
def region(tmp_path: Path) -> Path:
    return shutil.copytree(THREE_LANDS, tmp_path / "region")


@pytest.mark.parametrize("region_words", [(), ("--region", THREE_LANDS)], ids=["shipped", "three lands"])
@pytest.mark.parametrize("command", COMMANDS)
def test_each_command_answers_alike_in_three_formats(command: str, region_words: tuple[object, ...]) -> None:
    quick = ("--blocks", 1) if command == "priorities" else ()
    words = (command, *quick, *region_words, "--as-of", "2026-11-21")
    table = run(*words)
    assert table.exit_code == 0, table.output
    answer = json.loads(run(*words, "--format", "json").stdout)
    lines = list(csv.DictReader(io.StringIO(run(*words, "--format", "csv").stdout)))
    assert len(lines) == len(answer["rows"]) > 0
    assert (answer["as_of"], answer["known"]) == ("2026-11-21", None)
    assert f"edition {answer['edition']}" in table.stdout


def test_the_table_says_how_much_of_the_plan_is_held() -> None:
    text = " ".join(run("actions").stdout.split())
    assert "36 of 37 official actions are held" in text
    assert "memory, high" in text
    text = " ".join(run("outcomes", "--plan", "adm2030").stdout.split())
    assert "3 of 8 official outcomes are held" in text


def test_actions_can_be_asked_by_outcome_and_in_order_of_dependency() -> None:
    by_code = [row["code"] for row in rows("actions", "--region", THREE_LANDS, "--outcome", "o2")]
    assert by_code == ["A2.1", "A2.2", "A2.10"]
    ordered = [row["id"] for row in rows("actions", "--region", THREE_LANDS, "--order", "dependency")]
    assert ordered.index("tl2030-a2-1") < ordered.index("tl2030-a2-2") < ordered.index("tl2030-a2-10")
    first = rows("actions", "--region", THREE_LANDS)[0]
    assert (first["priority"], first["window"], first["lead"]) == ("high", "2021 to 2022", "Mast Board")


def test_priorities_say_that_not_enough_is_known() -> None:
    result = run("priorities", "--blocks", 1, "--format", "json")
    answer = json.loads(result.stdout)
    assert {row["verdict"] for row in answer["rows"]} == {"not enough known to rank"}
    assert {row["places"] for row in answer["rows"]} == {"1-36"}
    notes = " ".join(answer["notes"])
    assert "0 of 36 actions can be ranked" in notes
    assert "of the inputs are not known" in notes
    assert "at least 75%" in notes


def test_actions_that_cannot_be_told_apart_stand_by_code(region: Path) -> None:
    """Two comes before ten, and their mean ranks, which differ by chance, order nothing."""
    answer = json.loads(run("priorities", "--region", region, "--blocks", 1, "--format", "json").stdout)
    assert [(row["places"], row["code"]) for row in answer["rows"]] == [
        ("1-5", code) for code in ("A1.1", "A2.1", "A2.2", "A2.10", "A3.1")
    ]


def test_the_same_seed_gives_the_same_priorities() -> None:
    words = ("priorities", "--region", THREE_LANDS, "--blocks", 1, "--format", "json")
    assert run(*words, "--seed", 4).stdout == run(*words, "--seed", 4).stdout
    assert run(*words, "--seed", 4).stdout != run(*words, "--seed", 5).stdout


def test_as_of_and_known_move_the_answer() -> None:
    assert [row["number"] for row in rows("meetings", "--as-of", "2022-12-31")] == [1, 2]
    assert rows("outcomes", "--known", "2026-11-20") == []
    assert rows("actions", "--as-of", "2019-06-01") == []


def test_what_is_not_known_is_null_in_json_and_a_dash_in_the_table() -> None:
    second = rows("meetings")[1]
    assert (second["theme"], second["vice_chair"], second["declarations"]) == (None, None, [])


@pytest.mark.parametrize(
    "words, code, message",
    [
        (("outcomes", "--plan", "adm2052"), 1, "Did you mean adm2025"),
        (("actions", "--outcome", "DO9"), 1, "has no outcome 'DO9'"),
        (("priorities", "--plan", "adm2030"), 1, "no actions to rank"),
        (("priorities", "--margin", "0.7"), 2, "0.7"),
        (("priorities", "--seed", "-1"), 2, "-1"),
        (("priorities", "--blocks", "0"), 2, "0"),
        (("outcomes", "--as-of", "20225-01-01"), 2, "no date"),
        (("outcomes", "--region", "/nowhere"), 2, "does not exist"),
        (("outcomes", "--format", "xml"), 2, "xml"),
        (("outcome",), 2, "outcome"),
        (("import",), 2, "either FILE or --template"),
        (("import", "nowhere.xlsx"), 2, "does not exist"),
    ],
)
def test_a_wrong_question_ends_with_a_sentence(words: tuple[str, ...], code: int, message: str) -> None:
    result = run(*words)
    assert result.exit_code == code, result.output
    assert message in result.stderr
    assert result.stdout == ""


def test_an_import_from_template_to_priorities(region: Path, tmp_path: Path) -> None:
    """Write the template, send it back, add a row, try it, apply it, and see it."""
    template = tmp_path / "template.xlsx"
    assert run("import", "--template", template, "--region", region).exit_code == 0
    assert run("import", "--template", template, "--region", region).exit_code == 2
    assert "0 added, 0 changed" in run("import", template, "--region", region).stdout

    sheet = tmp_path / "effects.csv"
    header = "id,action,outcome,effect,source,grade,valid_from,valid_to\n"
    sheet.write_text(header + "e9,tl2030-a2-1,tl2030-o2,0.9,tl-plan,primary,2021,open\n")
    dry = run("import", sheet, "--region", region)
    assert dry.exit_code == 0, dry.output
    assert "Nothing was written" in dry.stdout
    assert "e9" not in (region / "plan/effects.yaml").read_text()

    written = run("import", sheet, "--region", region, "--apply")
    assert written.exit_code == 0, written.output
    assert "Written: plan/effects.yaml" in written.stdout
    assert "e9" in (region / "plan/effects.yaml").read_text()
    answer = json.loads(run("priorities", "--region", region, "--blocks", 1, "--format", "json").stdout)
    assert "effect of an action on an outcome 13 of 15" in " ".join(answer["notes"])


def test_the_facts_that_ship_are_never_imported_into_by_accident(tmp_path: Path) -> None:
    sheet = tmp_path / "effects.csv"
    sheet.write_text("id\nx\n")
    result = run("import", sheet, "--apply")
    assert result.exit_code == 2
    assert "--apply needs --region" in result.stderr


def test_a_bad_file_writes_nothing(region: Path, tmp_path: Path) -> None:
    before = {path: path.read_bytes() for path in region.rglob("*.yaml")}
    sheet = tmp_path / "effects.csv"
    header = "id,action,outcome,effect,source,grade,valid_from,valid_to\n"
    sheet.write_text(header + "e9,tl2030-a9,tl2030-o2,1.9,tl-plan,primary,20225,open\n")
    result = run("import", sheet, "--region", region, "--apply")
    assert result.exit_code == 1
    assert result.stdout == ""
    for words in ("row 2, column 'effect'", "row 2, column 'valid_from'"):
        assert words in result.stderr
    assert {path: path.read_bytes() for path in region.rglob("*.yaml")} == before


def test_a_bad_word_and_its_column_are_named_once(region: Path, tmp_path: Path) -> None:
    sheet = tmp_path / "priorities.csv"
    header = "id,action,priority,horizon,source,grade,valid_from,valid_to\n"
    sheet.write_text(header + "p9,tl2030-a2-1,high,short,tl-plan,primary,2021,open\n")
    result = run("import", sheet, "--region", region)
    assert result.exit_code == 1
    assert result.stderr.count("horizon") == 1
    assert (
        "row 2, column 'horizon': 'short' is none of the words allowed here. Did you mean short-term?" in result.stderr
    )


def test_a_huge_file_is_refused_without_reading_it_all(region: Path, tmp_path: Path) -> None:
    huge = tmp_path / "actions.csv"
    with huge.open("wb") as stream:
        stream.truncate(1024**3)  # sparse: takes no room on the disk
    result = run("import", huge, "--region", region)
    assert result.exit_code == 1
    assert "larger than 10 MB" in result.stderr
