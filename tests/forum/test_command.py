"""Rule: `serantau forum` reads what the site holds, changes nothing, and shows nobody's unpublished position."""

from __future__ import annotations

import json

import docx
import pytest
from click.testing import CliRunner

from serantau.cli import main
from serantau.forum import Say
from serantau.web.forum.services import meetings, papers
from serantau.web.ledger.models import Event as Row
from tests.forum.scene import NOW, a_body, a_call, a_meeting, draft, opened, say


@pytest.fixture
def site(people):
    """A body with a meeting, a draft, a paper under consultation and a call; how many events that took."""
    body = a_body(people)
    meeting = a_meeting(people, body)
    draft(people, body, title="Only a draft")
    paper = say(people, opened(people, body=body), "borealia", Say.AGREES)
    papers.draft_position(people.actor("focal"), paper.pk, Say.OBJECTS, "Perhaps too wide.", NOW)
    meetings.add_item(people.actor("secretary"), meeting, "", paper, NOW)
    meetings.report(people.actor("secretary"), meeting, "The meeting took note.", NOW)
    a_call(people, body)
    before = Row.objects.count()
    yield meeting
    assert Row.objects.count() == before, "a command that reads left an event"


def run(*words, code=0):
    result = CliRunner().invoke(main, [str(word) for word in words])
    assert result.exit_code == code, result.output
    assert "Perhaps too wide." not in result.output
    return result.output


def rows(*words):
    return json.loads(run("forum", *words, "--format", "json"))["rows"]


def test_each_list_says_what_the_site_holds(site):
    assert [(row["body"], row["rules"], row["silence_days"]) for row in rows("bodies")] == [("MIN", True, 2)]
    assert [row["meeting"] for row in rows("meetings")] == ["MIN 1"]
    assert {row["stage"] for row in rows("papers")} == {"draft", "under consultation"}
    assert rows("papers", "--body", "min") == rows("papers")
    assert [(row["state"], row["answers"]) for row in rows("consultations")] == [("open", 0)]


def test_whose_answer_is_awaited(site):
    assert [row["member"] for row in rows("positions")] == ["QAA", "QCC"]
    assert [row["member"] for row in rows("positions", "--member", "qcc")] == ["QCC"]
    assert rows("positions", "--member", "QBB") == []


def test_what_there_is_not_is_said(site, tmp_path):
    assert "no body 'SOM'" in run("forum", "papers", "--body", "SOM", code=1)
    assert "QZZ" in run("forum", "positions", "--member", "QZZ", code=1)
    assert "no meeting with the number 99" in run("forum", "document", 99, "-o", tmp_path / "x.docx", code=1)
    assert "Choose one" in run("forum", "document", site.pk, "-o", tmp_path / "x.odt", code=1)


def test_the_report_of_a_meeting_is_a_file(site, tmp_path):
    run("forum", "document", site.pk, "-o", tmp_path / "report.docx")
    said = " ".join(one.text for one in docx.Document(tmp_path / "report.docx").paragraphs)
    assert "The meeting took note." in said
    run("forum", "document", site.pk, "--agenda", "-o", tmp_path / "agenda.docx")
    assert "The meeting took note." not in " ".join(
        one.text for one in docx.Document(tmp_path / "agenda.docx").paragraphs
    )


def test_the_brief_for_a_meeting_is_one_members(site, tmp_path):
    out = tmp_path / "brief.docx"
    run("report", "--brief", "--member", "QAA", "--meeting", site.pk, "-o", out)
    held = docx.Document(out)
    cells = {cell.text for table in held.tables for row in table.rows for cell in row.cells}
    assert "Sharing of outage reports" in cells
    assert not any("Perhaps too wide." in text for text in cells | {one.text for one in held.paragraphs})
    for words in (["--brief"], ["--member", "QAA"], []):
        assert "--meeting goes with" in run("report", *words, "--meeting", site.pk, "-o", out, code=1)
    lacking = ["--brief", "--member", "QAA", "--meeting", 99, "-o", out]
    assert "no meeting with the number 99" in run("report", *lacking, code=1)
    odd = ["--brief", "--member", "QAA", "--meeting", site.pk, "--language", "xx", "-o", out]
    assert "xx" in run("report", *odd, code=1)
