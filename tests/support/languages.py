"""Invented languages for tests: every message of the source, marked, so that what does not go through a catalogue shows."""

from __future__ import annotations

import importlib.util
import re
import sys
from functools import cache
from pathlib import Path
from types import ModuleType

from babel.messages.catalog import Catalog

ROOT = Path(__file__).parents[2]
PSEUDO = "qaa"
# What a translation must keep: placeholders, markup, and the doubled sign of per cent.
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z]|%%|\{\w*(?:![rs])?(?::[^}]*)?\}")
TAG = re.compile(r"</?[a-z][^>]*>")


@cache
def messages_script() -> ModuleType:
    """The command that renews the catalogues, as a module."""
    spec = importlib.util.spec_from_file_location("messages_script", ROOT / "scripts" / "messages.py")
    assert spec is not None and spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["messages_script"] = module
    spec.loader.exec_module(module)
    return module


@cache
def template() -> Catalog:
    """Every message of the source."""
    found: Catalog = messages_script().messages()
    return found


def pseudo(text: str) -> str:
    """A message of the invented language: between marks that no other text has."""
    return f"⟦{text}⟧"


def write_pseudo(path: Path) -> None:
    """Write a whole catalogue of the invented language."""
    made = Catalog(domain="django", charset="utf-8", fuzzy=False)
    for message in template():
        if message.id:
            ids = message.id if isinstance(message.id, tuple | list) else (message.id,)
            texts = tuple(pseudo(one) for one in ids)
            made.add(message.id, texts if len(texts) > 1 else texts[0], context=message.context)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(messages_script().text_of(made))
