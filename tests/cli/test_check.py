"""Rule: ``serantau check`` names every problem of a region by file and line, and publishes ids that then must stay."""

from __future__ import annotations

from tests.cli.conftest import THREELANDS, rows_of
from tests.support.tree import ROOT


def test_a_region_in_order_is_summed_up(run):
    rows = rows_of(run("check", THREELANDS, "--format", "json"))
    found = {(row["kind"], row["of"]): row for row in rows}
    assert found["members", None]["count"] == 3
    lines = sum(len(path.read_text("utf-8").splitlines()) - 1 for path in THREELANDS.rglob("observations/*.csv"))
    assert found["observations", "all tables"]["count"] == lines
    assert found["observations", "share-alike.csv"]["licence"] == "CC BY-SA 4.0"


def test_every_shipped_region_is_in_order(run):
    for folder in (ROOT / "src" / "serantau" / "regions").iterdir():
        assert "in order" in run("check", folder).stdout


def test_all_problems_are_named_at_once_by_file_and_line(run, region_copy):
    members = region_copy / "members.yaml"
    members.write_text(members.read_text("utf-8").replace("currency: XTS", "currency: 12"), "utf-8")
    table = region_copy / "indicators" / "observations" / "main.csv"
    table.write_text(table.read_text("utf-8").replace("coverage,QAA,2015,50", "coverage,QAA,20225,fifty", 1), "utf-8")
    result = run("check", region_copy, code=1)
    lines = result.stdout.splitlines()
    assert any(line.startswith("members.yaml:7: currency") for line in lines)
    assert any(line.startswith("indicators/observations/main.csv:2: ") for line in lines)
    assert "nothing was loaded" in result.stderr
    rows = rows_of(run("check", region_copy, "--format", "json", code=1))
    assert {"where", "what", "fix"} == set(rows[0])


def test_other_commands_say_what_is_wrong_with_the_region_and_stop(run, region_copy):
    (region_copy / "members.yaml").write_bytes(b"\x00")
    result = run("status", "--region", region_copy, code=1)
    assert "members.yaml" in result.stderr
    assert result.stdout == ""


def test_a_folder_that_is_no_region_is_refused(run, tmp_path):
    assert "region.yaml: the file is missing" in run("check", tmp_path, code=1).output


def test_a_file_or_nothing_is_a_wrong_question(run, tmp_path):
    run("check", tmp_path / "nowhere", code=2)
    run("check", __file__, code=2)


def test_publish_adds_the_new_ids_and_keeps_the_old(run, region_copy):
    published = region_copy / "published.txt"
    before = published.read_text("utf-8").splitlines()
    published.write_text("\n".join(before[:-3]), "utf-8")
    assert "Added 3 permanent ids" in run("check", region_copy, "--publish").stdout
    after = published.read_text("utf-8").splitlines()
    assert sorted(after) == sorted(before)
    assert after[: len(before) - 3] == before[:-3]
    assert "already has every permanent id" in run("check", region_copy, "--publish").stdout
    assert [path.name for path in region_copy.iterdir() if path.name.startswith(".")] == []


def test_a_published_id_that_is_gone_is_refused_and_not_published_over(run, region_copy):
    published = region_copy / "published.txt"
    text = published.read_text("utf-8") + "member QDD\n"
    published.write_text(text, "utf-8")
    assert "'member QDD' was published once and is gone" in run("check", region_copy, "--publish", code=1).stdout
    assert published.read_text("utf-8") == text
