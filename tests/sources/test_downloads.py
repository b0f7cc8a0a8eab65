"""Downloaded files: explicit columns, every bad cell named, nothing taken when anything is wrong. All figures invented."""

from __future__ import annotations

import io
import zipfile

import openpyxl
import pytest

from serantau.sources import FetchedRow, Query, SourceError
from serantau.sources.downloads import LAYOUTS, layout, load_download
from serantau.sources.tables import MAX_BYTES, read_table

AREAS = {"QAA": "QAA|XA|Asterra", "QBB": "QBB|XB|Borealia"}
QUERY = Query("coverage", "i99", AREAS)
ITU = """seriesID,seriesCode,seriesName,entityIso,entityName,dataValue,dataYear,dataNote
1,i99,Users,QAA,Asterra,50.5,2020,
1,i99,Users,QAA,Asterra,51,2021,ITU estimate
1,i99,Users,QBB,Borealia,..,2020,
1,i99,Users,QZZ,Zedland,not even a number,2020,
2,i88,Lines,QAA,Asterra,9,2020,
"""


def csv_file(tmp_path, text, name="download.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode("utf-8"))
    return path


def xlsx_file(tmp_path, sheets, name="download.xlsx"):
    book = openpyxl.Workbook()
    book.remove(book.active)
    for title, rows in sheets.items():
        page = book.create_sheet(title)
        for row in rows:
            page.append(row)
    path = tmp_path / name
    book.save(path)
    book.close()
    return path


def load(path, columns=LAYOUTS["itu"], query=QUERY, year=None, **more):
    return load_download(read_table(path, **more), query, columns, year=year)


def test_a_long_table(tmp_path):
    series = load(csv_file(tmp_path, ITU))
    assert series.rows == (FetchedRow("QAA", 2020, 50.5), FetchedRow("QAA", 2021, 51.0, "", "ITU estimate"))


def test_a_long_table_with_a_byte_order_mark_and_windows_line_ends(tmp_path):
    assert load(csv_file(tmp_path, "\ufeff" + ITU.replace("\n", "\r\n"))).rows == load(csv_file(tmp_path, ITU)).rows


def test_a_wide_table_of_a_workbook(tmp_path):
    rows = [["ITU table (invented)"], [], ["Economy ISO3", "Name", "2019", 2020], ["QAA", "Asterra", 1.5, None]]
    path = xlsx_file(tmp_path, {"Data": [*rows, ["QBB", "Borealia", "n/a", 3]]})
    series = load(path, LAYOUTS["itu-wide"], skip=2)
    assert series.rows == (FetchedRow("QAA", 2019, 1.5), FetchedRow("QBB", 2020, 3.0))


def test_a_percentage_of_a_workbook_is_not_guessed(tmp_path):
    book = openpyxl.Workbook()
    book.active.append(["country", "score"])
    book.active.append(["QAA", 0.505])
    book.active["B2"].number_format = "0.0%"
    book.save(tmp_path / "download.xlsx")
    with pytest.raises(SourceError, match=r"'50\.5%' is no number"):
        load(tmp_path / "download.xlsx", LAYOUTS["gci"], year=2020)


def test_a_sheet_must_be_named_where_there_are_several(tmp_path):
    path = xlsx_file(tmp_path, {"2020": [["country", "score"], ["Asterra", 90.5]], "Notes": [["x"]]})
    with pytest.raises(SourceError, match="several sheets: 2020, Notes"):
        load(path, LAYOUTS["gci"], year=2020)
    with pytest.raises(SourceError, match="no sheet '2021'"):
        load(path, LAYOUTS["gci"], year=2020, sheet="2021")
    assert load(path, LAYOUTS["gci"], year=2020, sheet="2020").rows == (FetchedRow("QAA", 2020, 90.5),)


def test_tiles_are_averaged_by_their_tests(tmp_path):
    # (10,000 x 1 + 40,000 x 3) / 4 = 32,500 kbit/s = 32.5 Mbit/s
    text = "quadkey,avg_d_kbps,tests,iso3,year\n0,10000,1,QAA,2020\n1,40000,3,QAA,2020\n2,5000,0,QBB,2020\n"
    series = load(csv_file(tmp_path, text), LAYOUTS["ookla-tiles"])
    assert series.rows == (FetchedRow("QAA", 2020, 32.5, "derived", "weighted mean of 2 rows"),)


def test_columns_are_renamed_never_guessed(tmp_path):
    path = csv_file(tmp_path, "Country,Overall score\nBorealia,88\n")
    with pytest.raises(SourceError, match="has no column 'country'") as caught:
        load(path, LAYOUTS["gci"], year=2020)
    assert "Rename with --column" in str(caught.value)
    renamed = layout("gci", {"member": "Country", "value": "Overall score"})
    assert load(path, renamed, year=2020).rows == (FetchedRow("QBB", 2020, 88.0),)


def test_the_year_comes_from_somewhere(tmp_path):
    path = csv_file(tmp_path, "country,score\nBorealia,88\n")
    with pytest.raises(SourceError, match="no column 'year'"):
        load(path, LAYOUTS["gci"])
    with pytest.raises(SourceError, match="Give --year"):
        load(csv_file(tmp_path, "Economy ISO3,value\nQAA,1\n"), LAYOUTS["itu-wide"])


def test_every_bad_cell_is_named_and_nothing_is_taken(tmp_path):
    text = ITU + (
        '1,i99,Users,QBB,Borealia,"1,234",2021,\n1,i99,Users,QBB,Borealia,12%,2022,\n1,i99,Users,QBB,Borealia,5,20225,\n'
    )
    with pytest.raises(SourceError) as caught:
        load(csv_file(tmp_path, text))
    where = [(problem.where, problem.what) for problem in caught.value.problems]
    assert where == [
        ("download.csv:7, column dataValue", "'1,234' is no number."),
        ("download.csv:8, column dataValue", "'12%' is no number."),
        ("download.csv:9, column dataYear", "'20225' is no year."),
    ]


def test_a_second_figure_for_a_year_is_named(tmp_path):
    with pytest.raises(SourceError, match="second figure for QAA in 2020") as caught:
        load(csv_file(tmp_path, ITU + "1,i99,Users,XA,Asterra,50.5,2020,\n"))
    assert caught.value.problems[0].where == "download.csv:7, column dataValue"


def test_a_column_can_choose(tmp_path):
    text = "country,year,value,kind\nAsterra,2024,10,mobile\nAsterra,2024,20,fixed\n"
    query = Query("speed", "speed", AREAS, where={"kind": "fixed"})
    assert load(csv_file(tmp_path, text), LAYOUTS["speedtest"], query).rows == (FetchedRow("QAA", 2024, 20.0),)
    with pytest.raises(SourceError, match="no column 'sort'"):
        load(csv_file(tmp_path, text), LAYOUTS["speedtest"], Query("speed", "speed", AREAS, where={"sort": "x"}))


def test_a_negative_number_of_tests_is_bad(tmp_path):
    with pytest.raises(SourceError, match="less than 0"):
        load(csv_file(tmp_path, "avg_d_kbps,tests,iso3,year\n1,-1,QAA,2020\n"), LAYOUTS["ookla-tiles"])


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"\n\n",
        b"a,a\n1,2\n",
        b"a,b\n1,2,3\n",
        b'a,b\n"1,2\n',
        b"a,b\n\xff,1\n",
        b"a\0b,c\n",
        b"PK\x03\x04 no archive",
    ],
)
def test_a_file_that_is_no_table_is_a_message(tmp_path, content):
    path = tmp_path / "download.csv"
    path.write_bytes(content)
    with pytest.raises(SourceError, match=r"download\.csv"):
        read_table(path)


