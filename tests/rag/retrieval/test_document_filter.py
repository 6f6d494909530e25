"""Documents are selected by name, collection and facts; what matches nothing is an error."""

from dataclasses import replace
from typing import Any

import pytest

from rag.errors import QuestionError
from rag.retrieval.document_filter import select
from rag.types import Document, DocumentFacts
from tests.support import values


def report(id_: int, period: str, kind: str = "10-K", language: str = "en", collection: str = "") -> Document:
    facts = DocumentFacts(organisation="ACME", period=period, kind=kind, language=language)
    return replace(values.document(id_, f"Report-{id_}.pdf", collection=collection), facts=facts)


DOCUMENTS = [report(year, str(year)) for year in range(2017, 2022)] + [
    report(1, "Q2 2019", "10-Q", collection="finance"),
    report(2, "2015–2018", "report", "de"),
    values.document(3, "notes.txt", collection="Law"),
]


@pytest.mark.parametrize(
    ("facets", "chosen"),
    [
        ({}, None),
        ({"names": ["report-?.PDF", "notes.txt"]}, {1, 2, 3}),
        ({"collections": ["law", "Finance"]}, {1, 3}),
        ({"names": ["notes*"], "collections": ["law", "finance"]}, {3}),
        ({"kinds": ["10-q"]}, {1}),
        ({"kinds": ["report"], "years": [2019]}, {2019, 1}),
        ({"kinds": ["10k"], "years": ["2019-2021"]}, {2019, 2020, 2021}),
        ({"years": [2017, "2016"]}, {2017, 2}),
        ({"languages": ["DE"]}, {2}),
        ({"names": ["*20*.pdf"], "years": [2018]}, {2018}),
    ],
)
def test_one_of_each_facet_that_is_given(facets: dict[str, Any], chosen: set[int] | None) -> None:
    assert select(DOCUMENTS, **facets) == chosen


@pytest.mark.parametrize(
    ("facets", "message"),
    [
        ({"names": ["memo*"]}, "No document matches 'memo\\*'"),
        ({"collections": ["tax"]}, "no collection 'tax'. There are 'Law', 'finance'"),
        ({"names": ["notes.txt"], "collections": ["finance"]}, "has one of these names and one of these collections"),
        ({"kinds": ["contract"]}, "kind 'contract'. There are '10-K', '10-Q', 'report'"),
        ({"years": [1999]}, "year '1999'. There are '2015', "),
        ({"languages": ["english"]}, "codes such as 'en' and 'de'. There are 'de', 'en'"),
    ],
)
def test_what_matches_nothing_is_said_with_what_there_is(facets: dict[str, Any], message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        select(DOCUMENTS, **facets)


def test_documents_of_which_nothing_is_known_say_how_to_change_that() -> None:
    with pytest.raises(QuestionError, match="citewell library facts"):
        select(DOCUMENTS[-1:], kinds=["report"])
