"""One spelling for numbers, dates and units, however they were written."""

from decimal import Decimal

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from rag.text.normalize import normalize


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("5 million", "5,000,000"),
        ("five million", "5000000"),
        ("$1,577.00", "1577 dollars"),
        ("10%", "10 per cent"),
        ("3.50", "3.5"),
        ("twenty-one days", "21 day"),
        ("the tenth century", "the 10th century"),
        ("12 km", "12 kilometers"),
        ("Jan. 3rd", "3 January"),
        ("on January 3, 2019", "on 3 January 2019"),
        ("January 3 and 4", "3 January and 4"),
        ("2019-01-03", "January 3, 2019"),
        ("$2.5m", "2.5 million dollars"),
        ("5kg", "5 kg"),
        ("a 30-second timeout", "a 30 seconds timeout"),
        ("-5 million", "minus 5,000,000"),
        ("−5 %", "-5%"),
        ("-$5", "$-5"),
        ("1 500 euros", "1,500 euros"),
        ("约２４ km", "约 24 km"),
    ],
)
def test_the_same_figure_in_two_spellings_is_one(one: str, other: str) -> None:
    assert normalize(one).split() == normalize(other).split()


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("3.14", "314"),
        ("10%", "10"),
        ("5 km", "5 miles"),
        ("2 million", "2 billion"),
        ("-5", "5"),
        ("10.000", "10"),
        ("3,5", "5"),
        ("$5m", "$5k"),
        ("5m wide", "5 million wide"),
        ("the 2nd", "2 seconds"),
        ("Article 3 second paragraph", "Article 3 seconds paragraph"),
    ],
)
def test_different_figures_stay_different(one: str, other: str) -> None:
    assert normalize(one).split() != normalize(other).split()


@pytest.mark.parametrize(
    "text",
    [
        "may be",
        "version 1.2.3",
        "10.0.0.1",
        "05.03.2024",
        "pages 5-10",
        "in 2019 300 people",
    ],
)
def test_what_only_looks_like_a_figure_or_a_month_is_left_alone(text: str) -> None:
    assert normalize(text) == text


STYLES = {"de": ".,", "es": ".,", "it": ".,", "fr": "\u202f,", "ru": "\u00a0,", "en": ",.", "": ",.", "zh": ",."}
AMOUNTS = st.decimals(min_value=0, max_value=10**9, places=3).map(lambda value: value.normalize())


def printed(value: Decimal, style: str) -> str:
    return f"{value:,f}".translate({ord(","): style[0], ord("."): style[1]})


def is_unsure(value: Decimal) -> bool:
    return int(value.as_tuple().exponent) == -3 and 1 <= value < 1_000  # "1.234"


@given(AMOUNTS, st.sampled_from([*STYLES]))
@example(Decimal(10_000), "de")
def test_numbers_printed_in_the_style_of_their_language_are_the_plain_number(value: Decimal, language: str) -> None:
    plain = f"{value:f}".replace(".", "d")
    assert normalize(printed(value, STYLES[language]), language) == plain
    for style in (" .", "\u202f,", "'."):
        if not is_unsure(value):
            assert normalize(printed(value, style), language) == plain


@given(AMOUNTS, st.sampled_from([1000, -1, 10]), st.sampled_from([*STYLES]), st.sampled_from([*STYLES.values()]))
@example(Decimal(10), 1000, "", ".,")
@example(Decimal("1.5"), 1000, "de", ",.")
def test_a_number_of_another_value_is_another_word(value: Decimal, factor: int, language: str, style: str) -> None:
    """Whatever style of another language it is printed in; alike are only thousands and fractions of thousandths."""
    other = (value * factor).normalize()
    if value and not is_unsure(value):
        own = normalize(printed(value, STYLES[language]), language)
        assert normalize(printed(other, style), language) != own


def test_an_amount_behind_its_currency_is_grouped_as_in_english() -> None:
    assert normalize("€10,000", "de").split() == normalize("10.000 Euro", "de").split()
    assert normalize("€1,234 Mio.", "de").split() == ["1d234", "euro", "Mio."]
    assert normalize("1,549 Euro", "de") != normalize("1.549 Euro", "de")


@given(st.text())
def test_any_text_has_a_spelling_and_that_is_its_own(text: str) -> None:
    once = normalize(text)
    assert normalize(once).split() == once.split()
