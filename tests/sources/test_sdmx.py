"""SDMX: messages written by hand after the standard (https://sdmx.org), with invented figures of invented countries."""

from __future__ import annotations

import json
import subprocess
import sys

import pytest

from serantau.sources import Client, FetchedRow, Limits, Query, Skipped, SourceError
from serantau.sources.sdmx import fetch_sdmx, read_sdmx

FAST = Limits(total_seconds=5, attempts=2, backoff_seconds=0.01)
QUERY = Query("coverage", "INV,DF_COV,1.0/A.QAA+QBB.COV", {"QAA": "QAA", "QBB": "QBB"}, first=2019, last=2021)
EXPECTED = (
    FetchedRow("QAA", 2019, 12.5),
    FetchedRow("QAA", 2020, 13.0, "estimated"),
    FetchedRow("QBB", 2019, 80.0, "break"),
)

NAMESPACES = (
    'xmlns:message="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message" '
    'xmlns:common="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/common" '
)
HEADER = """<message:Header><message:ID>INV1</message:ID><message:Test>false</message:Test>
<message:Prepared>2026-03-01T10:00:00</message:Prepared><message:Sender id="INV"/>
<message:Structure structureID="S1" {more}dimensionAtObservation="TIME_PERIOD"><common:Structure>
<Ref agencyID="INV" id="DSD_COV" version="1.0"/></common:Structure></message:Structure></message:Header>"""


def generic_obs(year, value, status):
    attributes = f'<generic:Attributes><generic:Value id="OBS_STATUS" value="{status}"/></generic:Attributes>'
    return f'<generic:Obs><generic:ObsDimension value="{year}"/><generic:ObsValue value="{value}"/>{attributes}</generic:Obs>'


def generic_series(area, *observations):
    key = "".join(
        f'<generic:Value id="{name}" value="{value}"/>'
        for name, value in (("FREQ", "A"), ("REF_AREA", area), ("INDICATOR", "COV"))
    )
    return f"<generic:Series><generic:SeriesKey>{key}</generic:SeriesKey>{''.join(observations)}</generic:Series>"


GENERIC = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f'<message:GenericData {NAMESPACES} xmlns:generic="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/generic">'
    + HEADER.format(more="")
    + '<message:DataSet structureRef="S1" action="Replace">'
    + generic_series("QAA", generic_obs(2019, "12.5", "A"), generic_obs(2020, "13", "E"), generic_obs(2021, "NaN", "A"))
    + generic_series("QBB", generic_obs(2019, "80", "B"), generic_obs(2020, "81", "F"))
    + generic_series("QZZ", generic_obs(2019, "1", "A"))
    + "</message:DataSet></message:GenericData>"
).encode()

URN = "urn:sdmx:org.sdmx.infomodel.datastructure.DataStructure=INV:DSD_COV(1.0)"
SPECIFIC = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    f"<message:StructureSpecificData {NAMESPACES} "
    'xmlns:ss="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/data/structurespecific" '
    f'xmlns:ns1="{URN}:ObsLevelDim:TIME_PERIOD" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">'
    + HEADER.format(more=f'namespace="{URN}" ')
    + '<message:DataSet ss:structureRef="S1" xsi:type="ns1:DataSetType" ss:dataScope="DataStructure" action="Replace">'
    '<Series FREQ="A" REF_AREA="QAA" INDICATOR="COV">'
    '<Obs TIME_PERIOD="2019" OBS_VALUE="12.5" OBS_STATUS="A"/><Obs TIME_PERIOD="2020" OBS_VALUE="13" OBS_STATUS="E"/>'
    "</Series>"
    '<Series FREQ="A" REF_AREA="QBB" INDICATOR="COV">'
    '<Obs TIME_PERIOD="2019" OBS_VALUE="80" OBS_STATUS="B"/><Obs TIME_PERIOD="2020" OBS_VALUE="81" OBS_STATUS="F"/>'
    "</Series></message:DataSet></message:StructureSpecificData>"
).encode()


