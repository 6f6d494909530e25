"""Formulas become MathML that draws, and does nothing else."""

import re

import pytest

from web.rendering.formula_mathml import mathml


def test_a_formula_is_drawn_by_its_parts() -> None:
    drawn = mathml("\\frac{a_1}{b} = \\sqrt{2}", is_block=True)
    assert drawn.startswith('<math display="block">')
    assert "<mfrac><mrow><msub><mi>a</mi><mn>1</mn></msub></mrow><mrow><mi>b</mi></mrow></mfrac><mo>=</mo>" in drawn
    assert "<msqrt><mrow><mn>2</mn></mrow></msqrt>" in drawn


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
    drawn = mathml(tex, is_block=False)
    assert drawn
    attributes = re.findall(r"<m\w+ ([^>]*)>", drawn)
    assert not [each for each in attributes if each not in ('display="inline"', 'stretchy="false"')]
    assert not re.search(r"<(?!/?m)", drawn)


@pytest.mark.parametrize(
    "tex", ["\\left( x", "\\nosuchcommand{x}", "{" * 2000 + "x" + "}" * 2000, "\\def\\a{\\a\\a}\\a"]
)
def test_what_cannot_be_drawn_whole_is_not_drawn(tex: str) -> None:
    assert mathml(tex, is_block=False) == ""
