"""Rule: two processes that run jobs on one database send each mail once, on SQLite and on PostgreSQL.

Real processes, a real database, a real (small) mail server.
"""

from __future__ import annotations

import json
import os
import signal

import pytest

from tests.support.installations import Installation, wait_for
from tests.support.smtp import mail_sink

MAILS = 20
WORK = ["-m", "serantau", "jobs", "work"]
LEFT = "SELECT count(*) FROM serantau_jobs_job WHERE state <> 'done' AND name = 'mail.send'"


@pytest.fixture(params=["sqlite", "postgresql"])
def installation(request, tmp_path):
    """An installation whose mails arrive in a sink."""
    with mail_sink() as sink:
        more = {"SERANTAU_SMTP": f"smtp://127.0.0.1:{sink.port}", "SERANTAU_MAIL_FROM": "a@example.org"}
        if request.param == "sqlite":
            made = Installation.on_sqlite(tmp_path, **more)
        else:
            made = Installation(tmp_path, request.getfixturevalue("postgres_url"), more)
        yield made, sink


ANNOUNCED = "Working on jobs"


def working(installation):
    """A worker that has come up: before that, a request to end ends Python, not the worker."""
    process = installation.start(WORK)
    for line in process.stdout:
        if ANNOUNCED in line:
            return process
    process.stdout.close()
    process.wait(timeout=30)
    raise AssertionError(f"the worker ended with {process.returncode} before it worked")


def finish(process):
    os.killpg(process.pid, signal.SIGTERM)
    with process.stdout as printed:
        output = printed.read()
    process.wait(timeout=30)
    return output


def posted(installation, number):
    process = installation.start(["-m", "tests.jobs.mail_round", str(number)])
    output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output


def test_two_workers_send_each_mail_once(installation):
    made, sink = installation
    posted(made, MAILS)
    workers = [working(made) for _ in range(2)]
    try:
        wait_for(lambda: made.ask(LEFT) == 0, 90)
    finally:
        printed = [finish(worker) for worker in workers]
    subjects = sorted(message["Subject"] for message in sink.messages)
    assert subjects == sorted(f"Mail {number}" for number in range(MAILS)), printed
    assert [worker.returncode for worker in workers] == [0, 0], printed


def test_a_worker_takes_over_what_a_killed_one_left(installation):
    made, sink = installation
    posted(made, 1)
    # As if a worker had died in the middle: the job is claimed by nobody who lives.
    made.ask(
        "UPDATE serantau_jobs_job SET state = 'running', holder = 'dead', attempts = 1, "
        "held_until = '2026-01-01 00:00:00+00:00' WHERE name = 'mail.send'",
    )
    if made.database.startswith("postgresql"):
        made.ask("UPDATE procrastinate_jobs SET status = 'doing'")
    worker = working(made)
    try:
        wait_for(lambda: made.ask(LEFT) == 0, 90)
    finally:
        printed = finish(worker)
    assert len(sink.messages) == 1, printed
    assert "was left unfinished by dead" in printed
    if made.database.startswith("postgresql"):
        assert "was stuck and is ended" in printed


def test_a_dead_letter_is_listed_and_can_be_tried_again(tmp_path):
    with mail_sink() as sink:
        more = {"SERANTAU_SMTP": f"smtp://127.0.0.1:{sink.port}", "SERANTAU_MAIL_FROM": "a@example.org"}
        made = Installation.on_sqlite(tmp_path, **more)
        posted(made, 1)
        sink.answers.append("554 never")
        made.command("jobs", "work", "--once")
        (dead,) = json.loads(made.command("jobs", "list", "--state", "dead", "--format", "json"))["rows"]
        assert (dead["name"], dead["attempts"]) == ("mail.send", 1)
        made.command("jobs", "retry", str(dead["id"]))
        made.command("jobs", "work", "--once")
        assert len(sink.messages) == 1
