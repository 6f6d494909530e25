"""Formulas are found where they are written as such, prices and code are none, and nothing in them is live."""

import pytest

from rag.text.markdown_code import find_code
from web.rendering.markdown import inert_markdown
from web.rendering.markdown_formulas import find_maths


def found(text: str) -> list[tuple[str, bool]]:
    return [(each.tex, each.is_block) for each in find_maths(text, find_code(text))]


@pytest.mark.parametrize(
    ("text", "formulas"),
    [
        (r"Energy is \(E = mc^2\), mass \(m\).", [("E = mc^2", False), ("m", False)]),
        ("So:\n\\[\n\\frac{a}{b}\n\\]\nand $$x_1 + x_2$$", [("\n\\frac{a}{b}\n", True), ("x_1 + x_2", True)]),
        ("It costs $5 and $10, or US$ 5_000 to $6_000.", []),
        ("It is a $$ restaurant, and that a $$ one.", []),
        (r"Escaped \[x\] and \(see below\) are text.", []),
        (r"In code `\(a = b\)` it is code.", []),
        ("```\n\\[ a = b \\]\n```", []),
        ("\\(a = b\n\nis never closed\\)", []),
        (r"An escaped backslash: \\(a = b\\).", []),
        ("So $x^2$, $x_1$ and $y$; $2^n = 4$.", [("x^2", False), ("x_1", False), ("y", False), ("2^n = 4", False)]),
        (r"Then $\sin x + \text{rate of} = 3$.", [(r"\sin x + \text{rate of} = 3", False)]),
        ("Between $5-$6, $5 (=4 €) or A$, $1 = ¥7 = S$, $1.2B (+5%) to $1.4B = 17%.", []),
        ("Set $HOME/$x_1$y, $ x^2$, $x^2 $, $x^2$5, \\$x^2\\$ and `$x^2$`.", []),
        ("One $x^2\nand$ on two lines, with $rates = words$.", []),
    ],
)
def test_formulas_are_found_and_prices_and_code_are_none(text: str, formulas: list[tuple[str, bool]]) -> None:
    assert found(text) == formulas


def test_a_formula_is_text_that_markdown_leaves_alone() -> None:
    assert inert_markdown(r"\(a_1 < b*c*\)") == "&#92;&#40;a&#95;1 &#60; b&#42;c&#42;&#92;&#41;"
    assert inert_markdown("$$a = b$$") == "&#92;&#91;a &#61; b&#92;&#93;"


def test_many_openings_that_are_never_closed_take_no_time() -> None:
    assert found(r"\(a = b " * 5_000) == []
    assert found("$a^ " * 5_000) == []
