"""Rule: members stay outside only on an agreement whose text somebody has read, by a decision of everybody made first."""

from __future__ import annotations

import pytest

from serantau.forum import Act, ForumError, Rule, RuleError
from serantau.web.forum.services import papers
from serantau.web.ledger.models import Event as Row
from tests.forum.scene import NOW, OUTAGES, TEXT, a_body, decided, do, draft, fresh, opened


def outside(people, paper, who="corvania"):
    with pytest.raises(RuleError) as caught:
        do(people, paper, Act.OPT_OUT, who=who)
    return caught.value.rule


def formula_for(people, body, **more):
    return decided(people, body=body, title="Use of minus X", **{"lets_outside": OUTAGES, **more})


def test_with_agreement_and_decision_a_member_stays_outside_by_an_act_of_its_own(people):
    body = a_body(people)
    formula = formula_for(people, body)
    paper = do(people, opened(people, body=body, instrument=OUTAGES, formula=formula), Act.OPT_OUT, who="corvania")
    assert paper.out == ["QCC"]
    event = Row.objects.get(event="forum:member:stayed_outside")
    assert (event.details["agreement"], event.details["by_decision"]) == (OUTAGES, formula.reference)


def test_without_the_decision_nobody_stays_outside(people):
    assert outside(people, opened(people, body=a_body(people), instrument=OUTAGES)) is Rule.FORMULA


@pytest.mark.parametrize("name", ["tl-founding", "tl-unread", "tl-remembered"], ids=["no", "unknown", "recalled"])
def test_an_agreement_that_does_not_say_so_lets_nobody_outside(people, name):
    body = a_body(people)
    assert outside(people, opened(people, body=body, instrument=name)) is Rule.ALLOWS_OUT
    with pytest.raises(ForumError, match="Nobody has read"):
        draft(people, body, lets_outside=name)


def test_any_other_decision_is_no_leave(people):
    body = a_body(people)
    other = decided(people, body=body, title="Something else")
    with pytest.raises(ForumError, match="no decision of this body"):
        draft(people, body, instrument=OUTAGES, formula=other)


def test_another_bodys_decision_is_no_leave(people):
    theirs = formula_for(people, a_body(people, "SOM"))
    with pytest.raises(ForumError, match="no decision of this body"):
        draft(people, a_body(people), instrument=OUTAGES, formula=theirs)


def test_a_decision_that_is_still_under_way_is_no_leave(people):
    body = a_body(people)
    pending = opened(people, body=body, lets_outside=OUTAGES)
    with pytest.raises(ForumError, match="no decision of this body"):
        draft(people, body, instrument=OUTAGES, formula=pending)


def test_the_decision_to_use_it_is_taken_by_everybody(people):
    """It carries out no agreement, so nobody can stay outside of it either."""
    body = a_body(people)
    with pytest.raises(ForumError, match="by everybody"):
        draft(people, body, instrument=OUTAGES, lets_outside=OUTAGES)
    assert outside(people, opened(people, body=body, lets_outside=OUTAGES)) is Rule.ALLOWS_OUT


def test_an_agreement_that_is_none_of_the_regions_is_refused(people):
    with pytest.raises(ForumError, match="agreements"):
        draft(people, a_body(people), instrument="Something that was said")


def test_a_draft_may_change_its_agreement_until_it_is_circulated(people):
    paper = draft(people, a_body(people))
    wanted = papers.Draft(paper.title, paper.matter().verb, TEXT, instrument=OUTAGES)
    papers.edit(people.actor("secretary"), paper.pk, wanted, paper.revision, NOW)
    assert fresh(paper).matter().allows_out
    do(people, paper, Act.CIRCULATE)
    with pytest.raises(RuleError):
        papers.edit(people.actor("secretary"), paper.pk, wanted, 0, NOW)
