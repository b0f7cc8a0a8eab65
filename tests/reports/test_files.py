"""Rule: a report is the same bytes each time, tagged, whole in every letter, and takes no word of a fact for markup.

What a tagged PDF must have: ISO 14289-1 (PDF/UA-1), clauses 5 (identification), 7.1 (title, tags), 7.2 (language),
7.3 (figures have alternate text), 7.4 (headings), 7.5 (table headers). Read with pypdf; the DOCX with its own XML.
"""

from __future__ import annotations

import io
import os
import re
import subprocess
import sys
import zipfile
from xml.etree import ElementTree as ET

import pypdf
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serantau.languages import catalogue_tags
from serantau.render.charts import Bar, ranked_bar
from serantau.render.report import FORMATS, ReportError, compose, write
from serantau.render.report.model import Bullets, Column, Heading, Paragraph, Picture, Table
from tests.reports.conftest import a_report, material_of

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
EVIL = (
    '#panic("read") #read("/etc/passwd") = Head *b* _i_ $x$ `raw` <label> @ref \\u{41} // c /* d */ [x] ]#{ "quoted" \''
)
EVERY_SCRIPT = "Latin é ไทย ភាសាខ្មែរ ພາສາລາວ မြန်မာ தமிழ் 中文数字 − ± → ≥ × ²"


def nothing_drawn(_chart):
    return None


def pdf_of(report, **more):
    return pypdf.PdfReader(io.BytesIO(write(report, "pdf", **more)))


def text_of(pdf):
    return " ".join(" ".join(page.extract_text().split()) for page in pdf.pages)


def xml_of(body, name="word/document.xml"):
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        return ET.fromstring(archive.read(name))  # noqa: S314 - what our own writer wrote


def tags_of(pdf):
    """Every structure element as (kind, element), in the order of the document."""
    found = []

    def walk(node):
        node = node.get_object()
        if isinstance(node, pypdf.generic.ArrayObject):
            for one in node:
                walk(one)
        elif isinstance(node, pypdf.generic.DictionaryObject):
            if "/S" in node:
                found.append((str(node["/S"]), node))
            if "/K" in node:
                walk(node["/K"])

    walk(pdf.trailer["/Root"]["/StructTreeRoot"])
    return found


# --- the same bytes -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
@pytest.mark.parametrize("member", [None, "QAA"])
def test_two_runs_write_the_same_bytes(threelands, form, member):
    one, two = (write(compose(material_of(threelands, member)), form) for _ in range(2))
    assert one == two


@pytest.mark.parametrize("form", FORMATS)
def test_two_processes_write_the_same_bytes(threelands, tmp_path, form):
    made = []
    for seed in ("1", "2"):
        path = tmp_path / f"{seed}.{form}"
        command = [sys.executable, "-m", "serantau", "report", "--region", str(threelands), "--as-of", "2026-06-01"]
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": "Asia/Tokyo" if seed == "1" else "America/Lima"}
        subprocess.run([*command, "-o", str(path)], check=True, env=environment, capture_output=True)
        made.append(path.read_bytes())
    assert made[0] == made[1]


def test_another_day_is_another_file(threelands):
    assert write(compose(material_of(threelands)), "pdf") != write(a_report(), "pdf")


# --- a tagged PDF -------------------------------------------------------------------------------------------------------


def test_the_pdf_is_tagged_and_says_so(threelands):
    pdf = pdf_of(compose(material_of(threelands)))
    root = pdf.trailer["/Root"]
    assert root["/MarkInfo"]["/Marked"]
    assert root["/Lang"] == "en"
    assert root["/ViewerPreferences"]["/DisplayDocTitle"]
    assert re.search(rb"<pdfuaid:part>1</pdfuaid:part>", root["/Metadata"].get_object().get_data())
    assert pdf.metadata.title == compose(material_of(threelands)).title


