"""Carrying a recommendation into a paper of the forum, with the threshold, its basis, and what others did."""

from __future__ import annotations

from collections.abc import Mapping

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from serantau.bundle import Bundle
from serantau.facts.model import RECALLED
from serantau.review import ReviewError
from serantau.spectrum.model import Policy
from serantau.spectrum.recommend import Recommendation, recommendations
from serantau.web.accounts.actor import actor_of
from serantau.web.accounts.roles import Role
from serantau.web.config.access import access
from serantau.web.review.views import work
from serantau.web.site.problems import NotHereError
from serantau.web.site.question import Question, ask
from serantau.web.spectrum.asking import facts_of, members_of
from serantau.web.workflows.papers import ForumError, begin_paper, bodies

LONGEST_TITLE = 200


@access(Role.SECRETARIAT)
@require_http_methods(["GET", "HEAD", "POST"])
def carry(request: HttpRequest, member: str) -> HttpResponse:
    """Choose a recommendation and a body, and begin the paper."""
    question = ask(request)
    names = {one.id: one.name for one in members_of(question)}
    if member not in names:
        raise NotHereError(_("That was no member on that day."), {"/spectrum/": _("Spectrum")})
    found = recommendations(facts_of(question), member, list(names), question.asof)
    refusal = None
    if request.method == "POST":
        chosen = next((one for one in found if one.finding.criterion.id == request.POST.get("criterion")), None)
        if chosen is None:
            refusal = (400, _("Choose one of the recommendations."), ())
        else:
            title = f"{names[member]}: {chosen.finding.criterion.title}"[:LONGEST_TITLE]
            text = paper_text(chosen, member, names, question)
            body = work.whole_number(request.POST.get("body"))
            try:
                address = begin_paper(actor_of(request), body, title, text, timezone.now())
            except (ForumError, ReviewError) as error:
                refusal = (400, error.message, error.problems)
            else:
                return work.done(request, _("The paper is a draft: nobody but the secretariat sees it."), address)
    context = {
        "code": member,
        "name": names[member],
        "rows": [(one.finding.criterion, paper_text(one, member, names, question)) for one in found],
        "bodies": bodies(),
        "given": request.POST,
        "refusal": refusal,
    }
    return work.show(request, "spectrum/carry.html", context, refusal[0] if refusal else 200)


def paper_text(one: Recommendation, member: str, names: Mapping[str, str], question: Question) -> str:
    """The text of the paper: what is recommended, on what ground, where it stands here, and who has done it."""
    criterion, bundle = one.finding.criterion, question.answers.bundle
    parts = [criterion.title]
    if criterion.threshold is not None:
        words = _("Threshold: %(test)s %(threshold)s %(unit)s, for %(topic)s. Its basis: %(basis)s")
        parts.append(
            words
            % {
                "test": criterion.test.value,
                "threshold": f"{criterion.threshold:g}",
                "unit": criterion.unit,
                "topic": criterion.topic,
                "basis": criterion.basis,
            }
        )
    else:
        words = _("Criterion: a record of %(topic)s. Its basis: %(basis)s")
        parts.append(words % {"topic": criterion.topic, "basis": criterion.basis})
    here = _record(one.finding.record, bundle) if one.finding.record else _("no record says")
    parts.append(_("%(member)s: %(here)s") % {"member": names[member], "here": here})
    peers = [f"{names[peer.member]}: {_record(peer.record, bundle)}" for peer in one.peers if peer.record]
    parts.append(_("Who meets it:") + "\n" + "\n".join(peers) if peers else _("Nobody of whom we know meets it."))
    parts.append(
        _("From the facts of the region, edition %(edition)s, as of %(day)s. There is no single score.")
        % {"edition": question.answers.edition, "day": question.asof.valid.isoformat()}
    )
    return "\n\n".join(parts)


def _record(record: Policy, bundle: Bundle) -> str:
    source = bundle.sources.get(record.source)
    title = _("recalled") if record.source == RECALLED or source is None else source.title
    unit = f" {record.unit}" if record.unit and record.number is not None else ""
    return f"{record.value}{unit} ({title}, {record.grade.value}; {record.valid_from.text})"
