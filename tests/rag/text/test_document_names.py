"""Names of documents: read as words, and matched with what a question names."""

import pytest

from rag.text.document_names import MAX_CONTEXT_CHARACTERS, NameMatcher, readable_name, with_context

REPORTS = {
    1: "ADOBE_2018_10K.pdf",
    2: "ADOBE_2019_10K.pdf",
    3: "BESTBUY_2018_10K.pdf",
    4: "notes.md",
    **{10 + n: f"OTHER{chr(65 + n)}_20{15 + n}_10K.pdf" for n in range(8)},
}


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("ACME_2018_10K.pdf", "ACME 2018 10K"),
        ("user-guide.v2.md", "user guide.v2"),
        ("A study of well-known effects", "A study of well known effects"),
        (".pdf", ""),
    ],
)
def test_a_file_name_reads_as_words(name: str, words: str) -> None:
    assert readable_name(name) == words


@pytest.mark.parametrize(
    ("question", "best"),
    [
        ("What was Adobe's revenue in 2018?", {1}),
        ("What is Best Buy's margin?", {3}),
        ("How did Adobe do in FY2019?", {2}),
        ("What do my notes say?", {4}),
    ],
)
def test_the_document_a_question_names_scores_highest(question: str, best: set[int]) -> None:
    scores = NameMatcher(REPORTS).scores(question)
    assert {id_ for id_, score in scores.items() if score == 1.0} == best


def test_a_question_that_names_nothing_prefers_nothing() -> None:
    assert NameMatcher(REPORTS).scores("Why is the sky blue?") == {}
    assert NameMatcher({}).scores("Anything?") == {}


def test_sharing_a_word_with_a_long_title_is_not_naming_it() -> None:
    titles = {1: "Effects of sleep on memory in older adults", 2: "Memory"}
    assert NameMatcher(titles).scores("Does sleep improve memory?").keys() == {2}


def test_context_is_short_enough_to_leave_room_for_the_text() -> None:
    assert with_context("a_b.pdf", "Part › One", "Text.") == "a b › Part › One\nText."
    assert with_context("", "", "Text.") == "Text."
    assert len(with_context("x" * 500, "y" * 500, "")) == MAX_CONTEXT_CHARACTERS
