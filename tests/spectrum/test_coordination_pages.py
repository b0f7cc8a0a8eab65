"""Rule: the pages of coordination are whole, bounded in their queries, and carry a request from its table to the register."""

from __future__ import annotations

import csv
import io
import json
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from serantau.spectrum.procedure import Act, Stage
from serantau.web.spectrum import jobs
from serantau.web.spectrum.models import Coordination
from serantau.web.spectrum.services import requests
from tests.spectrum.scene import BORDER, HEADER, NOW, answered, computed, do, draft, fresh, registered, sent, table
from tests.support.people import signed_in
from tests.web.html_support import Document, accessibility_defects

MOST_QUERIES = 26
HOME = "/spectrum/coordination/"


@pytest.fixture
def as_(people):
    """A browser in which one of the people is signed in."""

    def browser(name):
        return signed_in(getattr(people, name))

    return browser


def text_of(response):
    return " ".join(re.sub(r"<[^>]+>", " ", response.content.decode()).split())


def whole(response, status=200):
    assert response.status_code == status, text_of(response)[:900]
    assert response["Cache-Control"] == "private, no-store"
    assert accessibility_defects(Document(response.content.decode())) == []
    return text_of(response)


def upload(name, content):
    return {name: SimpleUploadedFile(f"{name}.csv", content)}


def form(**more):
    held = {"neighbour": "QBB", "title": "Mobile at the river", "side": "left", "spacing": "1", "ground": "land"}
    return {**held, "limit": ["tl-700-0"], **upload("border", BORDER), **more}


def rows_of(response):
    assert response.status_code == 200, text_of(response)[:400]
    return list(csv.DictReader(io.StringIO(response.content.decode())))


# --- the story --------------------------------------------------------------------------------------------------------


def test_from_a_table_to_the_register(as_, people):
    ours, theirs = as_("focal"), as_("neighbour")
    offered = whole(ours.get(HOME + "new/", {"neighbour": "QBB"}))
    assert "Treaty of the Three Lands: 700–800 MHz, 59.0 dB(µV/m), 0 km" in offered
    assert "answers are due in 4 weeks" in offered
    assert "counts as approved" in offered

    answer = ours.post(HOME + "new/", form(**upload("records", table())))
    assert answer.status_code == 303, text_of(answer)[:900]
    page = answer["Location"]
    held = Coordination.objects.get()
    assert (held.agreement, held.silence, held.weeks) == ("tl-coordination", "approves", 4)
    assert "4 records" in whole(ours.get(page))
    assert theirs.get(page).status_code == 404

    assert ours.post(page + "run/", {"revision": held.revision}).status_code == 303
    assert "0 of 4 records are done" in whole(ours.get(page))
    jobs.compute({"coordination": held.pk, "run": 1}, NOW)
    assert "1 record is over a limit: the neighbour is affected" in whole(ours.get(page))
    assert ours.post(page + "act/submit/", {"revision": fresh(held).revision}).status_code == 303

    assert "from Asterra" in whole(theirs.get(HOME))
    assert "Acknowledge receipt" in whole(theirs.get(page))
    assert theirs.post(page + "act/acknowledge/").status_code == 303
    waiting = rows_of(theirs.get(page + "files/answers.csv"))
    assert [row["id"] for row in waiting] == ["t0", "t1", "t2", "t3"]
    said = b"id,answer,reason\nt0,reject,Lower it by 6 dB\nt1,approve,\nt2,,\nt3,,\n"
    assert theirs.post(page + "answers/", upload("answers", said)).status_code == 303
    assert theirs.post(page + "act/approve/", {"record": ["t2", "t3"]}).status_code == 303

    shown = whole(ours.get(page))
    assert "Lower it by 6 dB" in shown
    assert ours.post(page + "act/register/", {"which": "all"}).status_code == 303
    assert fresh(held).at is Stage.REGISTERED
    for browser in (ours, theirs):
        assert "3 records" in whole(browser.get(HOME + "registered/"))
        assert [row["id"] for row in rows_of(browser.get(HOME + "registered.csv"))] == ["t1", "t2", "t3"]
    stands = {row["id"]: row["standing"] for row in rows_of(theirs.get(page + "files/standings.csv"))}
    assert stands == {"t0": "rejected", "t1": "registered", "t2": "registered", "t3": "registered"}


