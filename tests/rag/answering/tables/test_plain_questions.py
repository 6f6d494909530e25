"""From a question and passages to a result: documents, limits, and what is left alone."""

import pytest

from rag.answering.tables import plain_questions
from rag.answering.tables.plain_questions import compute
from rag.types import Page
from tests.support.documents.made_tables import STATEMENT, computed_from, made_page, passage_of
from tests.support.values import present

ACME = made_page((("", "2019"), ("Net sales", "100"), ("Net income", "10")))
WIDGET = made_page((("", "2019"), ("Net sales", "200"), ("Net income", "20")))
PAGES = {1: ACME, 2: WIDGET}
PASSAGES = [passage_of(ACME, 1, "ACME_2019_10K.pdf"), passage_of(WIDGET, 2, "Widget Works.pdf")]


def page_of(document: int, number: int) -> Page | None:
    return PAGES.get(document)


def test_the_document_that_is_named_is_read() -> None:
    computed = present(compute("What were Acme's net sales in 2019?", PASSAGES, page_of))
    assert [operand.document for operand in computed.operands] == ["ACME_2019_10K.pdf"]
    other = present(compute("What were the net sales of Widget Works in 2019?", PASSAGES, page_of))
    assert other.operands[0].text == "200"


def test_an_article_names_no_document() -> None:
    rules = Page(number=1, label="1", text="Members pay a fee.")
    passages = [passage_of(rules, 3, "rules for the members of the club.txt"), *PASSAGES]
    computed = compute(
        "What were the net sales of Acme in 2019?", passages, lambda document, _: {**PAGES, 3: rules}.get(document)
    )
    assert computed is not None
    assert [operand.document for operand in computed.operands] == ["ACME_2019_10K.pdf"]


def test_documents_that_differ_give_no_result_if_none_is_named() -> None:
    assert compute("What were net sales in 2019?", PASSAGES, page_of) is None


def test_without_passages_pages_or_tables_there_is_no_result() -> None:
    question = "What were net sales in 2019?"
    assert compute(question, [], page_of) is None
    assert compute(question, PASSAGES[:1], lambda *_: None) is None
    assert computed_from(question, Page(number=1, label="1", text="Net sales in 2019 were 5.")) is None


def test_a_name_in_one_word_is_known_in_two() -> None:
    passages = [passage_of(ACME, 1, "BESTBUY_2019_10K.pdf")]
    assert compute("What were Best Buy's net sales in 2019?", passages, page_of) is not None


def test_only_so_many_pages_are_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(plain_questions, "MAX_PAGES", 1)
    pages = [made_page(STATEMENT, number=1), made_page((("", "2019"), ("Staff", "9"), ("Visits", "70")), number=2)]
    assert computed_from("How many visits in 2019?", *pages) is None
    monkeypatch.setattr(plain_questions, "MAX_PAGES", 2)
    assert computed_from("How many visits in 2019?", *pages) is not None


def test_a_long_table_is_answered_within_its_limits() -> None:
    rows = [("", "2019", "2018"), *((f"Item {at}", str(at + 10), str(at + 20)) for at in range(3_000))]
    assert present(computed_from("What was item 2999 in 2019?", made_page(rows))).operands[0].text == "3009"


def test_two_documents_that_are_named_are_compared() -> None:
    computed = present(compute("Compare the net sales of Acme and Widget Works in 2019.", PASSAGES, page_of))
    assert computed.results == ("$100 million", "$200 million")
    assert computed.statement.startswith("- ACME_2019_10K.pdf: Net sales: $100 million (2019).\n- Widget Works.pdf: ")
    assert compute("Compare the net sales of Acme and Widget Works in 2018.", PASSAGES, page_of) is None
