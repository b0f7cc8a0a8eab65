"""Renews the catalogues of the interface from the source: `scripts/messages.py [--prune] [--new TAG] [ROOT ...]`.

Every text that people read is found in Python and in templates, by Babel and Django's own reader of templates; no tool
of GNU gettext is wanted. A new message is added to each catalogue without a translation, which the tests refuse; what
was translated stays. A message that the source has no longer is kept, since it may come back with another branch,
until `--prune` removes it. `--new TAG` begins a catalogue. Further roots are other copies of the source tree, whose
messages are taken in too.
"""

from __future__ import annotations

import argparse
import io
import sys
from collections.abc import Iterator
from pathlib import Path

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.pofile import write_po
from django.conf import settings
from django.utils.translation.template import templatize

from serantau.languages.catalogue import DOMAIN, SHIPPED, read_catalogue

ROOT = Path(__file__).resolve().parent.parent
SOURCES = Path("src/serantau")
KEYWORDS = {
    "_": None,
    "_lazy": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
}
TEMPLATES = {".html", ".txt", ".xml"}
WIDTH = 120
HEADER = """# {name}: the words of Serantau's pages, reports and commands.
# How to translate, and how to say that a translation was reviewed: docs/guide/languages.md"""


def messages(root: Path = ROOT) -> Catalog:
    """Every message of a source tree, with the files that it stands in."""
    if not settings.configured:
        settings.configure()
    found = Catalog(domain=DOMAIN, charset="utf-8")
    for path in sorted((root / SOURCES).rglob("*")):
        for message, comments, context in _of(path, root):
            place = (path.relative_to(root / SOURCES).as_posix(), 1)
            found.add(message, locations=[place], auto_comments=comments, context=context)
    return found


def _of(path: Path, root: Path) -> Iterator[tuple[str | tuple[str, ...], list[str], str | None]]:
    parts = path.relative_to(root / SOURCES).parts
    if "regions" in parts or "migrations" in parts:
        return
    if path.suffix == ".py":
        source = path.read_bytes()
    elif path.suffix in TEMPLATES and "templates" in parts:
        # What is not a message comes out as runs of letters; on one line it has no indentation to stumble over.
        source = " ".join(templatize(path.read_text(encoding="utf-8"), origin=str(path)).splitlines()).encode()
    else:
        return
    options = {"encoding": "utf-8"}
    for _line, message, comments, context in extract(
        "python", io.BytesIO(source), KEYWORDS, ("Translators:",), options
    ):
        if message:
            yield message, comments, context


def renewed(template: Catalog, held: Catalog, *, prune: bool) -> Catalog:
    """A catalogue with the messages of the source, and what was translated of them."""
    made = Catalog(
        locale=held.locale_identifier,
        domain=DOMAIN,
        charset="utf-8",
        header_comment=HEADER.format(name=held.locale.english_name if held.locale else "A language"),
        project="Serantau",
        version="1",
        fuzzy=False,
    )
    for message in (*template, *(() if prune else held)):
        if message.id and made.get(message.id, message.context) is None:
            before = held.get(message.id, message.context)
            _add(made, message, before)
    return made


def _add(made: Catalog, message: Message, before: Message | None) -> None:
    made.add(
        message.id,
        before.string if before else None,
        locations=[(name, None) for name, _line in message.locations],
        flags=(before.flags if before else set()) - {"python-format"},
        auto_comments=message.auto_comments,
        user_comments=before.user_comments if before else (),
        context=message.context,
    )


def text_of(catalogue: Catalog) -> bytes:
    """The catalogue as it is written to its file; days and names are told by the version control."""
    out = io.BytesIO()
    write_po(out, catalogue, width=WIDTH, sort_output=True, include_lineno=False, omit_header=False)
    dropped = (b'"POT-Creation-Date', b'"PO-Revision-Date', b'"Generated-By', b'"Last-Translator', b'"Language-Team')
    return b"".join(line for line in out.getvalue().splitlines(keepends=True) if not line.startswith(dropped))


def state_of(catalogue: Catalog) -> tuple[int, int, int]:
    """How many messages there are, how many lack a translation, how many are doubtful."""
    rows = [message for message in catalogue if message.id]
    return len(rows), sum(not _complete(message) for message in rows), sum(message.fuzzy for message in rows)


def _complete(message: Message) -> bool:
    texts = message.string if isinstance(message.string, tuple | list) else (message.string,)
    return bool(texts) and all(texts)


def main() -> int:
    """Renew every catalogue, and say what is missing."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").splitlines()[0])
    parser.add_argument("roots", nargs="*", type=Path, help="other copies of the source tree")
    parser.add_argument("--prune", action="store_true", help="remove messages that the source has no longer")
    parser.add_argument("--new", metavar="TAG", help="begin a catalogue for a language")
    parser.add_argument("--list", action="store_true", help="print what is not translated")
    asked = parser.parse_args()
    template = messages()
    for root in asked.roots:
        for message in messages(root):
            if message.id and template.get(message.id, message.context) is None:
                _add(template, message, None)
    paths = sorted(SHIPPED.glob("*.po"))
    if asked.new:
        path = SHIPPED / f"{asked.new}.po"
        paths.append(path)
        if not path.exists():
            path.write_bytes(text_of(Catalog(locale=asked.new.replace("-", "_"), domain=DOMAIN, fuzzy=False)))
    for path in paths:
        made = renewed(template, read_catalogue(path), prune=asked.prune)
        path.write_bytes(text_of(made))
        total, empty, doubtful = state_of(made)
        print(f"{path.name}: {total} messages, {empty} not translated, {doubtful} doubtful")
        if asked.list:
            for message in made:
                if message.id and not _complete(message):
                    print(f"  {message.id!r}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
