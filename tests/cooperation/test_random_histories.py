"""Rule: whatever happens to a case in whatever order, no page shows anybody a word that is not theirs to read.

Everybody writes words that occur nowhere else. After each step every person's pages are looked at, and the words on them
compared with what the engine's own account of the case lets them see.
"""

from __future__ import annotations

import random
import re

from serantau.defend.errors import DefendError
from serantau.defend.incidents import Act, Sight, Stage, cleared, sight
from serantau.defend.model import Tlp
from serantau.web.cooperation.models import Case
from serantau.web.cooperation.services import cases
from serantau.web.site.problems import NotHereError
from tests.cooperation.scene import CODES, NOW, a_case, joined
from tests.cooperation.scene import cleared as clear
from tests.support.people import signed_in

WHO = ("focal", "borealia", "corvania")
LEVELS = {"focal": Tlp.AMBER_STRICT, "borealia": Tlp.AMBER_STRICT, "corvania": Tlp.AMBER}
WORD = re.compile(r"(?:title|entry|task|note)-[A-Z]{3}-\d+")
STEPS = 30
USUAL = [Act.INVITE, Act.JOIN, Act.WRITE, Act.WRITE, Act.ADD_TASK, Act.SHARE, Act.ADMIT, Act.LEAVE]
LABELS = [Tlp.CLEAR, Tlp.GREEN, Tlp.AMBER, Tlp.AMBER, Tlp.AMBER_STRICT, Tlp.RED]


class History:
    """A case, and a test's own account of who wrote which words."""

    def __init__(self, people, seed):
        self.people, self.random = people, random.Random(seed)  # noqa: S311 - a test's dice
        self.case = joined(people, a_case(people, label=Tlp.GREEN, title="title-QAA-0"), "borealia", "corvania")
        self.count = 0
        self.words = {"title-QAA-0": ("title", "QAA")}
        self.shown = set()

    def step(self):
        """Somebody does something: of what they try, the first that the rules let through."""
        return next((True for _ in range(20) if self._tried()), False)

    def _tried(self):
        who = self.random.choice(WHO)
        act = self.random.choice([*USUAL, *USUAL, *Act])
        self.count += 1
        kind = {Act.WRITE: "entry", Act.ADD_TASK: "task"}.get(act)
        text = f"{kind}-{CODES[who]}-{self.count}" if kind else ""
        numbers = list(self.case.entries.filter(act="write").values_list("number", "text"))
        number, shown = self.random.choice(numbers or [(1, "")])
        wish = cases.Wish(
            act,
            target="farland" if act in {Act.ADMIT, Act.DISMISS} else self.random.choice(sorted(set(CODES.values()))),
            label=self.random.choice(LABELS),
            task=self.random.randint(1, 3),
            entry=number,
            text=text,
            person=getattr(self.people, who).pk,
        )
        try:
            cases.act(self.people.actor(who), self.case.ref, wish, 0, NOW)
        except (DefendError, NotHereError):
            return False
        if text:
            self.words[text] = (kind, CODES[who])
        if act is Act.SHARE:
            self.shown.add(shown)
        return True

    def note(self, who):
        """Somebody notes something for their own."""
        self.count += 1
        text = f"note-{CODES[who]}-{self.count}"
        try:
            cases.note(self.people.actor(who), self.case.ref, text, NOW)
        except NotHereError:
            return
        self.words[text] = ("note", CODES[who])

    def allowed(self, who):
        """The words that somebody may read now."""
        case = Case.objects.get(pk=self.case.pk)
        if who == "observer":
            looks = case.partners.filter(partner="farland").exists() and case.tlp < Tlp.RED
            return {"title-QAA-0", *self.shown} if looks else set()
        member, matter = CODES[who], case.matter()
        seen = sight(matter, member)
        named = case.readers.filter(person=getattr(self.people, who)).exists()
        invited = seen is Sight.INVITATION
        if seen is Sight.NOTHING or not cleared(matter.tlp, LEVELS[who], named=named or invited):
            return set()
        own = {word for word, (kind, author) in self.words.items() if author == member and kind in {"entry", "note"}}
        title = set() if matter.tlp is Tlp.RED and invited and not named else {"title-QAA-0"}
        if seen is not Sight.ALL:
            return own | title
        everybodys = {word for word, (kind, author) in self.words.items() if kind != "note" or author == member}
        return everybodys | title


def test_no_page_shows_a_word_that_is_not_for_its_reader(people):
    for who, level in LEVELS.items():
        clear(getattr(people, who), CODES[who], level)
    browsers = {who: signed_in(getattr(people, who)) for who in (*WHO, "observer")}
    history = History(people, 0)
    met = set()
    for number in range(STEPS):
        history.step()
        if number % 7 == 0:
            history.note(history.random.choice(WHO))
        address = f"/cooperation/cases/{history.case.ref}/"
        for who, browser in browsers.items():
            allowed = history.allowed(who)
            page = browser.get(address)
            shown = set(WORD.findall(page.content.decode())) if page.status_code == 200 else set()
            assert page.status_code == 200 or not allowed, (number, who)
            assert shown == allowed, (number, who, shown - allowed, allowed - shown)
            met |= {(who, page.status_code)}
        if number % 10 == 0:
            for who, browser in browsers.items():
                for listing in ("/cooperation/cases/", "/cooperation/"):
                    listed = set(WORD.findall(browser.get(listing, follow=True).content.decode()))
                    assert listed <= history.allowed(who), (number, who, listing)
        if Case.objects.get(pk=history.case.pk).stage == Stage.CLOSED.value:
            cases.act(people.actor(_inside(history)), history.case.ref, cases.Wish(Act.REOPEN), 0, NOW)
    assert {who for who, status in met if status == 200} == set(browsers), "everybody was inside for a while"
    assert len({who for who, status in met if status == 404}) > 2, "and most of them outside"
    assert len(history.words) > 10


def _inside(history):
    """Somebody who can open the case again."""
    return next(
        who
        for who in WHO
        if history.allowed(who) and CODES[who] in Case.objects.get(pk=history.case.pk).matter().joined
    )
