"""Requests for figures, by the words of a question."""

import pytest

from rag.answering.tables.periods import Period
from rag.answering.tables.table_request import asked_terms, read_request
from rag.text.figures import Unit
from tests.support.values import present


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("What is the FY2019 - FY2020 total revenue growth rate?", "change"),
        ("What share of total revenue came from services in 2018?", "ratio"),
        ("What was the gross margin in 2018?", "ratio"),
        ("What is the ROA? Define ROA as net income divided by total assets.", "formula"),
        ("In welchem Jahr war der Umsatz am höchsten? Welche höchste Zahl?", "extreme"),
        ("De combien le chiffre d'affaires a-t-il augmenté de 2017 à 2018 ?", "change"),
        ("Combien font les ventes et les services au total ?", "sum"),
        ("Wie hoch war der durchschnittliche Umsatz?", "average"),
        ("Quelle région a la part la plus élevée ?", "extreme"),
        ("What was Best Buy's revenue in 2018?", "lookup"),
        ("How much did it generate in 2018?", "lookup"),
    ],
)
def test_the_kind_of_computation(question: str, kind: str) -> None:
    assert present(read_request(question)).kind == kind


@pytest.mark.parametrize(
    "question",
    ["Is revenue growing?", "", "x" * 2_000, "Explain how sales grew.", "Which parts sell?"],
)
def test_no_request_is_read_from_reasons_opinions_and_names(question: str) -> None:
    assert read_request(question) is None


def test_instructions_are_no_part_of_what_is_measured() -> None:
    request = read_request(
        "Assume that you are an analyst. Answer the following question by primarily using information in the balance "
        "sheet: what is the year end FY2018 net PPNE for 3M? Answer in USD billions. Round to two decimal places."
    )
    assert request is not None
    assert asked_terms(request.measures[0]) == ["net", "@fixed_assets", "3m"]
    assert request.periods == (Period(2018),)
    assert request.unit == Unit("$", 9)
    assert request.places == 2
    assert request.statements == ("balance",)


def test_all_years_of_an_average_and_a_number_of_years() -> None:
    average = present(read_request("What is the FY2017 - FY2019 3 year average of capex as a % of revenue?"))
    assert average.averaged
    assert [period.year for period in average.periods] == [2017, 2018, 2019]
    last = present(read_request("In which of the last three fiscal years was net income lowest?"))
    assert (last.last, last.lowest) == (3, True)
    spanish = present(read_request("¿Cuál fue el beneficio de los últimos tres ejercicios?"))
    assert spanish.last == 3
