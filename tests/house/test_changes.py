"""Rule: state changes in services alone, through `change`, and every event is one that the list names."""

from __future__ import annotations

import ast
import re

import pytest

from serantau.ledger import Event
from tests.support.tree import ROOT, python_files, read, relative

SOURCE = ROOT / "src" / "serantau"
TAG = re.compile(r"[a-z_]+:[a-z_]+:[a-z_]+")
WRITES = {
    *("create", "get_or_create", "update_or_create", "bulk_create", "bulk_update", "delete"),
    *("acreate", "aget_or_create", "aupdate_or_create", "abulk_create", "abulk_update", "adelete", "asave", "aupdate"),
}
JOBS = "keeps track of work on its way; what the work changes it changes by services"
INTERNALS = {
    "web/jobs/jobs.py": JOBS,
    "web/jobs/mail.py": JOBS,
    "web/jobs/port.py": JOBS,
    "web/jobs/runner.py": JOBS,
    "web/jobs/running.py": JOBS,
    "web/backup/restoring.py": "ends what a restore must not let go on: leases, and mails that were sent since",
    "web/ledger/append.py": "appends the event itself, inside the change",
    "web/ledger/signing.py": "keeps signed heads, which are made after the events and are no events",
}
"""Modules that write rows of their own outside services, each with the reason."""


def parsed():
    """Every module of ours but migrations, with its tree."""
    for path in python_files():
        if path.is_relative_to(SOURCE) and "migrations" not in path.parts:
            yield path, ast.parse(read(path))


def is_service(path):
    return "web" in path.parts and (path.name == "services.py" or path.parent.name == "services")


def writes(tree):
    """Calls that look like a write through Django's models."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or not isinstance(node.func, ast.Attribute):
            continue
        name = node.func.attr
        # `book.save(path)` and `digest.update(data)` have an argument; a model's have names for all of theirs.
        named_only = not node.args
        if name in WRITES or (name == "save" and named_only) or (name == "update" and named_only and node.keywords):
            yield node


def test_models_are_written_in_services_only():
    found = [
        f"{relative(path)}:{node.lineno}: .{node.func.attr}(...)"
        for path, tree in parsed()
        if "web" in path.parts and not is_service(path) and str(path.relative_to(SOURCE)) not in INTERNALS
        for node in writes(tree)
    ]
    assert not found, "write it in services.py, inside `with change(...)`"


def test_only_services_open_a_change():
    found = [
        relative(path)
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.ImportFrom)
        and node.module == "serantau.web.ledger.changes"
        and any(name.name == "change" for name in node.names)
        and not is_service(path)
    ]
    assert not found, "doors call a service; the service opens the change"


def test_every_event_is_listed():
    known = {event.value for event in Event}
    unlisted = [
        f"{relative(path)}:{node.lineno}: {node.value!r}"
        for path, tree in parsed()
        for node in ast.walk(tree)
        if isinstance(node, ast.Constant) and isinstance(node.value, str)
        if TAG.fullmatch(node.value) and node.value not in known
    ]
    assert not unlisted, "add it to serantau.ledger.events"


@pytest.mark.parametrize("event", Event)
def test_an_event_is_room_subject_action(event):
    assert TAG.fullmatch(event.value)


@pytest.mark.parametrize(
    "line, caught",
    [
        ("Thing.objects.create(name=1)", True),
        ("thing.save()", True),
        ("thing.save(update_fields=['name'])", True),
        ("Thing.objects.filter(pk=1).update(name=2)", True),
        ("thing.delete()", True),
        ("Thing.objects.bulk_create(rows)", True),
        ("book.save(path)", False),
        ("digest.update(data)", False),
    ],
)
def test_a_write_is_told_from_what_looks_like_one(line, caught):
    assert bool(list(writes(ast.parse(line)))) is caught
