"""Formulas of MathML and of Word become one readable line."""

import pytest
from lxml import etree

from ingest.readers.blocks.maths import is_formula, linear


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        ("<msup><mi>x</mi><mn>2</mn></msup>", "x^2"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mn>2</mn></mfrac>", "(a+b)/2"),
        ("<mfrac linethickness='0'><mi>n</mi><mi>k</mi></mfrac>", "n choose k"),
        ("<msqrt><mn>2</mn><mi>y</mi></msqrt>", "√(2y)"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "√[3](x)"),
        (
            "<munderover><mo>∑</mo><mrow><mi>k</mi><mo>=</mo><mn>0</mn></mrow><mi>n</mi></munderover><mi>k</mi>",
            "∑_(k = 0)^n k",
        ),
        ("<mi>sin</mi><mo>&#x2061;</mo><mi>x</mi>", "sin x"),
        ("<semantics><mover><mi>x</mi><mo>¯</mo></mover><annotation>\\bar x</annotation></semantics>", "x̄"),
        (
            "<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>0</mn></mtd></mtr><mtr><mtd><mn>0</mn></mtd></mtr></mtable>",
            "[1, 0; 0]",
        ),
        ("<mfenced open='['><mi>a</mi><mi>b</mi></mfenced>", "[a,b)"),
    ],
)
def test_mathml(inner: str, expected: str) -> None:
    formula = etree.fromstring(f"<math>{inner}</math>")
    assert is_formula(formula)
    assert linear(formula) == expected


def run(text: str) -> str:
    return f"<r><rPr/><t>{text}</t></r>"


@pytest.mark.parametrize(
    ("inner", "expected"),
    [
        (f"<sSup><e>{run('x')}</e><sup>{run('n-k')}</sup></sSup>", "x^(n-k)"),
        (f"<nary><naryPr><chr val='∑'/></naryPr><sub>{run('k=0')}</sub><sup/><e>{run('k')}</e></nary>", "∑_(k=0) k"),
        (f"<nary><sub/><sup/><e>{run('x dx')}</e></nary>", "∫ x dx"),
        (f"<d><dPr><begChr val='['/><endChr val=''/></dPr><e>{run('a')}</e><e>{run('b')}</e></d>", "[a|b"),
        (f"<f><fPr><type val='noBar'/></fPr><num>{run('n')}</num><den>{run('k')}</den></f>", "n choose k"),
        (f"<rad><deg/><e>{run('2')}</e></rad>", "√(2)"),
        (f"<func><fName>{run('log')}</fName><e>{run('x')}</e></func>", "log x"),
        (f"{run('group wit')}{run('h braces')}", "group with braces"),
        (f"<sSubSup><e>{run('a')}</e><sub>{run('1')}</sub><sup>{run('2')}</sup></sSubSup>", "a_1^2"),
    ],
)
def test_office_math(inner: str, expected: str) -> None:
    assert linear(etree.fromstring(f"<oMath>{inner}</oMath>")) == expected


def test_deep_nesting_ends() -> None:
    deep = "<mrow>" * 200 + "<mi>x</mi>" + "</mrow>" * 200
    assert linear(etree.fromstring(f"<math>{deep}</math>")) == "x"
