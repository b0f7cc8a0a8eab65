"""Rule: the server speaks TAXII 2.1, tells every error in its form, and gives nobody what is not theirs to read."""

from __future__ import annotations

import gzip
import json

import pytest
from django.test import Client

from serantau.defend.model import Tlp
from serantau.defend.taxii.v21.resources import MOST_BODY
from serantau.web.defend.auth import MEMORY
from tests.defend.asking import ROOT, TAXII, Asker, key_for, objects
from tests.defend.scene import envelope, identifier, indicator, make_account
from tests.support.regions import THREELANDS


@pytest.fixture(autouse=True)
def _region(db, settings):
    settings.SERANTAU_REGION = str(THREELANDS)
    MEMORY.clear()


@pytest.fixture
def asker():
    return Asker(make_account())


def error_of(answer, status):
    assert answer.status_code == status, answer.content
    assert answer["Content-Type"] == TAXII
    said = json.loads(answer.content)
    assert said["title"]
    assert said["http_status"] == str(status)
    return said


@pytest.mark.parametrize("scheme", ["Basic", "Bearer", "Token", "bearer"])
def test_credentials_let_in(scheme):
    answer = Asker(make_account(), scheme).get("/taxii2/")
    assert answer.status_code == 200
    assert json.loads(answer.content)["default"] == ROOT


def test_a_story(asker):
    sent = asker.send(objects("region-green"), envelope([indicator(1), indicator(2), {"id": 3}]))
    assert sent.status_code == 202
    status = json.loads(sent.content)
    assert (status["success_count"], status["failure_count"], status["total_count"]) == (2, 1, 3)
    assert json.loads(asker.get(f"status/{status['id']}/").content) == status
    answer = asker.get(objects("region-green"), {"limit": 1})
    page = json.loads(answer.content)
    assert page["objects"] == [indicator(1)]
    assert answer["X-TAXII-Date-Added-First"] == answer["X-TAXII-Date-Added-Last"]
    assert asker.objects("region-green", {"limit": 1}) == [indicator(1), indicator(2)]
    manifest = json.loads(asker.get(objects("region-green").replace("objects", "manifest")).content)
    assert [one["id"] for one in manifest["objects"]] == [indicator(1)["id"], indicator(2)["id"]]
    one = objects("region-green", indicator(1)["id"] + "/")
    assert json.loads(asker.get(one + "versions/").content)["versions"] == [indicator(1)["modified"]]
    deleted = asker.ask("DELETE", one)
    assert deleted.status_code == 200, deleted.content
    error_of(asker.get(one), 404)
    error_of(asker.ask("DELETE", one), 404)
    (tombstone,) = asker.objects("tombstones")
    assert tombstone["deleted_ref"] == indicator(1)["id"]
    again = json.loads(asker.send(objects("region-green"), envelope([indicator(1)])).content)
    assert again["failure_count"] == 1
    back = json.loads(asker.send(objects("region-green"), envelope([indicator(1)], x_serantau_repost=True)).content)
    assert back["success_count"] == 1
    assert asker.get(one).status_code == 200


def test_nobody_learns_of_a_deletion_in_a_collection_that_they_cannot_read(asker):
    asker.send(objects("qaa-out"), envelope([indicator(1)]))
    assert asker.ask("DELETE", objects("qaa-out", indicator(1)["id"] + "/")).status_code == 200
    other = Asker(make_account("QBB", rights={"tombstones": "r"}))
    assert other.objects("tombstones") == []
    assert len(Asker(make_account("QBB", rights={"tombstones": "r", "qaa-out": "r"})).objects("tombstones")) == 1


def test_nobody_deletes_what_is_anothers(asker):
    asker.send(objects("region-green"), envelope([indicator(1), indicator(2, Tlp.RED)]))
    other = Asker(make_account("QBB"))
    error_of(other.ask("DELETE", objects("region-green", indicator(1)["id"] + "/")), 403)
    error_of(other.ask("DELETE", objects("region-green", indicator(2)["id"] + "/")), 404)


def test_without_credentials_nothing_is_said():
    for path in ("/taxii2/", ROOT, ROOT + "collections/", "/taxii2/elsewhere", "/taxii2"):
        answer = Client().get(path)
        error_of(answer, 401)
        assert "Basic" in answer["WWW-Authenticate"]


