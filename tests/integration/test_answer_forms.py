"""Everyday questions of the sample documents, asked of the real default model: forms of answers, not figures."""

import re
from collections.abc import Callable, Iterator
from functools import cache

import pytest

from ingest.pipeline import open_ingestor
from rag.services import Services
from rag.settings import load_settings
from rag.types import Answer, Turn
from tests.support.paths import MODELS, SAMPLES

pytestmark = [pytest.mark.model, pytest.mark.large_model, pytest.mark.slow]

CONSTITUTION, CONTRACT = "debian-constitution.txt", "debian-social-contract.md"
ELECTION = (Turn("Who elects the Project Leader?", "The Project Leader is elected by the Developers."),)

_ITEM = re.compile(r"^\s*(?:[-*•]|\d+[.)])\s+\S", re.MULTILINE)

QUESTIONS: dict[str, tuple[str, str, tuple[Turn, ...]]] = {
    "list": ("List the powers of the Project Leader.", CONSTITUTION, ()),
    "licences": ("Which licences are named as examples of free ones? List them.", CONTRACT, ()),
    "summary": ("Summarise this document.", CONTRACT, ()),
    "steps": ("Explain step by step how the Project Leader is elected.", CONSTITUTION, ()),
    "comparison": ("Compare the Secretary with the Project Leader: who appoints or elects each?", CONSTITUTION, ()),
    "parts": ("Who appoints the Project Secretary, and how long is the term of office?", CONSTITUTION, ()),
    "figure": ("How long is the term of office of the Project Secretary?", CONSTITUTION, ()),
    "follow-up": ("And for how long?", CONSTITUTION, ELECTION),
    "german": ("Wie lange dauert die Amtszeit des Projektleiters?", CONSTITUTION, ()),
    "unanswerable": ("Who won the football world cup in 2018?", CONTRACT, ()),
}
Answers = Callable[[str], Answer]


@pytest.fixture(scope="module")
def answers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Answers]:
    # Forms show in the first lines of an answer: the rest would only take time.
    settings = load_settings(library=tmp_path_factory.mktemp("library"), models=MODELS, max_new_tokens=120)
    with Services(settings) as services:
        assert [result.status for result in open_ingestor(services).ingest([str(SAMPLES)])] == ["added"] * 3
        ids = {document.name: document.id for document in services.library.documents()}

        @cache
        def answer_to(name: str) -> Answer:
            question, document, history = QUESTIONS[name]
            *_, answer = services.assistant.ask(question, history, within=frozenset({ids[document]}))
            assert isinstance(answer, Answer)
            return answer

        yield answer_to


@pytest.mark.parametrize("name", [name for name in QUESTIONS if name != "unanswerable"])
def test_what_the_documents_answer_is_answered_with_citations(answers: Answers, name: str) -> None:
    answer = answers(name)
    assert not answer.abstained, answer.text
    assert answer.citations, answer.text
    assert {citation.document for citation in answer.citations} == {QUESTIONS[name][1]}


@pytest.mark.parametrize("name", ["list", "licences"])
def test_a_list_is_one_item_a_line_and_none_stands_twice(answers: Answers, name: str) -> None:
    lines = [line.strip() for line in answers(name).text.splitlines() if _ITEM.match(line)]
    assert len(lines) >= 3, answers(name).text
    items = [re.sub(r"^\W*(?:\d+[.)])?\W*|\W*$", "", line).casefold() for line in lines]
    assert len(set(items)) == len(items)


def test_a_summary_is_several_sentences_most_with_citations(answers: Answers) -> None:
    sentences = answers("summary").sentences
    assert len(sentences) >= 3
    assert sum(bool(sentence.citations) for sentence in sentences) > len(sentences) / 2


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("steps", r"(?:^\s*\d+[.)]\s+\S.*?){3}"),
        ("comparison", r"(?=.*Secretary).*Leader"),
        ("parts", r"(?=.*Leader).*\b(?:1|one) year"),
        ("german", r"\bJahr"),
    ],
)
def test_an_answer_has_the_form_or_the_parts_that_were_asked_for(answers: Answers, name: str, said: str) -> None:
    assert re.search(said, answers(name).text, re.MULTILINE | re.DOTALL), answers(name).text


def test_a_question_for_a_figure_gets_one_that_a_quote_has(answers: Answers) -> None:
    figures = re.findall(r"\d+", answers("figure").text)
    quoted = " ".join(citation.quote for citation in answers("figure").citations)
    assert any(figure in quoted for figure in figures), answers("figure").text


def test_what_the_documents_do_not_answer_is_refused(answers: Answers) -> None:
    assert answers("unanswerable").abstained
