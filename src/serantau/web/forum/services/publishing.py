"""A decision is published when a second person approves; what follows from it begins then."""

from __future__ import annotations

from datetime import datetime

from django.utils.translation import gettext as _

from serantau.forum import ForumError, Stage
from serantau.web.accounts.models import Approval
from serantau.web.accounts.policy import Act, Actor
from serantau.web.accounts.services import approvals
from serantau.web.forum.models import Paper
from serantau.web.forum.rules import about, find
from serantau.web.forum.services import papers
from serantau.web.ledger.changes import Record
from serantau.web.workflows.events import emit

PUBLISHED = "paper published"


def ask_to_publish(actor: Actor, number: int, now: datetime) -> Approval:
    """Ask that a decided paper be published.

    Raises:
        RefusedError: if the actor may not, even with a second person.
        ForumError: if it is not decided.
    """
    paper = find(actor, number)
    if paper.at is not Stage.DECIDED:
        raise ForumError(_("Only what was decided is published."))
    summary = _("Publish “%(title)s”, %(verb)s by %(body)s.") % {
        "title": paper.title[:150],
        "verb": paper.verb,
        "body": paper.body.short_name,
    }
    return approvals.ask(actor, approvals.Wish(Act.PUBLISH, paper.reference, summary, about()), now=now)


@approvals.carries_out(Act.PUBLISH, "paper")
def _publish(approval: Approval, record: Record, now: datetime) -> Paper:
    number = int(approval.subject.rpartition(" ")[2])
    paper = Paper.objects.select_for_update(of=("self",)).select_related("body", "formula").get(pk=number)
    papers.publish(paper, record.actor, now)
    record.say(published=paper.reference, verb=paper.verb, body=paper.body.short_name)
    emit(PUBLISHED, paper.reference, now)
    return paper