def test_a_key_dies_at_once(asker):
    from serantau.web.accounts.models import MachineAccount, Token
    from tests.support.writes import unrecorded

    assert asker.get("/taxii2/").status_code == 200
    with unrecorded():
        Token.objects.filter(account_id=asker.account.machine).update(revoked_at="2026-01-01T00:00:00Z")
    error_of(asker.get("/taxii2/"), 401)
    fresh = Asker(asker.account)
    assert fresh.get("/taxii2/").status_code == 200
    with unrecorded():
        MachineAccount.objects.filter(pk=asker.account.machine).update(ended_at="2026-01-01T00:00:00Z")
    error_of(fresh.get("/taxii2/"), 401)


def test_a_check_after_the_first_is_one_statement(asker, django_assert_num_queries):
    from datetime import UTC, datetime

    from serantau.web.defend.auth import account_asking

    meta, now = {"HTTP_AUTHORIZATION": asker.headers["Authorization"]}, datetime.now(UTC)
    first = account_asking(meta, now)
    with django_assert_num_queries(1):
        assert account_asking(meta, now) == first


def test_wrong_keys_are_counted_by_the_shared_counter(asker):
    client = Client()
    codes = [client.get("/taxii2/", headers={"Authorization": f"Bearer {n}"}).status_code for n in range(62)]
    assert codes[0] == 401
    assert codes[-1] == 429
    answer = client.get("/taxii2/", headers={"Authorization": "Bearer x"})
    error_of(answer, 429)
    assert int(answer["Retry-After"]) > 0
    assert asker.get("/taxii2/").status_code == 200, "whoever has the right key is not kept out"


@pytest.mark.parametrize(
    "header", ["Basic", "Basic !!", "Basic Og==", "Basic /w==", "Digest x", "Bearer", "Bearer \x00"]
)
def test_odd_headers_are_wrong_keys(header):
    error_of(Client().get("/taxii2/", headers={"Authorization": header}), 401)


def test_a_name_goes_with_its_own_key_alone(asker):
    import base64

    other = make_account("QBB")
    pair = base64.b64encode(f"{asker.account.login}:{key_for(other)}".encode()).decode()
    error_of(Client().get("/taxii2/", headers={"Authorization": f"Basic {pair}"}), 401)


def test_scopes_of_a_key_bound_what_it_does():
    account = make_account()
    reading = Asker(account)
    reading.headers = {"Authorization": f"Bearer {key_for(account, 'defend:read')}"}
    error_of(reading.send(objects("region-green"), envelope([indicator(1)])), 403)
    assert reading.get(objects("region-green")).status_code == 200


SECRET = "s" * 40


@pytest.mark.parametrize(
    "secret, shown, code", [(SECRET, SECRET, 200), (SECRET, "other", 401), (SECRET, "", 401), ("", "", 401)]
)
def test_a_certificate_counts_only_from_a_proxy_that_is_trusted(settings, secret, shown, code):
    from serantau.web.defend.models import Certificate
    from tests.defend.scene import NOW
    from tests.support.writes import unrecorded

    settings.SERANTAU_PROXY_SECRET = secret
    account = make_account()
    with unrecorded():
        held = Certificate.objects.create(account_id=account.id, fingerprint="ab" * 32, made_at=NOW)
    headers = {"X-Client-Certificate": "AB:" * 31 + "AB", "X-Serantau-Proxy": shown}
    assert Client().get("/taxii2/", headers=headers).status_code == code
    with unrecorded():
        Certificate.objects.filter(pk=held.pk).update(revoked_at=NOW)
    assert Client().get("/taxii2/", headers=headers).status_code == 401


@pytest.mark.parametrize(
    "query",
    [
        "limit=0",
        "limit=-1",
        "limit=abc",
        "limit=",
        "limit=1&limit=2",
        "added_after=garbage",
        "next=garbage",
        "next=",
        "match[foo]=x",
        "match[id]=",
        "match[version]=newest",
        "match[type]=a&match[type]=b",
        "match[id]=" + ",".join(["a"] * 201),
        "match[id]=" + "a" * 301,
        "match[id]=%00",
    ],
)
def test_parameters_that_cannot_be_understood(asker, query):
    error_of(asker.get(f"{objects('region-green')}?{query}"), 400)


