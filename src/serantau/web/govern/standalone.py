"""The decision point alone: a WSGI application without Django, on one edition that does not change."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from http import HTTPStatus
from pathlib import Path
from typing import Any

from serantau.bundle import load_bundle, today
from serantau.facts import Grade
from serantau.govern.authzen import MOST_BYTES, respond
from serantau.govern.decide import Decider
from serantau.govern.decision_point import DEFAULT_DAYS, Demands, LawPolicy
from serantau.web.govern.wire import length_of, request_id

Start = Callable[[str, list[tuple[str, str]]], Any]
REGION, EDITION, GRADE, DAYS = (
    "SERANTAU_REGION",
    "SERANTAU_PDP_EDITION",
    "SERANTAU_AUTHZEN_GRADE",
    "SERANTAU_AUTHZEN_DAYS",
)


class Application:
    """Answers AuthZEN requests; ``GET /healthz`` says which edition it is pinned to."""

    def __init__(self, policy: LawPolicy, now: Callable[[], date] = today) -> None:
        """Take the policy; ``now`` is asked for the day, so that a check ages while the process runs."""
        self._decider, self._edition, self._demands = policy.decider, policy.edition, policy.demands
        self._now = now
        self._policy = policy

    def policy(self) -> LawPolicy:
        """The policy of the day."""
        day = self._now()
        if self._policy.today != day:
            self._policy = LawPolicy(self._decider, self._edition, day, self._demands)
        return self._policy

    def __call__(self, environ: Mapping[str, Any], start: Start) -> Iterable[bytes]:
        """One request."""
        path, method = environ.get("PATH_INFO", ""), environ.get("REQUEST_METHOD", "")
        headers = [
            ("Content-Type", "application/json"),
            ("Cache-Control", "no-store"),
            ("X-Content-Type-Options", "nosniff"),
        ]
        if path == "/healthz":
            body = f'{{"status":"ok","edition":"{self._edition}"}}'.encode()
            start("200 OK", [*headers, ("Content-Length", str(len(body)))])
            return [body]
        length = length_of(environ.get("CONTENT_LENGTH", ""))
        answer = respond(
            self.policy(),
            method,
            path,
            environ.get("CONTENT_TYPE", ""),
            lambda: environ["wsgi.input"].read(min(length, MOST_BYTES)),
            length=length,
            base=f"{environ.get('wsgi.url_scheme', 'http')}://{environ.get('HTTP_HOST', 'localhost')}",
        )
        echoed = request_id(environ.get("HTTP_X_REQUEST_ID", ""))
        sent = [*headers, ("Content-Length", str(len(answer.body))), *answer.headers]
        if echoed:
            sent.append(("X-Request-ID", echoed))
        start(f"{answer.status} {HTTPStatus(answer.status).phrase}", sent)
        return [b"" if method == "HEAD" else answer.body]


def build() -> Application:
    """The application that the environment describes.

    Raises:
        GovernError: if the region has no law, or is of another edition than the one it is pinned to.
    """
    from serantau.govern import GovernError

    bundle = load_bundle(Path(os.environ[REGION]))
    wanted = os.environ.get(EDITION, "")
    if bundle.law is None:
        raise GovernError("The region has no law.")
    if wanted and wanted != bundle.edition.label:
        raise GovernError(f"The region is of edition {bundle.edition.label}, and this is pinned to {wanted}.")
    demands = Demands(Grade(os.environ.get(GRADE, "secondary")), int(os.environ.get(DAYS, DEFAULT_DAYS)))
    decider = Decider(bundle.law, bundle.homes)
    return Application(LawPolicy(decider, bundle.edition.label, today(), demands))
