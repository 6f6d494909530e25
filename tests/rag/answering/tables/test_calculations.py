"""Every kind of computation, in the words of a question, with the right cells."""

import pytest

from rag.answering.tables.calculations import Operands
from rag.answering.tables.cell_lookup import Finder
from rag.answering.tables.periods import Period
from rag.answering.tables.table_grid import read_grid
from tests.support.documents.made_tables import SEGMENTS, STATEMENT, computed_from, made_page
from tests.support.values import present

PAGE = made_page(STATEMENT)


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        ("What were net sales in 2019, 2018 and 2017?",
         "Net sales: $32,136 million (2019), $32,765 million (2018) and $31,657 million (2017)."),
        ("How much was diluted earnings per share in 2018?", "Diluted earnings per share: $8.89 (2018)."),
        ("By how much did net sales fall from 2018 to 2019?",
         "Net sales fell by $629 million (1.9%) from $32,765 million (2018) to $32,136 million (2019)."),
        ("How much did net sales grow in 2018 compared with 2017, in percent?",
         "Net sales rose by $1,108 million (3.5%) from $31,657 million (2017) to $32,765 million (2018)."),
        ("What was the operating margin in 2019?", "Operating income as a share of Net sales: 19.2% (2019)."),
        ("What is net income as a percentage of revenue in 2018?", "Net income as a share of Net sales: 16.3% (2018)."),
        ("In which year was operating income highest?",
         "Operating income was highest for 2017: $7,692 million (others: 2019 $6,174 million, 2018 $7,207 million)."),
        ("What was the average net income over 2017 to 2019?",
         "Net income, average of 2017–2019: $4,926 million."),
        ("What was cost of sales in 2019, in USD billions?", "Cost of sales: $17.14 billion ($17,136 million) (2019)."),
        ("What is the net turnover? It is defined as: 2019 net income / average net sales between 2018 and 2019.",
         "2019 net income / average net sales between 2018 and 2019: 0.14."),
    ],
)  # fmt: skip
def test_a_result_is_said_in_a_sentence(question: str, statement: str) -> None:
    assert present(computed_from(question, PAGE)).statement == statement


@pytest.mark.parametrize(
    ("question", "language", "statement"),
    [
        ("Wie hoch war der Umsatz im Jahr 2018?", "de", "Net sales: 32.765 Mio. $ (2018)."),
        ("Um wie viel Prozent sank der Umsatz von 2018 auf 2019?", "de",
         "Net sales: Rückgang um 629 Mio. $ (1,9\u00a0%) von 32.765 Mio. $ (2018) auf 32.136 Mio. $ (2019)."),
        ("Quel était le chiffre d'affaires en 2018 ?", "fr", "Net sales : 32\u202f765 millions $ (2018)."),
        ("¿Cuánto aumentó el beneficio neto de 2017 a 2018?", "es",
         "Net income: aumento de 491 millones $ (10,1\u00a0%), de 4.858 millones $ (2017) a 5.349 millones $ (2018)."),
        ("¿En qué año fue mayor el beneficio neto?", "es",
         "Net income: máximo en 2018, 5.349 millones $ (otros: 2019 4.570 millones $, 2017 4.858 millones $)."),
    ],
)  # fmt: skip
def test_other_languages_are_understood_where_they_are_plain(question: str, language: str, statement: str) -> None:
    assert present(computed_from(question, PAGE, language=language)).statement == statement


def test_every_operand_is_its_cell_with_its_row() -> None:
    computed = present(computed_from("By how much did net sales fall from 2018 to 2019?", PAGE))
    assert computed.expression == "(32,136 − 32,765) / 32,765 = −1.9%"
    assert [(o.text, o.period, o.unit) for o in computed.operands] == [
        ("32,765", "2018", "$ million"),
        ("32,136", "2019", "$ million"),
    ]
    for operand in computed.operands:
        assert PAGE.text[operand.start : operand.end] == operand.text
        assert PAGE.text[operand.quote_start : operand.quote_end] == operand.quote
        assert operand.quote.startswith("Net sales | ")


