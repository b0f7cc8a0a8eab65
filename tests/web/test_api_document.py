"""Rule: the OpenAPI document is what the API does, and the page of the API is made from it."""

from __future__ import annotations

import re
import shlex
from html.parser import HTMLParser
from urllib.parse import urlsplit

import jsonschema
import pytest

from serantau.web.api.parameters import PARAMETERS
from serantau.web.api.router import OPERATIONS
from tests.support.tree import ROOT, read
from tests.web.api_support import REGIONS, SHIPPED, V1, addresses, at, document, get_json

GUIDE = ROOT / "docs" / "guide" / "api.md"
HERE = "http://127.0.0.1:8000"


@pytest.fixture(params=REGIONS.values(), ids=REGIONS)
def region(request, settings):
    at(settings, request.param)
    return request.param


def test_every_operation_is_described(client, region):
    found = document(client)
    assert found["openapi"].startswith("3.1")
    assert {methods["get"]["operationId"] for methods in found["paths"].values()} == set(OPERATIONS)
    for methods in found["paths"].values():
        assert set(methods) == {"get"}
        described = methods["get"]
        assert described["summary"].endswith((".", "?"))
        assert {"200", "304", "400", "503"} <= set(described["responses"])
        for one in described["parameters"]:
            assert one["description"]
            assert one["schema"] == PARAMETERS[one["name"]].schema()


def test_answers_and_problems_meet_their_schemas(client, region):
    found = document(client)
    components = {"components": found["components"]}
    for path, query in addresses(client).items():
        reference = found["paths"][path]["get"]["responses"]["200"]["content"]["application/json"]["schema"]
        jsonschema.Draft202012Validator({**reference, **components}).validate(get_json(client, path, **query))
    problem = {"$ref": "#/components/schemas/Problem", **components}
    jsonschema.Draft202012Validator(problem).validate(get_json(client, f"{V1}/members", status=400, day="1"))


def test_examples_are_the_region_s_and_answer(client, region):
    for path, methods in document(client)["paths"].items():
        query = {one["name"]: one["example"] for one in methods["get"]["parameters"] if "example" in one}
        assert get_json(client, path, **query)["as_of"] == "2026-11-21"


def test_the_index_leads_everywhere(client, region):
    body = get_json(client, f"{V1}/")
    assert [one["path"] for one in body["operations"]] == list(document(client)["paths"])
    assert client.get(body["openapi"]).status_code == client.get(body["documentation"]).status_code == 200


# --- the page ------------------------------------------------------------------------------------------------------------


class Page(HTMLParser):
    """Everything of a page that a test asks about."""

    def __init__(self, text):
        super().__init__()
        self.links, self.loaded, self.inline, self.ids, self.commands = [], [], [], [], []
        self._pre = False
        self.feed(text)

    def handle_starttag(self, tag, attrs):
        given = dict(attrs)
        if "id" in given:
            self.ids.append(given["id"])
        if tag == "a":
            self.links.append(given["href"])
        # A link to the page in another language is followed, not loaded.
        if tag in {"script", "link", "img", "iframe"} and given.get("rel") != "alternate":
            self.loaded.append(given.get("src") or given.get("href"))
        self.inline += [name for name in given if name == "style" or name.startswith("on")]
        if tag in {"script", "style"}:
            self.inline.append(tag)
        self._pre = self._pre or tag == "pre"

    def handle_endtag(self, tag):
        self._pre = self._pre and tag != "pre"

    def handle_data(self, data):
        if self._pre:
            self.commands.append(data)


def test_the_page_lists_every_operation_and_parameter(client, region):
    text = client.get("/api/").content.decode()
    for path, methods in document(client)["paths"].items():
        assert f"<code>GET {path}</code>" in text
        for one in methods["get"]["parameters"]:
            assert f"<code>{one['name']}</code>" in text
    shown = Page(text)
    assert set(OPERATIONS) <= set(shown.ids)
    assert len(shown.ids) == len(set(shown.ids))


def test_every_command_on_the_page_runs(client, region):
    commands = Page(client.get("/api/").content.decode()).commands
    assert len(commands) == len(OPERATIONS)
    for command in commands:
        words = shlex.split(command)
        assert words[:2] == ["curl", "-s"]
        assert words[2].startswith("http://testserver/api/v1/")
        assert client.get(words[2].removeprefix("http://testserver")).status_code == 200, command


def test_every_link_of_an_operation_on_the_page_answers(client, region):
    links = [link for link in Page(client.get("/api/").content.decode()).links if link.startswith("/api/")]
    assert len(links) >= len(OPERATIONS)
    for link in links:
        assert client.get(link, follow=True).status_code == 200, link


def test_the_page_needs_nothing_from_elsewhere_and_runs_nothing(client, region):
    response = client.get("/api/")
    shown = Page(response.content.decode())
    assert not shown.inline
    assert all(address.startswith("/static/") for address in shown.loaded)
    assert "default-src 'none'" in response.headers["Content-Security-Policy"]
    assert "unsafe" not in response.headers["Content-Security-Policy"]


def test_the_page_is_nobody_else_s_to_keep(client, region):
    """It names the server as the visitor reached it."""
    assert "private" in client.get("/api/").headers["Cache-Control"]
    other = client.get("/api/", headers={"Host": "localhost"}).content.decode()
    assert "http://localhost/api/v1/members" in other
    assert "testserver" not in other


# --- the guide -----------------------------------------------------------------------------------------------------------


def guide_commands():
    blocks = re.findall(r"```sh\n(.*?)```", read(GUIDE), re.DOTALL)
    return [line for block in blocks for line in block.splitlines()]


@pytest.mark.parametrize("line", guide_commands())
def test_the_commands_of_the_guide_run(client, settings, line):
    at(settings, SHIPPED)
    command, _, status = line.partition(" # ")
    (address,) = shlex.split(command)[2:]
    assert address.startswith(HERE)
    parts = urlsplit(address)
    response = client.get(f"{parts.path}?{parts.query}")
    assert response.status_code == int(status or 200), response.content[:300]
    if not status and parts.path.startswith(V1):
        body = response.json()
        assert body.get("rows", True), "an example that answers nothing shows nothing"


def test_the_guide_shows_every_operation():
    shown = {urlsplit(shlex.split(line)[2]).path for line in guide_commands()}
    assert {one.path for one in OPERATIONS.values()} <= shown


def test_the_program_of_the_guide_reads_every_figure(live_site, capsys, settings, client):
    """Against a running server, with nothing but the standard library."""
    (program,) = re.findall(r"```python\n(.*?)```", read(GUIDE), re.DOTALL)
    exec(compile(program.replace(HERE, live_site.url), str(GUIDE), "exec"), {})  # noqa: S102 - our own page
    said = capsys.readouterr().out
    at(settings, SHIPPED)
    wanted = get_json(client, f"{V1}/observations", limit=1)
    assert said == f"{wanted['total']} figures of {wanted['edition']}\n"
