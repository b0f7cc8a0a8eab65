"""Pages for finding and understanding: search, glossary, guides and methods."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _

from serantau.base.search import LONGEST
from serantau.web.config.access import Role, access
from serantau.web.help.finding import find, kinds
from serantau.web.help.pages import FOLDERS, glossary, help_pages
from serantau.web.site.answering import answering
from serantau.web.site.frame import page
from serantau.web.site.problems import NotHereError, QuestionError
from serantau.web.site.question import Question


@access(Role.PUBLIC)
@answering("q", "kind")
def search(request: HttpRequest, question: Question) -> HttpResponse:
    """What the words of a question find."""
    text, kind, known = question.more.get("q", ""), question.more.get("kind", ""), kinds()
    if kind and kind not in known:
        message = _("kind=%(kind)s is none of: %(known)s.") % {"kind": kind, "known": ", ".join(known)}
        raise QuestionError(message, "kind")
    context = {
        "text": text,
        "kind": kind,
        "kinds": known.items(),
        "found": find(question, text, kind),
        "longest": LONGEST,
    }
    return page(request, question, "help/search.html", context)


@access(Role.PUBLIC)
@answering()
def words(request: HttpRequest, question: Question) -> HttpResponse:
    """The glossary."""
    return page(request, question, "help/glossary.html", {"parts": glossary()})


@access(Role.PUBLIC)
@answering()
def contents(request: HttpRequest, question: Question) -> HttpResponse:
    """All guides and methods."""
    groups = [(folder, [one for one in help_pages().values() if one.folder == folder]) for folder in FOLDERS]
    titles = {"guide": _("How to use it"), "method": _("What is computed, and how")}
    return page(request, question, "help/contents.html", {"groups": [(titles[name], ones) for name, ones in groups]})


@access(Role.PUBLIC)
@answering()
def help_page(request: HttpRequest, question: Question, folder: str, name: str) -> HttpResponse:
    """One guide or method."""
    found = help_pages().get((folder, name))
    if found is None:
        raise NotHereError(_("There is no help page at this address."), {"/help/": _("All guides and methods")})
    others = [one for one in help_pages().values() if one.folder == found.folder and one != found]
    return page(request, question, "help/page.html", {"help": found, "help_others": others})
