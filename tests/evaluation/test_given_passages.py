"""Given passages are stored as documents of one page, and returned without a search."""

from pathlib import Path

from evaluation.cases import Case, GivenPassage
from evaluation.given_passages import GivenRetriever, GivenServices, store_passages
from rag.settings import load_settings
from rag.stores.sqlite_library import SqliteLibrary

ONE = Case(id="one", question="?", passages=(GivenPassage("Cats sleep.", "Cats"), GivenPassage("Dogs bark.", "Dogs")))
TWO = Case(id="two", question="?", passages=(GivenPassage("Rain falls."),))


def test_a_case_gets_its_own_passages_in_their_order_whatever_the_query(library: SqliteLibrary) -> None:
    ids = store_passages([ONE, TWO], library)
    found = GivenRetriever(library).retrieve("rain", 5, ids["one"])
    assert [(p.chunk.document, p.chunk.text, p.score) for p in found] == [
        ("Cats", "Cats sleep.", 1.0),
        ("Dogs", "Dogs bark.", 1.0),
    ]
    assert [p.chunk.text for p in GivenRetriever(library).retrieve("cats", 5, ids["two"])] == ["Rain falls."]
    assert len(GivenRetriever(library).retrieve("cats", 1, ids["one"])) == 1


def test_the_services_neither_search_nor_rerank(tmp_path: Path) -> None:
    with GivenServices(load_settings()) as services:
        ids = store_passages([ONE], services.library)
        found = services.retriever.retrieve("dogs", 5, ids["one"])
        assert services.reranker.rerank("dogs", found, 5) == found
