"""Rule: what has to be worked out is counted for each network by the shared counter; what is held is not."""

from __future__ import annotations

import pytest

from serantau.web.accounts.models import Hits
from serantau.web.accounts.services.limits import Limit
from serantau.web.config.repeat import REPEATS
from serantau.web.site import answering
from tests.web.api_support import THREELANDS, V1, at, problem_of

COSTLY = [
    "/what-if/?of=tl2030-o2&w-coverage=2",
    "/what-if/ranks/?of=tl2030-o2&w-coverage=2",
    "/charts/member-wheel/QAA.svg",
    "/embed/member-wheel/QAA/",
    "/data/main.xlsx",
    f"{V1}/standing",
]


@pytest.fixture
def site(settings, client, monkeypatch):
    """The invented region, nothing held, and a limit of two."""
    at(settings, THREELANDS)
    REPEATS.clear()
    answering.CACHE._held.clear()
    monkeypatch.setattr(answering, "WORK", Limit(answering.WORK.name, 2, 60))
    return client


def counted():
    return sum(Hits.objects.values_list("hits", flat=True))


@pytest.mark.parametrize("path", COSTLY)
def test_a_new_answer_is_counted_once(site, path):
    for _ in range(3):
        assert site.get(path).status_code == 200
    assert counted() == 1


@pytest.mark.parametrize("path", ["/", "/members/QAA/", "/search/?q=asterra", "/standing.csv"])
def test_a_page_is_not_counted(site, path):
    assert site.get(path).status_code == 200
    assert counted() == 0


def test_beyond_the_limit_one_is_told_how_long_to_wait(site):
    for day in ("2024-01-01", "2024-01-02"):
        assert site.get(f"{V1}/standing", {"as_of": day}).status_code == 200
    refused = site.get(f"{V1}/standing", {"as_of": "2024-01-03"})
    assert problem_of(refused)["status"] == 429
    assert 1 <= int(refused["Retry-After"]) <= 60
    page = site.get("/what-if/?of=tl2030-o2&w-coverage=3")
    assert page.status_code == 429
    assert page["Content-Type"].startswith("text/html")
    # What was answered before, and another network, go on.
    assert site.get(f"{V1}/standing", {"as_of": "2024-01-01"}).status_code == 200
    assert site.get(f"{V1}/standing", {"as_of": "2024-01-03"}, REMOTE_ADDR="192.0.2.7").status_code == 200