def test_headings_tables_lists_and_pictures_have_their_tags(threelands):
    report = compose(material_of(threelands))
    kinds = [kind for kind, _node in tags_of(pdf_of(report))]
    level_one = sum(isinstance(one, Heading) and one.level == 1 for one in report.blocks)
    assert kinds.count("/H1") == level_one
    tables = [one for one in report.blocks if isinstance(one, Table)]
    assert kinds.count("/Table") == len(tables)
    assert kinds.count("/TH") == sum(len(one.columns) for one in tables)
    assert "/L" in kinds and "/LI" in kinds
    figures = [node for kind, node in tags_of(pdf_of(report)) if kind == "/Figure"]
    assert len(figures) == sum(isinstance(one, Picture) for one in report.blocks)
    assert all(str(node["/Alt"]) for node in figures)


def test_what_the_pdf_says_can_be_read_back(threelands):
    text = text_of(pdf_of(compose(material_of(threelands))))
    for words in ("In short", "Asterra", "Valleys with a signal", "Decisions due"):
        assert words in text


@pytest.mark.parametrize("style", ["body", "lead", "notice", "small"])
def test_a_paragraph_of_each_style_is_shown(style):
    assert "Words of a paragraph" in text_of(pdf_of(a_report(Paragraph("Words of a paragraph", style))))


@pytest.mark.parametrize("tag", catalogue_tags())
@pytest.mark.parametrize("region", ["threelands", "shipped"])
def test_a_brief_has_two_pages_at_most(request, tag, region):
    root = request.getfixturevalue(region)
    members = [None, *(one.id for one in material_of(root).members)]
    for member in members:
        pdf = pdf_of(compose(material_of(root, member, tag), brief=True))
        assert len(pdf.pages) <= 2, member
        assert pdf.trailer["/Root"]["/Lang"] == tag


@pytest.mark.parametrize("tag", catalogue_tags())
def test_full_reports_of_the_shipped_region_are_written_in_each_language(shipped, tag):
    for member in (None, material_of(shipped).members[3].id):
        assert write(compose(material_of(shipped, member, tag)), "pdf").startswith(b"%PDF-")


# --- letters ------------------------------------------------------------------------------------------------------------


def test_every_script_of_the_fonts_is_drawn():
    pdf = pdf_of(a_report(Heading(EVERY_SCRIPT), Paragraph(EVERY_SCRIPT)))
    names = {name for page in pdf.pages for name in _fonts(page)}
    for family in (
        "NotoSans-",
        "NotoSansThai-",
        "NotoSansKhmer-",
        "NotoSansLao-",
        "NotoSansMyanmar-",
        "NotoSansTamil-",
    ):
        assert any(family in name for name in names), (family, names)
    assert any("CJK" in name for name in names)


def _fonts(page):
    return [str(font.get_object()["/BaseFont"]) for font in page["/Resources"]["/Font"].values()]


@pytest.mark.parametrize(
    "letter,named", [("ק", "U+05E7 HEBREW LETTER QOF"), ("\U00010300", "U+10300 OLD ITALIC LETTER A"), ("龘", "U+9F98")]
)
def test_a_letter_without_a_glyph_is_named_with_what_to_do(letter, named):
    with pytest.raises(ReportError) as refused:
        write(a_report(Paragraph(f"A text with {letter} in it")), "pdf")
    assert named in refused.value.message
    assert "--fonts" in refused.value.message
    assert write(a_report(Paragraph(f"A text with {letter} in it")), "docx")


def test_a_further_folder_of_fonts_is_used(tmp_path):
    """The same letters come out of a folder that a person gives; a folder without them helps nothing."""
    with pytest.raises(ReportError):
        write(a_report(Paragraph("ק")), "pdf", fonts=(tmp_path,))


