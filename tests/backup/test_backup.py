"""Rule: a backup taken while the site runs is whole and checked; a restore overwrites nothing unasked and says what it did.

Real processes on both databases.
"""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import zipfile
from datetime import UTC, datetime
from hashlib import sha256
from pathlib import Path
from tempfile import TemporaryDirectory

import msgspec
import pytest

from serantau.web.backup.errors import BackupError
from serantau.web.backup.restoring import restore
from serantau.web.ledger.models import Event
from tests.support.installations import Installation

NOW = datetime(2026, 3, 1, tzinfo=UTC)
ROUND = "tests.support.rounds"


@pytest.fixture(params=["sqlite", "postgresql"])
def places(request, tmp_path, postgres_server):
    """Installations on databases of their own, all with the same key; call it for another one."""
    key = tmp_path / "key"

    def make(name):
        folder = tmp_path / name
        folder.mkdir()
        more = {"SERANTAU_LEDGER_KEY": str(key)}
        if request.param == "sqlite":
            return Installation.on_sqlite(folder, **more)
        return Installation(folder, postgres_server.create_database(), more)

    maker = Installation.on_sqlite(tmp_path)
    (tmp_path / "public").write_text(maker.command("ledger", "key", "serantau.test/ledger", "-o", str(key)))
    return make


def steps(installation, first, count, head=None):
    """Do steps of the round, to the end, and sign."""
    words = ["-m", ROUND, ROUND, str(first), str(count), str(head or installation.data / "head")]
    process = installation.start(words)
    output, _ = process.communicate(timeout=180)
    assert process.returncode == 0, output


def verified(installation, since, code=0):
    """Check the exported file as an outsider who kept a head."""
    file, public = installation.data / "ledger.jsonl", installation.data.parent / "public"
    words = ["--key", str(public), "--since", str(since)]
    return " ".join(installation.command("ledger", "verify", str(file), *words, code=code).split())


def test_a_backup_taken_under_writes_is_restored_in_a_new_epoch(places, tmp_path):
    first, second = places("first"), places("second")
    (first.data / "attachments" / "ab").mkdir(parents=True)
    (first.data / "attachments" / "ab" / "evidence.pdf").write_bytes(b"%PDF evidence")
    early, late, file = tmp_path / "early", tmp_path / "late", tmp_path / "backup.zip"
    steps(first, 0, 12, early)
    writer = first.start(["-m", ROUND, ROUND, "100", "100000"])
    try:
        # The writer goes on while the backup is taken.
        assert any(line.strip() == "105" for line in writer.stdout)
        assert "read again and checked" in first.command("backup", "-o", str(file))
        assert writer.poll() is None
    finally:
        os.killpg(writer.pid, signal.SIGKILL)
        writer.communicate()
    first.command("ledger", "sign", "-o", str(late))
    assert oct(file.stat().st_mode & 0o777) == "0o600"

    assert "Epoch 2" in second.command("restore", str(file), "--old-head", str(late))
    assert (second.data / "attachments" / "ab" / "evidence.pdf").read_bytes() == b"%PDF evidence"
    # Writing goes on where the backup ended: numbers of rows too.
    steps(second, 500_000, 3)
    second.command("ledger", "export", "-o", str(second.data / "ledger.jsonl"))
    assert "were lost by it" in verified(second, early)
    assert "lies beyond a restore" in verified(second, late, code=1)


def test_nothing_is_overwritten_unasked(tmp_path):
    place = Installation.on_sqlite(tmp_path)
    steps(place, 0, 4)
    file = tmp_path / "backup.zip"
    place.command("backup", "-o", str(file))
    assert "never overwritten" in place.command("backup", "-o", str(file), code=1)
    steps(place, 4, 4)
    assert "--replace" in place.command("restore", str(file), code=1)
    assert "Epoch 2" in place.command("restore", str(file), "--replace")
    # The head of what was overwritten is known without anybody naming it: nine events, five of them in the backup.
    (old,) = place.ask("SELECT old_head FROM serantau_ledger_epoch").splitlines()[1:2]
    assert old == "9"
    place.command("ledger", "check")


# --- damaged files -----------------------------------------------------------------------------------------------------------


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """A backup, and the installation that it is from."""
    folder = tmp_path_factory.mktemp("whole")
    place = Installation.on_sqlite(folder)
    steps(place, 0, 5)
    place.command("backup", "-o", str(folder / "backup.zip"))
    return place, (folder / "backup.zip").read_bytes()


