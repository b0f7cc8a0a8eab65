"""The region's bundle in the running server: read once, read again when the folder changes, never half."""

from __future__ import annotations

import logging
import os
import threading
from dataclasses import dataclass, replace
from functools import cache
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError

from serantau.base import SerantauError
from serantau.bundle import Bundle, default_region, load_bundle
from serantau.measure.load import without_own
from serantau.web.answers import Answers
from serantau.web.review.register import EMPTY, Standing, accepted_files, standing

log = logging.getLogger(__name__)
Signature = tuple[tuple[str, int, int], ...]


class NoBundleError(SerantauError):
    """The region's facts do not load, and there is no earlier edition to go on with."""

    status = 503


@dataclass(frozen=True)
class State:
    """What the keeper holds.

    Attributes:
        answers: The last good edition; None if there never was one.
        problem: Why the folder as it is now does not load; empty if it does.
        signature: Names, times and sizes of the files that were looked at last.
        register: How far the register of accepted submissions had come then.
    """

    answers: Answers | None
    problem: str
    signature: Signature
    register: Standing = EMPTY


class Keeper:
    """Holds one region's bundle with the accepted submissions laid over it; asked once per request."""

    def __init__(self, root: Path) -> None:
        """Remember the folder; it is read at the first question."""
        self.root = root
        self._state = State(None, "", ())
        self._lock = threading.Lock()

    def state(self) -> State:
        """The present state; read again if a file was added, changed or removed, or a submission decided on."""
        state, signature = self._state, _scan(self.root)
        register = _register(state.register)
        if (signature, register) == (state.signature, state.register):
            return state
        # One thread reads; the others go on with what there is, unless there is nothing yet.
        if not self._lock.acquire(blocking=state.answers is None):
            return state
        try:
            if (self._state.signature, self._state.register) != (signature, register):
                self._state = self._read(signature, register)
            return self._state
        finally:
            self._lock.release()

    def held(self) -> Bundle | None:
        """The facts that were read last, without a look at the folder; read now if they never were."""
        answers = self._state.answers or self.state().answers
        return answers.bundle if answers else None

    def answers(self) -> Answers:
        """The engine answers of the present edition.

        Raises:
            NoBundleError: if no edition could be read.
        """
        state = self.state()
        if state.answers is None:
            raise NoBundleError("The region's facts do not load. Run `serantau check` where the server runs.")
        return state.answers

    def _read(self, signature: Signature, register: Standing) -> State:
        held = self._state.answers
        try:
            bundle = load_bundle(self.root, accepted=accepted_files(register.size) if register.size else None)
        except (SerantauError, OSError) as error:
            rest = f"going on with edition {held.edition}" if held else "there is no earlier edition to go on with"
            log.error("the region in %s does not load; %s.\n%s", self.root, rest, error)  # noqa: TRY400 - no traceback
            return State(held, "the folder of the region does not load", signature, register)
        log.info("edition %s of the region %s", bundle.edition.label, bundle.region.profile.id)
        if held is not None and held.bundle.edition == bundle.edition:
            return State(held, "", signature, register)
        return State(Answers(replace(bundle, measure=without_own(bundle.measure))), "", signature, register)


def _register(before: Standing) -> Standing:
    """How far the register has come; as far as before while the database does not answer."""
    try:
        return standing()
    except DatabaseError:
        log.exception("the register of accepted submissions cannot be read")
        return before


def _scan(folder: Path) -> Signature:
    """Names, times and sizes of all files; asked at every request, so in one plain loop."""
    found, waiting = [], [str(folder)]
    while waiting:
        try:
            with os.scandir(waiting.pop()) as entries:
                for entry in entries:
                    if entry.is_dir(follow_symlinks=False):
                        waiting.append(entry.path)
                    elif not entry.name.startswith("."):
                        status = entry.stat()
                        found.append((entry.path, status.st_mtime_ns, status.st_size))
        except OSError:
            continue  # a folder that vanished meanwhile has no files
    found.sort()
    return tuple(found)


@cache
def _keeper(root: Path) -> Keeper:
    return Keeper(root)


def keeper() -> Keeper:
    """The keeper of the region that the settings name."""
    named = settings.SERANTAU_REGION
    return _keeper(Path(named) if named else default_region())