# --- what is refused --------------------------------------------------------------------------------------------------


def test_every_bad_cell_of_a_table_is_named_and_nothing_is_kept(as_):
    bad = f"{HEADER}\na,1.3,103.8,30,763,10,25\nb,103.8,1.3,30,-5,10,25\na,1.3,103.8,0,763,10,x\n".encode()
    words = whole(as_("focal").post(HOME + "new/", form(**upload("records", bad))), 400)
    for cell in ("line 3, latitude", "line 3, frequency_mhz", "line 4, height_m", "line 4, erp_dbw"):
        assert cell in words
    assert "look swapped" in words
    assert Coordination.objects.count() == 0


def test_a_button_that_is_pressed_twice_begins_one_request(as_):
    ours = as_("focal")
    for _ in range(2):
        assert ours.post(HOME + "new/", form(key="k1", **upload("records", table()))).status_code == 303
    assert Coordination.objects.count() == 1


@pytest.mark.parametrize(
    "more, words",
    [
        ({"side": "above"}, "Side of the neighbour"),
        ({"spacing": "near"}, "Distance of the points"),
        ({"limit": ["of-others"]}, "Limits"),
        ({"delta_n": "500"}, "delta-N"),
        ({"own_value_dbuv_m": "40", "own_time_percent": "90"}, "Own limit"),
        ({"border": ""}, "Border"),
        (upload("border", b'{"type": "Point"}'), "a line is needed"),
    ],
)
def test_a_field_that_is_wrong_is_named(as_, more, words):
    answer = as_("focal").post(HOME + "new/", form(**upload("records", table()), **more))
    assert words in whole(answer, 400)
    assert Coordination.objects.count() == 0


def test_without_an_agreement_the_sender_says_when_and_silence_means_nothing(as_):
    ours = as_("focal")
    assert "silence means nothing" in whole(ours.get(HOME + "new/", {"neighbour": "QCC"}))
    answer = ours.post(HOME + "new/", form(neighbour="QCC", limit=[], weeks="6", **upload("records", table())))
    assert answer.status_code == 303, text_of(answer)[:900]
    held = Coordination.objects.get()
    assert (held.weeks, held.silence, held.agreement) == (6, "nothing", "")


def test_a_limit_of_ones_own_is_asked_about(as_):
    own = {"own_value_dbuv_m": "20", "own_distance_km": "6"}
    ours = as_("focal")
    assert ours.post(HOME + "new/", form(limit=[], **own, **upload("records", table()))).status_code == 303
    held = Coordination.objects.get()
    assert held.own_limit["distance_km"] == 6.0
    requests.ask_run(people_actor(ours), held.pk, 0, NOW)
    jobs.compute({"coordination": held.pk, "run": 1}, NOW)
    text = whole(ours.get(f"{HOME}{held.pk}/"))
    assert "limit of the sender: 20 dB(uV/m)" in text
    assert "Stated by the sender; nobody agreed to it." in text
    assert "own-limit" not in text and "grade memory" not in text


def people_actor(client):
    from serantau.web.accounts.actor import actor_for
    from serantau.web.accounts.models import Person

    person = Person.objects.get(pk=client.session["_auth_user_id"])
    return actor_for(person, second_factor=True, fresh=True, today=NOW.date())


def test_an_act_on_no_record_is_asked_again(as_, people):
    held = sent(people)
    words = whole(as_("neighbour").post(f"{HOME}{held.pk}/act/approve/"), 400)
    assert "Choose records first" in words


def test_a_bad_table_of_answers_is_named(as_, people):
    held = sent(people)
    answer = as_("neighbour").post(f"{HOME}{held.pk}/answers/", upload("answers", b"id,answer\nt0,perhaps\n"))
    assert "line 2, answer" in whole(answer, 400)
    assert set(held.stations.values_list("standing", flat=True)) == {"pending"}


