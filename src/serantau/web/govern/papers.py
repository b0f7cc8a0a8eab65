"""A decision as a paper (DOCX, PDF), and for other systems (ODRL, DPV)."""

from __future__ import annotations

import msgspec
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.base import suggest
from serantau.govern.export import export
from serantau.render.report import FORMATS, write
from serantau.render.transfer import KINDS, Parties, compose_transfer
from serantau.web.config.access import Role, access
from serantau.web.govern.asking import PLAIN, named, room
from serantau.web.govern.checker import decided
from serantau.web.govern.words import country_name, member_name
from serantau.web.site.answering import answering
from serantau.web.site.problems import NotHereError, QuestionError
from serantau.web.site.question import Question

EXPORTS = {
    "odrl.jsonld": ("odrl", "application/ld+json"),
    "dpv.jsonld": ("dpv", "application/ld+json"),
    "dpv.ttl": ("turtle", "text/turtle; charset=utf-8"),
}


@access(Role.PUBLIC)
@answering(*PLAIN, "kind", "exporter_name", "importer_name", "purpose", named=named, costly=True)
def document(request: HttpRequest, question: Question, form: str) -> HttpResponse:
    """A paper on the flow that the address describes."""
    found = room(question)
    kind = question.more.get("kind", "agreement")
    if kind not in KINDS:
        raise QuestionError(f"kind={kind}: {suggest(kind, KINDS)}".strip(), "kind")
    if form not in FORMATS:
        raise NotHereError(_("There is no paper as %s.") % form[:20], {"/govern/": _("Check a flow")})
    answer = decided(found)
    said = [question.more.get(name, "") for name in ("exporter_name", "importer_name", "purpose")]
    names = (member_name(found.bundle, answer.flow.origin), country_name(found.bundle, answer.flow.destination))
    report = compose_transfer(
        kind, found.law, answer, found.bundle.sources, names, question.answers.edition, Parties(*said)
    )
    response = HttpResponse(write(report, form), content_type=FORMATS[form])
    name = f"{kind}-{answer.flow.origin}-{answer.flow.destination}-{answer.asof.valid}.{form}".lower()
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response


@access(Role.PUBLIC)
@answering(*PLAIN, named=named)
def exported(request: HttpRequest, question: Question, form: str) -> HttpResponse:
    """The decision as an ODRL policy or a record in the Data Privacy Vocabulary."""
    if form not in EXPORTS:
        raise NotHereError(_("There is no export as %s.") % form[:20], {"/govern/": _("Check a flow")})
    word, media = EXPORTS[form]
    found = room(question)
    body = export(word, found.law, decided(found), question.answers.edition)
    return HttpResponse(body if isinstance(body, str) else msgspec.json.encode(body), content_type=media)