# --- text is text -------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_markup_in_a_fact_stays_text(form):
    blocks = (
        Heading(EVIL),
        Paragraph(EVIL),
        Paragraph(EVIL, "notice"),
        Bullets((EVIL, EVIL)),
        Table(EVIL, (Column(EVIL), Column("b")), ((EVIL, EVIL),)),
        Picture(ranked_bar(EVIL, EVIL, [Bar(EVIL, 1.0)]), EVIL, EVIL),
    )
    report = a_report(*blocks, title=EVIL, subtitle=EVIL, foot=EVIL, author=EVIL, facts=((EVIL, EVIL),))
    body = write(report, form)
    if form == "pdf":
        text = text_of(pypdf.PdfReader(io.BytesIO(body)))
        squeezed = re.sub(r"\s", "", text)
        assert re.sub(r"\s", "", '#panic("read") #read("/etc/passwd") = Head *b* _i_ $x$') in squeezed
        assert "root:" not in text
    else:
        texts = ["".join(one.itertext()) for one in xml_of(body).iter(f"{W}p")]
        assert sum(EVIL in text for text in texts) >= 6


@settings(max_examples=25)
@given(st.text(alphabet=st.characters(codec="latin-1"), max_size=80))
def test_any_latin_text_passes_through_both_writers(text):
    report = a_report(Paragraph(text), Table(text, (Column(text),), ((text,),)), title=f"T {text}")
    for form in FORMATS:
        assert write(report, form, drawing=nothing_drawn)


def test_a_page_counter_in_a_fact_is_no_counter():
    pdf = pdf_of(a_report(foot="{page} of {pages}"))
    assert "{page} of {pages}" in text_of(pdf)


# --- an editable file ---------------------------------------------------------------------------------------------------


def test_the_docx_has_headings_header_rows_and_words_for_pictures(threelands):
    report = compose(material_of(threelands))
    document = xml_of(write(report, "docx"))
    styles = [one.get(f"{W}val") for one in document.iter(f"{W}pStyle")]
    assert styles.count("Heading1") == sum(isinstance(one, Heading) and one.level == 1 for one in report.blocks)
    assert "Title" in styles
    tables = list(document.iter(f"{W}tbl"))
    assert len(tables) == sum(isinstance(one, Table) for one in report.blocks)
    for one in tables:
        assert one.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None
        assert one.find(f"{W}tblPr/{W}tblDescription").get(f"{W}val")
    pictures = [one for one in document.iter() if one.tag.endswith("}docPr")]
    assert len(pictures) == sum(isinstance(one, Picture) for one in report.blocks)
    assert all(one.get("descr") for one in pictures)


def test_the_docx_names_its_language_and_the_fonts_of_its_script():
    styles = xml_of(write(a_report(Paragraph("ไทย"), language="th"), "docx"), "word/styles.xml")
    normal = next(one for one in styles.iter(f"{W}style") if one.get(f"{W}styleId") == "Normal")
    assert normal.find(f"{W}rPr/{W}lang").get(f"{W}bidi") == "th"
    assert normal.find(f"{W}rPr/{W}rFonts").get(f"{W}cs") == "Noto Sans Thai"


def test_the_docx_carries_no_moment_of_writing():
    body = write(a_report(), "docx")
    with zipfile.ZipFile(io.BytesIO(body)) as archive:
        assert {entry.date_time for entry in archive.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        core = archive.read("docProps/core.xml").decode()
    assert set(re.findall(r"\d{4}-\d{2}-\d{2}", core)) == {"2025-01-31"}


# --- when something is lacking ------------------------------------------------------------------------------------------


@pytest.mark.parametrize("form", FORMATS)
def test_a_chart_that_was_not_drawn_leaves_the_report_whole(threelands, form):
    report = compose(material_of(threelands))
    body = write(report, form, drawing=nothing_drawn)
    assert body != write(report, form)
    if form == "pdf":
        assert "/Figure" not in [kind for kind, _ in tags_of(pypdf.PdfReader(io.BytesIO(body)))]


def test_another_format_is_refused_with_those_there_are():
    with pytest.raises(ReportError, match="pdf, docx"):
        write(a_report(), "odt")
