"""Rule: what the checker says follows from accepted reports above the threshold alone; data go when their time is over."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.core.exceptions import PermissionDenied
from django.db import connection
from django.test.utils import CaptureQueriesContext

from serantau.defend.scams import Act, AppealError, Harm, Part, State, Step, Thing, TriageError
from serantau.ledger import Event
from serantau.web.ledger.errors import DoneError
from serantau.web.ledger.models import Event as Row
from serantau.web.scams import jobs, months
from serantau.web.scams.checking import is_reported
from serantau.web.scams.models import Answered, Appeal, Key, PublishedMonth, Report
from serantau.web.scams.rules import StateError
from serantau.web.scams.services import appeals, reporting, triage, upkeep
from serantau.web.scams.wishes import GivenError
from serantau.web.site.problems import NotHereError
from tests.scams.scene import DAY, HOUR, NOW, PHONE, accepted, appeal, given, key, report, reported


def says(now=NOW, value=PHONE):
    """What the checker says now."""
    return is_reported([key(value)], now)


# --- the checker ---------------------------------------------------------------------------------------------------------


def test_three_independent_accepted_reports_are_answered_for_and_two_are_not(people):
    reported(people, 2)
    assert not says()
    accepted(people, "sender 9")
    upkeep.revise_answers(NOW)
    assert says()


def test_one_reporter_is_never_enough_however_often(people):
    for number in range(6):
        accepted(people, "the same", NOW - number * DAY)
    upkeep.revise_answers(NOW)
    assert not says()


@pytest.mark.parametrize("act, words", [(Act.REJECT, "No."), (Act.ASK, "When?"), (None, "")])
def test_what_was_not_accepted_counts_nothing(people, act, words):
    reported(people, 2)
    made, _code = report("sender 9")
    if act:
        triage.act(people.actor("officer"), made.pk, act, words, 0, 0, NOW)
    upkeep.revise_answers(NOW)
    assert not says()


def test_members_reports_are_counted_together(people):
    accepted(people, "a", NOW - HOUR)
    accepted(people, "b", NOW - 2 * HOUR)
    accepted(people, "c", NOW, who="borealia", member="QBB")
    upkeep.revise_answers(NOW)
    assert says()


def test_below_the_threshold_the_same_statement_is_asked_with_the_same_empty_answer(people):
    reported(people, 2)
    other = "+442079460111"
    with CaptureQueriesContext(connection) as below:
        few = says()
    with CaptureQueriesContext(connection) as never:
        none = says(value=other)
    assert (few, none) == (False, False)
    shapes = [one["sql"].partition("IN (")[0] for found in (below, never) for one in found.captured_queries]
    assert len(below.captured_queries) == len(never.captured_queries) == 1
    assert shapes[0] == shapes[1]
    assert "scams_answered" in shapes[0]
    assert not Answered.objects.exists()


def test_an_answer_ends_with_the_age_of_its_reports_and_with_their_rejection(people):
    made = reported(people)
    assert says()
    assert not says(NOW + 400 * DAY)
    triage.act(people.actor("officer"), made[0].pk, Act.REJECT, "It is another number.", 0, 0, NOW)
    upkeep.revise_answers(NOW)
    assert not says()


def test_a_revision_sees_to_what_changed_and_then_rests(people):
    reported(people)
    assert upkeep.revise_answers(NOW) == 0
    held = Answered.objects.get()
    assert upkeep.revise_answers(held.until) == 1
    assert not Answered.objects.exists()
    assert upkeep.revise_answers(held.until) == 0


def test_a_secret_that_was_used_before_still_finds_what_it_closed(people, settings):
    reported(people)
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another " * 8
    assert says()
    accepted(people, "later")
    assert Key.objects.count() == 1


# --- the reporter ----------------------------------------------------------------------------------------------------------


def test_a_report_names_a_thing_once_and_is_kept_once(people):
    made, _code = report(things=(PHONE, "+44 20 7946 0958"))
    assert made.things.count() == 1
    reporting.receive(given(), [("network", "b")], NOW, once="form 1")
    with pytest.raises(DoneError):
        reporting.receive(given(), [("network", "b")], NOW, once="form 1")
    assert Report.objects.count() == 2


def test_neither_the_code_nor_the_network_nor_the_contact_stands_anywhere_else(people):
    made, code = report("198.51.100.0/24", contact="somebody@example.org")
    row = Report.objects.filter(pk=made.pk).values().get()
    assert code not in str(row)
    assert "198.51.100" not in str(row)
    assert "somebody" not in str(row | {"contact": ""})
    for event in Row.objects.all():
        told = f"{event.subject} {event.actor} {event.details}"
        assert not [secret for secret in (code, "somebody", PHONE, "Pay at once") if secret in told]


def test_two_reports_with_one_contact_are_one_voice(people):
    one, _code = report("a", contact="Somebody@example.org")
    other, _code = report("b", contact="somebody@example.org")
    assert set(one.marks) & set(other.marks)


def test_what_is_added_brings_an_accepted_report_back_to_the_officer(people):
    made, code = report()
    triage.act(people.actor("officer"), made.pk, Act.ACCEPT, "", 0, 0, NOW)
    reporting.add(code, "They rang again.", NOW + HOUR)
    made.refresh_from_db()
    assert made.at is State.RECEIVED
    assert made.text.startswith("Pay at once.")
    assert made.text.endswith("They rang again.")
    assert made.month == ""


def test_a_withdrawn_report_says_nothing_of_anybody_any_more(people):
    made, code = report(contact="somebody@example.org")
    triage.act(people.actor("officer"), made.pk, Act.ASK, "Who rang?", 0, 0, NOW)
    reporting.withdraw(code, NOW)
    made.refresh_from_db()
    assert (made.text, made.question, made.contact, made.marks, made.parts) == ("", "", "", [], [])
    assert [(row.value, row.key) for row in made.things.all()] == [("", None)]
    with pytest.raises(TriageError):
        reporting.withdraw(code, NOW)
    with pytest.raises(TriageError):
        reporting.add(code, "More", NOW)


def test_a_withdrawal_takes_the_answer_away(people):
    reported(people, 2)
    made, code = report("sender 9")
    triage.act(people.actor("officer"), made.pk, Act.ACCEPT, "", 0, 0, NOW)
    upkeep.revise_answers(NOW)
    assert says()
    reporting.withdraw(code, NOW)
    upkeep.revise_answers(NOW)
    assert not says()


@pytest.mark.parametrize("code", ["", "AAAA-BBBB-CCCC-DDDD", "x" * 1000])
def test_a_code_that_is_none_finds_nothing(people, code):
    report()
    with pytest.raises(NotHereError):
        reporting.withdraw(code, NOW)


# --- the officer -----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("who", ["borealia", "secretary", "auditor"])
def test_nobody_but_officers_of_the_member_deals_with_a_report(people, who):
    made, _code = report()
    with pytest.raises((NotHereError, PermissionDenied)):
        triage.act(people.actor(who), made.pk, Act.ACCEPT, "", 0, 0, NOW)
    with pytest.raises((NotHereError, PermissionDenied)):
        triage.uncover(people.actor(who), made.pk, NOW)


def test_two_officers_do_not_write_over_each_other(people):
    made, _code = report()
    triage.act(people.actor("officer"), made.pk, Act.ASK, "When?", 0, made.revision, NOW)
    with pytest.raises(StateError):
        triage.act(people.actor("second"), made.pk, Act.ACCEPT, "", 0, made.revision, NOW)


def test_a_question_and_a_refusal_need_words_and_a_merger_another_report(people):
    made, _code = report()
    other, _code = report("b")
    foreign, _code = report("c", member="QBB")
    officer = people.actor("officer")
    for act in (Act.ASK, Act.REJECT):
        with pytest.raises(GivenError):
            triage.act(officer, made.pk, act, "  ", 0, 0, NOW)
    for number in (0, made.pk, foreign.pk):
        with pytest.raises(GivenError):
            triage.act(officer, made.pk, Act.MERGE, "", number, 0, NOW)
    merged = triage.act(officer, made.pk, Act.MERGE, "", other.pk, 0, NOW)
    assert (merged.at, merged.merged_into) == (State.MERGED, other)
    with pytest.raises(GivenError):
        triage.act(officer, other.pk, Act.MERGE, "", made.pk, 0, NOW)


def test_whoever_uncovers_a_report_leaves_a_trace(people):
    made, _code = report()
    triage.uncover(people.actor("officer"), made.pk, NOW)
    event = Row.objects.latest("position")
    assert (event.event, event.actor) == (Event.SCAM_UNCOVERED.value, people.officer.reference)


# --- appeals ---------------------------------------------------------------------------------------------------------------


def test_an_appeal_silences_at_once_and_an_upheld_one_for_good(people):
    reported(people)
    held, _code = appeal()
    assert not says()
    upkeep.revise_answers(NOW)
    assert not says()
    appeals.step(people.actor("officer"), held.pk, Step.PROPOSE_UPHOLDING, "It was forged.", 0, NOW)
    with pytest.raises(AppealError):
        appeals.step(people.actor("officer"), held.pk, Step.CONFIRM, "", 0, NOW)
    appeals.step(people.actor("second"), held.pk, Step.CONFIRM, "", 0, NOW)
    upkeep.revise_answers(NOW + 30 * DAY)
    assert not says(NOW + 30 * DAY)
    reported(people, now=NOW + 31 * DAY)
    assert says(NOW + 31 * DAY)


def test_a_dismissed_appeal_brings_the_answer_back_and_a_second_one_silences_nothing(people):
    reported(people)
    held, _code = appeal()
    appeals.step(people.actor("officer"), held.pk, Step.PROPOSE_DISMISSING, "Victims paid.", 0, NOW)
    assert not says()
    appeals.step(people.actor("second"), held.pk, Step.CONFIRM, "", 0, NOW)
    upkeep.revise_answers(NOW)
    assert says()
    appeal(NOW + HOUR)
    assert says(NOW + HOUR)


def test_an_appeal_nobody_decides_silences_for_two_weeks(people):
    reported(people)
    appeal()
    upkeep.revise_answers(NOW + 13 * DAY)
    assert not says(NOW + 13 * DAY)
    upkeep.revise_answers(NOW + 14 * DAY)
    assert says(NOW + 14 * DAY)


def test_appealing_again_and_again_does_not_silence_for_longer(people):
    """With whichever member: the one who cheats chooses where the appeal goes."""
    reported(people)
    appeal(NOW)
    appeal(NOW + 13 * DAY, member="QBB")
    upkeep.revise_answers(NOW + 15 * DAY)
    assert says(NOW + 15 * DAY)
    appeal(NOW + 16 * DAY, member="QBB")
    upkeep.revise_answers(NOW + 16 * DAY)
    assert says(NOW + 16 * DAY)


def test_what_very_many_reported_is_not_silenced_by_an_appeal(people):
    reported(people, 9)
    appeal()
    assert says()


def test_an_appeal_for_a_number_that_nobody_reported_is_taken_alike(people):
    held, code = appeal(value="+442079460111")
    assert len(code) == 19
    assert appeals.find(code) == held


def test_only_officers_of_the_member_decide_an_appeal(people):
    held, _code = appeal()
    for who in ("borealia", "secretary"):
        with pytest.raises((NotHereError, PermissionDenied)):
            appeals.step(people.actor(who), held.pk, Step.PROPOSE_UPHOLDING, "Yes.", 0, NOW)
    with pytest.raises(GivenError):
        appeals.step(people.actor("officer"), held.pk, Step.PROPOSE_UPHOLDING, " ", 0, NOW)
    appeals.step(people.actor("officer"), held.pk, Step.PROPOSE_UPHOLDING, "Yes.", 0, NOW)
    appeals.step(people.actor("second"), held.pk, Step.SEND_BACK, "", 0, NOW)
    held.refresh_from_db()
    assert (held.stage, held.proposed_by, held.words) == ("open", "", "")


# --- retention and figures ---------------------------------------------------------------------------------------------------


def test_parts_go_one_after_the_other_and_the_figures_stay(people):
    for number in range(6):
        accepted(people, str(number), NOW, amount=Decimal(100), currency="XTS", contact="somebody@example.org")
    month = f"{NOW:%Y-%m}"

    def figures():
        later = NOW + 2000 * DAY
        PublishedMonth.objects.all()._raw_delete(PublishedMonth.objects.db)
        assert upkeep.publish_months(later, ["QAA", "QBB"]) == [month]
        return PublishedMonth.objects.get().body

    from tests.support.writes import unrecorded

    with unrecorded():
        before = figures()
    for days, kept in ((29, 5), (31, 4), (91, 3), (551, 1), (1096, 0)):
        jobs.retention({}, NOW + days * DAY)
        assert {len(one.parts) for one in Report.objects.all()} == {kept}, days
        with unrecorded():
            assert figures() == before
    assert before["counts"][-1][-1] == 6
    one = Report.objects.first()
    assert (one.text, one.contact, one.marks) == ("", "", [])
    assert not Key.objects.exists()
    assert one.delete_at is None
    assert upkeep.delete_due(NOW + 3000 * DAY) == 0


def test_an_appeal_loses_its_words_and_then_goes(people):
    held, _code = appeal()
    appeals.step(people.actor("officer"), held.pk, Step.PROPOSE_UPHOLDING, "Forged.", 0, NOW)
    appeals.step(people.actor("second"), held.pk, Step.CONFIRM, "", 0, NOW)
    jobs.retention({}, NOW + 179 * DAY)
    held.refresh_from_db()
    assert held.reason
    jobs.retention({}, NOW + 181 * DAY)
    held.refresh_from_db()
    assert (held.reason, held.contact, held.value, held.words) == ("", "", "", "")
    jobs.retention({}, NOW + 1096 * DAY)
    assert not Appeal.objects.exists()
    assert not Key.objects.exists()


def test_a_month_is_published_once_when_it_is_over_and_never_changes(people):
    made = [accepted(people, str(number)) for number in range(7)]
    members = ["QAA", "QBB", "QCC"]
    assert upkeep.publish_months(NOW, members) == []
    later = NOW + 40 * DAY
    assert upkeep.publish_months(later, members) == [f"{NOW:%Y-%m}"]
    triage.act(people.actor("officer"), made[0].pk, Act.REJECT, "No.", 0, 0, later)
    assert upkeep.publish_months(later, members) == []
    (shown,) = months.published()
    assert shown.total == 7
    # Accepted once more it does not count in a second month.
    triage.act(people.actor("officer"), made[0].pk, Act.REOPEN, "", 0, 0, later)
    again = triage.act(people.actor("officer"), made[0].pk, Act.ACCEPT, "", 0, 0, later)
    assert again.month == f"{NOW:%Y-%m}"
    assert upkeep.publish_months(later + 60 * DAY, members) == []


def test_the_files_hold_every_figure_and_withhold_what_the_table_withholds(people):
    for number in range(7):
        accepted(people, str(number), harm=Harm.SHOPPING if number else Harm.JOB)
    upkeep.publish_months(NOW + 40 * DAY, ["QAA", "QBB"])
    held = months.published()
    rows = {(row["breakdown"], row["member"], row["name"]): row["value"] for row in months.rows(held)}
    assert rows["reports", "", "all"] == 7
    assert rows["reports", "QAA", "job"] is None
    assert rows["reports", "QAA", "shopping"] is None
    assert rows["reports by type", "", Thing.PHONE.value] == 7
    assert months.as_csv(held).count("\r\n") == 1 + len(rows)


def test_parts_of_a_report_that_waits_go_too(people):
    made, _code = report()
    jobs.retention({}, NOW + 181 * DAY)
    made.refresh_from_db()
    assert Part.TEXT.value not in made.parts
    assert made.text == ""


def test_the_job_of_the_month_knows_the_members(people):
    for number in range(6):
        accepted(people, str(number))
    jobs.monthly({}, NOW + 40 * DAY)
    assert months.published()[0].members == ("QAA", "QBB", "QCC")
    jobs.answers({}, NOW)
    assert Answered.objects.count() == 0, "six reports at one moment are a burst"


def test_the_command_lists_the_figures_that_are_published(people, monkeypatch):
    from click.testing import CliRunner

    from serantau.cli import main, scams

    monkeypatch.setattr(scams, "open_database", lambda: None)
    for number in range(7):
        accepted(people, str(number))
    upkeep.publish_months(NOW + 40 * DAY, ["QAA", "QBB"])
    done = CliRunner().invoke(main, ["scams", "figures", "--format", "csv"])
    assert done.exit_code == 0, done.output
    assert f"{NOW:%Y-%m},reports,,all,7" in done.output
    assert (
        CliRunner().invoke(main, ["scams", "figures", "--month", "2020-01", "--format", "csv"]).output.count("\n") <= 1
    )
