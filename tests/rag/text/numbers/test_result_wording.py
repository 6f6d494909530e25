"""Results are rounded as their sources are, or as asked."""

from decimal import Decimal

from rag.text.numbers.expressions import Quantity
from rag.text.numbers.questions import read_request
from rag.text.numbers.result_wording import ResultWording


def wording(question: str, language: str = "en") -> ResultWording:
    request = read_request(question)
    assert request is not None
    return ResultWording(request, language)


def test_an_amount_is_said_in_the_scale_asked_for_and_as_printed() -> None:
    net = Quantity(Decimal(8_738_000_000), "$", 6)
    assert (
        wording("What is net PPE in 2018? Answer in USD billions.").amount(net, 0) == "$8.74 billion ($8,738 million)"
    )
    assert wording("What is net PPE in 2018?").amount(net, 0) == "$8,738 million"


def test_a_ratio_is_a_percentage_unless_it_is_large() -> None:
    asked = wording("What is the ratio of debt to equity in 2018?")
    assert asked.ratio(Quantity(Decimal("0.3456"))) == "34.6%"
    assert asked.ratio(Quantity(Decimal("24.256"))) == "24.26"


def test_the_question_sets_the_decimals() -> None:
    asked = wording("What is the ratio of debt to equity in 2018? Round to three decimal places.")
    assert asked.ratio(Quantity(Decimal("24.2566"))) == "24.257"
    assert asked.formula(Quantity(Decimal("0.12345"))) == "0.123"
    assert asked.places(Quantity(Decimal(1), "$", 6, 0)) == 3