def codes(name, *values):
    return {"id": name, "name": name, "values": [{"id": value, "name": value} for value in values]}


JSON = json.dumps(
    {
        "header": {
            "id": "INV1",
            "prepared": "2026-03-01T10:00:00",
            "test": False,
            "sender": {"id": "INV", "name": "I"},
        },
        "structure": {
            "dimensions": {
                "dataSet": [],
                "series": [
                    {**codes("FREQ", "A"), "keyPosition": 0},
                    {**codes("REF_AREA", "QAA", "QBB"), "keyPosition": 1},
                    {**codes("INDICATOR", "COV"), "keyPosition": 2},
                ],
                "observation": [codes("TIME_PERIOD", "2019", "2020")],
            },
            "attributes": {"dataSet": [], "series": [], "observation": [codes("OBS_STATUS", "A", "E", "B", "F")]},
        },
        "dataSets": [
            {
                "action": "Information",
                "series": {
                    "0:0:0": {"attributes": [], "observations": {"0": [12.5, 0], "1": [13, 1]}},
                    "0:1:0": {"attributes": [], "observations": {"0": [80, 2], "1": [81, 3]}},
                },
            }
        ],
    }
).encode()

CSV_1 = (
    b"DATAFLOW,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS\r\n"
    b"INV:DF_COV(1.0),A,QAA,COV,2019,12.5,A\r\nINV:DF_COV(1.0),A,QAA,COV,2020,13,E\r\n"
    b"INV:DF_COV(1.0),A,QAA,COV,2021,,A\r\nINV:DF_COV(1.0),A,QBB,COV,2019,80,B\r\n"
    b"INV:DF_COV(1.0),A,QBB,COV,2020,81,F\r\n"
)
CSV_2 = (
    b"STRUCTURE,STRUCTURE_ID,ACTION,FREQ: Frequency,REF_AREA: Area,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
    b"dataflow,INV:DF_COV(1.0),R,A: Annual,QAA: Asterra,COV: Coverage,2019,12.5,A: Normal\n"
    b"dataflow,INV:DF_COV(1.0),R,A: Annual,QAA: Asterra,COV: Coverage,2020,13,E: Estimated\n"
    b"dataflow,INV:DF_COV(1.0),R,A: Annual,QBB: Borealia,COV: Coverage,2019,80,B: Break\n"
    b"dataflow,INV:DF_COV(1.0),R,A: Annual,QBB: Borealia,COV: Coverage,2020,81,F: Forecast\n"
)
MESSAGES = {
    "generic XML": (GENERIC, "application/vnd.sdmx.genericdata+xml;version=2.1"),
    "structure-specific XML": (SPECIFIC, "application/vnd.sdmx.structurespecificdata+xml;version=2.1"),
    "JSON": (JSON, "application/vnd.sdmx.data+json;version=1.0.0-wd"),
    "CSV 1.0": (CSV_1, "application/vnd.sdmx.data+csv;version=1.0.0"),
    "CSV 2.0 with labels": (CSV_2, "application/vnd.sdmx.data+csv;version=2.0.0;labels=both"),
}


def fetched(server, query=QUERY, **more):
    with Client(allow_private=frozenset({server.origin}), limits=FAST, seed=1) as client:
        return fetch_sdmx(client, query, f"{server.base}/rest/", **more)


@pytest.mark.parametrize("name", MESSAGES)
def test_the_same_figures_in_every_format(server, name):
    body, kind = MESSAGES[name]
    server.script = lambda handler: handler.reply(body=body, kind=kind)
    series = fetched(server)
    assert series.rows == EXPECTED
    assert series.skipped == (Skipped("QBB", 2020, series.skipped[0].text, "a forecast"),)
    assert series.published == ("unknown" if "CSV" in name else "2026-03-01")


def test_the_request_follows_the_rest_interface(server):
    server.script = lambda handler: handler.reply(body=GENERIC, kind="application/xml")
    fetched(server)
    assert server.paths == ["/rest/data/INV,DF_COV,1.0/A.QAA+QBB.COV?startPeriod=2019&endPeriod=2021"]
    assert "application/vnd.sdmx.genericdata+xml" in server.asked[0][1]["accept"]


