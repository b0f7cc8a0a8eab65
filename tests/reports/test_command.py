"""Rule: the command writes a whole file or none, and says what is wrong with what it was asked."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.support.regions import THREELANDS, copy_of_threelands, edit


def run(*words, region=THREELANDS, cwd=None):
    command = [sys.executable, "-m", "serantau", "report", "--region", str(region), "--as-of", "2026-06-01", *words]
    return subprocess.run(command, capture_output=True, text=True, cwd=cwd, check=False)


@pytest.mark.parametrize("name,begins", [("r.pdf", b"%PDF-"), ("R.PDF", b"%PDF-"), ("r.docx", b"PK")])
def test_the_name_of_the_file_says_the_format(tmp_path, name, begins):
    done = run("--brief", "-o", str(tmp_path / name))
    assert done.returncode == 0, done.stderr
    assert (tmp_path / name).read_bytes().startswith(begins)
    assert "Wrote" in done.stdout and "edition" in done.stdout
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.parametrize(
    "words,said",
    [
        (("-o", "r.odt"), "ends with none of .pdf, .docx"),
        (("-o", "r"), "ends with none of"),
        (("-o", "r.pdf", "--member", "XXX"), "no member with the code 'XXX'"),
        (("-o", "r.pdf", "--language", "xx"), "no catalogue for the language 'xx'"),
        (("-o", "r.pdf", "--language", "../en"), "no catalogue for the language"),
        (("-o", "r.pdf", "--plan", "tl2020"), "has no index"),
        (("-o", "r.pdf", "--as-of", "1990-01-01"), "no member"),
        (
            (
                "-o",
                "nowhere/r.pdf",
            ),
            "Check the path",
        ),
        ((), "--output"),
    ],
)
def test_what_cannot_be_written_is_refused_and_leaves_nothing(tmp_path, words, said):
    done = run(*words, cwd=tmp_path)
    assert done.returncode in {1, 2}
    assert said in done.stderr
    assert "Traceback" not in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_a_letter_without_a_glyph_leaves_the_old_file(tmp_path):
    region = copy_of_threelands(tmp_path)
    edit(region, "plan/declarations.yaml", "Asterra Declaration", "Declaration of ק")
    out = tmp_path / "r.pdf"
    out.write_bytes(b"old")
    done = run("-o", str(out), region=region)
    assert done.returncode == 1
    assert "HEBREW LETTER QOF" in done.stderr
    assert out.read_bytes() == b"old"


def test_further_fonts_are_searched(tmp_path):
    """A folder without the letter changes nothing; the message still names it."""
    region = copy_of_threelands(tmp_path)
    edit(region, "plan/declarations.yaml", "Asterra Declaration", "Declaration of ק")
    (tmp_path / "fonts").mkdir()
    done = run("-o", str(tmp_path / "r.pdf"), "--fonts", str(tmp_path / "fonts"), region=region)
    assert done.returncode == 1
    assert "HEBREW LETTER QOF" in done.stderr
