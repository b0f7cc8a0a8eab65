"""Rule: Thai, which has no spaces between words, breaks between words, in the PDF and on the site.

The texts are put together from a list of words, so the places where a line may end are known from the list and not
from any program that breaks lines. A compound stands in the list by its pieces, between which a line may rightly end.
"""

from __future__ import annotations

import io
import itertools
import re

import pypdf
import pytest

from serantau.render.report import write
from serantau.render.report.model import Paragraph
from tests.reports.conftest import a_report
from tests.support.pdf import lines_of
from tests.support.regions import THREELANDS
from tests.support.site import live_site

# Headwords of the dictionary of the Royal Society of Thailand.
PHRASES = (
    "ประเทศ ต้อง ทำ ให้ ภาษา กฎ หมาย และ นโยบาย ชัด เจน เพราะ สังคม ต้อง การ ข้อ มูล ถูก ต้อง เพื่อ พัฒนา เศรษฐกิจ ของ ทุก คน",
    "รัฐบาล เสนอ แผน ใหม่ แก่ ประชาชน ใน ปี นี้ โดย มี เป้า หมาย คือ บริการ ดี ราคา ถูก และ ปลอด ภัย สำหรับ เด็ก ครู หมอ",
)
WORDS = [word for phrase in PHRASES for word in phrase.split()]
TEXT = "".join(WORDS)
# Typst writes a letter whose mark is shifted upwards as two glyphs, each of which stands for the whole; the text has no
# such letter twice in a row. docs/guide/reports.md says what that means to a reader.
TWICE = re.compile("([ก-ฮ][\u0e31\u0e34-\u0e3a\u0e47-\u0e4e]+)\\1")
JOINS = set(itertools.accumulate(len(word) for word in WORDS))


def ends(lines):
    """Where each line but the last ends, counted in letters from the beginning."""
    assert "".join(lines) == TEXT * (sum(map(len, lines)) // len(TEXT)), "every letter is there, in its order"
    return [at % len(TEXT) or len(TEXT) for at in itertools.accumulate(map(len, lines))][:-1]


def test_lines_of_the_pdf_end_between_words():
    body = write(a_report(Paragraph(TEXT * 12), language="th", title="ก", subtitle="ข", foot="ค", facts=()), "pdf")
    lines = lines_of(pypdf.PdfReader(io.BytesIO(body)))
    text = [TWICE.sub(r"\1", line) for line in lines if len(line) > 1 and not line.startswith("คPage")]
    found = ends(text)
    assert len(found) > 5
    assert set(found) <= JOINS


@pytest.fixture(scope="module")
def site():
    with live_site(THREELANDS) as running:
        yield running


LINES = """(element) => {
  const node = element.firstChild, lines = [], range = document.createRange();
  let top = null;
  for (let at = 0; at < node.length; at++) {
    range.setStart(node, at); range.setEnd(node, at + 1);
    const box = range.getClientRects()[0];
    if (!box || box.width === 0) { if (lines.length) lines[lines.length - 1] += node.data[at]; continue; }
    if (top === null || box.top > top + 8) { lines.push(''); top = box.top; }
    lines[lines.length - 1] += node.data[at];
  }
  return lines;
}"""


@pytest.mark.parametrize("width", [390, 1280])
def test_lines_of_a_page_end_between_words(site, page, width):
    page.set_viewport_size({"width": width, "height": 900})
    page.goto(f"{site.url}/?language=en")
    page.eval_on_selector("html", "(html) => { html.lang = 'th'; }")
    page.eval_on_selector(".lead", "(lead, text) => { lead.textContent = text; }", TEXT * 6)
    found = ends(page.eval_on_selector(".lead", LINES))
    assert len(found) > 3
    assert set(found) <= JOINS
