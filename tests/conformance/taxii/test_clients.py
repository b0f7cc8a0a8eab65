"""Rule: the clients that people use get everything from the running server, and end.

taxii2-client and python-stix2 are OASIS' own; misp-stix and the way of pushing are MISP's (its `taxii_push.py`: envelopes
up to the advertised size, Basic authentication, the failure count of the immediate answer).
"""

from __future__ import annotations

import json
import subprocess
import sys
import uuid
import warnings

import pytest

from serantau.defend.taxii.collections import collection_id
from tests.support.tree import ROOT

with warnings.catch_warnings():
    warnings.simplefilter("ignore")
    import stix2
    from stix2validator import ValidationOptions, validate_instance
    from taxii2client.common import TokenAuth
    from taxii2client.v21 import Collection, Server, as_pages

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")
COUNT = 230
GREEN = "marking-definition--bab4a63c-aed9-4cf5-a766-dfca5abac2bb"


def collection(server, login, alias, auth=None):
    """A collection as taxii2-client finds it, from the discovery on."""
    how = {"auth": auth} if auth else {"user": login, "password": server.keys[login]}
    found = Server(f"{server.site.url}/taxii2/", **how)
    (root,) = found.api_roots
    assert found.default.url == root.url
    (named,) = [one for one in root.collections if one.id == collection_id("threelands", alias)]
    return named


def some(count):
    when = "2026-01-01T00:00:00.000Z"
    return [
        {
            "type": "identity",
            "spec_version": "2.1",
            "id": f"identity--{uuid.uuid4()}",
            "created": when,
            "modified": when,
            "name": f"Team {number}",
            "identity_class": "organization",
            "object_marking_refs": [GREEN],
        }
        for number in range(count)
    ]


@pytest.fixture(scope="module")
def sent(server):
    made = some(COUNT)
    status = collection(server, "pusher", "region-amber").add_objects({"objects": made})
    assert (status.status, status.success_count, status.failure_count) == ("complete", COUNT, 0)
    return made


@pytest.mark.parametrize("kind", ["objects", "manifest"])
def test_taxii2_client_pages_to_the_end(server, sent, kind):
    named = collection(server, "reader", "region-amber")
    pages = list(as_pages(getattr(named, f"get_{kind}"), per_request=50))
    found = [one["id"] for page in pages for one in page.get("objects", [])]
    assert len(pages) >= 5
    assert {one["id"] for one in sent} <= set(found)
    assert len(found) == len(set(found))


def test_taxii2_client_with_a_token(server, sent):
    named = collection(server, "", "region-amber", TokenAuth(server.keys["reader"]))
    found = named.get_object(sent[0]["id"])["objects"]
    assert found == [sent[0]]


def test_python_stix2_reads_and_writes(server, sent):
    named = collection(server, "pusher", "region-amber")
    source = stix2.TAXIICollectionSource(named, allow_custom=True)
    assert source.get(sent[3]["id"]).name == sent[3]["name"]
    assert [one.name for one in source.all_versions(sent[3]["id"])] == [sent[3]["name"]]
    found = source.query([stix2.Filter("type", "=", "identity")])
    assert {sent[0]["id"], sent[-1]["id"]} <= {one.id for one in found}
    sink = stix2.TAXIICollectionSink(named)
    made = stix2.Identity(name="By the library", identity_class="organization")
    sink.add(made)
    assert source.get(made.id).name == made.name


def test_an_event_of_misp_is_pushed(server):
    program = ROOT / "tests" / "conformance" / "taxii" / "misp_event.py"
    done = subprocess.run([sys.executable, program], capture_output=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    envelope = json.loads(done.stdout)
    plan = collection(server, "pusher", "region-clear")
    # As MISP does it: the address is put together by hand, with a slash too many.
    pushed = Collection(
        f"{server.site.url}//taxii2/region/collections/{plan.id}/", user="pusher", password=server.keys["pusher"]
    )
    status = pushed.add_objects(envelope, wait_for_completion=False)
    assert status.failure_count == 0, status.failures
    again = pushed.add_objects(envelope, wait_for_completion=False)
    assert again.failure_count == 0, "MISP reports every failure of a repeated push as an error"
    theirs = collection(server, "reader", "region-clear").get_objects().get("objects", [])
    ours = plan.get_objects()["objects"]
    assert {one["type"] for one in ours} >= {"indicator", "report"} or {one["type"] for one in ours} >= {
        "indicator",
        "grouping",
    }
    marked = [one for one in ours if one["type"] == "indicator"]
    assert marked
    assert {one["id"] for one in marked} <= {one["id"] for one in theirs}, (
        "TLP:AMBER, and the reader is cleared for that"
    )


def test_what_is_returned_is_valid(server, sent):
    """A sample, with the hub's own tombstone among it, by OASIS' validator."""
    pusher = collection(server, "pusher", "region-amber")
    pusher.delete_object(sent[-2]["id"])
    graves = collection(server, "reader", "tombstones").get_objects()["objects"]
    sample = [*collection(server, "reader", "region-amber").get_objects(limit=5)["objects"], *graves[:2]]
    assert len(sample) >= 6
    for one in sample:
        result = validate_instance(one, ValidationOptions(version="2.1"))
        assert result.is_valid, (one, [str(error) for error in result.errors])
