"""Conversations as files: complete, readable without Citewell, and with nothing in them that acts."""

import json
import re
from dataclasses import replace

import pytest
from markdown_it import MarkdownIt

from rag.exports.answer_schema import read_exports
from rag.types import Citation, Exchange, ToolCalled
from tests.support.kept_answers import ANSWER, TALK, exchange
from tests.support.parsed_html import ParsedHtml
from web.page_language import in_language
from web.rendering.conversation_files import QuoteImage, export, file_name, no_image, shared_page
from web.rendering.page_theme import in_theme

HOSTILE = (
    "<script>alert(1)</script> ![x](https://evil.example/p.png) [l](javascript:alert(1)) `\"'<img src=x onerror=y>"
)
PNG = b"\x89PNG\r\n\x1a\n"


def html(*exchanges: Exchange, quote_image: QuoteImage = lambda _sha256, _citation: None) -> ParsedHtml:
    return ParsedHtml(export("html", TALK, exchanges, "0.1.0", quote_image))


def test_html_has_the_questions_answers_quotes_pages_hashes_model_and_settings() -> None:
    seen = html(exchange(1), exchange(2, question="And again?"))
    said = " ".join(seen.text.split())
    for part in (
        "Fees & <dogs>",
        "1. And the fee?",
        "2. And again?",
        "The fee is 20 euros. (1)",
        "Ravens bark. (not in the sources) (another source says otherwise)",
        "1.pdf, p. ii (page 2 of the file)",
        "Dogs bark.",
        "sha of 1",
        "Answer 1, 2: tiny in Citewell 0.1.0, with passages 3.",
    ):
        assert part in said, part


def test_html_holds_the_picture_of_each_quoted_place_in_itself() -> None:
    asked: list[tuple[str, str]] = []

    def quote_image(sha256: str, citation: Citation) -> bytes | None:
        asked.append((sha256, citation.quote))
        return PNG

    seen = html(exchange(1), quote_image=quote_image)
    assert asked == [("sha of 1", "The fee is 20 euros."), ("sha of 2", "Dogs bark.")]
    assert [v for n, v in seen.attributes if n == "src"] == ["data:image/png;base64,iVBORw0KGgo="] * 2
    assert ("alt", "Where the quote stands: 1.pdf, p. ii (page 2 of the file)") in seen.attributes


def test_html_speaks_the_language_of_the_page_in_the_direction_of_its_script() -> None:
    kept = replace(exchange(1), thumb="down")
    with in_language("ar"):
        seen = html(kept, quote_image=lambda _sha256, _citation: PNG)
        style = export("html", TALK, [kept], "0.1.0").partition("<style>")[2].partition("</style>")[0]
    assert ("lang", "ar") in seen.attributes
    assert ("dir", "rtl") in seen.attributes
    english = ("Where the quote stands", "Documents", "document", "Made with", "Answer 1", "Rated", "of the file")
    assert not [each for each in english if each in f"{seen.text} {seen.attributes}"]
    assert seen.attributes.count(("dir", "auto")) > 3, "answers, quotes and names have directions of their own"
    assert not re.findall(r"(?<!--cw-)\b(?:left|right)\b", style)
    with in_language("de"):
        assert "## Dokumente" in export("md", TALK, [kept], "0.1.0")


def test_a_shared_page_is_in_the_theme_chosen_in_the_app_and_a_file_in_that_of_whoever_opens_it() -> None:
    with in_theme("dark"):
        assert ("data-theme", "dark") in ParsedHtml(shared_page(TALK, [exchange(1)], no_image)).attributes
        assert "data-theme" not in dict(html(exchange(1)).attributes)


def hostile() -> Exchange:
    sentence = ANSWER.sentences[0]
    quote = replace(sentence.citations[0], quote=HOSTILE, document=HOSTILE, label=HOSTILE)
    text = HOSTILE + "\n\n" + HOSTILE
    sentences = (replace(sentence, text=text, start=0, end=len(text), citations=(quote,)),)
    kept = exchange(1, question=HOSTILE, text=text, sentences=sentences)
    return replace(kept, thumb="down", remark=HOSTILE)


def test_nothing_in_an_html_export_or_a_shared_page_acts_or_is_fetched() -> None:
    exchanges = (hostile(), exchange(2, abstained=True))
    for seen in (html(*exchanges), ParsedHtml(shared_page(TALK, exchanges, no_image))):
        assert not {"script", "img", "a", "iframe", "object", "link"} & set(seen.tags)
        assert not [name for name, _ in seen.attributes if name.startswith("on") or name in ("src", "href", "srcset")]
        (policy,) = [v for n, v in seen.attributes if n == "content" and v and "default-src" in v]
        assert policy.startswith("default-src 'none'")
        assert "<script>alert(1)</script>" in seen.text, "shown as it is"


def test_nothing_in_a_markdown_export_acts_in_a_markdown_view() -> None:
    text = export("md", TALK, [hostile()], "0.1.0")
    seen = ParsedHtml(MarkdownIt("commonmark", {"html": True}).enable("table").render(text))
    assert not {"script", "img", "a"} & set(seen.tags)
    assert "https://evil.example" not in text
    assert re.search(r"^# Fees & \\<dogs>$", text, re.MULTILINE)


def test_json_is_what_verify_reads_and_holds_nothing_else_of_the_machine() -> None:
    text = export("json", TALK, [exchange(1), replace(exchange(2), thumb="up", remark="good")], "0.1.0")
    assert [answer.question for answer in read_exports(text, "x.json")] == ["And the fee?"] * 2
    assert [(a["thumb"], a["remark"]) for a in json.loads(text)["answers"]] == [("", ""), ("up", "good")]
    assert "kept" not in json.loads(text)["answers"][0]


@pytest.mark.parametrize(
    ("name", "file"),
    [
        ("Fees & dogs?", "Fees-dogs.md"),
        ("../../etc/passwd", "etc-passwd.md"),
        ("…", "conversation.md"),
        ("Über Größe", "Über-Größe.md"),
        ("con\r\nx: y", "con-x-y.md"),
        ("w" * 300, "w" * 60 + ".md"),
    ],
)
def test_the_file_has_a_name_that_is_only_a_name(name: str, file: str) -> None:
    assert file_name(name, "md") == file


def test_notes_on_an_answer_are_in_every_file_and_act_in_none() -> None:
    noted = exchange(1, notes=("1 item was left out.", f"Gathered from 2 sections of {HOSTILE}."))
    assert "1 item was left out." in html(noted).text
    assert "script" not in html(noted).tags
    markdown = export("md", TALK, [noted], "0.1.0", no_image)
    assert "*1 item was left out.*" in markdown
    assert not re.search(r"(?<!\\)<script", markdown)
    assert read_exports(export("json", TALK, [noted], "0.1.0"), "x")[0].notes[0] == "1 item was left out."


def test_calls_of_tools_are_in_every_file_and_act_in_none() -> None:
    called = exchange(1, tool_calls=(ToolCalled("search", {"query": HOSTILE}, "", ANSWER.passages[:1]),))
    assert "Searched again for “<script>alert(1)</script>" in html(called).text
    assert "script" not in html(called).tags
    markdown = export("md", TALK, [called], "0.1.0")
    assert "Searched again for “\\<script>" in markdown
    (answer,) = read_exports(export("json", TALK, [called], "0.1.0"), "x")
    assert answer.tool_calls[0].passages == [1]
