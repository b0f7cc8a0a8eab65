"""Rule: nobody receives, on a page, in a list, by mail or by webhook, what their clearance and their member's standing do not allow.

The site asks in SQL what the engine says in a few lines; here every combination is asked of both.
"""

from __future__ import annotations

import itertools

import pytest

from serantau.defend.incidents import Case as Matter
from serantau.defend.incidents import Sight, Standing, cleared, sight
from serantau.defend.model import HIGHEST_CLEARANCE, Reader, Release, Tlp, may_read
from serantau.web.cooperation import hooks, rules
from serantau.web.cooperation.models import Case, CaseMember, CaseReader, Hook, Notice, Question
from serantau.web.cooperation.readers import reader_of
from serantau.web.cooperation.services import directory, notices
from serantau.web.jobs.models import Job, Mail
from tests.cooperation.scene import CODES, NOW, Cast, a_contact, a_question, a_team, raised
from tests.cooperation.scene import cleared as clear
from tests.support.writes import unrecorded

LEVELS = [one for one in Tlp if one <= HIGHEST_CLEARANCE]
LABELS = [one for one in Tlp if one <= Tlp.RED]
STANDINGS = [None, "", *[one.value for one in Standing]]


def test_cases_are_listed_as_the_engine_says(people):
    """Every standing x contributed x label x named, for every clearance."""
    person = people.focal
    made = {}
    with unrecorded():
        for standing, contributed, label, named in itertools.product(STANDINGS, [False, True], LABELS, [False, True]):
            case = Case.objects.create(title="t", lead="QBB", tlp=label, opened_at=NOW, changed_at=NOW)
            if standing is not None:
                CaseMember.objects.create(case=case, member="QAA", standing=standing, contributed=contributed)
            CaseMember.objects.create(case=case, member="QBB", standing="joined", contributed=True)
            if named:
                CaseReader.objects.create(case=case, person=person, member="QAA")
            made[case.pk] = (standing, contributed, label, named)
    for clearance in LEVELS:
        clear(person, "QAA", clearance)
        listed = set(rules.cases(people.actor("focal")).values_list("pk", flat=True))
        for pk, (standing, contributed, label, named) in made.items():
            held = Matter(
                "QBB",
                label,
                members=(("QAA", Standing(standing)),) if standing else (),
                contributors=frozenset({"QAA"} if contributed and standing is not None else ()),
            )
            seen = sight(held, "QAA")
            # An invitation to a TLP:RED case comes before anybody can be named; it shows no title.
            readable = cleared(label, clearance, named=named or seen is Sight.INVITATION)
            expected = seen is not Sight.NOTHING and readable
            assert (pk in listed) is expected, (clearance, standing, contributed, label, named)


def test_a_membership_that_ended_takes_the_cases_along(people):
    from serantau.web.accounts.models import Membership

    with unrecorded():
        case = Case.objects.create(title="t", lead="QAA", tlp=Tlp.CLEAR, opened_at=NOW, changed_at=NOW)
        CaseMember.objects.create(case=case, member="QAA", standing="joined")
        Membership.objects.filter(person=people.focal).update(ended_at=NOW)
    assert not rules.cases(people.actor("focal")).exists()
    assert reader_of(people.actor("focal")) == Reader("", Tlp.CLEAR)


ALERTS = [(level, upto) for level, upto in itertools.product(LEVELS, [*LEVELS, None]) if upto is None or upto > level]


@pytest.mark.parametrize("ceiling", LEVELS)
def test_an_alert_reaches_by_inbox_mail_and_webhook_whoever_may_read_it_and_nobody_else(people, ceiling):
    """Three people of Asterra, one of Borealia, each with a clearance of their own, and every kind of alert."""
    own = dict(zip(("focal", "head", "deputy"), LEVELS[:3], strict=True)) | {"borealia": Tlp.AMBER_STRICT}
    a_team(people)
    a_team(people, "borealia")
    for who, level in own.items():
        a_contact(people, who, email=f"{who}@example.org")
        clear(getattr(people, who), CODES[who], level, ceiling)
    with unrecorded():
        maker = f"person {people.deputy.pk}"
        hook = Hook.objects.create(
            member="QAA", url="https://h.example/", nonce="n", level=2, made_by=maker, made_at=NOW
        )
    for number, (level, upto) in enumerate(ALERTS, start=1):
        before = Mail.objects.count()
        notices.raise_alert(raised(level, upto, number=number), NOW)
        alert = raised(level, upto, number=number).alert
        release = Release(level, upto)
        readers = {who: may_read(Reader("", min(clearance, ceiling)), release) for who, clearance in own.items()}
        mails = list(Mail.objects.order_by("pk")[before:])
        for mail in mails:
            (to,) = mail.recipients
            assert readers[to.partition("@")[0]], f"{to} was told of {level} up to {upto}"
            assert ("bad.example" in mail.text) is (level <= Tlp.GREEN)
            assert level <= Tlp.GREEN or "members" not in mail.text + mail.subject
        for who, may in readers.items():
            listed = rules.notices(people.actor(who)).filter(alert=alert)
            assert listed.exists() is may, (who, level, upto)
        told = {one.recipients[0].partition("@")[0] for one in mails}
        assert {"borealia"} & told == ({"borealia"} if readers["borealia"] else set())
        assert bool(told - {"borealia"}) is any(readers[who] for who in ("focal", "head", "deputy"))
        sent = Job.objects.filter(name="cooperation.hook", args__notice__in=_numbers(alert))
        may = may_read(Reader("", min(Tlp.AMBER, ceiling)), release)
        notice = Notice.objects.filter(alert=alert, member="QAA").first()
        assert sent.exists() is (may and notice is not None)
        assert notice is None or hooks.reaches(hook, notice, NOW.date()) is may


def test_a_hook_tells_no_more_than_whoever_made_it_may_read_today(people):
    from serantau.web.accounts.models import Membership

    a_team(people)
    a_contact(people)
    hook, _key = directory.make_hook(people.actor("focal"), "https://h.example/", Tlp.AMBER, NOW)
    notices.raise_alert(raised(Tlp.AMBER), NOW)
    notice = Notice.objects.get(member="QAA")
    assert hooks.reaches(hook, notice, NOW.date())
    clear(people.focal, "QAA", Tlp.GREEN)
    assert not hooks.reaches(hook, notice, NOW.date())
    clear(people.focal, "QAA", Tlp.AMBER)
    with unrecorded():
        Membership.objects.filter(person=people.focal).update(ended_at=NOW)
    assert not hooks.reaches(hook, notice, NOW.date())


def _numbers(alert):
    return list(Notice.objects.filter(alert=alert).values_list("pk", flat=True))


def test_questions_are_listed_for_asker_and_asked_by_clearance(people):
    people = Cast()
    questions = {}
    for label in LEVELS:
        questions[label, "QBB"] = a_question(people, members=("QBB",), label=label)
        questions[label, "QCC"] = a_question(people, members=("QCC",), label=label)
    for who, clearance in itertools.product(("focal", "borealia", "corvania"), LEVELS):
        clear(getattr(people, who), CODES[who], clearance)
        listed = set(rules.questions(people.actor(who)).values_list("pk", flat=True))
        expected = {
            held.pk for (label, asked), held in questions.items() if label <= clearance and CODES[who] in {"QAA", asked}
        }
        assert listed == expected
    assert not rules.questions(people.actor("secretary")).exists()
    assert Question.objects.count() == 8
