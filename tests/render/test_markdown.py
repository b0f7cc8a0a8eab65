"""Rule: a page of Markdown becomes HTML that holds nothing but what the page says."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from serantau.render.markdown import inline, read_page
from tests.web.html_support import Document

PAGE = """# Title

First *words*, `code < 1` and [a link](other.md).

## Part one

1. one
2. two
   goes on

| a | b |
|---|---|
| `x` | 1 |

    indented & kept

```sh
curl '<here>'
```

### Below

- item
"""


def test_a_page_has_its_title_its_sections_and_their_blocks():
    page = read_page(PAGE, lambda target: f"/to/{target}")
    assert page.title == "Title"
    assert [section.id for section in page.sections] == ["top", "part-one"]
    top, part = page.sections
    assert top.body == '<p>First <em>words</em>, <code>code &lt; 1</code> and <a href="/to/other.md">a link</a>.</p>'
    assert "<ol><li>one</li><li>two goes on</li></ol>" in part.body
    assert '<tr><th scope="row"><code>x</code></th><td>1</td></tr>' in part.body
    assert "indented &amp; kept</code></pre>" in part.body
    assert "curl '&lt;here&gt;'" in part.body
    assert '<h3 id="below">Below</h3>' in part.body


def test_a_link_that_leads_nowhere_is_its_words():
    assert inline("[words](x.md)", lambda _: "") == "words"


TEXT = st.text(st.sampled_from(list("ab*`[]()<>&\"'#|- \n\x00")), max_size=80)


@given(TEXT)
def test_no_text_becomes_markup_of_its_own(text):
    page = read_page(text)
    for section in page.sections:
        document = Document(section.body)
        assert document.defects == []
        allowed = {
            "p",
            "em",
            "strong",
            "code",
            "pre",
            "a",
            "ul",
            "ol",
            "li",
            "table",
            "thead",
            "tbody",
            "tr",
            "th",
            "td",
        }
        assert {element.tag for element in document.elements} <= allowed | {"h3", "div", "blockquote"}
        for link in document.all("a"):
            assert not [name for name in link.attributes if name != "href"]
