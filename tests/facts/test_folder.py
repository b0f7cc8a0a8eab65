"""Files that are broken as files: empty, not text, too large, links, hidden depths. And what must be accepted."""

from __future__ import annotations

import os
import time
from pathlib import Path

import pytest

from serantau.bundle import load_bundle
from serantau.facts import FactError, FactFolder
from serantau.facts.folder import MAX_FILE_BYTES
from tests.support.regions import copy_of_threelands, edit

ROWS = "indicators/observations/main.csv"


def problems_of(region: Path) -> list[str]:
    with pytest.raises(FactError) as caught:
        load_bundle(region)
    return [str(problem) for problem in caught.value.problems]


@pytest.mark.parametrize("name", ["sources.yaml", "region.yaml", "members.yaml", "indicators/indicators.yaml", ROWS])
def test_an_empty_file_is_named(tmp_path: Path, name: str) -> None:
    region = copy_of_threelands(tmp_path)
    (region / name).write_bytes(b"")
    assert [problem for problem in problems_of(region) if problem.startswith(f"{name}:1: the file is empty. Write")]


@pytest.mark.parametrize("name", ["members.yaml", ROWS])
def test_a_file_that_is_not_utf_8_is_named_with_the_byte(tmp_path: Path, name: str) -> None:
    region = copy_of_threelands(tmp_path)
    content = (region / name).read_bytes()
    (region / name).write_bytes(content[:10] + b"\xe9" + content[10:])
    assert problems_of(region)[0].startswith(f"{name}:1: byte 10 is not UTF-8. Save the file as UTF-8.")


@pytest.mark.parametrize("name", ["members.yaml", "sources.yaml", ROWS])
def test_a_byte_order_mark_is_accepted(tmp_path: Path, name: str) -> None:
    region = copy_of_threelands(tmp_path)
    (region / name).write_bytes(b"\xef\xbb\xbf" + (region / name).read_bytes())
    assert (
        load_bundle(region).measure.observations == load_bundle(copy_of_threelands(tmp_path / "2")).measure.observations
    )


def test_lines_that_end_as_on_windows_are_accepted(tmp_path: Path) -> None:
    region = copy_of_threelands(tmp_path)
    for name in ("members.yaml", "published.txt", ROWS):
        (region / name).write_bytes((region / name).read_bytes().replace(b"\n", b"\r\n"))
    assert len(load_bundle(region).region.members) == 3


def test_a_missing_file_is_named_and_where_to_read_about_it(tmp_path: Path) -> None:
    region = copy_of_threelands(tmp_path)
    (region / "members.yaml").unlink()
    assert problems_of(region) == [
        "members.yaml: the file is missing. Add it; docs/guide/region.md lists the files of a region."
    ]


def test_a_region_without_a_plan_is_refused(tmp_path: Path) -> None:
    region = copy_of_threelands(tmp_path)
    for path in (region / "plan").iterdir():
        path.unlink()
    assert [problem for problem in problems_of(region) if problem.startswith("plan/plans.yaml: the file is missing.")]


def test_a_folder_that_is_none_is_refused(tmp_path: Path) -> None:
    with pytest.raises(
        FactError, match=r"is not a folder\. Give the folder of a region, the one that holds region\.yaml"
    ):
        FactFolder(tmp_path / "nowhere")


def test_a_file_of_figures_without_a_licence_is_named(tmp_path: Path) -> None:
    region = copy_of_threelands(tmp_path)
    (region / "indicators/observations/more.csv").write_text((region / ROWS).read_text().splitlines()[0] + "\n")
    [problem] = problems_of(region)
    assert problem.startswith("indicators/observations/more.csv:1: has no licence in indicators/tables.yaml. State")


def test_a_symbolic_link_is_not_followed(tmp_path: Path) -> None:
    region = copy_of_threelands(tmp_path)
    outside = tmp_path / "outside.csv"
    outside.write_text((region / ROWS).read_text())
    (region / ROWS).unlink()
    (region / ROWS).symlink_to(outside)
    assert f"{ROWS}: is a symbolic link. Put the file itself into the folder." in problems_of(region)


def test_an_oversized_file_is_not_read(tmp_path: Path) -> None:
    region = copy_of_threelands(tmp_path)
    with (region / ROWS).open("r+b") as file:
        file.truncate(MAX_FILE_BYTES + 1)  # a hole: it takes no room on the disk
    assert f"{ROWS}: is larger than 64 MB and was not read. Split it." in problems_of(region)


def test_two_regions_in_one_folder_are_refused(tmp_path: Path) -> None:
    region = copy_of_threelands(tmp_path)
    text = (region / "region.yaml").read_text()
    edit(region, "region.yaml", text[text.index("  - id:") :], text[text.index("  - id:") :] * 2)
    assert problems_of(region) == ["region.yaml:1: holds 2 regions. Keep exactly one."]


BOMB = "members:\n  - &a [x, x]\n" + "".join(
    f"  - &{b} [*{a}, *{a}]\n" for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    "content, words",
    [
        (BOMB, "the alias *a is not read here"),
        ("members: " + "[" * 40 + "]" * 40, "nested more than 30 deep"),
        ("members: " + "[" * 200_000, "nested more than 30 deep"),
        ("? " + "[" * 200_000, "nested more than 30 deep"),
        ("members: []\nmembers: " + "[" * 200_000, "nested more than 30 deep"),
        ("- " * 200_000, "nested more than 30 deep"),
    ],
    ids=["alias bomb", "40 brackets", "brackets", "brackets as a key", "brackets as a second value", "dashes"],
)
def test_depths_and_bombs_end_with_a_message_and_soon(tmp_path: Path, content: str, words: str) -> None:
    region = copy_of_threelands(tmp_path)
    (region / "members.yaml").write_text(content)
    before = time.process_time()
    problems = problems_of(region)
    assert any(words in problem and problem.startswith("members.yaml:") for problem in problems), problems
    assert time.process_time() - before < 5


def test_country_codes_stay_text_although_yaml_has_words_for_true_and_false(tmp_path: Path) -> None:
    region = copy_of_threelands(tmp_path)
    edit(region, "members.yaml", "alpha2: XB", "alpha2: NO")
    edit(region, "members.yaml", "languages: [en, fr]", "languages: [no, on, y]")
    member = load_bundle(region).region.member("QBB")
    assert member.alpha2 == "NO"
    assert member.languages == ("no", "on", "y")


def test_the_edition_is_the_content_and_nothing_else(tmp_path: Path) -> None:
    first, second = copy_of_threelands(tmp_path / "1"), copy_of_threelands(tmp_path / "2")
    os.utime(second / "members.yaml", (0, 0))
    assert load_bundle(first).edition == load_bundle(second).edition
    edit(second, ROWS, "coverage,QAA,2015,50,", "coverage,QAA,2015,51,")
    assert load_bundle(first).edition != load_bundle(second).edition
    assert load_bundle(first).edition.label.endswith("+0")
