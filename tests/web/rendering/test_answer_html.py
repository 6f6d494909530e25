"""Answers have their chips and marks where they belong, and nothing from a document is ever live."""

import re
from dataclasses import replace
from typing import Any

import pytest

from rag.types import Answer, Citation, Sentence, StopReason, ToolCalled
from tests.conftest import passage
from tests.support import values
from tests.support.parsed_html import ParsedHtml
from web.rendering import answer_html
from web.rendering.markdown import inert_markdown

HOSTILE = (
    '<script>alert(1)</script><img src=x onerror="alert(2)">"\'> [click](javascript:alert(3)) ![p](http://e.org/x)'
)
SHOWN = passage(HOSTILE, document=HOSTILE)


def answer(*sentences: Sentence, text: str, abstained: bool = False, reason: StopReason = "end") -> Answer:
    known = {"text": text, "sentences": sentences, "abstained": abstained, "stop_reason": reason}
    return values.answer("q?", passages=(SHOWN, SHOWN), **known)


CITATION = Citation(number=2, document=HOSTILE, page=3, label="iii", start=0, end=5, quote=HOSTILE, score=0.9)


def said(text: str, start: int = 0, **changed: Any) -> Sentence:
    """Return a sentence that is supported, unless it is changed."""
    whole = Sentence(start=start, end=start + len(text), text=text, citations=(CITATION,), support="supported")
    return replace(whole, **changed)


UNSUPPORTED: dict[str, Any] = {"citations": (), "support": "unsupported"}


def test_thinking_is_closed_above_the_answer_and_as_harmless() -> None:
    thought = replace(answer(text="It is.", abstained=True), thinking=f"Hm.\n\n{HOSTILE} [1]")
    shown = answer_html.answer_markdown(thought)
    begins = '<details class="cw-thinking"><summary>Thinking</summary>\n\nHm.\n\n&#60;script&#62;'
    assert shown.startswith(begins)
    assert set(ParsedHtml(shown).tags) <= {"details", "summary", "span", "button"}
    assert "open" not in ParsedHtml(shown).elements[0][1]
    assert "cw-thinking" not in answer_html.answer_markdown(answer(text="It is.", abstained=True))
    assert answer_html.thinking(" \n") == []


def test_each_sentence_carries_its_chips_or_its_mark() -> None:
    shown = answer_html.answer_markdown(
        answer(said("It is."), said("It was.", 7, **UNSUPPORTED), text="It is. It was.")
    )
    assert re.fullmatch(
        r'It is\.<button type="button" class="cw-chip" value="1:3:0:5:[0-9a-f]{12}" .*?>1</button>'
        r' It was\. <button type="button" class="cw-unsupported cw-mark">✕ not in the sources</button>'
        r'<span class="cw-reason"> No passage that was read supports this </span>',
        shown,
    )


def test_code_is_shown_as_it_was_written_though_its_sentence_lost_what_looks_like_a_marker() -> None:
    sentences = said("Take `x` now.", end=16), said("It is so.", 17, end=30)
    shown = answer_html.answer_markdown(answer(*sentences, text="Take `x[0]` now. It is so [2]."))
    assert "Take <code>x&#91;0&#93;</code> now.<button" in shown
    assert " It is so.<button" in shown


def test_a_refusal_says_so_and_keeps_the_draft_apart() -> None:
    shown = answer_html.answer_markdown(answer(said("Lie.", **UNSUPPORTED), text="Lie.", abstained=True))
    assert shown.index("I could not find this") < shown.index("<details") < shown.index("Lie.")


def test_an_answer_that_was_stopped_or_cut_says_so_and_which_sentence_is_unfinished() -> None:
    assert "Stopped" in answer_html.answer_markdown(answer(text="Half", reason="cancelled"))
    assert "repeat itself" in answer_html.answer_markdown(answer(text="Half", reason="repetition"))
    whole, half = said("It is."), said("It wou", 7, support="weak")
    cut = answer_html.answer_markdown(answer(whole, half, text="It is. It wou", reason="length"))
    assert "max_new_tokens" in cut
    assert re.search(r"It is\.<button[^>]*>1</button> It wou<button[^>]*>1</button>.*>unfinished<", cut)
    assert "unfinished" not in answer_html.answer_markdown(answer(whole, text="It is.", reason="length"))
    assert "unfinished" not in answer_html.answer_markdown(answer(whole, half, text="It is. It wou", reason="end"))


def test_a_filtered_answer_names_the_setting_and_claims_nothing_about_the_documents() -> None:
    shown = answer_html.answer_markdown(answer(text="", abstained=True, reason="filtered"))
    assert "content_filter" in shown
    assert "could not find" not in shown


MARKDOWN = [
    answer_html.answer_markdown(answer(said(HOSTILE, support="weak"), text=HOSTILE)),
    answer_html.answer_markdown(answer(said(HOSTILE, end=5, **UNSUPPORTED), text=HOSTILE, abstained=True)),
    answer_html.notice(HOSTILE),
    inert_markdown(HOSTILE),
]


def has_only_our_tags(html: str) -> bool:
    """Return whether no tag or attribute comes from a document, a model or a file name."""
    own = {"button", "span", "details", "summary", "article", "b", "div", "h2", "p"}
    own |= {"table", "thead", "tbody", "tr", "th", "td", "mark", "s"}
    return all(
        tag in own
        and attributes.keys() <= {"type", "class", "title", "value", "scope"}
        and re.fullmatch(r"(\d+:\d+:\d+:\d+:[0-9a-f]{12}(:\d+-\d+(,\d+-\d+)*)?)?", attributes.get("value") or "")
        for tag, attributes in ParsedHtml(html).elements
    )


