"""Rule: a reader's choices stand whole in the address, within bounds, and equal choices are computed once."""

from __future__ import annotations

import pytest

from serantau.measure.whatif import MOST, STEP
from serantau.web.answers import MOST_WHAT_IFS
from serantau.web.bundles import keeper
from tests.web.api_support import SHIPPED, THREELANDS, at
from tests.web.html_support import Document


@pytest.fixture
def site(settings, client):
    """The invented region."""
    at(settings, THREELANDS)
    return client


def read(client, path, status=200):
    response = client.get(path)
    assert response.status_code == status, (path, response.status_code, response.get("Location"))
    return Document(response.content.decode())


def test_the_usual_choices_show_the_ranks_of_the_outcome(site):
    ranks = read(site, "/what-if/?of=tl2030-o2").rows("ranks-title")[1:]
    outcome = read(site, "/outcomes/tl2030-o2/").rows("ranking-title")[1:]
    assert [(row[1], row[0], row[3]) for row in ranks] == [(row[0], row[1], row[3]) for row in outcome]


def test_the_address_is_the_state(site):
    document = read(site, "/what-if/?mean=geometric&of=tl2030-o2&w-coverage=2.5")
    assert document.by_id("ask-w-coverage").get("value") == "2.5"
    (chosen,) = [o for o in document.all("option") if "selected" in o.attributes and "geometric" in o.text]
    assert chosen.get("value") == "geometric"
    assert "/what-if/?mean=geometric&of=tl2030-o2&w-coverage=2.5" in document.links


def test_what_is_as_usual_is_left_out_of_the_address(site):
    # As the form without a script sends it: every slider, most of them where they were.
    sent = "/what-if/?of=tl2030-o2&scale=goalposts&mean=arithmetic&w-coverage=0.50&w-lines_per100=1&plan="
    response = site.get(sent)
    assert (response.status_code, response["Location"]) == (302, "/what-if/?of=tl2030-o2&w-coverage=0.5")


def test_the_script_gets_the_same_ranks_as_the_page(site):
    query = "?of=tl2030-o2&w-coverage=0"
    fragment = site.get("/what-if/ranks/" + query)
    assert fragment.status_code == 200
    assert fragment.content.decode().strip() in site.get("/what-if/" + query).content.decode()


@pytest.mark.parametrize("address", ["/what-if/", "/what-if/ranks/"])
@pytest.mark.parametrize(
    "query",
    [
        "of=tl2030-o1",
        "of=nothing",
        "scale=log",
        "mean=median",
        "of=tl2030-o2&w-coverage=9",
        "of=tl2030-o2&w-coverage=0.3",
        "of=tl2030-o2&w-coverage=1e3",
        "of=tl2030-o2&w-coverage=-1",
        "of=tl2030-o2&w-coverage=1&w-coverage=2",
        "w-tl2030-o2=0",
    ],
)
def test_what_cannot_be_chosen_is_refused_in_words(site, address, query):
    document = read(site, f"{address}?{query}", 400)
    (main,) = document.all("main")
    assert len(main.text.split()) > 8


def test_a_plan_without_scores_says_so(site):
    document = read(site, "/what-if/?plan=tl2020")
    assert "nothing to choose" in document.all("main")[0].text
    assert site.get("/what-if/ranks/?plan=tl2020").status_code == 404


def test_equal_states_are_computed_once_and_all_are_finitely_many(settings, client):
    at(settings, SHIPPED)
    client.get("/what-if/?of=adm2025-do2&w-cov_4g=2")
    held = keeper().answers().what_ifs
    before = len(held)
    for query in ("of=DO2&w-cov_4g=2.0&utm=1", "of=adm2025-do2&w-cov_4g=2&w-cov_3g=1&w-internet_users=3"):
        client.get(f"/what-if/ranks/?{query}")
    assert len(held) == before
    assert held.most == MOST_WHAT_IFS
    assert MOST / STEP == 16  # seventeen places for each slider


def test_the_page_may_run_its_own_script_and_no_other(site):
    policy = site.get("/what-if/")["Content-Security-Policy"]
    assert "script-src 'self'" in policy
    assert "connect-src 'self'" in policy
    assert "unsafe" not in policy
    assert "script-src" not in site.get("/")["Content-Security-Policy"]
