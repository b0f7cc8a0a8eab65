"""Rule: what three members post becomes each member's notice by itself, one for each clearance; their word goes back.

From the envelope over the store and correlation to the letter, with nothing in between that is made up.
"""

from __future__ import annotations

from datetime import timedelta

import pytest

from serantau.defend.escalation import State
from serantau.defend.model import Tlp
from serantau.web.alerts.models import Alert, Evidence
from serantau.web.cooperation import rules
from serantau.web.cooperation.models import Notice
from serantau.web.cooperation.services import notices
from serantau.web.jobs.models import Job, Mail
from serantau.web.workflows.jobs import tell
from serantau.web.workflows.withdrawn import withdrawn
from tests.cooperation.scene import a_contact, a_team, cleared
from tests.defend.alerts_scene import NOW, Sharing, run

LATER = NOW + timedelta(hours=2)


def follow_up(now=LATER):
    """Do what was deferred to other rooms, and has not been done."""
    for one in list(Job.objects.filter(name="workflows.follow", ended_at=None)):
        tell(one.args, now)


@pytest.fixture
def people(people):
    """Asterra's focal point is cleared up to TLP:GREEN, its head up to TLP:AMBER; Borealia has somebody, too."""
    cleared(people.focal, "QAA", Tlp.GREEN)
    cleared(people.head, "QAA", Tlp.AMBER)
    a_team(people)
    a_contact(people)
    a_contact(people, "head", by="focal")
    cleared(people.borealia, "QBB", Tlp.AMBER)
    return people


def test_each_clearance_gets_the_notice_of_its_own_alert(people):
    Sharing().all_share()
    run()
    follow_up()
    levels = {one.level for one in Alert.objects.all()}
    assert levels == {Tlp.GREEN, Tlp.AMBER, Tlp.AMBER_STRICT}
    told = set(Notice.objects.values_list("member", "level"))
    assert told == {("QAA", Tlp.GREEN), ("QAA", Tlp.AMBER), ("QBB", Tlp.AMBER)}
    for who, level in (("focal", Tlp.GREEN), ("head", Tlp.AMBER), ("borealia", Tlp.AMBER)):
        (held,) = rules.notices(people.actor(who))
        assert (held.level, held.members, held.value) == (level, 3, "bad.example")
    letters = {one.recipients[0]: one.text for one in Mail.objects.all()}
    assert set(letters) == {people.focal.email, people.head.email}
    assert "bad.example" in letters[people.focal.email]
    assert "bad.example" not in letters[people.head.email]


def test_what_is_shared_above_a_level_says_nothing_below_it(people):
    """All three said it at TLP:AMBER: whoever reads TLP:GREEN has no notice, no letter and no number."""
    Sharing().all_share(tlp=Tlp.AMBER, alias="region-amber")
    run()
    follow_up()
    assert not rules.notices(people.actor("focal")).exists()
    assert rules.notices(people.actor("head")).count() == 1
    assert {one.recipients[0] for one in Mail.objects.all()} == {people.head.email}


def test_it_is_told_once_and_again_when_it_grew(people):
    sharing = Sharing()
    sharing.all_share()
    run()
    follow_up()
    follow_up()
    assert Notice.objects.count() == 3
    assert not Alert.objects.exclude(told=1).exists()
    (notice,) = rules.notices(people.actor("focal"))
    notices.answer(people.actor("focal"), notice.ref, State.ACKNOWLEDGED, "", LATER)
    sharing.share("QBB", when=NOW + timedelta(hours=3))
    run(NOW + timedelta(hours=4))
    follow_up(NOW + timedelta(hours=4))
    states = list(rules.notices(people.actor("focal")).order_by("pk").values_list("state", flat=True))
    assert states == ["acknowledged", "waiting"]
    assert rules.notices(people.actor("head")).count() == 1, "what still waits has changed, and begins no second time"


def test_a_false_positive_counts_as_the_members_word(people):
    Sharing().all_share()
    run()
    follow_up()
    (notice,) = rules.notices(people.actor("head"))
    notices.answer(people.actor("head"), notice.ref, State.FALSE_POSITIVE, "Our own scanner.", LATER)
    follow_up()
    follow_up()
    word = Evidence.objects.get(word="false positive")
    assert (word.member, word.tlp) == ("QAA", Tlp.AMBER)
    assert Alert.objects.get(level=Tlp.AMBER).state == "withdrawn", "two are left, and it takes three"
    assert Alert.objects.get(level=Tlp.GREEN).state == "open", "what was said at TLP:AMBER is not told below it"
    withdrawn({}, LATER)
    states = {(one.member, one.level): one.state for one in Notice.objects.all()}
    assert states == {
        ("QAA", Tlp.GREEN): "waiting",
        ("QAA", Tlp.AMBER): "false positive",
        ("QBB", Tlp.AMBER): "withdrawn",
    }
