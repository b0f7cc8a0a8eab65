"""The language of an address goes along with every link and form of its page, wherever they were written.

It is done once, when a page is made and before it is kept, so that no template has to remember it: one forgotten link
would drop the reader into another language.
"""

from __future__ import annotations

import re

PARAMETER = "language"
# Data for programs know no such parameter, and files of the site have no language.
_LINK = re.compile(r'(<a\b[^>]*?\shref=")(/(?!/|api/v|static/)[^"#?]*)(\?[^"#]*)?')
_FORM = re.compile(r'<form\b(?=[^>]*\smethod="get")[^>]*>(?=(.*?)</form>)', re.DOTALL | re.IGNORECASE)


def carried(html: str, tag: str) -> str:
    """The page with the language in all its links within the site, and in the forms that ask.

    >>> carried('<a href="/data/#x">D</a> <a href="https://example.org/">E</a>', "id")
    '<a href="/data/?language=id#x">D</a> <a href="https://example.org/">E</a>'
    >>> carried('<a class="c" href="/?plan=p">O</a> <a href="/?language=en">E</a>', "id")
    '<a class="c" href="/?plan=p&amp;language=id">O</a> <a href="/?language=en">E</a>'
    """

    def link(found: re.Match[str]) -> str:
        asked = found[3] or ""
        if f"{PARAMETER}=" in asked:
            return found[0]
        return f"{found[1]}{found[2]}{asked}{'&amp;' if asked else '?'}{PARAMETER}={tag}"

    def form(found: re.Match[str]) -> str:
        if f'name="{PARAMETER}"' in found[1]:
            return found[0]
        return f'{found[0]}<input type="hidden" name="{PARAMETER}" value="{tag}">'

    return _FORM.sub(form, _LINK.sub(link, html))
