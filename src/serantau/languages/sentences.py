"""What the engines say in words, in another language.

An engine answers in the language of the source and knows of no other; where its answer holds a sentence, the door says
it again here. Each sentence of an engine stands below as a message with its variable parts named.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cache


def gettext_noop(message: str) -> str:
    """Mark a message for the catalogues."""
    return message


SENTENCES = (
    # what is not found, and what was perhaps meant
    gettext_noop("There is no plan with the id %(name)s."),
    gettext_noop("There is no outcome with the id %(name)s."),
    gettext_noop("There is no action with the id %(name)s."),
    gettext_noop("There is no meeting with the id %(name)s."),
    gettext_noop("The plan %(plan)s has no outcome %(name)s."),
    gettext_noop("%(region)s has no member with the code %(name)s."),
    gettext_noop("Did you mean %(names)s?"),
    gettext_noop("Known are: %(names)s."),
    # grades
    gettext_noop("primary"),
    gettext_noop("secondary"),
    gettext_noop("weak"),
    gettext_noop("memory"),
    # the closing assessment
    gettext_noop("no figure"),
    gettext_noop("no figure since %(year)s"),
    gettext_noop("no figure before %(year)s"),
    gettext_noop("rated against other countries in each edition, so editions are not compared"),
    gettext_noop("the series breaks in %(year)s, so the two figures are not compared"),
    # the standing
    gettext_noop("%(count)s digital indicator with figures; %(least)s are needed for a score"),
    gettext_noop("%(count)s digital indicators with figures; %(least)s are needed for a score"),
    # convergence
    gettext_noop("not enough data: all members start from the same value"),
    gettext_noop("not enough data: no year before and after"),
    gettext_noop("not enough data: %(count)s members can be compared over %(years)s, and it takes %(least)s"),
    gettext_noop("not positive in %(years)s, so it has no logarithm"),
    gettext_noop("no value in %(years)s"),
    gettext_noop("the series breaks in %(year)s"),
    # paths and status
    gettext_noop("reached"),
    gettext_noop("on track"),
    gettext_noop("at risk"),
    gettext_noop("off track"),
    gettext_noop("not enough data"),
    gettext_noop("no published target"),
    gettext_noop("not enough observations for an interval"),
    gettext_noop("the observations lie on the path, so its interval has no width; that is no certainty"),
    gettext_noop(
        "the path or its interval leaves 0 to 100, which a straight line does not know; if this is a share, "
        "ask for the logistic model with the ceiling 100"
    ),
    gettext_noop("the path or its interval falls below zero, where no figure was; read it as far as zero at most"),
    gettext_noop(
        "the series breaks in %(year)s: change and projection use the %(count)s observations "
        "from then on, not the %(before)s before"
    ),
    # the text of a paper
    gettext_noop("The paper has no text yet."),
    gettext_noop("Write at least one paragraph."),
    gettext_noop(
        "The text has %(characters)s characters in %(paragraphs)s paragraphs; at most %(most)s in %(many)s are taken."
    ),
    gettext_noop("Send it as several papers."),
)

_END = re.compile(r"(?<=[.?!]) ")
_PLACE = re.compile(r"%\\\((\w+)\\\)s")


def said(gettext: Callable[[str], str], text: str) -> str:
    """What an engine said, in a language; a sentence that is not known here stays as it is.

    Args:
        gettext: Says a message in the language.
        text: What the engine said.

    >>> said({"no figure since %(year)s": "rien depuis %(year)s"}.get, "no figure since 2021")
    'rien depuis 2021'
    """
    whole = _said(gettext, text)
    if whole is not None:
        return whole
    return " ".join(_said(gettext, sentence) or sentence for sentence in _END.split(text))


def _said(gettext: Callable[[str], str], text: str) -> str | None:
    for message, pattern in _patterns():
        found = pattern.fullmatch(text)
        if found is not None:
            spoken = gettext(message)
            return spoken % found.groupdict() if found.groupdict() else spoken
    return None


@cache
def _patterns() -> tuple[tuple[str, re.Pattern[str]], ...]:
    """Each message with a pattern that takes it apart; in one without variable parts `%` stands for itself."""
    return tuple((one, re.compile(_PLACE.sub(r"(?P<\1>.+?)", re.escape(one)))) for one in SENTENCES)
