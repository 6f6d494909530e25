"""Answers drawn in a terminal: formatting, markers of sources, and nothing of the text that is live."""

import io
import re

import pytest
from rich.console import Console

from cli.terminal_markdown import AnswerMarkdown, marked, settled_end
from rag.text.sentences import sentence_spans
from rag.types import Citation, Sentence

CITATION = Citation(number=1, document="a.pdf", page=3, label="3", start=0, end=5, quote="It is so.", score=0.9)


def sentences(text: str, *uncited: str) -> tuple[Sentence, ...]:
    return tuple(
        Sentence(
            start=span.start,
            end=span.end,
            text=text[span.start : span.end],
            citations=() if text[span.start : span.end] in uncited else (CITATION,),
            support="supported",
        )
        for span in sentence_spans(text)
    )


def drawn(text: str, *uncited: str, terminal: bool = False) -> str:
    file = io.StringIO()
    console = Console(file=file, force_terminal=terminal, width=60)
    markdown = marked(text, sentences(text, *uncited), 0, len(text))
    console.print(AnswerMarkdown(markdown, lambda number: f"file:///{number}.pdf"))
    return file.getvalue()


def lines(text: str) -> list[str]:
    return [" ".join(line.split()) for line in text.splitlines() if line.strip()]


def test_each_sentence_is_followed_by_its_sources_and_the_markers_of_the_model_are_not_shown() -> None:
    assert lines(drawn("It is so. It is not.", "It is not.")) == ["It is so. [1] It is not."]
    sentence = Sentence(start=0, end=13, text="It is so.", citations=(CITATION,), support="supported")
    assert marked("It is so. [7]", [sentence], 0, 13).startswith("It is so. \ufdd01")


def test_a_cited_row_of_a_table_is_marked_in_its_last_cell() -> None:
    table = "| Tower | Height |\n|---|---|\n| Eiffel | 330 m |\n"
    assert "Eiffel 330 m [1]" in lines(drawn(table, "| Tower | Height |", "|---|---|"))


def test_code_is_shown_as_it_is_and_marked_below() -> None:
    shown = lines(drawn("```\nx = y[0] <b>\n```\n\nIt is so.", "It is so."))
    assert shown == ["x = y[0] <b>", "[1]", "It is so."]
    assert "\ufdd0" not in drawn("```\nx = 1. And more. And")


@pytest.mark.parametrize(
    "hostile",
    [
        "[click](http://evil.example)",
        "<http://evil.example>",
        "![x](http://evil.example/x.png)",
        "[x]: http://evil.example\n\n[x]",
        "<a href='http://evil.example'>x</a>",
        "\x1b]8;;http://evil.example\x1b\\x",
        "&#27;]8;;http://evil.example&#7;x",
        "```\n\x1b]8;;http://evil.example\x07\n```",
        "`\x9b2J`",
        "\ufdd01\ufdd1 \ufdd0999999999\ufdd1",
    ],
)
def test_nothing_of_the_text_is_live(hostile: str) -> None:
    shown = drawn(hostile, *(hostile[s.start : s.end] for s in sentence_spans(hostile)), terminal=True)
    assert re.findall(r"\x1b[^\[]", shown) == [], "no hyperlink, no title"
    assert set(re.findall(r"\x1b\[[\d;]*(.)", shown)) <= {"m"}, "colours alone"
    assert not set(shown) & {"\x9b", "\x07", "\x08", "\ufdd0", "\ufdd1"}


def test_a_marker_is_a_hyperlink_to_its_source() -> None:
    assert re.search(r"\x1b\]8;id=\d+;file:///1\.pdf\x1b\\.*\[1\]", drawn("It is so.", terminal=True))


def test_a_block_is_settled_when_nothing_can_change_it_any_more() -> None:
    text = "It is so.\n\nIt is not.\n\n- a\n- b\n\nend"
    assert settled_end(text, 0, sentences(text)) == text.index("- a")
    assert settled_end(text, 0, sentences(text)[:1]) == text.index("It is not."), "its sources are not known"
    assert settled_end(text, 0, ()) == 0
    assert settled_end(text[:12], 0, sentences(text[:12])) == 0