def test_parts_named_together_are_added() -> None:
    page = made_page(SEGMENTS, caption="Net sales by business")
    computed = present(computed_from("What were the net sales of Health Care and Consumer in 2019 together?", page))
    assert computed.statement == "Health Care and Consumer together: $12,560 million (2019)."
    assert computed.expression == "7,431 + 5,129 = $12,560 million"


def test_the_highest_row_of_a_group() -> None:
    page = made_page(SEGMENTS, caption="Net sales by business")
    computed = present(computed_from("Which segment had the highest net sales in 2019?", page))
    assert computed.results == ("Safety", "$11,607 million")


@pytest.mark.parametrize(
    ("question", "statement"),
    [
        (
            "By how much did the net sales of Oak grow from 2017 to 2018?",
            "Oak rose by 1,108 million (3.5%) from 31,657 million (2017) to 32,765 million (2018).",
        ),
        ("What were the net sales of Birch in 2018?", "Birch: 1,200 million (2018)."),
        (
            "Which segment had the highest net sales in 2018?",
            "Net sales was highest for Oak: 32,765 million (others: Birch 1,200 million).",
        ),
    ],
)
@pytest.mark.parametrize("caption", ["Table 1. Net sales (in millions)", "Table 2: Net sales by segment"])
def test_a_measure_that_only_the_caption_names(question: str, statement: str, caption: str) -> None:
    rows = (("Segment", "2018", "2017"), ("Oak", "32,765", "31,657"), ("Birch", "1,200", "900"))
    computed = present(computed_from(question, made_page(rows, caption=caption, unit="in millions")))
    assert computed.statement == statement


def test_a_change_of_percentages_is_in_points() -> None:
    rows = (("", "2019", "2018"), ("Effective tax rate", "21.6%", "24.6%"), ("Other", "1.0%", "2.0%"))
    question = "How much did the effective tax rate change between 2018 and 2019?"
    computed = present(computed_from(question, made_page(rows)))
    assert computed.results == ("3.0 percentage points",)


@pytest.mark.parametrize(
    "question",
    [
        "What was the loss on extinguishment of debt in 2019?",  # a dash: nothing, or not reported
        "How much is net sales as a share of loss on extinguishment of debt in 2019?",  # division by a dash
        "What were net sales in Q2 2018?",
        "What were net sales in Germany in 2018?",
        "What were net sales per employee in 2018?",
        "Why did net sales fall in 2019?",
        "What is diluted earnings per share as a share of headcount in 2018?",
        "Which company reported net sales in 2018?",
    ],
)
def test_what_is_not_sure_has_no_result(question: str) -> None:
    assert computed_from(question, PAGE) is None


def test_the_row_with_a_loss_and_its_figure_of_the_other_year() -> None:
    rows = (
        ("", "2018", "2019"),
        ("Operating income (loss):", "", ""),
        ("Europe", "7,267", "7,033"),
        ("Asia", "(2,142)", "(1,693)"),
    )
    page = made_page(rows, caption="Operating income by segment")
    computed = computed_from(
        "Which segment made an operating loss in 2019, and how large was it compared with 2018?", page
    )
    assert computed is not None
    assert computed.results == ("Asia", "−$1,693 million")
    assert "Asia (2018) −$2,142 million" in computed.statement


def test_a_margin_that_improves_is_given_for_both_years() -> None:
    computed = present(computed_from("Does 3M have an improving operating margin as of FY2019?", PAGE))
    assert computed.statement == "Operating income as a share of Net sales: 22.0% (2018) and 19.2% (2019)."


def test_a_margin_of_something_else_is_not_that_of_the_whole() -> None:
    assert computed_from("What was the operating margin of the Berlin office in 2019?", PAGE) is None


def test_a_cell_used_twice_is_one_operand() -> None:
    grid = present(read_grid(7, "a.pdf", PAGE, PAGE.structure.tables[0]))
    hit = present(Finder([grid]).find(["@revenue"], Period(2018)))
    operands = Operands("en")
    assert operands.confidence == 0.0
    assert operands.leaf(hit) == operands.leaf(hit)
    assert [(operand.document_id, operand.text) for operand in operands.all()] == [(7, "32,765")]
    assert operands.confidence == hit.confidence
