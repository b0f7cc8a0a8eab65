"""What holds for every answer to a question, in words."""

from __future__ import annotations

from django.utils.translation import gettext as _

from serantau.bundle import period_of
from serantau.web.site.question import Question
from serantau.web.site.templatetags.serantau import day


def notes(question: Question) -> list[str]:
    """What a reader must know before reading a number."""
    found = []
    asof = question.asof
    uncertain = question.answers.bundle.region.uncertain_members_at(asof)
    if uncertain:
        names = ", ".join(member.name for member in uncertain)
        found.append(_("Left out, because their dates do not tell whether they were members: %s.") % names)
    if asof.valid > question.today:
        found.append(_("%s is still to come: what holds today is taken to hold then.") % day(asof.valid))
    period = period_of(question.plan)
    if period and period.end < asof.valid and question.answers.index_of(question.plan):
        text = _("%(plan)s ended on %(end)s. This is its closing assessment: no later figure is used.")
        found.append(text % {"plan": question.plan.short_name, "end": day(period.end)})
    return found
