"""Reads what a region's folder says in other languages (`languages/TAG.yaml`)."""

from __future__ import annotations

from pathlib import PurePosixPath

from serantau.facts import FactFolder
from serantau.languages.model import LanguageFacts

FOLDER = "languages"


def load_languages(folder: FactFolder) -> tuple[LanguageFacts, ...]:
    """Load the languages of a region; problems are added to the folder, which then refuses to finish."""
    found = []
    for name in folder.names(FOLDER, ".yaml"):
        records = folder.records(name, "language", LanguageFacts)
        if len(records.rows) > 1:
            folder.report(f"{name}:1", f"holds {len(records.rows)} languages.", "Keep exactly one record.")
        for record, where in records:
            stem = PurePosixPath(name).stem
            if record.id != stem:
                folder.report(where, f"the language {record.id!r} stands in {stem}.yaml.", "Name the file after it.")
            found.append(record)
    return tuple(found)


def line_of(folder: FactFolder, language: LanguageFacts, name: str) -> str:
    """``file:line`` of a key of a language's file; of the record where the key is not found as it is written."""
    where = folder.place(language)
    file = where.rpartition(":")[0]
    content = (folder.content(file) or b"").decode("utf-8", "replace")
    starts = tuple(f"{quote}{name}{quote}:" for quote in ("", '"', "'"))
    for number, line in enumerate(content.splitlines(), start=1):
        if line.strip().startswith(starts):
            return f"{file}:{number}"
    return where
