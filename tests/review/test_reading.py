"""Rule: a preview names every bad cell by row and column, in CSV, XLSX, SDMX-CSV and YAML, and reads no more than it may."""

from __future__ import annotations

import contextlib
import io
import random
import tracemalloc
import zipfile

import openpyxl
import pytest

from serantau.measure.sdmx_csv import from_sdmx_csv
from serantau.review import ReviewError
from serantau.review.reading import MOST_NAMED, UPLOAD, columns_of, preview, template
from tests.review.support import CONTEXT, FIGURES, PROJECTS, REPORTS

HEAD = "indicator,year,value,grade,flags\n"
GOOD = HEAD + "coverage,2025,97.5,primary,\nlines_per100,2025,31,primary,estimated\n"


def bad(kind, name, content):
    return [(one.row, one.column) for one in preview(kind, name, content, CONTEXT).bad]


def workbook(rows, more=()):
    book = openpyxl.Workbook()
    for row in rows:
        book.active.append(row)
    for name, lines in more:
        sheet = book.create_sheet(name)
        for row in lines:
            sheet.append(row)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()


def rows_of(text):
    return [line.split(",") for line in text.strip().split("\n")]


@pytest.mark.parametrize("content", [GOOD.encode(), workbook(rows_of(GOOD))], ids=["csv", "xlsx"])
def test_a_good_table(content):
    found = preview(FIGURES, "figures", content, CONTEXT)
    assert found.good
    assert found.rows == (
        (2, {"indicator": "coverage", "year": "2025", "value": "97.5", "grade": "primary"}),
        (3, {"indicator": "lines_per100", "year": "2025", "value": "31", "grade": "primary", "flags": "estimated"}),
    )


SPOILT = HEAD + "coverage,2025,97.5,primary,\ncoverage,next year,many,primary,\n,2025,3,certain,\n"


@pytest.mark.parametrize("content", [SPOILT.encode(), workbook(rows_of(SPOILT))], ids=["csv", "xlsx"])
def test_every_bad_cell_is_named_by_row_and_column(content):
    assert bad(FIGURES, "figures", content) == [(3, "year"), (3, "value"), (4, "indicator"), (4, "grade")]


def test_a_formula_and_an_error_of_a_spreadsheet_are_no_values():
    content = workbook([["indicator", "year", "value", "grade"], ["coverage", 2025, "=1+1", "primary"]])
    assert bad(FIGURES, "x.xlsx", content) == [(2, "C")]
    assert bad(FIGURES, "x.csv", (HEAD + "coverage,2025,=1+1,primary,\n").encode()) == [(2, "C")]


def test_an_unknown_heading_is_named_with_the_nearest():
    (one,) = preview(FIGURES, "x", b"indicator,year,vlaue,value,grade\ncoverage,2025,,3,primary\n", CONTEXT).bad
    assert (one.row, one.column) == (1, "vlaue")
    assert "value" in one.fix


def test_lists_of_records_stand_in_numbered_columns():
    table = (
        "project,title,action,year,status,funding.1.funder,funding.1.amount,funding.1.currency,funding.2.funder\n"
        "masts,Masts,tl2030-a2-2,2025,in progress,Treasury,5,XTS,Union\n"
    )
    ((_, raw),) = preview(PROJECTS, "x", table.encode(), CONTEXT).rows
    assert raw["funding"] == [{"funder": "Treasury", "amount": "5", "currency": "XTS"}, {"funder": "Union"}]
    table = table.replace(",5,XTS", ",-5,XTS")
    assert bad(PROJECTS, "x", table.encode()) == [(2, "funding.0.amount")]


def test_yaml_names_the_line():
    text = "action_reports:\n  - action: a\n    year: 2025\n    status: in progress\n  - action: a\n    status: maybe\n"
    assert bad(REPORTS, "x.yaml", text.encode()) == [(5, "year"), (5, "status")]
    assert bad(REPORTS, "x.yaml", b"reports: []\n") == [(1, "")]
    assert bad(REPORTS, "x.yaml", b"action_reports: [\n")[0][0] == 2


SDMX = (
    "STRUCTURE,STRUCTURE_ID,ACTION,FREQ,REF_AREA,INDICATOR,TIME_PERIOD,OBS_VALUE,OBS_STATUS\n"
    "dataflow,X:Y(1.0),I,A,QAA,coverage,2025,97.5,{status}\n"
)


@pytest.mark.parametrize("status, flags", [("A", ""), ("E", "estimated"), ("B", "break"), ("", "")])
def test_sdmx_csv_2(status, flags):
    ((number, raw),) = preview(FIGURES, "x.csv", SDMX.format(status=status).encode(), CONTEXT).rows
    assert number == 2
    assert raw.get("flags", "") == flags
    assert (raw["indicator"], raw["member"], raw["year"], raw["value"]) == ("coverage", "QAA", "2025", "97.5")


def test_sdmx_csv_1_with_labels():
    text = "DATAFLOW,REF_AREA: Area,INDICATOR,TIME_PERIOD,OBS_VALUE\nX:Y(1.0),QAA: Asterra,coverage: Coverage,2025,1\n"
    found = preview(FIGURES, "x.csv", text.encode(), CONTEXT)
    assert found.good


