"""Rule: a brief says what its member's own people may read, holds nobody's unpublished position, and has two pages."""

from __future__ import annotations

import io
from datetime import date

import pypdf
import pytest

from serantau.forum import Act, Say
from serantau.render.report import write
from serantau.web.bundles import keeper
from serantau.web.forum import briefs
from serantau.web.forum.models import Paper
from serantau.web.forum.services import meetings, papers
from tests.forum.scene import (
    DAY,
    NOW,
    OUTAGES,
    TEXT,
    a_body,
    a_call,
    a_meeting,
    draft,
    follow_up,
    fresh,
    opened,
    published,
    say,
)
from tests.support.people import signed_in


@pytest.fixture
def met(people):
    """A meeting with a paper under consultation on its agenda, another beside it, a draft, and a promise of Asterra."""
    body = a_body(people)
    meeting = a_meeting(people, body)
    secretary = people.actor("secretary")
    on = opened(people, body=body, title="On the agenda")
    opened(people, body=body, title="Beside it")
    hidden = draft(people, body, title="Only a draft")
    for paper in (on, hidden):
        meetings.add_item(secretary, meeting, "", paper, NOW)
    published(people, body=body)
    follow_up()
    a_call(people, body)
    say(people, on, "borealia", Say.OBJECTS, "Three days are too few.")
    return meeting


def made(meeting, member, reader=None, now=NOW):
    return briefs.brief(keeper().answers().bundle, meeting, member, now, reader)


def words_of(report):
    return "\n".join(report.texts())


def test_it_says_what_is_due_who_is_silent_and_what_was_promised(people, met):
    text = words_of(made(met, "QAA"))
    assert text.index("On the agenda") < text.index("Beside it (not on the agenda)")
    for words in ("Asterra, Corvania", "Borealia", "Name a contact for outages", "2027-03-31", "Reports of outages"):
        assert words in text
    assert "Only a draft" not in text
    assert "Three days are too few." not in text


def test_the_state_of_a_promise_follows_the_day(people, met):
    from serantau.web.plan import services as milestones
    from serantau.web.plan.models import Milestone

    held = Milestone.objects.get()
    milestones.move_milestone(people.actor("head"), held.pk, date(2027, 9, 30), "The law is late.", NOW)
    text = words_of(made(met, "QAA"))
    assert ("2027-03-31" in text, "2027-09-30" in text) == (True, True)
    assert "Name a contact for outages" not in words_of(made(met, "QBB"))


def test_what_meetings_promised_stands_in_it_too(people, met):
    held = keeper().answers().bundle.registers.commitments
    assert held
    text = words_of(made(met, "QAA"))
    assert any(one.title[:60] in text for one in held if one.owner in (None, "QAA"))


def test_a_draft_position_is_in_no_brief_but_its_own_members(people, met):
    paper = Paper.objects.get(title="On the agenda")
    papers.draft_position(people.actor("focal"), paper.pk, Say.OBJECTS, "Perhaps too wide.", NOW)
    papers.draft_position(people.actor("corvania"), paper.pk, Say.AGREES, "Perhaps fine.", NOW)
    for reader in ("head", "borealia", "corvania", "secretary", "auditor"):
        for member in ("QAA", "QBB", "QCC"):
            text = words_of(made(met, member, people.actor(reader)))
            own = people.actor(reader).member == member
            assert ("Perhaps too wide." in text) == (own and member == "QAA"), (reader, member)
            assert ("Perhaps fine." in text) == (own and member == "QCC"), (reader, member)
    assert "Perhaps" not in words_of(made(met, "QAA"))


def test_a_deadline_that_passed_a_moment_ago_has_passed_in_it(people, met):
    text = words_of(made(met, "QAA", now=NOW + 5 * DAY))
    assert "no consensus" in text
    assert "No paper is under consultation." in text


def test_it_has_two_pages_however_much_there_is(people):
    body = a_body(people)
    meeting = a_meeting(people, body)
    for number in range(14):
        paper = opened(people, body=body, title=f"{number} " + "A very long title of a paper " * 6)
        meetings.add_item(people.actor("secretary"), meeting, "", paper, NOW)
        papers.draft_position(people.actor("head"), paper.pk, Say.RESERVES, "Words " * 600, NOW)
    many = tuple(papers.Commitment(f"{number} " + "Do a thing " * 17, "QAA") for number in range(12))
    published(people, body=body, commitments=many)
    follow_up()
    report = made(meeting, "QAA", people.actor("head"))
    pdf = pypdf.PdfReader(io.BytesIO(write(report, "pdf")))
    assert len(pdf.pages) <= 2
    assert "And 4 more, on the site." in words_of(report)


def test_more_papers_cost_no_more_queries(people, met, django_assert_num_queries):
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    actor = people.actor("head")
    made(met, "QAA", actor)
    with CaptureQueriesContext(connection) as few:
        made(met, "QAA", actor)
    for _ in range(4):
        opened(people, body=met.body, instrument=OUTAGES)
    with django_assert_num_queries(len(few)):
        made(met, "QAA", actor)


def test_a_delegation_takes_its_own_and_nobody_elses(people, met):
    where = f"/forum/meetings/{met.pk}/brief"
    own = signed_in(people.head).get(f"{where}.docx?member=QBB")
    assert own["Content-Disposition"] == f'attachment; filename="brief-{met.pk}-QAA.docx"'
    assert signed_in(people.secretary).get(f"{where}.docx?member=QBB").status_code == 200
    for address in (f"{where}.docx", f"{where}.docx?member=QZZ", f"{where}.odt?member=QBB"):
        assert signed_in(people.secretary).get(address).status_code == 404


def test_text_from_people_is_text_in_the_file(people):
    body = a_body(people)
    nasty = "#panic() *bold* $x$ <b>"
    paper = opened(people, body=body, title=nasty)
    meeting = a_meeting(people, body)
    meetings.add_item(people.actor("secretary"), meeting, "", fresh(paper), NOW)
    pdf = pypdf.PdfReader(io.BytesIO(write(made(meeting, "QAA"), "pdf")))
    assert "#panic()" in pdf.pages[0].extract_text()


def test_what_is_withdrawn_or_over_is_not_due(people):
    from tests.forum.scene import do

    body = a_body(people)
    meeting = a_meeting(people, body)
    gone = do(people, opened(people, body=body, title="Withdrawn"), Act.WITHDRAW)
    meetings.add_item(people.actor("secretary"), meeting, "", gone, NOW)
    assert TEXT
    assert "Nothing that is circulated waits for a decision." in words_of(made(meeting, "QAA"))