# --- whole and bounded ------------------------------------------------------------------------------------------------

MAKERS = {"draft": draft, "computed": computed, "sent": sent, "answered": answered, "registered": registered}


@pytest.mark.parametrize("stage", MAKERS)
def test_a_page_is_whole_at_every_stage(as_, people, stage, django_assert_max_num_queries):
    held = MAKERS[stage](people)
    for name in ("focal", "neighbour") if held.sent_at else ("focal",):
        client = as_(name)
        with django_assert_max_num_queries(MOST_QUERIES):
            whole(client.get(f"{HOME}{held.pk}/"))
        with django_assert_max_num_queries(MOST_QUERIES):
            whole(client.get(HOME))
        with django_assert_max_num_queries(MOST_QUERIES):
            whole(client.get(HOME + "registered/"))


def test_a_thousand_records_cost_no_more_queries(as_, people, django_assert_max_num_queries):
    held = draft(people, count=1_000, spacing_km=5.0)
    requests.ask_run(people.actor("focal"), held.pk, 0, NOW)
    requests.finish_run(held.pk, 1, (), (), "edition", NOW)
    held = do(people, held, "focal", Act.SUBMIT)
    client = as_("neighbour")
    with django_assert_max_num_queries(MOST_QUERIES):
        words = whole(client.get(f"{HOME}{held.pk}/", {"page": "3"}))
    assert "Page 3 of 10" in words
    with django_assert_max_num_queries(MOST_QUERIES):
        whole(client.get(f"{HOME}{held.pk}/", {"standing": "pending", "page": "2"}))


def test_a_page_shows_what_silence_means_before_anybody_has_looked(as_, people, settings):
    from serantau.spectrum.limits import Silence
    from serantau.spectrum.procedure import Terms

    held = sent(people, now=NOW.replace(year=NOW.year - 1), terms=Terms(4, Silence.APPROVES))
    words = whole(as_("focal").get(f"{HOME}{held.pk}/"))
    assert "approved by silence" in words
    assert held.stations.filter(standing="pending").count() == 4


FILES = {
    "records.csv": b"id,latitude",
    "border.geojson": b'{"type": "LineString"',
    "strengths.csv": b"question,point",
    "exceedances.csv": b"transmitter,limit",
    "map.geojson": b'{"type": "FeatureCollection"',
    "map.svg": b"<svg",
    "report.pdf": b"%PDF-",
    "report.docx": b"PK",
}


@pytest.mark.parametrize("name", FILES)
def test_every_file_is_there(as_, people, name):
    held = computed(people)
    answer = as_("focal").get(f"{HOME}{held.pk}/files/{name}")
    assert answer.status_code == 200
    assert answer.content.startswith(FILES[name])


def test_a_table_that_was_downloaded_can_be_sent_again(as_, people):
    held = draft(people)
    client = as_("focal")
    content = client.get(f"{HOME}{held.pk}/files/records.csv").content
    answer = client.post(HOME + "new/", form(title="Again", **upload("records", content)))
    assert answer.status_code == 303, text_of(answer)[:900]
    again = Coordination.objects.get(title="Again")
    assert list(again.stations.values_list("raw", flat=True)) == list(held.stations.values_list("raw", flat=True))


def test_what_was_not_computed_has_no_files(as_, people):
    held = draft(people)
    client = as_("focal")
    for name in ("map.svg", "report.pdf", "nothing.csv"):
        assert client.get(f"{HOME}{held.pk}/files/{name}").status_code == 404


def test_the_map_and_the_table_say_the_same(as_, people):
    held = computed(people)
    client = as_("focal")
    rows = rows_of(client.get(f"{HOME}{held.pk}/files/strengths.csv"))
    features = json.loads(client.get(f"{HOME}{held.pk}/files/map.geojson").content)["features"]
    points = [one["properties"] for one in features if one["properties"]["kind"] == "point"]
    assert [row["strongest_dbuv_m"] for row in rows] == [str(one["strongest_dbuv_m"]) for one in points]
