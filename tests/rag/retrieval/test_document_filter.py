"""Documents are selected by name, by collection or by both; what matches nothing is an error."""

from dataclasses import replace

import pytest

from rag.errors import QuestionError
from rag.retrieval.document_filter import select
from rag.types import Document


def document(id_: int, name: str, collection: str = "") -> Document:
    return Document(
        id=id_,
        name=name,
        source=name,
        sha256="",
        recipe="",
        size=1,
        pages=1,
        chunks=1,
        added_at="",
        collection=collection,
    )


DOCUMENTS = [document(1, "Report-2019.pdf", "finance"), document(2, "report-2020.pdf"), document(3, "law.txt", "Law")]


@pytest.mark.parametrize(
    ("names", "collections", "chosen"),
    [
        ((), (), None),
        (("report-*",), (), {1, 2}),
        (("LAW.txt", "report-2020.pdf"), (), {2, 3}),
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
        (("law.txt",), ("finance",), "No document has one of these names and"),
    ],
)
def test_what_matches_nothing_is_said(names: tuple[str, ...], collections: tuple[str, ...], message: str) -> None:
    with pytest.raises(QuestionError, match=message):
        select(DOCUMENTS, names, collections)


def test_without_collections_the_way_to_make_one_is_told() -> None:
    with pytest.raises(QuestionError, match="ingest --collection"):
        select([document(1, "a.txt")], (), ("tax",))


def test_a_document_is_found_under_each_name_of_its_content() -> None:
    twice = replace(document(7, "a.pdf"), also=("copy of a.pdf",))
    assert select([twice, document(8, "b.pdf")], ["copy*"], ()) == frozenset({7})
