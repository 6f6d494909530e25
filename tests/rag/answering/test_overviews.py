"""A general summary question is answered from the overview that was kept; anything else is not."""

from collections.abc import Callable, Collection

import pytest

from rag.answering.overviews import SUMMARISE, Overviews, kept_note, summarised
from rag.stores.sqlite_library import SqliteLibrary
from rag.types import DocumentFacts, Turn
from rag.types.decoding import Decoding
from rag.understanding.planner import plan
from tests.support.values import answer

ONE = {1: "harbour-rules.pdf"}
SEVERAL = {1: "harbour-rules.pdf", 2: "ferry timetable.md", 3: "minutes_2019.docx"}


@pytest.mark.parametrize(
    "question",
    [
        "What is this document about?",
        "Can you please give me an overview of the whole report?",
        "请概括一下这份报告的主要内容",
        "Summarise everything.",
        "Fasse alle Dokumente zusammen.",
        "Summarise harbour-rules.pdf.",
    ],
)
def test_a_general_question_about_the_only_document_wants_its_overview(question: str) -> None:
    assert summarised(question, plan(question), (), ONE, {}) == 1


@pytest.mark.parametrize(("language", "question"), SUMMARISE.items())
def test_the_overview_is_asked_for_in_each_language(language: str, question: str) -> None:
    assert plan(question).language == language
    assert summarised(question, plan(question), (), ONE, {}) == 1


@pytest.mark.parametrize(
    "question",
    [
        "Summarise section 4",
        "Summarise the document in two sentences",
        "Summarise in detail what this document says",
        "Summarise what it says about mooring",
        "Summarise this document in German",
        "Who may use the harbour?",
        "List all rules of the harbour",
    ],
)
def test_a_question_that_asks_for_more_or_less_does_not(question: str) -> None:
    assert summarised(question, plan(question), (), ONE, {}) is None


@pytest.mark.parametrize(
    ("question", "document"),
    [
        ("Summarise the ferry timetable", 2),
        ("Give me an overview of minutes_2019.docx", 3),
        ("Summarise the by-laws of the port", 1),
        ("Summarise the timetable of the harbour", None),
        ("Summarise this document", None),
        ("Summarise the budget", None),
    ],
)
def test_of_several_documents_the_one_that_is_named(question: str, document: int | None) -> None:
    facts = {1: DocumentFacts(title="By-laws of the port")}
    assert summarised(question, plan(question), (), SEVERAL, facts) == document


def test_what_a_conversation_is_about_is_no_document_unless_one_is_named() -> None:
    history = [Turn("Who may moor?", "Members may.")]
    for question, document in (("Summarise it.", None), ("Summarise this document.", 1)):
        assert summarised(question, plan(question), history, ONE, {}) == document


def test_a_name_that_two_documents_have_tells_neither() -> None:
    question = "Summarise the annual report"
    assert summarised(question, plan(question), (), {1: "annual a.pdf", 2: "annual b.pdf"}, {}) is None


@pytest.mark.parametrize(
    ("language", "kept_from", "note"),
    [
        ("en", "2026-11-26T12:00:00+00:00", "Overview made on 26 November 2026."),
        ("de", "2026-11-26", "Überblick erstellt am 26. November 2026."),
        ("en", "", ""),
        ("en", "yesterday", ""),
    ],
)
def test_the_note_says_when_it_was_made_in_the_language_of_the_question(
    language: str, kept_from: str, note: str
) -> None:
    assert kept_note(answer(language=language, kept_from=kept_from)) == note


def test_of_many_documents_some_have_to_be_named(library: SqliteLibrary, store_text: Callable[..., int]) -> None:
    documents = [store_text(f"{number}.txt", f"Dog {number} barks.") for number in range(9)]
    overviews = Overviews(library, None, Decoding(), None)

    def too_many(question: str, *history: Turn, within: set[int] | None = None) -> Collection[str]:
        return overviews.too_many(question, plan(question), history, within)

    assert len(too_many("Summarise everything.")) == 9
    assert not too_many("Summarise everything.", within=set(documents[:8]))
    assert not too_many("Summarise what they say about dogs.")
    assert not too_many("Summarise it.", Turn("Who barks?", "Dog 1 barks."))
    assert not too_many("Who barks?")
