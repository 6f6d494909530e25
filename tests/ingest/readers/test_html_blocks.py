"""Elements of a page become blocks as a browser shows them."""

import pytest
from lxml import html

from ingest.readers.blocks.block import Block
from ingest.readers.html_blocks import Walker


def read(source: str) -> list[Block]:
    return list(Walker().blocks(html.document_fromstring(source).find("body")))


def texts(source: str) -> list[str]:
    return [block.text for block in read(source)]


def test_lists_have_their_marks_depths_and_numbers() -> None:
    source = "<ul><li>a<ul><li>b</ul><li>c<p>more</p></ul><ol start=3><li>d<li><p>e</p></ol>"
    assert texts(source) == ["- a", "  - b", "- c", "  more", "3. d", "4. e"]
    assert texts("<dl><dt>Term<dd>Its meaning</dl>") == ["Term", "  Its meaning"]


def test_headings_by_element_and_by_role() -> None:
    assert texts("<h2>One <b>two</b></h2><div role=heading aria-level=3>Three</div><h1> </h1>") == [
        "## One two",
        "### Three",
        "",
    ]


def test_figures_have_captions_or_alternative_texts() -> None:
    blocks = read(
        "<figure><img alt='a cat'><figcaption>Figure 1. Cat</figcaption></figure><p><img alt='a dog'></p>"
        "<p>Click <img alt=here width=16> now</p>"
    )
    assert [block.text for block in blocks] == ["Figure 1. Cat\na cat", "a dog", "Click here now"]
    assert [one.caption for block in blocks for one in block.structure.figures] == ["Figure 1. Cat", "a dog"]


def test_formulas_are_one_line_in_their_sentence() -> None:
    formula = "<math><msup><mi>x</mi><mn>2</mn></msup></math>"
    assert texts(f"<p>So {formula} is</p>") == ["So x^2 is"]
    assert texts(f"<p><span class=katex><span>{formula}</span><span class=katex-html>x2</span></span></p>") == ["x^2"]


def test_readings_above_japanese_are_left_out() -> None:
    assert texts("<p><ruby>東京<rp>(</rp><rt>とうきょう</rt><rp>)</rp></ruby>に行く</p>") == ["東京に行く"]


@pytest.mark.parametrize("text", ["日本語の文章", "mixed עברית and English"])
def test_every_script_is_read_in_its_order(text: str) -> None:
    assert texts(f"<p dir=rtl style='writing-mode: vertical-rl'>{text}</p>") == [text]


def test_line_breaks_in_code_stay() -> None:
    assert texts("<pre>a<br>  b\n  c</pre>") == ["a\n  b\n  c"]
