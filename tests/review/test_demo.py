"""Rule: the demonstration is invented, says so on every page, lets every role in, and touches nothing that is real."""

from __future__ import annotations

import re
import sqlite3
import urllib.request

import pytest

from serantau.bundle import SHIPPED, load_bundle
from tests.accounts.support import code_of
from tests.support.installations import Installation


@pytest.fixture(scope="module")
def made(tmp_path_factory):
    """A folder of training data, and what was printed when it was made."""
    data = tmp_path_factory.mktemp("demo") / "data"
    elsewhere = Installation.on_sqlite(tmp_path_factory.mktemp("real"))
    output = elsewhere.command("demo", "--data", str(data))
    assert not (elsewhere.data / "site.sqlite3").exists(), "the database that the environment names was touched"
    return data, output, elsewhere


def rows(data, sql):
    held = sqlite3.connect(data / "training.sqlite3")
    try:
        return held.execute(sql).fetchall()
    finally:
        held.close()


def test_every_role_has_an_account_that_exists_nowhere(made):
    data, output, _ = made
    emails = [row[0] for row in rows(data, "SELECT email FROM serantau_accounts_person")]
    assert all(email.endswith("@example.invalid") for email in emails)
    assert {row[0] for row in rows(data, "SELECT role FROM serantau_accounts_membership")} == {
        "focal point", "head of delegation", "secretariat", "auditor", "observer",
    }  # fmt: skip
    assert all(email in output for email in emails)
    passwords = re.findall(r"example\.invalid\s+(\S{16})", output)
    assert len(set(passwords)) == len(emails)
    stored = str(rows(data, "SELECT password FROM serantau_accounts_person"))
    assert not any(password in stored for password in passwords)


def test_there_is_work_in_every_state_but_withdrawn(made):
    data, _, _ = made
    states = {row[0] for row in rows(data, "SELECT state FROM serantau_review_submission")}
    assert states == {"draft", "submitted", "questioned", "accepted", "refused"}


def test_the_forum_has_a_paper_at_each_turn_and_an_open_call(made):
    data, _, _ = made
    stages = {row[0] for row in rows(data, "SELECT stage FROM serantau_forum_paper")}
    assert stages == {"draft", "under consultation", "no consensus", "published"}
    assert rows(data, "SELECT count(*) FROM serantau_forum_answer") == [(1,)]
    names = [row[0] for row in rows(data, "SELECT name FROM serantau_forum_body")]
    assert all("(invented)" in name for name in names)
    assert rows(data, "SELECT count(*) FROM serantau_accounts_approval WHERE outcome = ''") == [(0,)]


def test_the_code_is_that_of_an_authenticator_app(made):
    data, output, installation = made
    secret = re.search(r"head-\w+@example\.invalid\s+\S+\s+([A-Z2-7]{32})", output)[1]
    email = re.search(r"(head-\w+@example\.invalid)", output)[1]
    before = code_of(secret)
    shown = installation.command("demo", "--data", str(data), "--code", email).strip().splitlines()[-1]
    assert shown in {before, code_of(secret)}


def test_what_is_no_training_is_left_alone(made, tmp_path):
    _, _, installation = made
    (tmp_path / "letters.txt").write_text("dear", encoding="utf-8")
    for words in ((), ("--force",), ("--serve",)):
        said = installation.command("demo", "--data", str(tmp_path), *words, code=1)
        assert "holds something that is no training data" in said
    assert [path.name for path in tmp_path.iterdir()] == ["letters.txt"]


def test_a_folder_that_is_filled_is_not_filled_twice(made):
    data, _, installation = made
    assert "is filled already" in installation.command("demo", "--data", str(data), code=1)


def test_every_page_says_that_it_is_training(made, start_site):
    data, _, _ = made
    with start_site(
        region=SHIPPED / "training", database_url=f"sqlite:///{data / 'training.sqlite3'}",
        environment={"SERANTAU_DATA": str(data)},
    ) as site:  # fmt: skip
        for path in ("/", "/indicators/", "/accounts/login/", "/ledger/", "/plans/tl2030/progress/", "/nowhere/"):
            try:
                with urllib.request.urlopen(site.url + path, timeout=30) as answer:
                    text = answer.read().decode()
            except urllib.error.HTTPError as refused:
                with refused:
                    text = refused.read().decode()
            assert "Training: everything on this site is invented." in text, path


def test_a_real_site_does_not_say_so(client, db, settings):
    assert "everything on this site is invented" not in client.get("/").content.decode()


def test_the_region_for_training_has_three_members_that_are_no_states():
    bundle = load_bundle(SHIPPED / "training")
    # ISO 3166-1 keeps the alpha-3 codes from XAA to XZZ for users: no state has one.
    assert [member.id[0] for member in bundle.region.members] == ["X", "X", "X"]