def rewritten(content, change):
    """The backup with its parts and manifest changed."""
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist()}
    manifest = msgspec.json.decode(parts.pop("manifest.json"))
    change(parts, manifest)
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        for name, part in parts.items():
            archive.writestr(name, part)
        archive.writestr("manifest.json", msgspec.json.encode(manifest))
    return made.getvalue()


def changed(change):
    """What :func:`rewritten` does, as a kind of damage."""
    return lambda content: rewritten(content, change)


def forged_event(parts, manifest):
    """Another subject in the table of events, with digests that fit."""
    with TemporaryDirectory() as folder:
        path = Path(folder) / "x"
        path.write_bytes(parts["database.sqlite3"])
        held = sqlite3.connect(path)
        held.execute("UPDATE serantau_ledger_event SET subject = 'submission 99' WHERE position = 2")
        held.commit()
        held.close()
        parts["database.sqlite3"] = path.read_bytes()
    (described,) = manifest["parts"]
    described["digest"] = sha256(parts["database.sqlite3"]).hexdigest()
    described["size"] = len(parts["database.sqlite3"])


def outside(parts, manifest):
    parts["uploads/../../evil"] = b"x"
    manifest["parts"].append({"name": "uploads/../../evil", "size": 1, "digest": "x"})


def described(**values):
    """The manifest says something else."""
    return lambda _parts, manifest: manifest.update(values)


def of_the_part(**values):
    """The manifest says something else of its only part."""
    return lambda _parts, manifest: manifest["parts"][0].update(values)


DAMAGE = {
    "no zip": (lambda _: b"rubbish", "no backup"),
    "cut": (lambda content: content[:-40], "no backup"),
    "no manifest": (changed(lambda _, manifest: manifest.clear()), "has no manifest"),
    "a part too many": (changed(lambda parts, _: parts.update(more=b"x")), "does not hold the files"),
    "another digest": (changed(of_the_part(digest="0" * 64)), "is damaged"),
    "another size": (changed(of_the_part(size=1)), "another size"),
    "a part outside": (changed(outside), "outside its folder"),
    "a newer program": (changed(described(migrations=["x.9999_later"])), "newer program"),
    "a newer form": (changed(described(format=2)), "newer"),
    "another database": (changed(described(vendor="postgresql")), "Change DATABASE_URL"),
}


@pytest.mark.parametrize("damage", DAMAGE)
def test_a_damaged_backup_is_refused_whole(db, whole, tmp_path, damage):
    _, content = whole
    spoil, words = DAMAGE[damage]
    file = tmp_path / "spoilt.zip"
    file.write_bytes(spoil(content))
    with pytest.raises(BackupError, match=words):
        restore(file, NOW, replace=True)
    assert not Event.objects.exists()


def test_the_ledger_in_a_backup_is_looked_at(whole, tmp_path):
    """In a process of its own, as a test's process opens no second database."""
    place, content = whole
    file = tmp_path / "backup.zip"
    file.write_bytes(content)
    assert "6 events" in place.command("restore", str(file), "--check")
    file.write_bytes(rewritten(content, forged_event))
    assert "Event 2 is not what its hashes say" in place.command("restore", str(file), "--check", code=1)


def test_a_running_site_is_not_restored_over(whole, tmp_path):
    place, content = whole
    file = tmp_path / "backup.zip"
    file.write_bytes(content)
    held = sqlite3.connect(place.data / "site.sqlite3")
    with held:
        held.execute("INSERT INTO serantau_jobs_lease VALUES ('runner', 'somebody', '2999-01-01 00:00:00')")
    try:
        assert "The site is running" in place.command("restore", str(file), "--replace", code=1)
    finally:
        with held:
            held.execute("DELETE FROM serantau_jobs_lease")
        held.close()


def test_mails_that_waited_and_sign_ins_do_not_come_back(places, tmp_path):
    place = places("place")
    process = place.start(["-m", "tests.jobs.mail_round", "2"])
    process.communicate(timeout=60)
    place.ask("INSERT INTO django_session VALUES ('k', 'd', '2999-01-01 00:00:00')")
    file = tmp_path / "backup.zip"
    place.command("backup", "-o", str(file))
    place.ask("DELETE FROM django_session")
    place.command("restore", str(file), "--replace")
    assert place.ask("SELECT count(*) FROM django_session") == 0
    assert place.ask("SELECT count(*) FROM serantau_jobs_job WHERE state = 'dead' AND name = 'mail.send'") == 2
