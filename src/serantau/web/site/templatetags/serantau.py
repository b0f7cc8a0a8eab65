"""Numbers, dates and addresses as the pages show them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import date
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from django import template
from django.conf import settings
from django.contrib.staticfiles import finders
from django.templatetags.static import static
from django.utils.html import escape, format_html, format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import get_language, gettext, pgettext

from serantau.base import PartialDate
from serantau.languages import SOURCE, Formats, formats_of
from serantau.languages.formats import MINUS
from serantau.languages.sentences import said as said_in
from serantau.web.help.pages import Entry, entry_of

register = template.Library()
SMALLEST = 6
"""Decimals to which a small change is followed before it is called none."""


@register.filter
def number(value: float | None, decimals: int = 1) -> str:
    """A number with a fixed count of decimals and a real minus sign; nothing for None."""
    if value is None:
        return ""
    return _formats().number(value, decimals)


@register.filter
def letters(marks: Iterable[Any]) -> str:
    """The marks of a figure as letters, each with its sentence. A page has hundreds, so no template is asked for each."""
    shown = format_html_join("", '<abbr class="mark" title="{}">{}</abbr>', ((one.text, one.letter) for one in marks))
    return format_html('<span class="marks">{}</span>', shown) if shown else ""


@register.filter
def figure(view: Any) -> str:  # noqa: ANN401 - a figure as the room `measure` shows it
    """A figure with its year and marks."""
    shown = '<span class="value">{}</span> <span class="year">{}</span> {}'
    return format_html(shown, number(view.value, view.decimals), view.year, letters(view.marks))


@register.filter
def change(value: float | None, decimals: int = 1) -> str:
    """A change of a score, always with its sign.

    >>> [change(value) for value in (1.24, -0.4, 0.0, -0.004)]
    ['+1.2', '−0.4', '±0.0', '±0.0']
    """
    if value is None:
        return ""
    text = number(value, decimals)
    if text.startswith(MINUS):
        return text
    return ("+" if text.strip("0.,") else "±") + text


@register.filter
def figure_change(value: float | None, decimals: int = 1) -> str:
    """A change of a figure, with its sign; a small one is not rounded to none, since the table says better or worse.

    >>> [figure_change(value) for value in (1.24, 0.0, -0.004)]
    ['+1.2', '±0.0', '−0.004']
    """
    if value is None:
        return ""
    while value and decimals < SMALLEST and round(value, decimals) == 0:
        decimals += 1
    return change(value, decimals)


@register.filter
def percent(value: float) -> str:
    """A share as whole per cent; what is neither never nor always does not read as either.

    >>> [percent(share) for share in (0.0, 0.001, 0.5, 0.999, 1.0)]
    ['0 %', '<1 %', '50 %', '>99 %', '100 %']
    """
    return _formats().percent(value)


@register.filter
def day_or_word(value: PartialDate) -> str:
    """A date as precise as it is known; in a word where it is open or not known."""
    if value.text == "open":
        return pgettext("end", "open")
    return _formats().partial(value) or gettext("not known")


def local(text: str) -> str:
    """A number that Python wrote, in the signs of the language of the page."""
    return _formats().local(text)


@register.filter
def said(text: str) -> str:
    """A sentence of an engine in the language of the page."""
    return said_in(gettext, text)


@register.filter
def day(value: date | PartialDate | None) -> str:
    """A day, or a date as precise as it is known, in the language of the page; nothing for an open or unknown one."""
    if value is None:
        return ""
    return _formats().day(value) if isinstance(value, date) else _formats().partial(value)


def _formats() -> Formats:
    return formats_of(get_language() or SOURCE)


@register.filter
def web_address(address: str) -> str:
    """The address if a browser may open it from our page; else nothing."""
    parts = urlsplit(address)
    return address if parts.scheme in {"http", "https"} and parts.netloc else ""


@register.filter
def ours(markup: str) -> SafeString:
    """Markup that the project wrote itself and rendered element by element (`serantau.render.markdown`)."""
    return mark_safe(markup)  # noqa: S308 - see above; nothing that a visitor sent comes here


@register.inclusion_tag("help/words.html")
def terms(*names: str) -> dict[str, list[Entry]]:
    """The terms of art of a section as links to where the glossary explains them.

    Args:
        names: Ids of entries.

    Raises:
        TemplateSyntaxError: if the glossary has no such entry.
    """
    found = [entry for name in names if (entry := entry_of(name)) is not None]
    if len(found) < len(names):
        raise template.TemplateSyntaxError(f"the glossary lacks one of {', '.join(names)}")
    return {"entries": found}


@register.simple_tag
def embed_code(chart: Any, origin: str) -> str:  # noqa: ANN401 - a chart with its address, of the room that draws it
    """The markup with which another page shows a chart in a frame. It is text here, so the template escapes it again."""
    address = f"{origin}/embed/{chart.kind}/{chart.name}/{chart.query}"
    return (
        f'<iframe src="{escape(address)}" title="{escape(chart.caption)}" '
        'width="100%" height="640" loading="lazy"></iframe>'
    )


@register.simple_tag
def training() -> bool:
    """Whether everything on this site is invented."""
    return bool(settings.SERANTAU_TRAINING)


@register.simple_tag
def versioned(path: str) -> str:
    """Address of a static file with the digest of its content, so that a browser may keep it."""
    return f"{static(path)}?v={_digest(path)}"


@cache
def _digest(path: str) -> str:
    found = finders.find(path)
    if not isinstance(found, str):
        raise template.TemplateSyntaxError(f"there is no static file {path}")
    with open(found, "rb") as file:  # noqa: PTH123 - finders speak in plain paths
        return hashlib.file_digest(file, "sha256").hexdigest()[:12]
