"""Inert Markdown becomes HTML with its formatting, and with nothing that acts."""

import re

import pytest

from web.rendering.inert_html import inert_html, inert_html_file
from web.rendering.markdown import inert_markdown


def drawn(tex: str) -> str:
    """Return what a file has of a formula."""
    return inert_html_file(inert_markdown(f"\\({tex}\\)")).removeprefix("<p>").removesuffix("</p>\n")


def test_formatting_lists_tables_and_code_are_drawn() -> None:
    html = inert_html(inert_markdown("**A** list:\n\n- one\n- two\n\n| a | b |\n|---|---|\n| 1 | 2 |\n\n`x < y`"))
    assert "<strong>A</strong>" in html
    assert html.count("<li>") == 2
    assert "<td>2</td>" in html
    assert "<code>x &lt; y</code>" in html


def test_nothing_of_the_text_acts() -> None:
    hostile = (
        "<script>alert(1)</script> <img src=x onerror=alert(1)> [l](javascript:alert(1)) ![i](http://evil/x.png)\n\n"
        "<div onclick=alert(1)>\n\n<javascript:alert(1)>\n\n    <script>indented</script>\n\n```\n<script>code\n```"
    )
    html = inert_html(inert_markdown(hostile))
    assert not [live for live in ("<script", "<img", "<a ", "<div") if live in html.lower()]


def test_a_formula_is_an_element_with_its_source_and_code_is_none() -> None:
    html = inert_html(inert_markdown("So \\(a_1 < b\\), $$c^2 = *d*$$ and `\\(x = 1\\)` at $5 and $10."))
    assert '<span class="cw-tex">\\(a_1 &lt; b\\)</span>' in html
    assert '<span class="cw-tex cw-tex-block">\\[c^2 = *d*\\]</span>' in html
    assert "<code>\\(x = 1\\)</code> at $5 and $10." in html


def test_in_a_file_a_formula_is_drawn_and_one_that_cannot_be_is_its_source() -> None:
    assert drawn("a_1 < b") == (
        '<math display="inline"><mrow><msub><mi>a</mi><mn>1</mn></msub><mo>&lt;</mo><mi>b</mi></mrow></math>'
    )
    block = inert_html_file(inert_markdown("$$\\frac{a_1}{b} = \\sqrt{2}$$"))
    assert '<math display="block">' in block
    assert "<msqrt><mrow><mn>2</mn></mrow></msqrt>" in block


def test_a_wide_table_which_scrolls_can_be_reached_by_the_keyboard() -> None:
    def table(columns: int) -> str:
        return inert_html(inert_markdown(f"|{'a|' * columns}\n|{'---|' * columns}\n|{'1|' * columns}"))

    assert '<table tabindex="0">' in table(5)
    assert "<table>" in table(4)
    assert table(5).count("<th") == 1 + 5


@pytest.mark.parametrize(
    "tex",
    [
        "\\href{javascript:alert(1)}{b} = x",
        "\\text{<script>alert(1)</script>} = <img src=x onerror=alert(1)>",
        "\\style{position:fixed}{x} = \\class{cw-button}{y}",
        '\\color{red" onclick="alert(1)}{a} = \\rule{90em}{900em}',
    ],
)
def test_nothing_in_a_formula_acts_or_claims_a_size(tex: str) -> None:
    attributes = re.findall(r"<m\w+ ([^>]*)>", drawn(tex))
    assert not [each for each in attributes if each not in ('display="inline"', 'stretchy="false"')]
    assert not re.search(r"<(?!/?m)", drawn(tex))


@pytest.mark.parametrize(
    "tex", ["\\left( x", "\\nosuchcommand{x}", "{" * 990 + "x^2" + "}" * 990, "\\def\\a{\\a\\a}\\a"]
)
def test_what_cannot_be_drawn_whole_is_not_drawn(tex: str) -> None:
    assert drawn(tex).startswith('<span class="cw-tex">'), "its source"
