"""Documents are selected by name, collection and facts; what matches nothing is an error."""

from dataclasses import replace
from typing import Any

import pytest

from rag.errors import QuestionError
from rag.retrieval.document_filter import select
from rag.types import Document, DocumentFacts
from tests.support import values


def document(id_: int, name: str, collection: str = "") -> Document:
    return values.document(id_, name, collection=collection)


DOCUMENTS = [document(1, "Report-2019.pdf", "finance"), document(2, "report-2020.pdf"), document(3, "law.txt", "Law")]


@pytest.mark.parametrize(
    ("names", "collections", "chosen"),
    [
        ((), (), None),
        (("report-*",), (), {1, 2}),
        ((), ("law",), {3}),
        ((), ("law", "Finance"), {1, 3}),
        (("report-*",), ("finance",), {1}),
    ],
)
def test_one_of_the_names_and_one_of_the_collections(
    names: tuple[str, ...], collections: tuple[str, ...], chosen: set[int] | None
) -> None:
    assert select(DOCUMENTS, names, collections) == chosen


@pytest.mark.parametrize(
    ("names", "collections", "message"),
    [
        (("memo*",), (), "No document matches 'memo\\*'"),
        ((), ("tax",), "no collection 'tax'. There are 'Law', 'finance'"),
        (("law.txt",), ("finance",), "No document has one of these names and one of these collections"),
    ],
)
def test_what_matches_nothing_is_said(names: tuple[str, ...], collections: tuple[str, ...], message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        select(DOCUMENTS, names, collections)


def report(id_: int, period: str, kind: str = "10-K", language: str = "en") -> Document:
    facts = DocumentFacts(organisation="ACME", period=period, kind=kind, language=language)
    return replace(document(id_, f"{id_}.pdf"), facts=facts)


REPORTS = [report(year, str(year)) for year in range(2017, 2022)] + [
    report(1, "Q2 2019", "10-Q"),
    report(2, "2015–2018", "report", "de"),
    document(3, "notes.txt"),
]


@pytest.mark.parametrize(
    ("facets", "chosen"),
    [
        ({"kinds": ["10-q"]}, {1}),
        ({"kinds": ["report"], "years": [2019]}, {2019, 1}),
        ({"kinds": ["10k"], "years": ["2019-2021"]}, {2019, 2020, 2021}),
        ({"years": [2017, "2016"]}, {2017, 2}),
        ({"languages": ["DE"]}, {2}),
        ({"names": ["20*.pdf"], "years": [2018]}, {2018}),
    ],
)
def test_one_of_each_facet_that_is_given(facets: dict[str, Any], chosen: set[int]) -> None:
    assert select(REPORTS, **facets) == frozenset(chosen)


@pytest.mark.parametrize(
    ("facets", "message"),
    [
        ({"kinds": ["contract"]}, "kind 'contract'. There are '10-K', '10-Q', 'report'"),
        ({"years": [1999]}, "year '1999'. There are '2015', "),
        ({"languages": ["english"]}, "codes such as 'en' and 'de'. There are 'de', 'en'"),
        (
            {"kinds": ["10-Q"], "languages": ["de"], "years": [2019]},
            "these kinds, one of these years and one of these l",
        ),
    ],
)
def test_a_facet_that_matches_nothing_says_what_there_is(facets: dict[str, Any], message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        select(REPORTS, **facets)


def test_documents_of_which_nothing_is_known_say_how_to_change_that() -> None:
    with pytest.raises(QuestionError, match="citewell library facts"):
        select([document(1, "a.txt")], kinds=["report"])
