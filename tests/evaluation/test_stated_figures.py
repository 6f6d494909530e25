"""Figures are read with unit and scale, and are the same in another spelling, scale or rounding."""

from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from evaluation.stated_figures import agree, asked_scale, find_figures


def only(text: str) -> tuple[str, int | None, bool, bool]:
    (figure,) = find_figures(text)
    return str(figure.value), figure.scale, figure.is_percent, figure.is_money


@pytest.mark.parametrize(
    ("text", "figure"),
    [
        ("It was $1,577 million.", ("1577", 6, False, True)),
        ("US$ 3.2bn in 2019", ("3.2", 9, False, True)),
        ("3M earned $5m.", ("5", 6, False, True)),
        ("a 15-million-dollar plant", ("15", 6, False, False)),
        ("~42% more", ("42", None, True, False)),
        ("by 190 basis points", ("1.90", None, True, False)),
        ("a loss of (1,693)", ("1693", None, False, False)),
        ("2,018 stores in 2018", ("2018", None, False, False)),
        ("$2018", ("2018", None, False, True)),
    ],
)
def test_a_figure_is_read_with_its_unit_and_scale(text: str, figure: tuple[str, int | None, bool, bool]) -> None:
    assert only(text) == figure


def test_years_names_and_forms_are_no_figures() -> None:
    assert find_figures("In FY2019 and Q2 of 2020, 3M filed its 10-K; see note A1.") == ()


@pytest.mark.parametrize(
    ("gold", "said", "question", "same"),
    [
        ("$1577.00", "$1,577 million", "in USD millions", True),
        ("$1577.00", "$1,577", "in USD millions", True),
        ("$1577.00", "$1,577 billion", "in USD millions", False),
        ("$1577.00", "1577%", "in USD millions", False),
        ("$8.70", "$8,738 million", "Answer in USD billions.", True),
        ("$1.8 bn", "$1,824 million", "?", True),
        ("24.26", "24.3", "?", True),
        ("24.26", "24", "?", False),
        ("0.66", "0.65", "?", False),
        ("0.66", "66%", "?", True),
        ("1.9%", "1.93 percent", "?", True),
        ("1.9%", "0.019", "?", True),
        ("1.9%", "2%", "?", False),
    ],
)
def test_figures_agree_in_other_units_scales_and_roundings(gold: str, said: str, question: str, same: bool) -> None:
    (expected,), (found,) = find_figures(gold), find_figures(said)
    assert agree(expected, found, asked_scale(question)) is same


@given(st.decimals(min_value=1, max_value=10**9, places=2))
def test_an_amount_is_the_same_in_every_scale(amount: Decimal) -> None:
    (written,) = find_figures(f"${amount:,f}")
    for scale, word in ((3, "thousand"), (6, "million"), (9, "billion")):
        (scaled,) = find_figures(f"${amount.scaleb(-scale):f} {word}")
        assert agree(written, scaled)
        assert agree(scaled, written)


@given(st.text(alphabet="$€(1,.)9% -mbnKillion", max_size=60))
def test_any_text_can_be_read(text: str) -> None:
    for figure in find_figures(text):
        assert agree(figure, figure)
