"""Rule: what a regulator submits of spectrum counts once it was accepted, on every page, and stops when it is taken back."""

from __future__ import annotations

import csv
import io

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from serantau.review import ReviewError
from serantau.review.reading import columns_of
from serantau.web.review.kinds import kind_named, rooms
from serantau.web.spectrum.kinds import KINDS
from tests.review.scene import People, accepted, draft, fresh, retracted, submitted
from tests.spectrum.holdings import HOLDING
from tests.support.people import signed_in

POLICY = {
    "id": "qaa-permit-2025", "dimension": "site-permits", "topic": "days to decide", "value": "30 days", "number": "30",
    "unit": "days", "valid_from": "2025-01-01", "valid_to": "open", "grade": "primary",
}  # fmt: skip
SHARES = [
    {"id": f"qaa-{name}-{year}", "operator": name, "year": str(year), "number": str(number),
     "valid_from": str(year), "valid_to": "open", "grade": "primary"}
    for name, year, number in (("North", 2023, 600), ("South", 2023, 400), ("North", 2024, 500), ("South", 2024, 500))
]  # fmt: skip


@pytest.fixture
def staff(region):
    return People()


def whole_way(staff, kind, *raws):
    return accepted(staff, room="spectrum", kind=f"spectrum.{kind}", raws=list(raws))


def test_the_room_takes_submissions():
    assert "spectrum" in rooms()
    assert {kind.name for kind in KINDS} == {kind_named(kind.name).name for kind in KINDS}


def test_an_accepted_holding_is_on_the_pages_and_one_taken_back_is_not(staff, client):
    assert "Aster Air" not in client.get("/spectrum/bands/t3/").content.decode()
    held = whole_way(staff, "holdings", HOLDING)
    for address in ("/spectrum/bands/t3/", "/spectrum/members/QAA/", "/spectrum-holdings.csv"):
        assert "Aster Air" in client.get(address).content.decode(), address
    assert f"submission {held.pk}" in client.get("/spectrum/bands/t3/").content.decode()
    retracted(staff, fresh(held))
    assert "Aster Air" not in client.get("/spectrum/bands/t3/").content.decode()


def test_an_accepted_policy_is_on_the_page(staff, client):
    whole_way(staff, "policy", POLICY)
    assert "days to decide" in client.get("/spectrum/policy/").content.decode()


def test_concentration_over_the_years(staff, client):
    """0.6 and 0.4 give 3,600 + 1,600 = 5,200; equal halves give 5,000."""
    assert "Not known: no figures of subscriptions" in client.get("/spectrum/members/QAA/").content.decode()
    whole_way(staff, "subscribers", *SHARES)
    page = client.get("/spectrum/members/QAA/").content.decode()
    assert "5,200" in page
    assert "5,000" in page
    assert "Not known: no figures of subscriptions" in client.get("/spectrum/members/QBB/").content.decode()


def test_what_contradicts_is_refused_by_the_review(staff):
    """Asterra holds 700 to 710 MHz for sure, so nobody else does."""
    taken = {**HOLDING, "band": "t1", "duplex": "FDD", "uplink_low_mhz": "700", "uplink_high_mhz": "710",
             "downlink_low_mhz": "750", "downlink_high_mhz": "760"}  # fmt: skip
    held = submitted(staff, room="spectrum", kind="spectrum.holdings", raws=[taken])
    from serantau.web.review.services import decisions
    from tests.review.scene import NOW

    with pytest.raises(ReviewError, match="do not fit") as error:
        decisions.accept(staff.actor("secretary"), held.pk, held.version, NOW)
    assert any("also held at" in one.what for one in error.value.problems)


@pytest.mark.parametrize(
    "change, column",
    [
        ({"uplink_high_mhz": "3400"}, "uplink_high_mhz"),
        ({"downlink_low_mhz": "3650"}, "downlink_low_mhz"),
        ({"uplink_low_mhz": ""}, "uplink_low_mhz"),
        ({"duplex": "FDD+TDD"}, "duplex"),
        ({"duplex": "SDL"}, "uplink_low_mhz"),
        ({"holder": ""}, "holder"),
        ({"state": "sold"}, "state"),
        ({"uplink_low_mhz": "-5"}, "uplink_low_mhz"),
    ],
)
def test_a_bad_cell_of_a_file_is_named(staff, change, column):
    kind = kind_named("spectrum.holdings")
    out = io.StringIO()
    writer = csv.DictWriter(out, columns_of(kind))
    writer.writeheader()
    writer.writerow(HOLDING | change)
    held = draft(staff, room="spectrum", kind=kind.name, raws=())
    file = SimpleUploadedFile("h.csv", out.getvalue().encode())
    answer = signed_in(staff.focal).post(f"/reporting/submissions/{held.pk}/upload/{kind.name}/", {"file": file})
    assert answer.status_code == 400
    assert f"<code>{column}</code>" in answer.content.decode()


@pytest.mark.parametrize("kind", KINDS, ids=[kind.name for kind in KINDS])
def test_every_kind_has_a_form_and_a_template(staff, client, kind):
    held = draft(staff, room="spectrum", kind=kind.name, raws=())
    assert signed_in(staff.focal).get(f"/reporting/submissions/{held.pk}/add/{kind.name}/").status_code == 200
    name = kind.name.partition(".")[2]
    table = client.get(f"/spectrum/template-{name}.csv").content.decode()
    assert table.strip().split(",") == list(columns_of(kind))


def test_there_is_no_template_of_nothing(client, region):
    assert client.get("/spectrum/template-nothing.csv").status_code == 404