def test_a_file_of_a_gigabyte_is_not_read(tmp_path):
    path = tmp_path / "download.csv"
    with path.open("wb") as file:
        file.truncate(2**30)
    with pytest.raises(SourceError, match="larger than 64 MB"):
        read_table(path)


def test_a_missing_file_is_a_message(tmp_path):
    with pytest.raises(SourceError, match="Check the path"):
        read_table(tmp_path / "none.csv")


def rewritten(path, change):
    """The workbook with the text of its sheet changed."""
    out = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as new:
        for entry in old.infolist():
            content = old.read(entry)
            new.writestr(entry.filename, change(content) if "sheet1" in entry.filename else content)
    path.write_bytes(out.getvalue())
    return path


def test_a_workbook_with_entities_is_refused(tmp_path):
    path = xlsx_file(tmp_path, {"Data": [["country"], ["QAA"]]})
    rewritten(path, lambda text: b'<!DOCTYPE a [<!ENTITY b "x">]>' + text)
    with pytest.raises(SourceError, match="document type or entities"):
        read_table(path)


def test_a_workbook_that_unpacks_to_too_much_is_refused(tmp_path):
    path = xlsx_file(tmp_path, {"Data": [["country"], ["QAA"]]})
    rewritten(path, lambda text: text + b" " * (MAX_BYTES + 1))
    assert path.stat().st_size < MAX_BYTES // 100
    with pytest.raises(SourceError, match="unpacks to more"):
        read_table(path)


def test_a_damaged_workbook_is_a_message(tmp_path):
    path = xlsx_file(tmp_path, {"Data": [["country"], ["QAA"]]})
    with pytest.raises(SourceError, match="damaged"):
        read_table(rewritten(path, lambda text: text[: len(text) // 2]))


def test_layouts_and_meanings_are_known_by_name():
    with pytest.raises(SourceError, match="Did you mean itu"):
        layout("ituu", {})
    with pytest.raises(SourceError, match="cannot mean 'membre'"):
        layout("itu", {"membre": "x"})
