"""Words of one language: what gettext does, as a value that is handed over instead of a global state."""

from __future__ import annotations

from dataclasses import dataclass, field
from gettext import NullTranslations

from serantau.languages.formats import Formats, formats_of


@dataclass(frozen=True)
class Words:
    """The messages of a language, and its way to write numbers and days.

    Attributes:
        tag: BCP 47 tag.
        messages: The catalogue; one without messages answers in English, the language of the source.
    """

    tag: str
    messages: NullTranslations = field(default_factory=NullTranslations, compare=False)

    @property
    def formats(self) -> Formats:
        """How the language writes numbers and days."""
        return formats_of(self.tag)

    def gettext(self, message: str) -> str:
        """A message in this language."""
        return self.messages.gettext(message)

    def ngettext(self, one: str, many: str, count: int) -> str:
        """A message in the form that the count asks for."""
        return self.messages.ngettext(one, many, count)

    def pgettext(self, context: str, message: str) -> str:
        """A message of which the context tells the meaning."""
        return self.messages.pgettext(context, message)


ENGLISH = Words("en")
