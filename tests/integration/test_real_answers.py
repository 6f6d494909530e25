"""The sample documents, asked with the real embedder and the real default model."""

from collections.abc import Iterator

import pytest

from benchmarks.answering import EXAMPLES
from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import load_settings
from rag.types import Answer
from tests.support.paths import MODELS, SAMPLES

pytestmark = [pytest.mark.model, pytest.mark.large_model]


@pytest.fixture(scope="module")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with Services(load_settings(library=tmp_path_factory.mktemp("library"), models=MODELS)) as services:
        results = list(open_ingestor(services).ingest([str(SAMPLES)]))
        assert [result.status for result in results] == ["added"] * 3
        yield services


@pytest.mark.parametrize(
    ("question", "facts", "document", "page", "quoted"),
    [
        pytest.param(
            *(EXAMPLES[0], ("Deb", "Debra", "Ian"), "debian-faq.pdf", 11, "contraction of the names of Debra and Ian"),
            marks=pytest.mark.slow,  # a minute on one core
        ),
        (EXAMPLES[1], ("non-free component",), "debian-social-contract.md", 1, "never make the system require"),
        (EXAMPLES[2], ("1 year",), "debian-constitution.txt", 2, "Secretary's term of office is 1 year"),
    ],
)
def test_the_example_questions_get_the_right_facts_from_the_right_page(
    services: Services, question: str, facts: tuple[str, ...], document: str, page: int, quoted: str
) -> None:
    *_, answer = services.assistant.ask(question)
    assert isinstance(answer, Answer)
    assert not answer.abstained
    assert all(fact in answer.text for fact in facts)
    citations = [citation for sentence in answer.sentences for citation in sentence.citations]
    assert any((c.document, c.page) == (document, page) and quoted in " ".join(c.quote.split()) for c in citations), (
        citations
    )
    for citation in citations:
        stored = services.library.page(_document_id(services, citation.document), citation.page)
        assert stored is not None
        assert stored.text[citation.start : citation.end] == citation.quote


def test_a_question_the_documents_do_not_answer_is_refused(services: Services) -> None:
    *_, answer = services.assistant.ask("Who won the football world cup in 2018?")
    assert isinstance(answer, Answer)
    assert answer.abstained
    assert answer.passages


def _document_id(services: Services, name: str) -> int:
    return next(document.id for document in services.library.documents() if document.name == name)
