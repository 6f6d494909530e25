"""Reports that look alike are told apart by what a question names: the year of one company, the company of one year."""

from pathlib import Path

import pytest

from rag.retrieval.hybrid import HybridRetriever
from rag.stores.index_sync import SearchIndexes
from rag.stores.sqlite.sqlite_library import SqliteLibrary
from rag.types import Content, DocumentFacts, NewChunk, NewDocument, Page
from tests.support.fakes import WordEmbedder

TEXT = "Net sales grew and the gross margin fell."
COMPANIES = ("Best Buy Co., Inc.", "3M Company", "Amazon.com, Inc.", "Amcor plc", "Square, Inc.")


@pytest.fixture
def retriever(library: SqliteLibrary, tmp_path: Path) -> HybridRetriever:
    """Return a search over ten reports of the same text, whose file names say nothing: five years, five companies."""
    embedder = WordEmbedder()
    reports = [("Best Buy Co., Inc.", year) for year in range(2014, 2019)] + [(name, 2019) for name in COMPANIES]
    for number, (organisation, year) in enumerate(reports):
        facts = DocumentFacts(
            title="Annual Report on Form 10-K", organisation=organisation, period=str(year), kind="10-K"
        )
        new = NewDocument(
            name=f"scan{number}.pdf", source=f"/{number}", sha256=str(number), recipe="r", size=1, facts=facts
        )
        content = Content(new, (Page(number=1, label="1", text=TEXT),), (NewChunk(1, 0, len(TEXT), TEXT),))
        library.replace(content, embedder.embed_documents([TEXT]))
    indexes = SearchIndexes(tmp_path / "library", library, embedder.dimension)
    return HybridRetriever(library, indexes, embedder)


@pytest.mark.parametrize(
    ("question", "organisation", "period"),
    [
        ("How did the gross margin change in Best Buy's 2016 10-K?", "Best Buy Co., Inc.", "2016"),
        ("What does the annual report of Amcor for 2019 say of net sales?", "Amcor plc", "2019"),
    ],
)
def test_the_report_that_a_question_names_comes_first(
    retriever: HybridRetriever, library: SqliteLibrary, question: str, organisation: str, period: str
) -> None:
    first = retriever.retrieve(question, 3)[0].chunk.document_id
    document = library.document(first)
    assert document
    assert (document.facts.organisation, document.facts.period) == (organisation, period)


def test_a_corrected_year_moves_the_report(retriever: HybridRetriever, library: SqliteLibrary) -> None:
    question = "Best Buy's 2010 10-K: gross margin?"
    moved = next(document.id for document in library.documents() if document.facts.period == "2014")
    library.edit_facts(moved, {"period": "2010"})
    assert retriever.retrieve(question, 1)[0].chunk.document_id == moved