@pytest.mark.parametrize("markdown", MARKDOWN)
def test_nothing_of_a_document_a_model_or_a_file_name_is_live(markdown: str) -> None:
    assert has_only_our_tags(markdown)
    assert "[" not in markdown
    assert "http://" not in re.sub(r'title="[^"]*"', "", markdown)


def test_a_sentence_that_another_source_contradicts_says_so_with_a_chip_to_that_source() -> None:
    other = Citation(number=1, document="b.pdf", page=1, label="1", start=7, end=9, quote="no", score=0.8)
    shown = answer_html.answer_markdown(answer(said("It is.", disputed=(other,)), text="It is."))
    assert re.search(r"another source says otherwise <button[^>]* value=\"1:1:7:9:", shown)


def test_what_is_said_of_an_answer_is_in_the_language_of_its_question() -> None:
    translated = said("Ja es", end=6, translation="It is <b>.")
    unsupported = said("Es war.", 7, missing=("Bad",), **UNSUPPORTED)
    shown = answer_html.answer_markdown(
        replace(answer(translated, unsupported, text="Ja es. Es war.", reason="length"), language="de")
    )
    assert ">übersetzt</button>" in shown
    assert "> Anhand der Übersetzung geprüft: It is &lt;b&gt;. </span>" in shown
    assert "✕ nicht in den Quellen" in shown
    assert "Keine der gelesenen Stellen belegt dies. Nicht darin: Bad" in shown
    assert "An der Längengrenze abgebrochen" in shown
    refused = answer_html.answer_markdown(replace(answer(text="", abstained=True), language="zh"))
    assert "我在文档中没有找到相关内容。" in refused
    assert "最接近的段落：" in refused


def test_a_weak_sentence_tells_what_its_passage_lacks() -> None:
    shown = answer_html.answer_markdown(answer(said("It is.", support="weak", missing=("45 %",)), text="It is."))
    assert re.search(
        r">\? partly supported</button><span [^>]*> The passage supports this only in part\. Not in it: 45 % <", shown
    )


def test_a_refusal_quotes_the_nearest_statement_with_its_source() -> None:
    nearest = replace(CITATION, quote="The tower\n   opened in 1889.")
    refusal = replace(answer(text="", abstained=True), nearest=nearest)
    shown = answer_html.answer_markdown(refusal)
    assert "“The tower opened in 1889.”" in shown
    without = answer_html.answer_markdown(replace(refusal, nearest=None))
    assert shown.count('class="cw-chip"') == without.count("cw-chip") + 1
    assert "<script" not in answer_html.answer_markdown(replace(refusal, nearest=CITATION))


def test_notes_stand_quietly_below_the_answer_and_are_as_harmless() -> None:
    noted = replace(answer(text="It is."), notes=("1 item was left out.", f"Gathered from 2 sections of {HOSTILE}."))
    shown = answer_html.answer_markdown(noted)
    assert shown.startswith('It is.\n\n<span class="cw-note">1 item was left out. Gathered from')
    assert ParsedHtml(shown).tags == ["span"]


def test_calls_of_tools_are_a_closed_line_above_the_answer_and_as_harmless() -> None:
    calls = (
        ToolCalled("search", {"query": HOSTILE}, "", (SHOWN,)),
        ToolCalled("calculate", {"expression": "1+1"}, "1 + 1 = 2"),
    )
    shown = answer_html.answer_markdown(replace(answer(text="It is."), tool_calls=calls, thinking="Hm."))
    assert shown.startswith('<details class="cw-calls"><summary>2 calls of tools</summary>\n\n- Searched again for “')
    assert "(1 passage added)\n- Calculated: 1 + 1 = 2\n\n</details>\n\n" in shown
    assert set(ParsedHtml(shown).tags) <= {"details", "summary"}
    assert "open" not in ParsedHtml(shown).elements[0][1]
    assert answer_html.tool_calls(calls[1:], "de")[0].startswith(
        '<details class="cw-calls"><summary>1 Werkzeugaufruf</summary>'
    )
    assert answer_html.tool_calls(()) == []


def test_a_chip_has_the_whole_quote_and_each_row_of_a_quoted_table_on_a_line_of_its_own() -> None:
    def title(quote: str) -> str:
        cited = replace(CITATION, document="a.pdf", quote=quote, place="p. 3")
        shown = answer_html.answer_markdown(answer(said("It is.", citations=(cited,)), text="It is."))
        (button,) = ParsedHtml(shown).elements
        return button[1]["title"] or ""

    long = "The fee of the office " * 100
    assert title(f"{long}\nis 20.").endswith(f"{long}is 20.")
    assert title("Oak | 2018: 7\nBirch |  2018: 9").endswith(": Oak | 2018: 7\nBirch | 2018: 9")


def test_a_chip_leads_to_the_cells_that_have_the_figures_of_its_sentence() -> None:
    cited = replace(CITATION, start=100, end=131, quote="Birch | 2018: 1,200 | 2017: 900")
    text = "Birch sold 900, before 1,200."
    shown = answer_html.answer_markdown(answer(said(text, citations=(cited,)), text=text))
    assert re.search(r'value="1:3:100:131:[0-9a-f]{12}:114-119,128-131"', shown)
