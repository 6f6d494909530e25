"""Code in Markdown is found where CommonMark has it, at exact offsets, however the text arrives."""

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from rag.text.markdown_code import CodeFinder, code_lines, find_code

BITS = st.sampled_from(
    [
        *("`", "``", "```", "\n```\n", "~~~", "\n~~~\n", "\\", "\\`", "`a`", "    ", "\t", " ", "\n", "\n\n", "\r\n"),
        *("- ", "1. ", "> ", "# ", "---", "\n===\n", "| ", "\n| a | b |\n|---|---|\n", "\\|", "a", "b c", "[1]", "\0"),
        *("<a href='`'>", "[a](`b)", "&lt;", "\u2028", "\xa0", "\r", "\x0b"),
    ]
)
TEXTS = st.lists(BITS, max_size=25).map("".join)
COMMONMARK = (
    MarkdownIt("commonmark")
    .enable("table")
    .disable(["blockquote", "html_block", "html_inline", "autolink", "link", "image", "reference", "entity"])
)


@pytest.mark.parametrize(
    ("text", "code"),
    [
        ("1.\tone\n\n\t\tcode", ["\tcode"]),
        ("Do:\r\n```\r\na\r\n```\r\nUse `b`.", ["```\r\na\r\n```", "`b`"]),
        ("Use `a` or ``b ` c``.\n```\n`d`\n```\nAlso `e`, not \\`f\\`.", ["`a`", "``b ` c``", "```\n`d`\n```", "`e`"]),
        ("> ```\n> a\n> ```\nA quote is text.", ["```\n> a\n> ```"]),
        ("| a | b |\n| --- | --- |\n| `c\\|d` | `e` |", ["`c\\|d`", "`e`"]),
    ],
)
def test_blocks_and_spans_are_found_with_all_their_marks(text: str, code: list[str]) -> None:
    assert [text[found.start : found.end] for found in find_code(text)] == code


@given(TEXTS)
def test_the_code_is_that_of_a_commonmark_parser(text: str) -> None:
    expected = []
    for token in COMMONMARK.parse(text):
        if token.type in ("fence", "code_block"):
            expected.append(token.content.removesuffix("\n"))
        expected += [child.content for child in token.children or () if child.type == "code_inline"]
    assert [code.content for code in find_code(text)] == expected


@given(TEXTS)
def test_offsets_enclose_the_marks_exactly_and_never_overlap(text: str) -> None:
    at = 0
    for code in find_code(text):
        assert at <= code.start < code.end <= len(text)
        source = text[code.start : code.end]
        if not code.is_block:
            ticks = source[: len(source) - len(source.lstrip("`"))]
            assert ticks
            assert source.endswith(ticks)
            assert text[code.end : code.end + 1] != "`"
        elif source[0] in "`~":
            assert source.startswith(3 * source[0])
        else:
            assert source[0] in " \t"
            assert source.endswith(code.content.rpartition("\n")[2].lstrip(" \t").replace("\ufffd", "\0"))
        at = code.end


@given(st.lists(st.lists(BITS, max_size=15), max_size=3))
def test_texts_that_grow_have_the_same_code_as_when_they_are_whole(texts: list[list[str]]) -> None:
    finder = CodeFinder()
    for pieces in texts:
        for end in range(1, len(pieces) + 1):
            text = "".join(pieces[:end])
            assert finder.find(text) == CodeFinder().find(text)


def test_lines_of_code_lack_prompts_and_lines_without_words() -> None:
    assert code_lines("$ make run\n\n  >>> x = 1\n}") == ["make run", "x = 1"]


@pytest.mark.parametrize(
    ("hostile", "found"),
    [
        ("- " * 5000 + "`a`", 0),
        ("`" * 3000 + "a" + "`" * 2999, 0),
        ("\\``" * 3000, 0),
        ("`a ``b " * 3000, 2000),
        ("| `a`" * 3000 + "\n" + "|-" * 3000 + "|\n" + "| `a`" * 3000, 6000),
    ],
)
def test_a_hostile_text_takes_no_long_time(hostile: str, found: int) -> None:
    started = time.thread_time()  # the processor's time, in which a busy machine is no slower; a tenth is needed
    assert len(find_code(hostile)) == found
    assert time.thread_time() - started < 8
