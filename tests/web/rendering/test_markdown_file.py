"""In a Markdown file text is read as it was written, in an editor nearly and in a Markdown view exactly."""

import html
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from web.rendering.markdown import inert_markdown
from web.rendering.markdown_file import inline, readable

VIEW = MarkdownIt("gfm-like", {"html": True, "linkify": False})
SIGNS = "*_`~[]()<>!\\|#+-=.:&;@$ \"'\nab1"


@pytest.mark.parametrize("text", ["code_and_formula.pdf", "The fee is 20 euros.", "p. 3 (of 9), “so”", "a = b + c"])
def test_ordinary_text_stays_as_it_is(text: str) -> None:
    assert inline(text) == text
    assert readable(inert_markdown(text)) == text


@pytest.mark.parametrize(
    ("text", "escaped"),
    [
        ("# no head", "\\# no head"),
        ("12. no item", "12\\. no item"),
        ("- no item", "\\- no item"),
        ("_all_ *of* `it`", "\\_all\\_ \\*of\\* \\`it\\`"),
        ("https://evil.example", "https\\://evil.example"),
        ("ann@evil.example", "ann\\@evil.example"),
        ("&amp;", "\\&amp;"),
    ],
)
def test_what_would_be_markup_is_escaped(text: str, escaped: str) -> None:
    assert inline(text) == escaped


@given(st.text(SIGNS, max_size=40))
def test_a_view_shows_each_line_as_it_was_written(text: str) -> None:
    shown = VIEW.render(f"before\n\n{inline(text)}")
    paragraphs = re.findall(r"<p>(.*?)</p>", shown, re.DOTALL)
    expected = " ".join(text.split())
    assert [html.unescape(each) for each in paragraphs[1:]] == ([expected] if expected else [])


def test_code_is_code_and_no_sign_is_an_entity() -> None:
    text = readable(inert_markdown("Take `x[0]`, [1] and <b>.\n\n```\nif a < b:\n    `c`\n```"))
    assert text.startswith("Take `x[0]`, \\[1\\] and \\<b\\>.")
    assert "```\nif a < b:\n    `c`\n```" in text
    assert "&#" not in text
    assert "<b>" not in VIEW.render(text)


def test_a_formula_is_its_source_between_dollars() -> None:
    text = readable(
        inert_markdown("So \\(E = m c^2\\), \\( |a| < b_1 \\) and $$\\frac{a_1}{b} = 2$$ but `\\(x = 1\\)`.")
    )
    assert text == "So $E = m c^2$, $\\vert a\\vert \\lt b_1$ and $$\\frac{a_1}{b} = 2$$ but `\\(x = 1\\)`."


@pytest.mark.parametrize(
    "tex", ["\\text{<script>x</script>} = 1", "[a](http://evil.example) = 1", "a = \\url{www.evil.example}"]
)
def test_a_formula_acts_in_no_view_that_draws_no_maths(tex: str) -> None:
    shown = VIEW.render(readable(inert_markdown(f"So \\({tex}\\)")))
    assert not [live for live in ("<script", "<a ", "<b>", "<code") if live in shown]


def test_a_figure_that_no_quote_has_is_struck_through_and_no_tag_is_left() -> None:
    marked = 'It is <s class="cw-lacking">9&#40;0</s>, <span class="cw-lacking">Ann</span>.<s class="cw-lacking"></s>'
    assert readable(marked) == "It is ~~9\\(0~~, Ann."
    assert "<s>90</s>" in VIEW.render(readable('<s class="cw-lacking">90</s>%'))
    assert readable(inert_markdown('<s class="cw-lacking">90</s>')) == '\\<s class="cw-lacking"\\>90\\</s\\>'
