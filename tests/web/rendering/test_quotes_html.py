"""The pane beside the chat has every quote once, with its document and page, and nothing in it is live."""

import re
from dataclasses import replace

import pytest

from rag.types import Document, Dropped, Retrieved, Timings
from tests.web.rendering.test_answer_html import CITATION, HOSTILE, SHOWN, answer, has_only_our_tags, said
from web.rendering import quotes_html

HTML = [
    quotes_html.quotes(answer(said("x", disputed=(CITATION,)), text=HOSTILE)),
    quotes_html.quotes(answer(text="", abstained=True)),
    quotes_html.reading("q", Retrieved(HOSTILE, (SHOWN,), ())),
]


@pytest.mark.parametrize("html", HTML)
def test_no_tag_or_attribute_comes_from_a_document_a_model_or_a_file_name(html: str) -> None:
    assert "<article" in html
    assert has_only_our_tags(html)


def test_each_place_is_shown_once_in_the_order_of_the_answer() -> None:
    first, second = replace(CITATION, number=1, start=9, end=14), CITATION
    sentences = said("x", citations=(second, first)), said("y", 2, citations=(first,), disputed=(second,))
    html = quotes_html.quotes(answer(*sentences, text="x y"))
    assert html.count("<article") == 2
    assert html.index('value="1:3:0:5') < html.index('<span class="cw-number">1<') < html.index('value="1:3:9:14')
    assert html.index('value="1:3:9:14') < html.index('<span class="cw-number">2<')


def test_no_confidence_is_told_of_an_answer_with_a_figure_that_its_quotes_lack() -> None:
    sure = answer(said("x"), text="x")
    wrong = replace(sure.sentences[0], support="weak", missing=("90",))
    assert "Confidence" in quotes_html.quotes(replace(sure, confidence=0.8))
    assert "Confidence" not in quotes_html.quotes(replace(sure, confidence=0.8, sentences=(wrong,)))


def test_the_pane_invites_before_the_first_question_and_says_what_is_searched_for() -> None:
    assert "appear here" in quotes_html.empty()
    assert "Searched for: the fee" in quotes_html.reading("And the fee?", Retrieved("the fee", (SHOWN,), ()))
    assert "Searched" not in quotes_html.reading(" The fee? ", Retrieved("The fee?", (SHOWN,), ()))


def test_the_meter_tells_the_tokens_used_once_four_fifths_are_and_what_was_left_out() -> None:
    used = replace(answer(text="x"), timings=Timings(prompt_tokens=900, output_tokens=100))
    lacking = replace(used, dropped=(Dropped(SHOWN, "window"),))
    shown = quotes_html.usage(lacking, 1200)
    assert 'max="1200" value="1000"' in shown
    assert "1,000 of 1,200 tokens" in shown
    assert "1 more passage was found, but not read." in shown
    assert quotes_html.usage(used, 1250) == "", "exactly four fifths"
    far_from_full = quotes_html.usage(lacking, 4096)
    assert "meter" not in far_from_full
    assert "1 more passage was found, but not read." in far_from_full


@pytest.mark.parametrize(
    ("name", "pages", "size", "extent"),
    [("a.pdf", 1, 900, "1 page, 1 kB"), ("a.PDF", 76, 2_340_000, "76 pages, 2.3 MB"), ("a.txt", 1, 12_000, "12 kB")],
)
def test_the_extent_is_counted_as_people_do(name: str, pages: int, size: int, extent: str) -> None:
    document = Document(
        id=1, name=name, source="/x", sha256="x", recipe="r", size=size, pages=pages, chunks=1, owner="", added_at=""
    )
    assert quotes_html.extent(document) == extent


def test_of_a_quoted_row_the_cell_with_the_figure_of_its_sentence_is_marked() -> None:
    row = replace(CITATION, start=40, quote="Birch <b> | 2018: 1,200 | 2017: 900", place="Table 3, p. 56")
    text = "Birch sold 1,200."
    html = quotes_html.quotes(answer(said(text, citations=(row,)), text=text))
    assert '<td>Birch &lt;b&gt;</td><td><mark class="cw-cell">1,200</mark></td><td>900</td>' in html
    assert re.search(r'value="1:3:40:5:[0-9a-f]{12}:58-63"', html)
    assert has_only_our_tags(html)


def test_of_two_cells_with_the_same_text_that_of_the_named_column_is_marked() -> None:
    row = replace(CITATION, start=40, quote="Plan: Duo | Price (€): 12 | Months: 12")
    text = "Price was lowest for Duo: €12."
    html = quotes_html.quotes(answer(said(text, citations=(row,)), text=text))
    assert '<td>Duo</td><td><mark class="cw-cell">12</mark></td><td>12</td>' in html


def test_what_an_answer_took_is_told_once_asked_for() -> None:
    used = Timings(prompt_tokens=900, output_tokens=100, total_s=2.5, first_token_s=0.5)
    for abstained in (False, True):
        html = quotes_html.quotes(replace(answer(text="x", abstained=abstained), timings=used))
        before, details, told = html.partition("<details")
        assert details
        assert 'aria-label="What it took to write"' in told
        assert "tokens" not in before
        assert "900 tokens read, 100 written in 2.5 s; first after 0.5 s." in told
    assert "<details" not in quotes_html.quotes(answer(text="x"))
