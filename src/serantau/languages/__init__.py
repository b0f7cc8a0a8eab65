"""In which language people are answered: catalogues of words, formats, and a region's own names translated."""

from serantau.languages.catalogue import (
    SOURCE,
    LanguageError,
    catalogue_paths,
    catalogue_tags,
    compile_catalogues,
    speak,
)
from serantau.languages.formats import Formats, formats_of
from serantau.languages.model import Language, LanguageFacts
from serantau.languages.words import ENGLISH, Words

__all__ = [
    "ENGLISH",
    "SOURCE",
    "Formats",
    "Language",
    "LanguageError",
    "LanguageFacts",
    "Words",
    "catalogue_paths",
    "catalogue_tags",
    "compile_catalogues",
    "formats_of",
    "speak",
]