@pytest.mark.parametrize(
    "old, new, column",
    [
        (",I,", ",D,", "ACTION"),
        (",A,QAA", ",M,QAA", "FREQ"),
        ("2025", "2025-Q1", "TIME_PERIOD"),
        ("97.5,A", "97.5,F", "OBS_STATUS"),
        ("97.5", "many", "value"),
        ("QAA", "QBB", "member"),
    ],
)
def test_what_is_no_annual_figure_in_sdmx_csv_is_named(old, new, column):
    assert bad(FIGURES, "x.csv", SDMX.format(status="A").replace(old, new, 1).encode()) == [(2, column)]


def test_sdmx_csv_without_a_needed_column():
    assert bad(FIGURES, "x.csv", b"DATAFLOW,REF_AREA\nX,QAA\n") == [
        (1, "INDICATOR"),
        (1, "TIME_PERIOD"),
        (1, "OBS_VALUE"),
    ]


def test_another_table_is_left_as_it_is():
    from serantau.facts.sheets import Sheet

    sheet = Sheet("x", ("indicator",), ())
    assert from_sdmx_csv(sheet) is sheet


@pytest.mark.parametrize(
    "name, content, words",
    [
        ("x.csv", b"", "empty"),
        ("x.csv", b"\xff\xfe\x00", "UTF-8"),
        ("x.csv", b"a,b\n" + b"x" * UPLOAD.file_bytes, "larger than 2 MB"),
        ("x.yaml", b"a: b\n" + b"#" * UPLOAD.file_bytes, "larger than 2 MB"),
        ("x.xlsx", b"PK\x03\x04 no archive at all", "damaged"),
        ("x.xls", b"\xd0\xcf\x11\xe0", "old or password-protected"),
        ("x.csv", b"indicator,year\n", "0 sheets with rows"),
        ("x.csv", ("a\n" + "b\n" * 6000).encode(), "more than 5001 rows"),
    ],
)
def test_what_is_no_table_is_refused_in_words(name, content, words):
    with pytest.raises(ReviewError, match=words):
        preview(FIGURES, name, content, CONTEXT)


def test_a_workbook_that_unpacks_to_more_than_it_may_is_not_unpacked():
    plain = workbook(rows_of(GOOD))
    out = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(plain)) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for part in old.infolist():
            new.writestr(part, old.read(part))
        new.writestr("xl/worksheets/sheet9.xml", b" " * (UPLOAD.unpacked_bytes + 1))
    assert len(out.getvalue()) < 200_000
    with pytest.raises(ReviewError, match="unpacks to"):
        preview(FIGURES, "x.xlsx", out.getvalue(), CONTEXT)


def test_a_part_that_lies_about_its_size_is_cut_while_it_is_read():
    """The part states 10 bytes and unpacks to 300 MB: reading it whole would take that much memory first."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED, compresslevel=9) as archive:
        archive.writestr("xl/workbook.xml", b" " * 300_000_000)
    content = out.getvalue()
    honest, lie = (300_000_000).to_bytes(4, "little"), (10).to_bytes(4, "little")
    assert content.count(honest) == 2
    tracemalloc.start()
    with pytest.raises(ReviewError, match="damaged"):
        preview(FIGURES, "x.xlsx", content.replace(honest, lie), CONTEXT)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak < 20_000_000


def test_entities_and_macros_are_refused():
    plain = workbook(rows_of(GOOD))
    for part, content, words in (
        ("xl/extra.xml", b'<!DOCTYPE x [<!ENTITY a "b">]>', "entities"),
        ("xl/vbaProject.bin", b"x", "macros"),
        ("xl/externalLinks/externalLink1.xml", b"<x/>", "other files"),
    ):
        out = io.BytesIO(plain)
        with zipfile.ZipFile(out, "a") as archive:
            archive.writestr(part, content)
        with pytest.raises(ReviewError, match=words):
            preview(FIGURES, "x.xlsx", out.getvalue(), CONTEXT)


def test_a_thousand_bad_cells_are_counted_and_some_of_them_named():
    text = HEAD + "coverage,soon,many,primary,\n" * 1000
    found = preview(FIGURES, "x.csv", text.encode(), CONTEXT)
    assert (len(found.bad), found.more) == (MOST_NAMED, 2000 - MOST_NAMED)
    assert not found.good


def test_rubbish_never_ends_in_anything_but_a_preview_or_a_refusal():
    words = random.Random(7)  # noqa: S311 - a repeatable test, no secret
    plain = workbook(rows_of(GOOD))
    for seed in range(150):
        content = bytearray([GOOD.encode(), SDMX.encode(), plain][seed % 3])
        for _ in range(words.randrange(1, 12)):
            content[words.randrange(len(content))] = words.randrange(256)
        with contextlib.suppress(ReviewError):
            preview(FIGURES, words.choice(["x.csv", "x.xlsx", "x.yaml"]), bytes(content), CONTEXT)


@pytest.mark.parametrize("kind", [REPORTS, PROJECTS, FIGURES], ids=lambda kind: kind.name)
def test_the_template_holds_the_columns_and_reads_back_as_empty(kind):
    book = openpyxl.load_workbook(io.BytesIO(template(kind)))
    assert [cell.value for cell in book.worksheets[1][1]] == list(columns_of(kind))
    with pytest.raises(ReviewError, match="0 sheets"):
        preview(kind, "x.xlsx", template(kind), CONTEXT)