def test_a_cursor_is_bound_to_who_asks_what(asker):
    asker.send(objects("region-green"), envelope([indicator(number) for number in range(5)]))
    there = objects("region-green")
    cursor = json.loads(asker.get(there, {"limit": 2}).content)["next"]
    page = json.loads(asker.get(there, {"limit": 3, "next": cursor}).content)
    assert [one["id"] for one in page["objects"]] == [identifier("indicator", number) for number in (2, 3, 4)]
    assert json.loads(asker.get(there, {"limit": 3, "next": cursor}).content) == page, "it may be asked again"
    error_of(asker.get(there, {"next": cursor, "match[type]": "indicator"}), 400)
    error_of(asker.get(there, {"next": cursor, "added_after": "2020-01-01T00:00:00Z"}), 400)
    error_of(asker.get(objects("region-amber"), {"next": cursor}), 400)
    error_of(asker.get(there.replace("objects", "manifest"), {"next": cursor}), 400)
    error_of(Asker(make_account()).get(there, {"next": cursor}), 400)
    error_of(asker.get(there, {"next": ("A" if cursor[0] != "A" else "B") + cursor[1:]}), 400)


def test_a_page_of_large_objects_is_shorter(asker, monkeypatch):
    from serantau.web.defend import store

    asker.send(objects("region-green"), envelope(indicator(number, name="x" * 900) for number in range(7)))
    monkeypatch.setattr(store, "MOST_BYTES", 3000)
    page = json.loads(asker.get(objects("region-green")).content)
    assert (len(page["objects"]), page["more"]) == (2, True)
    assert len(asker.objects("region-green")) == 7
    monkeypatch.setattr(store, "MOST_BYTES", 10)
    assert len(asker.objects("region-green")) == 7, "one that is too large alone is given alone"


def test_a_cursor_outlives_a_change_of_secret(asker, settings):
    asker.send(objects("region-green"), envelope([indicator(1), indicator(2)]))
    cursor = json.loads(asker.get(objects("region-green"), {"limit": 1}).content)["next"]
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "n" * 50
    assert asker.get(objects("region-green"), {"next": cursor}).status_code == 200
    settings.SECRET_KEY_FALLBACKS = []
    error_of(asker.get(objects("region-green"), {"next": cursor}), 400)


def test_answers_are_packed_and_bodies_unpacked(asker):
    body = gzip.compress(envelope([indicator(number) for number in range(30)]))
    assert asker.send(objects("region-green"), body, **{"Content-Encoding": "gzip"}).status_code == 202
    answer = asker.get(objects("region-green"), **{"Accept-Encoding": "gzip"})
    assert answer["Content-Encoding"] == "gzip"
    assert len(json.loads(gzip.decompress(answer.content))["objects"]) == 30


@pytest.mark.parametrize(
    "body, headers, code",
    [
        (gzip.compress(b" " * (MOST_BODY + 1)), {"Content-Encoding": "gzip"}, 413),
        (b"no gzip", {"Content-Encoding": "gzip"}, 400),
        (gzip.compress(b"{}")[:-4], {"Content-Encoding": "gzip"}, 400),
        (gzip.compress(b" ") * 20, {"Content-Encoding": "gzip"}, 400),
        (b"{}", {"Content-Encoding": "br"}, 415),
        (b"[" * 10_000, {}, 400),
        (b'{"objects":[' + b'{"a":' * 10_000 + b"1" + b"}" * 10_000 + b"]}", {}, 400),
        (b'{"objects":[{"a":1,"a":2}]}', {}, 400),
        (b'{"objects":[],"objects":[]}', {}, 400),
        (b'{"objects":[{"a":NaN}]}', {}, 400),
        (b'{"objects":[{"a":"\xff"}]}', {}, 400),
        (b'{"objects":[' + b"1," * 10_001 + b"1]}", {}, 413),
        (b" ", {}, 400),
    ],
    ids=range(13),
)
def test_hostile_bodies(asker, body, headers, code):
    error_of(asker.send(objects("region-green"), body, **headers), code)
    assert asker.objects("region-green") == []
