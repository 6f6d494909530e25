"""Results in words: in the languages of the questions, rounded as their sources are or as the question asks."""

from decimal import Decimal

from hypothesis import given
from hypothesis import strategies as st

from rag.answering.tables.formulas import Quantity
from rag.answering.tables.result_wording import ResultWording, listed, phrases, rounded, say, say_number
from rag.answering.tables.table_request import read_request
from rag.text.figures import parse_figure
from tests.support.values import present

LANGUAGES = ("en", "de", "fr", "es")


def test_units_that_are_no_money() -> None:
    assert say(Quantity(Decimal("12.84"), "%"), 1) == "12.8%"
    assert say(Quantity(Decimal("5.3"), "points"), 1) == "5.3 percentage points"
    assert say(Quantity(Decimal(771_000_000), "shares", 6), 0) == "771 million shares"
    assert say(Quantity(Decimal(-34_000_000), "$", 6), 0) == "−$34 million"


def test_halves_are_rounded_up_as_people_do() -> None:
    assert rounded(Decimal("2.45"), 1) == Decimal("2.5")
    assert say_number(Decimal("-0.04"), 1) == "0.0"


def test_every_language_has_every_sentence() -> None:
    assert all(all(phrases(language)) for language in LANGUAGES)
    assert phrases("xx") == phrases("en")
    assert listed(["a", "b", "c"], "de") == "a, b und c"


@given(
    st.decimals(min_value=-(10**12), max_value=10**12, places=2, allow_nan=False),
    st.sampled_from(LANGUAGES),
)
def test_what_is_written_reads_back(value: Decimal, language: str) -> None:
    text = say_number(value, 2, language)
    assert present(parse_figure(text, "." if language == "en" else ",")).value == value


def wording(question: str, language: str = "en") -> ResultWording:
    request = present(read_request(question))
    return ResultWording(request, language)


def test_a_ratio_is_a_percentage_unless_it_is_large() -> None:
    asked = wording("What is the ratio of debt to equity in 2018?")
    assert asked.ratio(Quantity(Decimal("0.3456"))) == "34.6%"
    assert asked.ratio(Quantity(Decimal("24.256"))) == "24.26"


def test_the_question_sets_the_decimals() -> None:
    asked = wording("What is the ratio of debt to equity in 2018? Round to three decimal places.")
    assert asked.ratio(Quantity(Decimal("24.2566"))) == "24.257"
    assert asked.formula(Quantity(Decimal("0.12345"))) == "0.123"
    assert asked.places(Quantity(Decimal(1), "$", 6, 0)) == 3
