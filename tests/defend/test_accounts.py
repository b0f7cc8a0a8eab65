"""Rule: accounts are made by who answers for them, within the ceiling of the member, and a change holds at once."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest

from serantau.defend.model import Tlp
from serantau.web.accounts.errors import RefusedError
from serantau.web.accounts.models import MachineAccount
from serantau.web.accounts.policy import Actor, Kind
from serantau.web.accounts.roles import Role
from serantau.web.defend import jobs
from serantau.web.defend.accounts import Right
from serantau.web.defend.auth import MEMORY
from serantau.web.defend.models import Status, TaxiiAccount
from serantau.web.defend.services import accounts
from tests.defend.asking import Asker, objects
from tests.defend.scene import NOW, envelope, indicator, make_account
from tests.support.people import make_person, signed_in
from tests.support.regions import THREELANDS
from tests.support.writes import unrecorded

GREEN = accounts.Terms(Tlp.GREEN, Tlp.CLEAR, {"region-green": Right(read=True, write=True)})


@pytest.fixture(autouse=True)
def _region(db, settings):
    settings.SERANTAU_REGION = str(THREELANDS)
    MEMORY.clear()


def actor(role, member="", rooms=None):
    more = {} if rooms is None else {"rooms": rooms}
    return Actor(
        Kind.PERSON,
        make_person(role, member).pk,
        member=member,
        roles=frozenset({role}),
        second_factor=True,
        fresh=True,
        **more,
    )


@pytest.fixture
def head():
    return actor(Role.HEAD_OF_DELEGATION, "QAA")


@pytest.fixture
def machine():
    with unrecorded():
        return MachineAccount.objects.create(name="m", member="QAA", made_by=make_person(), made_at=NOW)


def test_a_head_makes_an_account_within_the_ceiling(head, machine):
    above = accounts.Terms(Tlp.AMBER_STRICT, None, {})
    with pytest.raises(accounts.FieldError) as refused:
        accounts.make(head, machine, "sensor", above, NOW)
    assert refused.value.field == "clearance"
    accounts.set_ceiling(actor(Role.SECRETARIAT), "QAA", Tlp.AMBER_STRICT, NOW)
    row = accounts.make(head, machine, "sensor", above, NOW)
    assert accounts.set_ceiling(actor(Role.SECRETARIAT), "QAA", Tlp.GREEN, NOW) == 1
    assert TaxiiAccount.objects.get(pk=row.pk).clearance == Tlp.GREEN


def test_nobody_is_cleared_for_red(machine):
    with pytest.raises(accounts.FieldError):
        accounts.make(actor(Role.SECRETARIAT), machine, "sensor", accounts.Terms(Tlp.RED, None, {}), NOW)


@pytest.mark.parametrize("login", ["", "a", "A-b", "a:b", "-ab", "ab-", "a" * 61, "a b"])
def test_a_name_never_has_a_colon(head, machine, login):
    with pytest.raises(accounts.FieldError) as refused:
        accounts.make(head, machine, login, GREEN, NOW)
    assert refused.value.field == "login"


@pytest.mark.parametrize("alias", ["alerts", "tombstones", "qbb-out", "nowhere"])
def test_nobody_is_let_write_where_their_member_does_not(head, machine, alias):
    with pytest.raises(accounts.FieldError):
        accounts.make(
            head, machine, "sensor", accounts.Terms(Tlp.GREEN, None, {alias: Right(read=True, write=True)}), NOW
        )


@pytest.mark.parametrize("who", [(Role.HEAD_OF_DELEGATION, "QBB"), (Role.FOCAL_POINT, "QAA"), (Role.OBSERVER, "")])
def test_nobody_else_makes_accounts(machine, who):
    with pytest.raises(RefusedError):
        accounts.make(actor(*who), machine, "sensor", GREEN, NOW)


def test_only_the_secretariat_sets_a_ceiling(head):
    with pytest.raises(RefusedError):
        accounts.set_ceiling(head, "QAA", Tlp.AMBER_STRICT, NOW)


def test_a_change_holds_from_the_next_request_on(head):
    account = make_account()
    asker = Asker(account)
    assert asker.get(objects("region-green")).status_code == 200
    row = TaxiiAccount.objects.get(pk=account.id)
    accounts.alter(head, row, accounts.Terms(Tlp.GREEN, None, {"region-amber": Right(read=True, write=False)}), NOW)
    assert asker.get(objects("region-green")).status_code == 404
    assert asker.get(objects("region-amber")).status_code == 200


def test_a_status_is_kept_for_seven_days_and_told_to_nobody_else():
    asker = Asker(make_account())
    number = json.loads(asker.send(objects("region-green"), envelope([indicator(1)])).content)["id"]
    assert Asker(make_account()).get(f"status/{number}/").status_code == 404
    now = datetime.now(UTC)
    jobs.forget({}, now + timedelta(days=6, hours=23))
    assert asker.get(f"status/{number}/").status_code == 200
    jobs.forget({}, now + timedelta(days=7, hours=1))
    assert asker.get(f"status/{number}/").status_code == 404


def test_findings_are_appended_to_a_status_later():
    asker = Asker(make_account())
    odd = {**indicator(1), "indicator_types": [7]}
    number = json.loads(asker.send(objects("region-green"), envelope([odd, indicator(2)])).content)["id"]
    assert "x_serantau_findings" not in json.loads(asker.get(f"status/{number}/").content)
    jobs.validate({}, datetime.now(UTC))
    found = json.loads(asker.get(f"status/{number}/").content)["x_serantau_findings"]
    assert {one["id"] for one in found if one["error"]} == {odd["id"]}
    jobs.validate({}, datetime.now(UTC))
    assert Status.objects.filter(findings__isnull=True).count() == 0


def test_an_envelope_that_is_slow_to_check_is_left_unfinished_and_says_so(monkeypatch):
    """Jobs run one after the other: nobody keeps alerts waiting by what they send."""
    askers = [Asker(make_account()) for _ in range(2)]
    sent = [one.send(objects("region-green"), envelope([indicator(at)])) for at, one in enumerate(askers)]
    monkeypatch.setattr(jobs, "MOST_OF_ONE", -1)
    monkeypatch.setattr(jobs, "MOST_SECONDS", -1)
    jobs.validate({}, datetime.now(UTC))
    assert Status.objects.filter(findings__isnull=True).count() == 2
    monkeypatch.setattr(jobs, "MOST_SECONDS", 30)
    jobs.validate({}, datetime.now(UTC))
    number = json.loads(sent[0].content)["id"]
    [found] = json.loads(askers[0].get(f"status/{number}/").content)["x_serantau_findings"]
    assert "not checked" in found["text"]


@pytest.mark.parametrize("path", ["/defend/connect/", "/defend/accounts/", "/defend/accounts/{pk}/"])
def test_pages_ask_the_database_a_bounded_number_of_times(path, django_assert_max_num_queries):
    rows = [make_account() for _ in range(12)]
    client = signed_in(make_person(Role.SECRETARIAT))
    with django_assert_max_num_queries(24):
        answer = client.get(path.format(pk=rows[0].id))
    assert answer.status_code == 200
    assert "TAXII" in answer.content.decode()


def test_a_head_makes_an_account_on_the_page():
    client = signed_in(make_person(Role.HEAD_OF_DELEGATION, "QAA"))
    form = {"login": "sensor", "clearance": "1", "attribution": "0", "reads": ["region-green"], "writes": ["qaa-out"]}
    answer = client.post("/defend/accounts/", form)
    row = TaxiiAccount.objects.get()
    assert answer["Location"] == f"/defend/accounts/{row.pk}/"
    assert {(one.alias, one.can_read, one.can_write) for one in row.rights.all()} == {
        ("region-green", True, False),
        ("qaa-out", False, True),
    }
    assert "TLP:AMBER+STRICT</option>" not in client.get("/defend/accounts/").content.decode().split("Named from")[0]