BOMB = b"""<?xml version="1.0"?>
<!DOCTYPE lolz [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>
<message:GenericData xmlns:message="http://www.sdmx.org/resources/sdmxml/schemas/v2_1/message">&b;</message:GenericData>"""
OUTSIDE = BOMB.replace(b'<!ENTITY a "ha">', b'<!ENTITY a SYSTEM "file:///etc/hostname">')


@pytest.mark.parametrize(
    "body",
    [
        BOMB,
        OUTSIDE,
        b"\xef\xbb\xbf" + BOMB,
        BOMB.decode().replace('"1.0"?', '"1.0" encoding="UTF-16"?').encode("utf-16"),
        BOMB.decode().replace('"1.0"?', '"1.0" encoding="utf-7"?').encode(),
    ],
)
def test_xml_with_entities_is_refused_before_it_is_parsed(server, body):
    server.script = lambda handler: handler.reply(body=body, kind="application/xml")
    with pytest.raises(SourceError) as caught:
        fetched(server)
    assert any(words in str(caught.value) for words in ("entities", "not UTF-8", "only UTF-8", "no SDMX"))


@pytest.mark.parametrize(
    "body",
    [
        GENERIC[:900],
        b"<a/>",
        b"<html><body>Not SDMX</body></html>",
        b"{",
        b"{}",
        JSON.replace(b'"0:1:0"', b'"0:9:0"'),
        b"",
        b"a,b\n1,2\n",
        CSV_1 + b"too,few\r\n",
        b"REF_AREA,TIME_PERIOD,OBS_VALUE\nQAA,2019,twelve\n",
        b"REF_AREA,TIME_PERIOD,OBS_VALUE\nQAA,2019-Q1,12\n",
        b"AREA,TIME_PERIOD,OBS_VALUE\nQAA,2019,12\n",
        b'REF_AREA,TIME_PERIOD,OBS_VALUE\n"QAA,2019,12\n',
        b"REF_AREA,TIME_PERIOD,OBS_VALUE\nQAA,2019,1\xff\n",
    ],
)
def test_a_broken_message_is_refused_with_a_message(body):
    with pytest.raises(SourceError, match=r"Nothing was taken|nothing was|Choose|area dimension"):
        read_sdmx(body, QUERY)


def test_a_choice_between_several_figures_is_left_to_the_user():
    body = b"REF_AREA,SEX,TIME_PERIOD,OBS_VALUE,UNIT_MULT\nQAA,F,2019,40,6\nQAA,M,2019,60,6\n"
    with pytest.raises(SourceError, match=r"SEX \(F, M\)"):
        read_sdmx(body, QUERY)
    series = read_sdmx(body, Query("coverage", "X", {"QAA": "QAA"}, where={"SEX": "F"}))
    # the multiplier is told and never applied
    assert series.rows == (FetchedRow("QAA", 2019, 40.0, "", "in units of 10^6"),)


def test_another_area_dimension_and_other_codes():
    body = b"GEO,TIME_PERIOD,OBS_VALUE\nXA,2019,40\nXB,2019,41\n"
    series = read_sdmx(body, Query("coverage", "X", {"QAA": "XA"}), area_dimension="GEO")
    assert series.rows == (FetchedRow("QAA", 2019, 40.0),)


def test_the_library_is_loaded_only_where_it_is_needed():
    code = (
        "import sys; from serantau.sources.sdmx import read_sdmx; from serantau.sources import Query;"
        "read_sdmx(b'REF_AREA,TIME_PERIOD,OBS_VALUE\\nQAA,2019,1\\n', Query('c', 'X', {'QAA': 'QAA'}));"
        "assert 'sdmx' not in sys.modules and 'pandas' not in sys.modules"
    )
    subprocess.run([sys.executable, "-c", code], check=True)
